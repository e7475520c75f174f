"""Dark, washed out and backlit photographs are told from well exposed ones."""

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from core.findings import exposure
from core.findings.exposure import Exposure
from core.findings.finding import Finding, Kind, Level
from core.findings.view import SMALL, Source, View
from tests.bench.cases_exposure import (
    Change,
    Levels,
    against_the_light,
    between,
    changed,
    findings_of,
    on_white,
    stops,
    times,
)

PHOTOGRAPHS = Path("core/demo/photographs")

#: One at night, one in low key, two in high key, others as they come.
WELL_EXPOSED = (
    "astronaut",
    "beach-drink",
    "boats",
    "bridge-at-night",
    "espresso",
    "golden-retriever",
    "owl",
    "pancakes",
    "tabby-cat",
    "tiger-in-snow",
)


@cache
def photograph(name: str) -> Image.Image:
    picture = Image.open(PHOTOGRAPHS / f"{name}.jpg").convert("RGB")
    picture.thumbnail((SMALL, SMALL))
    return picture


def unchanged(levels: Levels) -> Levels:
    return levels


def findings(name: str, change: Change = unchanged) -> dict[Kind, Finding]:
    judged = findings_of(changed(photograph(name), change))
    return {finding.kind: finding for finding in judged}


@pytest.mark.parametrize("name", WELL_EXPOSED)
def test_a_well_exposed_photograph_is_fine(name: str) -> None:
    levels = {kind: finding.level for kind, finding in findings(name).items()}

    assert levels == dict.fromkeys((Kind.DARK, Kind.WASHED_OUT, Kind.BACKLIT), Level.FINE)


@pytest.mark.parametrize("name", WELL_EXPOSED)
@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (stops(-3.3), Kind.DARK),
        (times(1 / 3), Kind.DARK),
        (between(110, 200), Kind.WASHED_OUT),
    ],
    ids=["a tenth of the light", "a third of the levels", "faded"],
)
def test_a_spoilt_exposure_is_poor(name: str, change: Change, kind: Kind) -> None:
    assert findings(name, change)[kind].level is Level.POOR


@pytest.mark.parametrize("name", ["astronaut", "golden-retriever", "pancakes", "tiger-in-snow"])
def test_clipped_highlights_in_the_middle_are_poor(name: str) -> None:
    washed_out = findings(name, stops(3))[Kind.WASHED_OUT]

    assert washed_out.level is Level.POOR
    assert washed_out.details == {"cause": "clipped"}


@pytest.mark.parametrize("name", ["astronaut", "golden-retriever", "pancakes", "tabby-cat"])
def test_a_dark_subject_before_a_bright_surround_is_backlit(name: str) -> None:
    assert findings(name, against_the_light(4, 1))[Kind.BACKLIT].level is Level.POOR


@pytest.mark.parametrize("name", ["astronaut", "golden-retriever", "pancakes", "tabby-cat"])
def test_a_subject_cut_out_on_white_is_fine(name: str) -> None:
    judged = findings(name, on_white)

    assert judged[Kind.WASHED_OUT].level is Level.FINE
    assert judged[Kind.BACKLIT].level is Level.FINE


@pytest.mark.parametrize("name", WELL_EXPOSED)
def test_less_light_never_scores_lower_for_dark(name: str) -> None:
    scores = [findings(name, stops(-taken))[Kind.DARK].score for taken in (0, 1, 2, 3, 4)]

    assert scores == sorted(scores)


@pytest.mark.parametrize("name", WELL_EXPOSED)
def test_a_uniformly_dark_photograph_is_not_more_backlit(name: str) -> None:
    as_it_is, darker = findings(name), findings(name, stops(-2))

    assert darker[Kind.BACKLIT].score <= as_it_is[Kind.BACKLIT].score + 0.1


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (2, 2), (512, 13), (200, 200)])
@pytest.mark.parametrize("colour", ["black", "silver", "white"])
def test_a_flat_picture_is_judged(size: tuple[int, int], colour: str) -> None:
    flat = Image.new("RGB", size, colour)

    dark, _, backlit = findings_of(flat)

    assert (dark.level is Level.POOR) == (colour == "black")
    assert backlit.level is Level.FINE


def test_a_measure_is_plain_json() -> None:
    picture = photograph("parrot")

    measured = exposure.measure(View(picture, picture, Source("JPEG", *picture.size, 0)))

    assert Exposure(**json.loads(json.dumps(asdict(measured)))) == measured
