"""Photographs under-exposed, over-exposed, faded and taken against the light, and good ones."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.findings import exposure
from core.findings.finding import Finding, Kind
from core.findings.view import SMALL, Source, View
from tests.bench.case import Case, Sample

Levels = NDArray[np.float32]  #: (height, width, 3), 0 to 255
Change = Callable[[Levels], Levels]

_WHITE = 252


def dark_samples(photograph: Image.Image) -> Iterator[Sample]:
    yield from _samples(photograph, 0, _DARK)


def washed_out_samples(photograph: Image.Image) -> Iterator[Sample]:
    yield from _samples(photograph, 1, _WASHED_OUT)


def backlit_samples(photograph: Image.Image) -> Iterator[Sample]:
    yield from _samples(photograph, 2, _BACKLIT)


CASES = (
    Case(Kind.DARK, dark_samples),
    Case(Kind.WASHED_OUT, washed_out_samples),
    Case(Kind.BACKLIT, backlit_samples),
)


def findings_of(picture: Image.Image) -> tuple[Finding, ...]:
    small = picture.copy()
    small.thumbnail((SMALL, SMALL), reducing_gap=2)
    return exposure.judge(exposure.measure(View(picture, small, Source("JPEG", *picture.size, 0))))


def changed(picture: Image.Image, change: Change) -> Image.Image:
    levels = change(np.asarray(picture, np.float32))
    return Image.fromarray((np.clip(levels, 0, 255) + 0.5).astype(np.uint8))


def _samples(photograph: Image.Image, which: int, bad: Mapping[str, Change]) -> Iterator[Sample]:
    # All that is measured is in the small version, and every change but noise is alike there.
    picture = photograph.copy()
    picture.thumbnail((SMALL, SMALL), reducing_gap=2)
    for changes, is_bad in ((_GOOD, False), (bad, True)):
        for degradation, change in changes.items():
            yield Sample(degradation, is_bad, findings_of(changed(picture, change))[which])


def stops(count: float) -> Change:
    """In linear light, clipped at white."""
    return lambda levels: _encoded(_linear(levels) * np.float32(2**count))


def times(factor: float) -> Change:
    """The levels themselves, as a careless program does it."""
    return lambda levels: levels * np.float32(factor)


def between(black: float, white: float) -> Change:
    return lambda levels: levels * np.float32((white - black) / 255) + np.float32(black)


def against_the_light(middle: float, surround: float) -> Change:
    """Stops taken from the middle and given to what surrounds it."""

    def change(levels: Levels) -> Levels:
        inside = _inside(levels, 0.3, 0.5)
        return _encoded(_linear(levels) * np.exp2(surround - inside * (middle + surround)))

    return change


def on_white(levels: Levels) -> Levels:
    """Cut out, as products and pets are."""
    inside = _inside(levels, 0.3, 0.36)
    return levels * inside + _WHITE * (1 - inside)


def _linear(levels: Levels) -> Levels:
    """IEC 61966-2-1 (sRGB), 0 to 1."""
    values = levels / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def _encoded(linear: Levels) -> Levels:
    values = np.clip(linear, 0, 1)
    return np.where(
        values <= 0.0031308, values * 12.92 * 255, (1.055 * values ** (1 / 2.4) - 0.055) * 255
    )


def _inside(levels: Levels, full: float, gone: float) -> Levels:
    """1 up to a distance from the middle, 0 from another on; in shares of the sides."""
    height, width = levels.shape[:2]
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    distance = np.hypot(across / width - 0.5, down / height - 0.5)
    return np.asarray(np.clip((gone - distance) / (gone - full), 0, 1)[..., None])


_GOOD: Mapping[str, Change] = {
    "untouched": lambda levels: levels,
    "half a stop darker": stops(-0.5),
    "half a stop brighter": stops(0.5),
    "four fifths of the contrast": between(26, 230),
    "on white": on_white,
}

_DARK: Mapping[str, Change] = {
    "a third of the light": stops(-1.585),
    "a fifth of the light": stops(-2.322),
    "a tenth of the light": stops(-3.322),
    "half the levels": times(1 / 2),
    "a third of the levels": times(1 / 3),
    "a quarter of the levels": times(1 / 4),
}

_WASHED_OUT: Mapping[str, Change] = {
    "faded to 60-220": between(60, 220),
    "faded to 90-220": between(90, 220),
    "faded to 110-200": between(110, 200),
    "2 stops brighter": stops(2),
    "2.5 stops brighter": stops(2.5),
    "3 stops brighter": stops(3),
}

_BACKLIT: Mapping[str, Change] = {
    "2 stops taken, 0.5 given": against_the_light(2, 0.5),
    "3 stops taken, 1 given": against_the_light(3, 1),
    "4 stops taken, 1 given": against_the_light(4, 1),
}
