"""Photographs with frames and bars around them, and with dates and captions written over them."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFilter, ImageFont, ImageOps

from core.findings import overlays
from core.findings.finding import Finding, Kind
from core.findings.view import LONGEST
from tests.bench.case import Case, Sample
from tests.bench.cases_compression import fitted, jpeg, scaled
from tests.bench.opening import view_of

Change = Callable[[Image.Image], Image.Image]


def border_samples(photograph: Image.Image) -> Iterator[Sample]:
    yield from _samples(photograph, 0, _BORDERS)


def overlay_samples(photograph: Image.Image) -> Iterator[Sample]:
    yield from _samples(photograph, 1, _OVERLAYS)


CASES = (Case(Kind.BORDER, border_samples), Case(Kind.OVERLAY, overlay_samples))


def findings_of(content: bytes) -> tuple[Finding, ...]:
    return overlays.judge(overlays.measure(view_of(content)))


def bars(picture: Image.Image) -> Image.Image:
    return ImageOps.expand(picture, (0, picture.height // 8), "black")


def pillars(picture: Image.Image) -> Image.Image:
    return ImageOps.expand(picture, (picture.width // 10, 0), "white")


def framed(picture: Image.Image, share: float, colour: str) -> Image.Image:
    return ImageOps.expand(picture, max(4, round(max(picture.size) * share)), colour)


def rounded(picture: Image.Image) -> Image.Image:
    """With round corners, in a white frame."""
    mask = Image.new("L", picture.size)
    right, bottom = picture.width - 1, picture.height - 1
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, right, bottom), picture.width // 16, 255)
    white = Image.new("RGB", picture.size, "white")
    return framed(Image.composite(picture, white, mask), 0.04, "white")


def polaroid(picture: Image.Image) -> Image.Image:
    edge = picture.width // 16
    size = picture.width + 2 * edge, picture.height + 5 * edge
    card = Image.new("RGB", size, "#f5f3ee")
    card.paste(picture, (edge, edge))
    return card


def cut_out(picture: Image.Image) -> Image.Image:
    """On white as a shop shows its goods, without a straight edge."""
    mask = Image.new("L", picture.size)
    edge = [side // 12 for side in picture.size]
    ImageDraw.Draw(mask).ellipse((*edge, picture.width - edge[0], picture.height - edge[1]), 255)
    return Image.composite(
        picture,
        Image.new("RGB", picture.size, "white"),
        mask.filter(ImageFilter.GaussianBlur(2)),
    )


class Text(NamedTuple):
    words: str
    height: float  #: Of the font, over the picture's
    place: tuple[float, float]
    anchor: str
    colour: tuple[int, int, int]
    opacity: int = 255
    outline: float = 0  #: Black, over the font's height


def written(picture: Image.Image, text: Text) -> Image.Image:
    height = max(9, round(picture.height * text.height))
    layer = Image.new("RGBA", picture.size)
    ImageDraw.Draw(layer).text(
        (picture.width * text.place[0], picture.height * text.place[1]),
        text.words,
        (*text.colour, text.opacity),
        ImageFont.load_default(height),
        anchor=text.anchor,
        stroke_width=round(height * text.outline),
        stroke_fill="black",
    )
    return Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB")


#: The lit segments of a digit, from the top clockwise, the middle one last.
_SEGMENTS = {
    "0": "abcdef",
    "1": "bc",
    "2": "abged",
    "3": "abgcd",
    "4": "fgbc",
    "7": "abc",
    "8": "abcdefg",
    "9": "abcdfg",
}


def stamped(
    picture: Image.Image, date: str = "98 7 24", colour: tuple[int, int, int] = (255, 150, 30)
) -> Image.Image:
    """The date as a film camera exposed it: seven segments a digit, with a little glow."""
    height = max(12, picture.height // 22)
    width, thick = height // 2, max(2, height // 8)
    layer = Image.new("RGBA", picture.size, (*colour, 0))
    draw = ImageDraw.Draw(layer)
    left = round(picture.width * 0.95) - len(date) * (width + 2 * thick)
    top = round(picture.height * 0.94) - height
    for digit in date:
        middle, right, bottom = top + height // 2, left + width, top + height
        places = {
            "a": (left, top, right, top),
            "b": (right, top, right, middle),
            "c": (right, middle, right, bottom),
            "d": (left, bottom, right, bottom),
            "e": (left, middle, left, bottom),
            "f": (left, top, left, middle),
            "g": (left, middle, right, middle),
        }
        for segment in _SEGMENTS.get(digit, ""):
            draw.line(places[segment], (*colour, 255), thick)
        left = right + 2 * thick
    layer = layer.filter(ImageFilter.GaussianBlur(max(0.5, height / 40)))
    return Image.alpha_composite(picture.convert("RGBA"), layer).convert("RGB")


def _samples(photograph: Image.Image, which: int, bad: Mapping[str, Change]) -> Iterator[Sample]:
    picture = fitted(photograph, LONGEST * 3 // 4)
    for changes, is_bad in ((_GOOD, False), (bad, True)):
        for degradation, change in changes.items():
            quality = 75 if degradation == "JPEG 75" else 90
            finding = findings_of(jpeg(change(picture), quality))[which]
            yield Sample(degradation, is_bad, finding)


DATE = Text("14/08/2011 16:32", 0.04, (0.96, 0.95), "rs", (255, 140, 0))
CAPTION = Text("Our summer in Italy 2019", 0.05, (0.5, 0.95), "ms", (255, 255, 255))

_GOOD: dict[str, Change] = {
    "untouched": lambda picture: picture,
    "JPEG 75": lambda picture: picture,
    "half size": lambda picture: scaled(picture, 0.5),
    "cut out on white": cut_out,
}
_BORDERS: dict[str, Change] = {
    "bars": bars,
    "pillars": pillars,
    "thin black frame": lambda picture: framed(picture, 0.01, "black"),
    "white frame": lambda picture: framed(picture, 0.03, "white"),
    "blue frame": lambda picture: framed(picture, 0.05, "#3c5aa0"),
    "round corners": rounded,
    "polaroid": polaroid,
}
_OVERLAYS: dict[str, Change] = {
    "film date, orange": stamped,
    "film date, yellow": lambda picture: stamped(picture, "2004 11 03", (255, 220, 60)),
    "date, orange": lambda picture: written(picture, DATE),
    "date, white": lambda picture: written(
        picture, Text("24.12.2003", 0.035, (0.96, 0.95), "rs", (255, 255, 255))
    ),
    "caption": lambda picture: written(picture, CAPTION),
    "caption, outlined": lambda picture: written(
        picture,
        Text("WHEN IT IS MONDAY", 0.08, (0.5, 0.93), "ms", (255, 255, 255), outline=0.08),
    ),
    "small name": lambda picture: written(
        picture, Text("@example_user", 0.03, (0.96, 0.96), "rs", (255, 255, 255), 220)
    ),
    # What is seen through is no constant ink: hardly ever found.
    "watermark": lambda picture: written(
        picture, Text("© Studio Example", 0.05, (0.5, 0.5), "mm", (255, 255, 255), 140)
    ),
}
