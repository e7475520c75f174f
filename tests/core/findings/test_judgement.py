"""All that is found in a picture, put together."""

import json
from pathlib import Path

import pytest
from PIL import Image, ImageFilter

from core.findings import judgement
from core.findings.finding import Finding, Kind, Level
from core.findings.fingerprint import Fingerprint, Known
from core.findings.measures import Measures
from core.findings.print_area import PrintArea
from core.findings.resolution import Quality
from core.findings.view import SMALL, Source, View

QUALITY = Quality(minimum_dpi=200, hard_minimum_dpi=100, drawn_pixels=1000)
POSTER = PrintArea(500, 700)


def photograph(blur: float = 0) -> View:
    with Image.open("core/demo/photographs/owl.jpg") as opened:
        picture = opened.convert("RGB").filter(ImageFilter.GaussianBlur(blur))
    small = picture.copy()
    small.thumbnail((SMALL, SMALL))
    return View(picture, small, Source("JPEG", *picture.size, 100_000))


def judge(
    measures: Measures | None, area: PrintArea | None = POSTER, *known: Known
) -> dict[Kind, Finding]:
    found = judgement.judge(
        measures, width=400, height=300, area=area, quality=QUALITY, known=known
    )
    assert len({finding.kind for finding in found}) == len(found)
    return {finding.kind: finding for finding in found}


def test_every_kind_is_judged_once_and_the_worst_comes_first() -> None:
    found = judge(Measures.of(photograph()))

    assert set(found) == set(Kind)
    assert next(iter(found)) is Kind.RESOLUTION
    scores = [finding.score for finding in found.values()]
    assert scores == sorted(scores, reverse=True)


def test_without_a_print_size_neither_resolution_nor_shape_is_judged() -> None:
    found = judge(Measures.of(photograph()), None)

    assert set(Kind) - set(found) == {Kind.RESOLUTION, Kind.SHAPE}


def test_what_was_not_measured_is_judged_by_its_size_and_bytes() -> None:
    same = Known(Fingerprint(()), sha256_equal=True, is_rejected=True, name="#1001", id=1)

    found = judge(None, POSTER, same)

    assert set(found) == {Kind.RESOLUTION, Kind.SHAPE, Kind.DUPLICATE, Kind.REJECTED_BEFORE}
    assert found[Kind.REJECTED_BEFORE].score == 1


def test_a_blurred_picture_is_called_soft_and_not_enlarged() -> None:
    found = judge(Measures.of(photograph(blur=3)))

    assert found[Kind.SOFT].level is Level.POOR
    assert Kind.ENLARGED not in found


def test_the_ground_of_an_app_around_a_photo_does_not_make_it_washed_out() -> None:
    washed_out = Finding(Kind.WASHED_OUT, Level.POOR, 0.9)
    screenshot = Finding(Kind.SCREENSHOT, Level.POOR, 0.8)

    assert judgement.without_explained([washed_out, screenshot]) == [screenshot]


def test_what_lies_around_a_framed_photo_is_not_taken_for_the_light_behind() -> None:
    backlit = Finding(Kind.BACKLIT, Level.POOR, 0.9)
    border = Finding(Kind.BORDER, Level.LOOK, 0.6)

    assert judgement.without_explained([backlit, border]) == [border]


@pytest.mark.parametrize("level", [Level.FINE, Level.LOOK])
def test_what_is_worse_than_its_explanation_is_still_said(level: Level) -> None:
    findings = [Finding(Kind.DARK, Level.POOR, 0.9), Finding(Kind.BACKLIT, level, 0.55)]

    assert judgement.without_explained(findings) == findings


def test_what_a_finding_suggests_is_in_the_catalogue_of_reasons() -> None:
    catalogue = json.loads(Path("core/services/reasons.json").read_text())
    codes = {reason["code"] for reason in catalogue}

    assert set(judgement.SUGGESTS.values()) <= codes
    assert set(Kind) - set(judgement.SUGGESTS) == {Kind.REJECTED_BEFORE}
