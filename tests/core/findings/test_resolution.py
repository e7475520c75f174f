"""Pixels that are there against pixels that a print needs."""

import pytest

from core.findings import resolution
from core.findings.finding import Level
from core.findings.print_area import Making, PrintArea
from core.findings.resolution import Quality

QUALITY = Quality(minimum_dpi=200, hard_minimum_dpi=100, drawn_pixels=1000)
INCH = 25.4

EIGHT_BY_TEN = PrintArea(8 * INCH, 10 * INCH)


@pytest.mark.parametrize(
    ("pixels", "area", "ppi"),
    [
        ((1600, 2000), EIGHT_BY_TEN, 200),
        ((2000, 1600), EIGHT_BY_TEN, 200),  # the print is turned as the photo lies
        ((2000, 1600), PrintArea(8 * INCH, 10 * INCH, is_fixed=True), 160),  # 1280 x 1600 of it
        ((3200, 2000), EIGHT_BY_TEN, 250),  # the longer side is cropped to 2500
        ((1600, 4000), EIGHT_BY_TEN, 200),
        ((1000, 1000), PrintArea(8 * INCH, 8 * INCH, bleed=INCH), 100),  # the wrap is printed too
        ((4000, 1000), PrintArea(4 * INCH, 4 * INCH), 250),
    ],
)
def test_the_part_that_is_printed_is_counted_in_pixels_per_inch(
    pixels: tuple[int, int], area: PrintArea, ppi: float
) -> None:
    finding = resolution.judge(*pixels, area, QUALITY)

    assert finding is not None
    assert finding.measured == pytest.approx(ppi)
    assert finding.needed == 200
    assert finding.details["unit"] == "ppi"


@pytest.mark.parametrize(
    ("pixels", "level"),
    [
        ((1600, 2000), Level.FINE),  # just the minimum is enough
        ((1597, 1997), Level.FINE),  # it says 200 of 200
        ((1590, 1990), Level.LOOK),
        ((800, 1000), Level.LOOK),  # just the hard minimum
        ((790, 990), Level.POOR),
        ((1, 1), Level.POOR),
    ],
)
def test_below_the_minimum_one_looks_and_below_the_hard_one_it_is_poor(
    pixels: tuple[int, int], level: Level
) -> None:
    finding = resolution.judge(*pixels, EIGHT_BY_TEN, QUALITY)

    assert finding is not None
    assert finding.level is level


def test_a_shop_with_one_minimum_only_knows_fine_and_poor() -> None:
    quality = Quality(minimum_dpi=150, hard_minimum_dpi=150, drawn_pixels=1000)

    fine = resolution.judge(1200, 1500, EIGHT_BY_TEN, quality)
    poor = resolution.judge(1184, 1480, EIGHT_BY_TEN, quality)

    assert fine is not None
    assert poor is not None
    assert (fine.level, poor.level) == (Level.FINE, Level.POOR)


@pytest.mark.parametrize(
    ("pixels", "area"),
    [
        ((1000, 1000), EIGHT_BY_TEN),
        ((1234, 777), EIGHT_BY_TEN),
        ((900, 3000), PrintArea(200, 300, bleed=20)),
        ((3000, 900), PrintArea(200, 300, bleed=20, is_fixed=True)),
    ],
)
def test_the_largest_print_keeps_the_shape_and_reaches_just_the_minimum(
    pixels: tuple[int, int], area: PrintArea
) -> None:
    finding = resolution.judge(*pixels, area, QUALITY)

    assert finding is not None
    width, height = finding.details["width_mm"], finding.details["height_mm"]
    assert isinstance(width, float)
    assert isinstance(height, float)
    assert min(width, height) / max(width, height) == pytest.approx(
        min(area.width, area.height) / max(area.width, area.height)
    )
    largest = PrintArea(width, height, area.bleed, is_fixed=True)
    assert resolution.pixels_per_inch(*pixels, largest) == pytest.approx(200)


def test_without_a_size_the_largest_print_has_the_pictures_own_shape() -> None:
    assert resolution.largest_print(3000, 1500, None, 150) == pytest.approx((508, 254))


def test_what_is_drawn_after_a_picture_has_no_largest_print() -> None:
    drawn = PrintArea(200, 300, making=Making.DRAWN)

    assert resolution.largest_print(3000, 1500, drawn, 150) is None


def test_pixels_that_are_too_few_for_the_wrap_alone_reach_no_print() -> None:
    finding = resolution.judge(200, 200, PrintArea(200, 200, bleed=40), QUALITY)

    assert finding is not None
    assert finding.level is Level.POOR
    assert "width_mm" not in finding.details


@pytest.mark.parametrize(
    ("pixels", "level"),
    [
        ((1000, 1500), Level.FINE),
        ((9000, 999), Level.LOOK),
        ((500, 500), Level.LOOK),
        ((499, 4000), Level.POOR),
    ],
)
def test_what_is_drawn_needs_pixels_to_see_by_whatever_its_size(
    pixels: tuple[int, int], level: Level
) -> None:
    finding = resolution.judge(*pixels, PrintArea(2000, 3000, making=Making.DRAWN), QUALITY)

    assert finding is not None
    assert finding.level is level
    assert finding.measured == min(pixels)
    assert (finding.needed, finding.details) == (1000, {"unit": "px"})


def test_without_a_size_nothing_is_said() -> None:
    assert resolution.judge(10, 10, None, QUALITY) is None
