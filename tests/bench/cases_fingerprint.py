"""The same photograph saved in other ways, other photographs, and other parts of the same one."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageEnhance, ImageOps

from core.findings import fingerprint
from core.findings.finding import Finding, Kind
from core.findings.fingerprint import Fingerprint, Known
from core.findings.view import SMALL, Source, View
from tests.bench import corpus
from tests.bench.case import Case, Sample

Change = Callable[[Image.Image], Image.Image]

#: Pairs are made at this size: what happens to a copy happens alike at any.
_LONGEST = 1024

#: Of all other photographs the most similar ones, by our own measure.
_HARDEST = 8


@dataclass(frozen=True, slots=True)
class Pair:
    degradation: str
    one: Image.Image
    other: Image.Image
    is_same: bool


def pairs(photograph: Image.Image) -> Iterator[Pair]:
    picture = photograph.copy()
    picture.thumbnail((_LONGEST, _LONGEST))
    for degradation, change in _COPIES.items():
        yield Pair(degradation, picture, change(picture), is_same=True)
    for other in _most_similar(picture):
        yield Pair("another photograph", picture, other, is_same=False)
    for degradation, shift in (("moved on by 40 %", 0.4), ("moved on by 60 %", 0.6)):
        yield Pair(degradation, *_moved_on(picture, shift), is_same=False)


def samples(photograph: Image.Image) -> Iterator[Sample]:
    for pair in pairs(photograph):
        finding = _judge(print_of(pair.one), print_of(pair.other))
        yield Sample(pair.degradation, pair.is_same, finding)


CASES = (Case(Kind.DUPLICATE, samples),)


def print_of(picture: Image.Image) -> Fingerprint:
    small = picture.copy()
    small.thumbnail((SMALL, SMALL))
    return fingerprint.measure(View(picture, small, Source("JPEG", *picture.size, 0)))


def _judge(own: Fingerprint, other: Fingerprint) -> Finding:
    known = Known(other, sha256_equal=False, is_rejected=False, name="", id=1)
    return fingerprint.judge(own, [known])[0]


@cache
def _corpus() -> Sequence[tuple[Fingerprint, Image.Image]]:
    pictures = []
    for photograph in corpus.photographs():
        with Image.open(photograph.path) as opened:
            opened.draft("RGB", (SMALL, SMALL))
            picture = ImageOps.exif_transpose(opened).convert("RGB")
        picture.thumbnail((SMALL, SMALL))
        pictures.append((print_of(picture), picture))
    return pictures


def _most_similar(picture: Image.Image) -> Iterator[Image.Image]:
    own = print_of(picture)
    by_distance = sorted(
        ((fingerprint.distance(own, theirs), other) for theirs, other in _corpus()),
        key=lambda pair: pair[0],
    )
    # The nearest is the photograph itself.
    yield from (other for _, other in by_distance[1 : _HARDEST + 1])


def _moved_on(picture: Image.Image, shift: float) -> tuple[Image.Image, Image.Image]:
    """Two equal parts of a picture, the second further along by a share of the first's length."""
    width, height = picture.size
    length = int(max(picture.size) / (1 + shift))
    step = max(picture.size) - length
    if width >= height:
        return picture.crop((0, 0, length, height)), picture.crop((step, 0, width, height))
    return picture.crop((0, 0, width, length)), picture.crop((0, step, width, height))


def _jpeg(quality: int) -> Change:
    def change(picture: Image.Image) -> Image.Image:
        content = io.BytesIO()
        picture.save(content, "JPEG", quality=quality)
        return Image.open(content).convert("RGB")

    return change


def _scaled(factor: float) -> Change:
    return lambda picture: ImageOps.scale(picture, factor)


def _brighter(factor: float) -> Change:
    return lambda picture: ImageEnhance.Brightness(picture).enhance(factor)


def _cropped(left: float, top: float, right: float, bottom: float) -> Change:
    """Cut off a share of the picture at each side."""

    def change(picture: Image.Image) -> Image.Image:
        width, height = picture.size
        return picture.crop(
            (
                round(left * width),
                round(top * height),
                round((1 - right) * width),
                round((1 - bottom) * height),
            )
        )

    return change


def _warmer(picture: Image.Image) -> Image.Image:
    red, green, blue = picture.split()
    warmer = (red.point(lambda level: level * 1.08), green, blue.point(lambda level: level * 0.9))
    return Image.merge("RGB", warmer)


def _framed(picture: Image.Image) -> Image.Image:
    return ImageOps.expand(picture, max(1, min(picture.size) * 3 // 100), "white")


def _from_a_chat(picture: Image.Image) -> Image.Image:
    for change in (_cropped(0.01, 0.04, 0.04, 0.01), _scaled(0.5), _brighter(1.1), _jpeg(50)):
        picture = change(picture)
    return picture


_COPIES: Mapping[str, Change] = {
    "untouched": lambda picture: picture,
    "jpeg 40": _jpeg(40),
    "half the size": _scaled(0.5),
    "15 % brighter": _brighter(1.15),
    "15 % darker": _brighter(0.85),
    "warmer": _warmer,
    "without colours": lambda picture: ImageOps.grayscale(picture).convert("RGB"),
    "5 % cropped around": _cropped(0.025, 0.025, 0.025, 0.025),
    "5 % cropped at a corner": _cropped(0.05, 0.05, 0, 0),
    "10 % cropped at a side": _cropped(0.1, 0, 0, 0),
    "10 % cropped at the top": _cropped(0, 0.1, 0, 0),
    "10 % cropped at a corner": _cropped(0, 0, 0.1, 0.1),
    "framed by 3 %": _framed,
    "from a chat": _from_a_chat,
    "mirrored": ImageOps.mirror,
}
