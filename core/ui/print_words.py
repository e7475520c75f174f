"""What a photo is printed on, and whether it has pixels enough for it, in words."""

from collections.abc import Sequence

from core.findings.finding import Finding, Kind, Level
from core.findings.print_area import Making, PrintArea
from core.findings.resolution import pixels_per_inch
from core.ui import lengths

_ENOUGH = {Level.FINE: "enough", Level.LOOK: "few", Level.POOR: "too few"}


def size(area: PrintArea | None) -> str:
    return lengths.of(area) if area else "Size unknown"


def made(area: PrintArea | None) -> str:
    """The size, and all that is special about it."""
    if area is None:
        return "Size unknown: a manager can say it in Settings"
    parts = [lengths.of(area)]
    if area.making is Making.DRAWN:
        parts.append("drawn from the photo")
    if area.is_fixed and area.width != area.height:
        parts.append("always upright" if area.width < area.height else "always lying")
    if area.bleed:
        parts.append(f"{area.bleed:g} mm more on every side")
    return ", ".join(parts)


def density(
    area: PrintArea | None, width: int, height: int, findings: Sequence[Finding], *, unit: str
) -> str:
    """ "240 ppi, enough": how many of the picture's pixels fall on an inch, and what that means.

    "" where that cannot be said, and for what is drawn after the photo.
    """
    if area is None or area.making is Making.DRAWN:
        return ""
    level = next((each.level for each in findings if each.kind is Kind.RESOLUTION), Level.FINE)
    return f"{pixels_per_inch(width, height, area):.0f} {unit}, {_ENOUGH[level]}"
