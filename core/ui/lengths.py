"""Sizes of prints as people say them."""

from math import floor

from core.findings.finding import Finding
from core.findings.print_area import MM_PER_INCH, PrintArea
from core.findings.print_sizes import LengthUnit

SIGNS = {LengthUnit.CM: "cm", LengthUnit.INCH: "in", LengthUnit.MM: "mm"}

#: Millimetres below which it helps nobody to know how large a photo would print.
_SMALLEST_SAID = 10


def said(width: float, height: float, unit: LengthUnit = LengthUnit.CM) -> str:
    """A size in millimetres, in the unit that it was most likely sold in, see `unit_of`."""
    unit = unit_of(width, height, unit)
    return f"{written(width, unit)} × {written(height, unit)} {SIGNS[unit]}"


def of(area: PrintArea, unit: LengthUnit = LengthUnit.CM) -> str:
    return said(area.width, area.height, unit)


def about(width: float, height: float, unit: LengthUnit) -> str:
    """A size in millimetres that was calculated and is a limit, without the false precision.

    Rounded down, so that what is said to print well does; "" where that leaves nothing to say.
    """
    unit = LengthUnit.CM if unit is LengthUnit.MM else unit
    if min(width, height) < _SMALLEST_SAID:
        return ""
    sides = [side / unit.millimetres for side in (width, height)]
    steps = 1 if min(sides) >= 5 else 10
    # 304.8 mm are 12 inches, whatever a float makes of that.
    across, down = (floor(side * steps + 1e-6) / steps for side in sides)
    return f"{across:g} × {down:g} {SIGNS[unit]}"


def largest(resolution: Finding, area: PrintArea | None, unit: LengthUnit = LengthUnit.CM) -> str:
    """The size up to which a photo prints well; "" where there is none."""
    details = resolution.details
    if "width_mm" not in details or "height_mm" not in details:
        return ""
    if area:
        unit = unit_of(area.width, area.height, unit)
    return about(float(details["width_mm"]), float(details["height_mm"]), unit)


def unit_of(width: float, height: float, unit: LengthUnit = LengthUnit.CM) -> LengthUnit:
    """The one unit in which both sides are round: 304.8 by 406.4 mm is 12 by 16 inches.

    `unit` is the shop's, for what is round in centimetres and in inches, or in neither.
    """
    in_centimetres = all(_is_whole(side / LengthUnit.CM.millimetres) for side in (width, height))
    in_quarters = all(_is_whole(4 * side / MM_PER_INCH) for side in (width, height))
    if in_centimetres == in_quarters:
        return unit
    return LengthUnit.CM if in_centimetres else LengthUnit.INCH


def written(side: float, unit: LengthUnit) -> str:
    """Millimetres as a number of a unit: 297 is "29.7" cm, 209.55 is "8.25" in."""
    return f"{side / unit.millimetres:.2f}".rstrip("0").rstrip(".")


def _is_whole(number: float) -> bool:
    return abs(number - round(number)) < 0.01
