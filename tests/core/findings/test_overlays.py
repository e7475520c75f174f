from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from core.findings.finding import Finding, Kind, Level
from tests.bench.cases_compression import jpeg
from tests.bench.cases_overlays import (
    CAPTION,
    DATE,
    Text,
    bars,
    cut_out,
    findings_of,
    framed,
    pillars,
    polaroid,
    rounded,
    stamped,
    written,
)

PHOTOGRAPHS = Path("core/demo/photographs")
NAMES = ("bridge-at-night", "dandelions", "espresso", "golden-retriever", "honey-bee")


@cache
def photograph(name: str) -> Image.Image:
    picture = Image.open(PHOTOGRAPHS / f"{name}.jpg").convert("RGB")
    picture.thumbnail((1200, 1200))
    return picture


def findings(picture: Image.Image) -> dict[Kind, Finding]:
    return {finding.kind: finding for finding in findings_of(jpeg(picture, 85))}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("change", [lambda picture: picture, cut_out], ids=["untouched", "cut out"])
def test_a_photograph_with_nothing_on_it_is_fine(
    name: str, change: Callable[[Image.Image], Image.Image]
) -> None:
    levels = {kind: f.level for kind, f in findings(change(photograph(name))).items()}

    assert levels == {Kind.BORDER: Level.FINE, Kind.OVERLAY: Level.FINE}


# The others are as white at an edge as a frame, or as black.
@pytest.mark.parametrize("name", ["bridge-at-night", "golden-retriever", "honey-bee", "sushi"])
@pytest.mark.parametrize(
    ("put_around", "sides"),
    [
        (bars, 2),
        (pillars, 2),
        (lambda picture: framed(picture, 0.03, "#3c5aa0"), 4),
        (rounded, 4),
        (polaroid, 4),
    ],
    ids=["bars", "pillars", "frame", "round corners", "polaroid"],
)
def test_a_border_is_measured_as_its_share_of_the_area(
    name: str, put_around: Callable[[Image.Image], Image.Image], sides: int
) -> None:
    picture = photograph(name)
    whole = put_around(picture)
    share = 1 - picture.width * picture.height / (whole.width * whole.height)

    found = findings(whole)[Kind.BORDER]

    assert found.level != Level.FINE
    assert found.measured == pytest.approx(share, abs=0.03)
    assert found.details == {"sides": sides}


def test_a_bar_on_one_side_is_no_border() -> None:
    picture = ImageOps.expand(photograph("honey-bee"), (0, 0, 0, 120), "white")

    assert findings(picture)[Kind.BORDER].measured == 0


# Not on what is as orange as the ink.
@pytest.mark.parametrize("name", ["dandelions", "golden-retriever", "honey-bee"])
@pytest.mark.parametrize("text", [DATE, CAPTION], ids=["date", "caption"])
def test_text_on_a_photograph_is_found(name: str, text: Text) -> None:
    picture = photograph(name).resize((1200, 900))

    assert findings(written(picture, text))[Kind.OVERLAY].level != Level.FINE


def test_a_film_cameras_date_is_found() -> None:
    picture = stamped(photograph("golden-retriever").resize((1500, 1200)), "2004 11 03")

    assert findings(picture)[Kind.OVERLAY].level != Level.FINE
