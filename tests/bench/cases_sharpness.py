"""Photographs put out of focus or shaken, and good ones that are noisy, small or blurred behind."""

import io
import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from core.findings import sharpness
from core.findings.finding import Finding, Kind
from core.findings.view import LONGEST, SMALL, Source, View
from tests.bench.case import Case, Sample

#: Of a grey picture: only luma is measured, and three channels cost three times as much.
Change = Callable[[Image.Image], Image.Image]
Kernel = NDArray[np.float32]

#: Fewer pixels than this change nothing that could be seen.
_LEAST_BLUR = 1.0


def soft_samples(photograph: Image.Image) -> Iterator[Sample]:
    yield from _samples(photograph, _GOOD, 0, is_bad=False)
    yield from _samples(photograph, _OUT_OF_FOCUS, 0, is_bad=True)


def soft_middle_samples(photograph: Image.Image) -> Iterator[Sample]:
    """Hard, since nothing says what the photograph is of: only its middle is out of focus."""
    yield from _samples(photograph, _GOOD, 0, is_bad=False)
    yield from _samples(photograph, _MIDDLE_OUT_OF_FOCUS, 0, is_bad=True)


def moved_samples(photograph: Image.Image) -> Iterator[Sample]:
    yield from _samples(photograph, _GOOD, 1, is_bad=False)
    yield from _samples(photograph, _MOVED, 1, is_bad=True)


CASES = (Case(Kind.SOFT, soft_samples), Case(Kind.MOVED, moved_samples))

#: Reported apart from `CASES`.
MIDDLE_CASE = Case(Kind.SOFT, soft_middle_samples)


def findings_of(picture: Image.Image) -> tuple[Finding, ...]:
    return sharpness.judge(sharpness.measure(view_of(picture)))


def view_of(picture: Image.Image) -> View:
    colours = picture.convert("RGB")
    small = colours.copy()
    small.thumbnail((SMALL, SMALL), reducing_gap=2)
    return View(colours, small, Source("JPEG", *picture.size, 0))


def _samples(
    photograph: Image.Image, changes: Mapping[str, Change], which: int, *, is_bad: bool
) -> Iterator[Sample]:
    picture = photograph.convert("L")
    picture.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    for degradation, change in changes.items():
        yield Sample(degradation, is_bad, findings_of(change(picture))[which])


def gauss(radius: float) -> Change:
    """Of a radius in pixels on a picture of `LONGEST`, as all lengths here."""

    def change(picture: Image.Image) -> Image.Image:
        return picture.filter(ImageFilter.GaussianBlur(_scaled(picture, radius)))

    return change


def disc(radius: float) -> Change:
    """What a lens does that is out of focus."""

    def change(picture: Image.Image) -> Image.Image:
        own = max(_scaled(picture, radius), 1.5)
        return _convolved(picture, _kernel(own, lambda x, y: x * x + y * y <= own * own))

    return change


def movement(length: float, degrees: float) -> Change:
    cos, sin = math.cos(math.radians(degrees)), -math.sin(math.radians(degrees))

    def change(picture: Image.Image) -> Image.Image:
        half = max(_scaled(picture, length), 4) / 2

        def is_on_path(x: Kernel, y: Kernel) -> NDArray[np.bool_]:
            along, across = x * cos + y * sin, y * cos - x * sin
            return (np.abs(along) <= half) & (np.abs(across) <= 0.5)

        return _convolved(picture, _kernel(half, is_on_path))

    return change


def noise(deviation: float) -> Change:
    def change(picture: Image.Image) -> Image.Image:
        levels = np.asarray(picture, np.float32)
        noisy = levels + np.random.default_rng(1).normal(0, deviation, levels.shape)
        return Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8))

    return change


def jpeg(quality: int) -> Change:
    def change(picture: Image.Image) -> Image.Image:
        content = io.BytesIO()
        picture.save(content, "JPEG", quality=quality)
        return Image.open(content).convert(picture.mode)

    return change


def scaled(factor: float) -> Change:
    def change(picture: Image.Image) -> Image.Image:
        size = (max(round(picture.width * factor), 1), max(round(picture.height * factor), 1))
        return picture.resize(size, Image.Resampling.LANCZOS)

    return change


def enlarged(factor: float) -> Change:
    """Scaled down by the factor and up again."""

    def change(picture: Image.Image) -> Image.Image:
        return scaled(1 / factor)(picture).resize(picture.size, Image.Resampling.BICUBIC)

    return change


def blurred_around(radius: float) -> Change:
    return lambda picture: Image.composite(picture, gauss(radius)(picture), _middle(picture.size))


def blurred_middle(radius: float) -> Change:
    return lambda picture: Image.composite(gauss(radius)(picture), picture, _middle(picture.size))


def then(*changes: Change) -> Change:
    def change(picture: Image.Image) -> Image.Image:
        for one in changes:
            picture = one(picture)
        return picture

    return change


def _scaled(picture: Image.Image, length: float) -> float:
    return max(length * max(picture.size) / LONGEST, _LEAST_BLUR)


def _middle(size: tuple[int, int]) -> Image.Image:
    """White in the middle half, black near the edges, soft between."""
    down, across = np.mgrid[0 : size[1], 0 : size[0]]
    distance = np.hypot(across / size[0] - 0.5, down / size[1] - 0.5)
    return Image.fromarray((np.clip((0.45 - distance) / 0.17, 0, 1) * 255).astype(np.uint8))


def _kernel(reach: float, is_inside: Callable[[Kernel, Kernel], NDArray[np.bool_]]) -> Kernel:
    """Sampled eight times a pixel, and of sum 1."""
    finer = 8
    side = 2 * math.ceil(reach) + 3
    points = ((np.arange(side * finer) + 0.5) / finer - side / 2).astype(np.float32)
    inside = is_inside(points[None, :], points[:, None]).reshape(side, finer, side, finer)
    shares = inside.mean(axis=(1, 3), dtype=np.float32)
    return np.asarray(shares / shares.sum())


def _convolved(picture: Image.Image, kernel: Kernel) -> Image.Image:
    margin = len(kernel) // 2
    levels = np.pad(np.asarray(picture, np.float32), margin, "edge")
    spectrum = np.fft.rfft2(levels) * np.fft.rfft2(kernel, levels.shape)
    blurred = np.fft.irfft2(spectrum, levels.shape)[2 * margin :, 2 * margin :]
    return Image.fromarray(np.clip(blurred + 0.5, 0, 255).astype(np.uint8))


_GOOD: Mapping[str, Change] = {
    "untouched": lambda picture: picture,
    "noise 4": noise(4),
    "noise 8": noise(8),
    "jpeg 60": jpeg(60),
    "jpeg 95": jpeg(95),
    "half the size": scaled(0.5),
    "a quarter of the size": scaled(0.25),
    "blurred around": blurred_around(6),
}

_OUT_OF_FOCUS: Mapping[str, Change] = {
    "blur 1.5 px": gauss(1.5),
    "blur 3 px": gauss(3),
    "blur 6 px": gauss(6),
    "blur 12 px": gauss(12),
    "disc 6 px": disc(6),
    "disc 12 px": disc(12),
    "disc 24 px": disc(24),
    "blur 3 px, noise 5": then(gauss(3), noise(5)),
    "blur 6 px, noise 8": then(gauss(6), noise(8)),
    "blur 3 px, jpeg 50": then(gauss(3), jpeg(50)),
    "blur 6 px, jpeg 70": then(gauss(6), jpeg(70)),
    "enlarged 4 times": enlarged(4),
    "enlarged 8 times": enlarged(8),
}

_MIDDLE_OUT_OF_FOCUS: Mapping[str, Change] = {
    "middle blurred 6 px": blurred_middle(6),
    "middle blurred 12 px": blurred_middle(12),
}

_MOVED: Mapping[str, Change] = {
    "moved 10 px, 0°": movement(10, 0),
    "moved 10 px, 30°": movement(10, 30),
    "moved 20 px, 90°": movement(20, 90),
    "moved 20 px, 45°": movement(20, 45),
    "moved 40 px, 120°": movement(40, 120),
    "moved 40 px, 0°": movement(40, 0),
    "moved 20 px, 15°, noise 5": then(movement(20, 15), noise(5)),
    "moved 20 px, 75°, jpeg 60": then(movement(20, 75), jpeg(60)),
}
