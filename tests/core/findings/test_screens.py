import json
from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from core.findings import screens
from core.findings.finding import Finding, Kind, Level
from core.findings.screens import Screens, measure
from core.findings.view import Source, View
from tests.bench.cases_compression import jpeg, png
from tests.bench.cases_overlays import bars, cut_out, framed
from tests.bench.cases_screens import (
    CHAT,
    Shot,
    chat,
    desktop,
    findings_of,
    gallery,
    photographed,
    post,
)
from tests.bench.opening import view_of

PHOTOGRAPHS = Path("core/demo/photographs")
NAMES = ("bridge-at-night", "espresso", "golden-retriever", "honey-bee")

FINE = {Kind.SCREENSHOT: Level.FINE, Kind.SCREEN_PHOTO: Level.FINE}


@cache
def photograph(name: str) -> Image.Image:
    return Image.open(PHOTOGRAPHS / f"{name}.jpg").convert("RGB")


def findings(content: bytes) -> dict[Kind, Finding]:
    return {finding.kind: finding for finding in findings_of(content)}


def levels(content: bytes) -> dict[Kind, Level]:
    return {kind: finding.level for kind, finding in findings(content).items()}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "change",
    [lambda picture: picture, bars, lambda picture: framed(picture, 0.05, "white"), cut_out],
    ids=["untouched", "bars", "framed", "cut out"],
)
def test_a_photograph_is_no_screenshot(
    name: str, change: Callable[[Image.Image], Image.Image]
) -> None:
    assert levels(jpeg(change(photograph(name)))) == FINE


def test_a_png_as_large_as_a_screen_is_no_screenshot_for_that() -> None:
    assert levels(png(ImageOps.fit(photograph("golden-retriever"), CHAT))) == FINE


@pytest.mark.parametrize("show", [gallery, post, chat, desktop])
@pytest.mark.parametrize("name", NAMES)
def test_a_screenshot_is_found_as_png_and_as_jpeg(
    show: Callable[[Image.Image], Image.Image], name: str
) -> None:
    screen = show(photograph(name))

    for content in (png(screen), jpeg(screen, 80)):
        found = levels(content)
        assert found[Kind.SCREENSHOT] != Level.FINE
        assert found[Kind.SCREEN_PHOTO] == Level.FINE


@pytest.mark.parametrize("name", NAMES)
def test_a_photo_of_a_screen_is_found_by_its_grid(name: str) -> None:
    taken = photographed(photograph(name), Shot(pitch=2.2, angle=1.5, blur=0.6))

    assert levels(jpeg(taken)) == {Kind.SCREENSHOT: Level.FINE, Kind.SCREEN_PHOTO: Level.POOR}


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGB", (600, 600), "red"),
        Image.new("RGB", (200, 200)),
        Image.new("RGB", (2000, 50), "white"),
        Image.new("RGB", (50, 2000)),
        Image.new("RGB", (1, 1)),
        # Wide enough for a tile, and for no more.
        Image.effect_noise((1600, 140), 60).convert("RGB"),
        Image.effect_noise((300, 7), 60).convert("RGB"),
    ],
    ids=lambda picture: "x".join(map(str, picture.size)),
)
def test_a_picture_with_nothing_to_measure_is_fine(picture: Image.Image) -> None:
    view = View(picture, picture, Source("PNG", *picture.size, 0))

    findings = screens.judge(measure(view))

    assert {finding.level for finding in findings} == {Level.FINE}


def test_what_is_measured_can_be_kept_as_json() -> None:
    measured = measure(view_of(png(gallery(photograph("espresso")))))

    assert Screens(**json.loads(json.dumps(asdict(measured)))) == measured
