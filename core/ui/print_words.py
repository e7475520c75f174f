"""What a photo is printed on, and whether it has pixels enough for it, in words."""

from core.findings.finding import Finding, Kind, Level
from core.findings.print_area import Making, PrintArea
from core.findings.print_sizes import LengthUnit
from core.findings.resolution import pixels_per_inch
from core.queries.review_queue import GridPhoto
from core.ui import lengths

_ENOUGH = {Level.FINE: "enough", Level.LOOK: "few", Level.POOR: "too few"}


def size(area: PrintArea | None, unit: LengthUnit) -> str:
    if area is None:
        return "Size unknown"
    return lengths.of(area, unit) if area.has_size else "Drawn from the photo"


def made(area: PrintArea | None, unit: LengthUnit) -> str:
    """The size, and all that is special about it."""
    if area is None:
        return "Size unknown: a manager can say it in Settings"
    parts = [size(area, unit)]
    if area.making is Making.DRAWN and area.has_size:
        parts.append("drawn from the photo")
    if area.is_fixed and area.width != area.height:
        parts.append("always upright" if area.width < area.height else "always lying")
    if area.bleed:
        parts.append(f"{area.bleed:g} mm more on every side")
    return ", ".join(parts)


def density(photo: GridPhoto, *, unit: str) -> str:
    """ "240 ppi, enough": how many of the picture's pixels fall on an inch, and what that means.

    "" where that cannot be said, and for what is drawn after the photo.
    """
    if photo.area is None or photo.area.making is Making.DRAWN:
        return ""
    found = resolution_finding(photo)
    per_inch = pixels_per_inch(photo.width, photo.height, photo.area)
    return f"{per_inch:.0f} {unit}, {_ENOUGH[found.level if found else Level.FINE]}"


def resolution(photo: GridPhoto) -> str:
    """The density, and up to which size there are pixels enough unless a finding says so."""
    said = density(photo, unit="pixels per inch")
    if resolution_finding(photo) or photo.largest is None:
        return said
    area = photo.area
    unit = lengths.unit_of(area.width, area.height, photo.unit) if area else photo.unit
    largest = lengths.about(*photo.largest, unit)
    return f"{said or 'Enough'} to print well up to {largest}" if largest else said


def resolution_finding(photo: GridPhoto) -> Finding | None:
    return next((each for each in photo.findings if each.kind is Kind.RESOLUTION), None)
