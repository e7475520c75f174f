"""Soft and moved photographs are told from sharp ones, whatever their size, noise or motif."""

import json
import math
from dataclasses import asdict
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.findings import sharpness
from core.findings.finding import Finding, Kind, Level
from core.findings.sharpness import Sharpness
from tests.bench.cases_sharpness import (
    Change,
    blurred_around,
    blurred_middle,
    disc,
    gauss,
    jpeg,
    movement,
    noise,
    scaled,
    then,
    view_of,
)

PHOTOGRAPHS = Path("core/demo/photographs")

#: Sharp where it matters; large and small, calm and busy, one old and grainy.
SHARP = (
    "alps",
    "astronaut",
    "balloon",
    "blue-eyed-cat",
    "bridge-at-night",
    "dandelion-clock",
    "honey-bee",
    "parrot",
    "tiger-in-snow",
)


@cache
def photograph(name: str) -> Image.Image:
    return Image.open(PHOTOGRAPHS / f"{name}.jpg").convert("L")


def measure(name: str, *changes: Change) -> Sharpness:
    return sharpness.measure(view_of(then(*changes)(photograph(name))))


def findings(name: str, *changes: Change) -> tuple[Finding, ...]:
    return sharpness.judge(measure(name, *changes))


def edge(width: float, *, angle: float = 20, side: int = 512) -> Image.Image:
    """A grid of bright and dark fields, blurred by a Gaussian of this standard deviation."""
    down, across = np.mgrid[0:side, 0:side].astype(np.float64)
    turn = math.radians(angle)
    position = across * math.cos(turn) + down * math.sin(turn)
    levels = np.where(position % 160 < 80, 60.0, 180.0)
    frequency = np.fft.fftfreq(side)
    answer = np.exp(-2 * (math.pi * width) ** 2 * (frequency[:, None] ** 2 + frequency**2))
    blurred = np.fft.ifft2(np.fft.fft2(levels) * answer).real
    return Image.fromarray(blurred.round().astype(np.uint8))


@pytest.mark.parametrize("deviation", [1.0, 2.0, 4.0])
@pytest.mark.parametrize("grain", [0, 6])
def test_the_width_of_a_blurred_step_is_measured_in_pixels(deviation: float, grain: int) -> None:
    picture = noise(grain)(edge(deviation))

    measured = sharpness.measure(view_of(picture))

    assert measured.pixels == pytest.approx(2.563 * deviation, rel=0.15)


@pytest.mark.parametrize("name", SHARP)
@pytest.mark.parametrize(
    "change",
    [scaled(1), scaled(0.5), noise(8), jpeg(60), blurred_around(6)],
    ids=["untouched", "half the size", "noise", "jpeg", "blurred around"],
)
def test_a_sharp_photograph_is_fine(name: str, change: Change) -> None:
    soft, moved = findings(name, change)

    assert (soft.level, moved.level) == (Level.FINE, Level.FINE)


@pytest.mark.parametrize("name", SHARP)
@pytest.mark.parametrize(
    "change",
    [gauss(12), disc(24), then(gauss(12), jpeg(60))],
    ids=["blur", "defocus", "blur and jpeg"],
)
def test_a_photograph_out_of_focus_is_poor(name: str, change: Change) -> None:
    soft, _ = findings(name, change)

    assert soft.level is Level.POOR


@pytest.mark.parametrize("name", SHARP)
def test_more_blur_never_measures_sharper(name: str) -> None:
    radii = (0, 2, 4, 6, 9, 12)

    edges = [
        measure(name, gauss(radius)).edge if radius else measure(name).edge for radius in radii
    ]

    assert edges == sorted(edges)


@pytest.mark.parametrize("name", SHARP)
def test_noise_does_not_make_a_soft_photograph_sharp(name: str) -> None:
    clean = measure(name, gauss(6))

    noisy = measure(name, gauss(6), noise(8))

    assert noisy.edge > 0.5 * clean.edge


def test_a_sharp_background_does_not_make_up_for_a_soft_subject() -> None:
    soft, _ = findings("honey-bee", blurred_middle(12))

    assert soft.level is not Level.FINE


@pytest.mark.parametrize("name", ["bridge-at-night", "honey-bee", "dandelion-clock", "boats"])
@pytest.mark.parametrize("degrees", [0, 45, 120])
def test_movement_is_named_with_its_direction(name: str, degrees: float) -> None:
    measured = measure(name, movement(40, degrees))

    _, moved = sharpness.judge(measured)
    off = abs(measured.direction - degrees) % 180
    assert moved.level is not Level.FINE
    assert min(off, 180 - off) <= 15


def test_a_fence_has_not_moved() -> None:
    fence = Image.new("L", (800, 600), 190)
    draw = ImageDraw.Draw(fence)
    for left in range(10, 800, 23):
        draw.rectangle((left, 0, left + 9, 600), fill=70 + left % 60)
    picture = noise(3)(fence)

    soft, moved = sharpness.judge(sharpness.measure(view_of(picture)))

    assert (soft.level, moved.level) == (Level.FINE, Level.FINE)


@pytest.mark.parametrize(
    "size", [(1, 1), (1, 200), (63, 64), (64, 64), (200, 5), (200, 200), (2048, 51), (80, 2048)]
)
@pytest.mark.parametrize("colour", ["black", "grey", "white"])
def test_a_flat_picture_has_nothing_to_measure(size: tuple[int, int], colour: str) -> None:
    flat = Image.new("L", size, colour)

    measured = sharpness.measure(view_of(flat))

    assert measured.tiles == 0
    assert [(finding.level, finding.measured) for finding in sharpness.judge(measured)] == [
        (Level.FINE, None),
        (Level.FINE, None),
    ]


@pytest.mark.parametrize("size", [(200, 133), (70, 900), (2048, 80)])
def test_small_and_long_pictures_are_measured(size: tuple[int, int]) -> None:
    picture = photograph("boats").resize(size, Image.Resampling.LANCZOS)

    soft, moved = sharpness.judge(sharpness.measure(view_of(picture)))

    assert (soft.kind, moved.kind) == (Kind.SOFT, Kind.MOVED)
    assert all(math.isfinite(finding.score) for finding in (soft, moved))


def test_pure_noise_is_not_called_soft() -> None:
    levels = np.random.default_rng(3).normal(128, 20, (400, 400)).clip(0, 255)

    soft, _ = sharpness.judge(sharpness.measure(view_of(Image.fromarray(levels.astype(np.uint8)))))

    assert soft.level is Level.FINE


def test_a_measure_is_plain_json() -> None:
    measured = measure("parrot")

    assert Sharpness(**json.loads(json.dumps(asdict(measured)))) == measured
