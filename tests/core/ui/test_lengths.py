import pytest

from core.findings.finding import Finding, Kind, Level
from core.findings.print_area import MM_PER_INCH, PrintArea
from core.findings.print_sizes import LengthUnit
from core.ui import lengths


@pytest.mark.parametrize(
    ("width", "height", "words"),
    [
        (300, 400, "30 × 40 cm"),
        (304.8, 406.4, "12 × 16 in"),
        (203.2, 254, "8 × 10 in"),
        (209.55, 279.4, "8.25 × 11 in"),
        (210, 297, "21 × 29.7 cm"),  # A4
        (1270, 1270, "127 × 127 cm"),  # 50 inches too, and whole centimetres
        (85, 55, "8.5 × 5.5 cm"),
    ],
)
def test_a_size_is_said_in_the_unit_it_was_sold_in(width: float, height: float, words: str) -> None:
    assert lengths.said(width, height) == words


@pytest.mark.parametrize(
    ("width", "height", "unit", "words"),
    [
        (419.1, 594.36, LengthUnit.INCH, "16.5 × 23.4 in"),  # round in neither
        (419.1, 594.36, LengthUnit.CM, "41.91 × 59.44 cm"),
        (1270, 1270, LengthUnit.INCH, "50 × 50 in"),  # round in both
        (210, 297, LengthUnit.MM, "210 × 297 mm"),
        (300, 400, LengthUnit.INCH, "30 × 40 cm"),
        (304.8, 406.4, LengthUnit.CM, "12 × 16 in"),
    ],
)
def test_where_the_size_does_not_tell_the_unit_is_the_shops(
    width: float, height: float, unit: LengthUnit, words: str
) -> None:
    assert lengths.said(width, height, unit) == words
    assert lengths.of(PrintArea(width, height), unit) == words


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        (LengthUnit.CM, "67 × 50 cm"),
        (LengthUnit.INCH, "26 × 20 in"),
        (LengthUnit.MM, "67 × 50 cm"),  # whoever sells in millimetres still thinks of a wall
    ],
)
def test_what_was_calculated_is_rounded_down(unit: LengthUnit, words: str) -> None:
    assert lengths.about(677.3, 508, unit) == words


def test_a_photo_that_is_a_little_small_is_not_said_to_print_well_at_that_size() -> None:
    twelve, sixteen = (side * MM_PER_INCH * 149 / 150 for side in (12, 16))

    assert lengths.about(twelve, sixteen, LengthUnit.INCH) == "11 × 15 in"


def test_a_photo_that_is_just_large_enough_is_said_to_print_well_at_that_size() -> None:
    assert lengths.about(304.8, 406.4, LengthUnit.INCH) == "12 × 16 in"


@pytest.mark.parametrize(
    ("width", "height", "words"),
    [
        (42.9, 31.7, "4.2 × 3.1 cm"),
        (20, 20, "2 × 2 cm"),
        (10, 15, "1 × 1.5 cm"),
        (9.9, 15, ""),  # nobody prints that
    ],
)
def test_small_sizes_keep_a_decimal(width: float, height: float, words: str) -> None:
    assert lengths.about(width, height, LengthUnit.CM) == words


@pytest.mark.parametrize(
    ("area", "words"),
    [
        (PrintArea(304.8, 406.4), "20 × 13 in"),
        (PrintArea(300, 400), "50 × 33 cm"),
        (PrintArea(419.1, 594.36), "20 × 13 in"),
        (None, "20 × 13 in"),
    ],
)
def test_the_largest_print_is_said_in_the_unit_of_the_product(
    area: PrintArea | None, words: str
) -> None:
    resolution = Finding(
        Kind.RESOLUTION, Level.LOOK, 0.5, details={"width_mm": 508, "height_mm": 339}
    )

    assert lengths.largest(resolution, area, LengthUnit.INCH) == words


def test_without_a_largest_print_nothing_is_said_of_it() -> None:
    assert lengths.largest(Finding(Kind.RESOLUTION, Level.LOOK, 0.5), None) == ""
