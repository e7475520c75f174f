"""Sizes of prints as people say them."""

from core.findings.finding import Finding
from core.findings.print_area import MM_PER_INCH, PrintArea
from core.findings.print_sizes import LengthUnit

SIGNS = {LengthUnit.CM: "cm", LengthUnit.INCH: "in", LengthUnit.MM: "mm"}


def said(width: float, height: float) -> str:
    """A size in millimetres, in the unit that it was most likely sold in."""
    unit = unit_of(width, height)
    return f"{written(width, unit)} × {written(height, unit)} {SIGNS[unit]}"


def of(area: PrintArea) -> str:
    return said(area.width, area.height)


def about(width: float, height: float, unit: LengthUnit) -> str:
    """A size in millimetres that was calculated, without the false precision."""
    unit = LengthUnit.CM if unit is LengthUnit.MM else unit
    sides = [side / unit.millimetres for side in (width, height)]
    places = 0 if min(sides) >= 5 else 1
    return f"{sides[0]:.{places}f} × {sides[1]:.{places}f} {SIGNS[unit]}"


def largest(resolution: Finding, area: PrintArea | None) -> str:
    """The size up to which a photo prints well; "" where there is none."""
    details = resolution.details
    if "width_mm" not in details or "height_mm" not in details:
        return ""
    unit = unit_of(area.width, area.height) if area else LengthUnit.CM
    return about(float(details["width_mm"]), float(details["height_mm"]), unit)


def unit_of(width: float, height: float) -> LengthUnit:
    """The unit in which both sides are round: 304.8 by 406.4 mm is 12 by 16 inches."""
    if all(_is_whole(side / LengthUnit.CM.millimetres) for side in (width, height)):
        return LengthUnit.CM
    in_quarters = all(_is_whole(4 * side / MM_PER_INCH) for side in (width, height))
    return LengthUnit.INCH if in_quarters else LengthUnit.CM


def written(side: float, unit: LengthUnit) -> str:
    """Millimetres as a number of a unit: 297 is "29.7" cm, 209.55 is "8.25" in."""
    return f"{side / unit.millimetres:.2f}".rstrip("0").rstrip(".")


def _is_whole(number: float) -> bool:
    return abs(number - round(number)) < 0.01
