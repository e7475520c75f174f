"""What the crop to a product's shape takes away."""

import pytest

from core.findings import shape
from core.findings.finding import Level
from core.findings.print_area import Making, PrintArea

SQUARE, FOUR_BY_FIVE = PrintArea(200, 200), PrintArea(200, 250)


@pytest.mark.parametrize(
    ("pixels", "area", "lost", "level"),
    [
        ((4000, 3000), PrintArea(300, 400), 0, Level.FINE),  # turned, nothing is lost
        ((3000, 2000), FOUR_BY_FIVE, 1 / 6, Level.FINE),
        ((4000, 3000), SQUARE, 1 / 4, Level.FINE),
        ((3000, 2000), SQUARE, 1 / 3, Level.LOOK),
        ((1080, 1920), SQUARE, 7 / 16, Level.POOR),
        ((4000, 3000), PrintArea(300, 400, is_fixed=True), 7 / 16, Level.POOR),
        ((1000, 1000), PrintArea(100, 200), 1 / 2, Level.POOR),
        ((1200, 1000), PrintArea(160, 130, bleed=10), 0, Level.FINE),  # 180 x 150 mm of paper
    ],
)
def test_the_share_that_is_lost_decides(
    pixels: tuple[int, int], area: PrintArea, lost: float, level: Level
) -> None:
    finding = shape.judge(*pixels, area)

    assert finding is not None
    assert finding.measured == pytest.approx(lost)
    assert finding.details["each"] == pytest.approx(lost / 2)
    assert finding.level is level


def test_a_picture_that_is_too_wide_loses_left_and_right_and_a_long_one_top_and_bottom() -> None:
    wide, long = shape.judge(3000, 1000, SQUARE), shape.judge(1000, 3000, SQUARE)

    assert wide is not None
    assert long is not None
    assert (wide.details["sides"], long.details["sides"]) == ("horizontal", "vertical")


def test_what_is_drawn_after_a_photo_has_a_shape_of_its_own() -> None:
    finding = shape.judge(3000, 1000, PrintArea(200, 200, making=Making.DRAWN))

    assert finding is not None
    assert finding.level is Level.FINE


def test_without_a_shape_nothing_is_said() -> None:
    assert shape.judge(10, 10, None) is None
