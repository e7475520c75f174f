from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from core.findings import colours
from core.findings.colours import measure
from core.findings.finding import Finding, Kind, Level
from core.findings.view import SMALL, Source, View
from tests.bench.cases_colours import cast, findings_of, grey, posterised, saturated, sepia, toned
from tests.bench.cases_compression import jpeg

PHOTOGRAPHS = Path("core/demo/photographs")
NAMES = ("astronaut", "bridge-at-night", "citrus-slices", "espresso", "owl", "parrot", "tabby-cat")


@cache
def photograph(name: str) -> Image.Image:
    picture = Image.open(PHOTOGRAPHS / f"{name}.jpg").convert("RGB")
    picture.thumbnail((SMALL, SMALL))
    return picture


def findings(picture: Image.Image) -> dict[Kind, Finding]:
    return {finding.kind: finding for finding in findings_of(jpeg(picture, 92))}


@pytest.mark.parametrize("name", NAMES)
def test_a_colour_photograph_is_fine(name: str) -> None:
    levels = {kind: finding.level for kind, finding in findings(photograph(name)).items()}

    assert levels == {Kind.MONOCHROME: Level.FINE, Kind.FILTER: Level.FINE}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "drain",
    [grey, sepia, lambda picture: toned(picture, "#05080f", "#e6eefa")],
    ids=["grey", "sepia", "blue"],
)
def test_a_photograph_without_colours_is_looked_at_and_never_poor(
    name: str, drain: Callable[[Image.Image], Image.Image]
) -> None:
    found = findings(drain(photograph(name)))[Kind.MONOCHROME]

    assert found.level == Level.LOOK


def test_an_old_print_has_one_tone_and_no_colours() -> None:
    with Image.open(PHOTOGRAPHS / "alps.jpg") as old_print:
        found = findings(old_print.convert("RGB"))

    assert found[Kind.MONOCHROME].level == Level.LOOK
    assert float(found[Kind.MONOCHROME].details["tint"]) > 0.05


def test_one_coloured_thing_in_a_grey_photograph_is_a_colour() -> None:
    picture = grey(photograph("tabby-cat"))
    picture.paste("#c02030", (200, 200, 280, 280))

    assert findings(picture)[Kind.MONOCHROME].level == Level.FINE


@pytest.mark.parametrize("name", ["chameleon", "tabby-cat", "tiger-in-snow"])
@pytest.mark.parametrize(
    ("trace", "change"),
    [
        ("tint", lambda picture: cast(picture, (1.0, 0.65, 0.35))),
        ("posterised", lambda picture: posterised(picture, 2)),
    ],
    ids=["orange", "4 levels"],
)
def test_a_strong_filter_is_named_by_its_trace(
    name: str, trace: str, change: Callable[[Image.Image], Image.Image]
) -> None:
    found = findings(change(photograph(name)))[Kind.FILTER]

    assert found.level != Level.FINE
    assert found.details == {"trace": trace}


def test_garish_colours_are_named() -> None:
    found = findings(saturated(photograph("citrus-slices"), 4))[Kind.FILTER]

    assert found.level != Level.FINE
    assert found.details == {"trace": "saturated"}


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGB", (200, 200), "red"),
        Image.new("RGB", (200, 200)),
        Image.new("RGB", (2000, 50), "white"),
        Image.new("RGB", (50, 2000), "#808080"),
        Image.new("RGB", (1, 1)),
    ],
    ids=lambda picture: "x".join(map(str, picture.size)),
)
def test_a_picture_of_one_colour_can_be_measured(picture: Image.Image) -> None:
    view = View(picture, picture, Source("PNG", *picture.size, 0))

    findings = colours.judge(measure(view))

    assert findings[0].level == Level.LOOK
    assert all(0 <= finding.score <= 1 for finding in findings)
