from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from core.findings.finding import Finding, Kind, Level
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
