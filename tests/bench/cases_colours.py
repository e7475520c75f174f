"""Photographs without colour, and with filters of several kinds over them."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from PIL import Image, ImageEnhance, ImageOps

from core.findings import colours
from core.findings.finding import Finding, Kind
from tests.bench.case import Case, Sample
from tests.bench.cases_compression import fitted, jpeg, scaled
from tests.bench.opening import view_of

Change = Callable[[Image.Image], Image.Image]


def monochrome_samples(photograph: Image.Image) -> Iterator[Sample]:
    yield from _samples(photograph, 0, _MONOCHROME)


def filter_samples(photograph: Image.Image) -> Iterator[Sample]:
    yield from _samples(photograph, 1, _FILTERED)


CASES = (Case(Kind.MONOCHROME, monochrome_samples), Case(Kind.FILTER, filter_samples))


def findings_of(content: bytes) -> tuple[Finding, ...]:
    return colours.judge(colours.measure(view_of(content)))


def grey(picture: Image.Image) -> Image.Image:
    return picture.convert("L").convert("RGB")


def toned(picture: Image.Image, black: str, white: str) -> Image.Image:
    return ImageOps.colorize(picture.convert("L"), black, white)


def sepia(picture: Image.Image) -> Image.Image:
    return toned(picture, "#140d05", "#f6e3c0")


def saturated(picture: Image.Image, factor: float) -> Image.Image:
    return ImageEnhance.Color(picture).enhance(factor)


def cast(picture: Image.Image, factors: Sequence[float]) -> Image.Image:
    """Each channel times its factor."""
    return picture.point([min(255, round(v * each)) for each in factors for v in range(256)])


def posterised(picture: Image.Image, bits: int) -> Image.Image:
    return ImageOps.posterize(picture, bits)


def _samples(photograph: Image.Image, which: int, bad: Mapping[str, Change]) -> Iterator[Sample]:
    # All that is measured is in a small version or in every so manieth pixel.
    picture = fitted(photograph, 1280)
    for changes, is_bad in ((_GOOD, False), (bad, True)):
        for degradation, change in changes.items():
            quality = 75 if degradation == "JPEG 75" else 92
            finding = findings_of(jpeg(change(picture), quality))[which]
            yield Sample(degradation, is_bad, finding)


_GOOD: dict[str, Change] = {
    "untouched": lambda picture: picture,
    "JPEG 75": lambda picture: picture,
    "half size": lambda picture: scaled(picture, 0.5),
    "a little saturated": lambda picture: saturated(picture, 1.2),
    "a little pale": lambda picture: saturated(picture, 0.8),
    "more contrast": lambda picture: ImageEnhance.Contrast(picture).enhance(1.2),
    "warm light": lambda picture: cast(picture, (1.0, 0.96, 0.88)),
}
_MONOCHROME: dict[str, Change] = {
    "black and white": grey,
    "sepia": sepia,
    "blue toned": lambda picture: toned(picture, "#05080f", "#e6eefa"),
}
_FILTERED: dict[str, Change] = {
    "sepia": sepia,
    "orange": lambda picture: cast(picture, (1.0, 0.75, 0.5)),
    "blue": lambda picture: cast(picture, (0.55, 0.75, 1.0)),
    "twice as saturated": lambda picture: saturated(picture, 2),
    "3 times as saturated": lambda picture: saturated(picture, 3),
    "8 levels": lambda picture: posterised(picture, 3),
    "4 levels": lambda picture: posterised(picture, 2),
}
