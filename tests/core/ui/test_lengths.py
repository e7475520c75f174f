import pytest

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
    ("unit", "words"),
    [
        (LengthUnit.CM, "68 × 51 cm"),
        (LengthUnit.INCH, "27 × 20 in"),
        (LengthUnit.MM, "68 × 51 cm"),  # whoever sells in millimetres still thinks of a wall
    ],
)
def test_what_was_calculated_is_rounded(unit: LengthUnit, words: str) -> None:
    assert lengths.about(677.3, 508, unit) == words


def test_small_sizes_keep_a_decimal() -> None:
    assert lengths.about(42.3, 31.7, LengthUnit.CM) == "4.2 × 3.2 cm"
