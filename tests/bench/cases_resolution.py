"""Photographs of many sizes for many prints; the truth by cropping first, in exact fractions."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from PIL import Image

from core.findings import resolution
from core.findings.finding import Kind
from core.findings.print_area import Making, PrintArea
from core.findings.resolution import Quality
from tests.bench.case import Case, Sample

_QUALITY = Quality(minimum_dpi=150, hard_minimum_dpi=100, drawn_pixels=800)

_AREAS = {
    "10 x 15 cm": PrintArea(100, 150),
    "A3 with bleed": PrintArea(297, 420, bleed=3),
    "canvas 20 x 20 cm, wrapped": PrintArea(200, 200, bleed=40),
    "poster 50 x 70 cm, upright": PrintArea(500, 700, is_fixed=True),
    "drawn": PrintArea(300, 400, making=Making.DRAWN),
}
_WIDTHS = (400, 900, 1600, 3000, 6000)


def samples(photograph: Image.Image) -> Iterator[Sample]:
    aspect = Fraction(photograph.height, photograph.width)
    for width in _WIDTHS:
        height = round(width * aspect)
        for name, area in _AREAS.items():
            finding = resolution.judge(width, height, area, _QUALITY)
            if finding:
                is_bad = not _has_enough(width, height, area)
                yield Sample(f"{width} px wide, {name}", is_bad, finding)


CASES = (Case(Kind.RESOLUTION, samples),)


def _has_enough(width: int, height: int, area: PrintArea) -> bool:
    if area.making is Making.DRAWN:
        return width >= _QUALITY.drawn_pixels and height >= _QUALITY.drawn_pixels
    return max(_inch_by_inch(width, height, sides) for sides in _ways_to_lie(area)) >= Fraction(
        str(_QUALITY.minimum_dpi)
    )


def _ways_to_lie(area: PrintArea) -> Sequence[tuple[Fraction, Fraction]]:
    """Inches of the paper, across and down."""
    sides = (area.width + 2 * area.bleed, area.height + 2 * area.bleed)
    across, down = (Fraction(str(side)) / Fraction("25.4") for side in sides)
    return [(across, down)] if area.is_fixed else [(across, down), (down, across)]


def _inch_by_inch(width: int, height: int, sides: tuple[Fraction, Fraction]) -> Fraction:
    """Pixels an inch in the largest part of the picture that has the shape of the paper."""
    across, down = sides
    part = Fraction(width)
    if part * down / across > height:
        part = height * across / down
    return part / across
