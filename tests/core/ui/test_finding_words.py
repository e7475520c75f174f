"""Every finding has words, with what was measured in them."""

from collections.abc import Mapping

import pytest

from core.findings import colours, compression, exposure, overlays, sharpness
from core.findings.finding import Finding, Kind, Level
from core.findings.print_area import PrintArea
from core.ui.customer_english import ENGLISH
from core.ui.customer_texts import MOST_ADVICE
from core.ui.finding_words import words

WALL = PrintArea(500, 700)
INCHES = PrintArea(304.8, 406.4, bleed=20)

#: Measured, needed and details, as the modules of `core.findings` hand them over.
FOUND: Mapping[Kind, tuple[float, float, Mapping[str, float | str]]] = {
    Kind.RESOLUTION: (82, 150, {"unit": "ppi", "width_mm": 273.3, "height_mm": 382.7}),
    Kind.SHAPE: (0.31, 0.28, {"sides": "vertical", "each": 0.155}),
    Kind.SOFT: (2.5, sharpness.SOFT_LOOK, {"pixels": 5.0}),
    Kind.MOVED: (1.4, sharpness.MOVED_LOOK, {"direction": 30.0}),
    Kind.DARK: (128, exposure.DARK_LOOK, {}),
    Kind.WASHED_OUT: (0.31, exposure.CLIPPED_LOOK, {"cause": "clipped"}),
    Kind.BACKLIT: (1.6, exposure.BACKLIT_LOOK, {}),
    Kind.COMPRESSED: (30, compression.COMPRESSED_LOOK, {"via": "messenger"}),
    Kind.ENLARGED: (2.4, compression.ENLARGED_LOOK, {}),
    Kind.SCREENSHOT: (0.9, 0.5, {}),
    Kind.SCREEN_PHOTO: (0.9, 0.5, {}),
    Kind.BORDER: (0.12, overlays.BORDER_LOOK, {"sides": 4}),
    Kind.OVERLAY: (8, overlays.OVERLAY_LOOK, {}),
    Kind.MONOCHROME: (1.2, colours.MONOCHROME_LOOK, {"tint": 0.2}),
    Kind.FILTER: (1.6, colours.FILTER_LOOK, {"trace": "tint"}),
    Kind.DUPLICATE: (0.05, 0.2, {"id": 7, "name": "#1001"}),
    Kind.REJECTED_BEFORE: (0.05, 0.2, {"id": 7, "name": "#1001"}),
}
#: What customers cannot help, or have chosen.
NOT_FOR_CUSTOMERS = {Kind.MONOCHROME, Kind.FILTER, Kind.DUPLICATE}


def found(kind: Kind, level: Level = Level.POOR) -> Finding:
    measured, needed, details = FOUND[kind]
    return Finding(kind, level, 0.8, measured, needed, details)


@pytest.mark.parametrize("area", [WALL, INCHES, None], ids=["cm", "inches", "unknown"])
@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("kind", Kind)
def test_every_finding_has_words(kind: Kind, level: Level, area: PrintArea | None) -> None:
    said = words(found(kind, level), area)

    assert 3 < len(said.tag) <= 22
    assert said.sentence.endswith(".")
    assert not set("{}") & set(said.tag + said.sentence)
    assert "None" not in said.sentence


@pytest.mark.parametrize("kind", Kind)
def test_a_finding_without_numbers_has_words_too(kind: Kind) -> None:
    details = FOUND[kind][2]

    assert words(Finding(kind, Level.LOOK, 0.5, details=details), WALL).sentence


@pytest.mark.parametrize(
    ("kind", "area", "sentence"),
    [
        (
            Kind.RESOLUTION,
            WALL,
            "At 50 × 70 cm it has 82 pixels per inch; 150 print well. "
            "It would print well up to 27 × 38 cm.",
        ),
        (
            Kind.RESOLUTION,
            INCHES,
            "At 12 × 16 in it has 82 pixels per inch; 150 print well. "
            "It would print well up to 10 × 15 in.",
        ),
        (Kind.SHAPE, WALL, "Cut to 50 × 70 cm, the photo loses 31% of itself, at top and bottom."),
        (
            Kind.SOFT,
            WALL,
            "At 50 × 70 cm its sharpest edges are 1.8 mm wide; up to 1.3 mm look sharp.",
        ),
        (
            Kind.REJECTED_BEFORE,
            None,
            "The same picture, or nearly the same, was rejected before, on order #1001.",
        ),
    ],
)
def test_a_sentence_says_what_was_measured_and_what_is_needed(
    kind: Kind, area: PrintArea | None, sentence: str
) -> None:
    assert words(found(kind), area).sentence == sentence


def test_a_photo_to_draw_from_is_said_in_pixels() -> None:
    small = Finding(Kind.RESOLUTION, Level.POOR, 0.9, 380, 800, {"unit": "px"})

    assert words(small, WALL).sentence == (
        "Its shorter side has 380 pixels; 800 are enough to draw from."
    )


@pytest.mark.parametrize("area", [WALL, INCHES, None], ids=["cm", "inches", "unknown"])
@pytest.mark.parametrize("kind", Kind)
def test_customers_read_of_what_they_can_help(kind: Kind, area: PrintArea | None) -> None:
    advice = ENGLISH.advise([found(kind)], area)

    if kind in NOT_FOR_CUSTOMERS:
        assert advice == []
    else:
        (sentence,) = advice
        assert sentence.endswith((".", "?"))
        assert not set("{}") & set(sentence)


def test_a_customer_reads_how_large_a_photo_prints_well() -> None:
    (sentence,) = ENGLISH.advise([found(Kind.RESOLUTION)], WALL)

    assert sentence == (
        "This photo will look soft at 50 × 70 cm. It prints well up to 27 × 38 cm. "
        "The original from the phone or camera is often much larger."
    )


def test_a_customer_reads_the_worst_things_only() -> None:
    many = [found(kind) for kind in (Kind.FILTER, Kind.DARK, Kind.SOFT, Kind.BORDER)]

    advice = ENGLISH.advise(many, WALL)

    assert len(advice) == MOST_ADVICE
    assert advice == [ENGLISH.advice[Kind.DARK], ENGLISH.advice[Kind.SOFT]]


def test_an_animation_is_said_first() -> None:
    advice = ENGLISH.advise([found(Kind.DARK)], WALL, is_animated=True)

    assert advice == [ENGLISH.animated, ENGLISH.advice[Kind.DARK]]
