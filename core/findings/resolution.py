"""Whether a picture has pixels enough for what is made from it."""

from dataclasses import dataclass

from core.findings.finding import Finding, Kind, grade
from core.findings.print_area import MM_PER_INCH, Making, PrintArea


@dataclass(frozen=True, slots=True)
class Quality:
    """What a shop asks of a picture; the hard minimum is the lower one."""

    minimum_dpi: float
    hard_minimum_dpi: float
    #: Pixels on the shortest side of a picture that is drawn after.
    drawn_pixels: int


def judge(
    width_px: int, height_px: int, area: PrintArea | None, quality: Quality
) -> Finding | None:
    """Return None where the size of the print is unknown.

    `details["unit"]` is "ppi" (pixels per inch) for a print, "px" for what is drawn.
    """
    if area is None:
        return None
    if area.making is Making.DRAWN:
        shortest, needed = min(width_px, height_px), quality.drawn_pixels
        return _finding(shortest, needed, needed / 2, {"unit": "px"})
    largest = largest_print(width_px, height_px, area, quality.minimum_dpi)
    return _finding(
        pixels_per_inch(width_px, height_px, area),
        quality.minimum_dpi,
        quality.hard_minimum_dpi,
        {"unit": "ppi"} | ({"width_mm": largest[0], "height_mm": largest[1]} if largest else {}),
    )


def pixels_per_inch(width_px: int, height_px: int, area: PrintArea) -> float:
    """Pixels of the picture over inches of the print that they cover, bleed and wrap included.

    The picture is scaled until it covers the area, as CSS's `object-fit: cover` does: the side
    that has fewer pixels an inch decides, the other is cropped. This is the "effective
    resolution" of prepress ("Effective PPI" in Adobe InDesign).
    """
    across, down = area.for_picture(width_px, height_px)
    return MM_PER_INCH * min(width_px / across, height_px / down)


def largest_print(
    width_px: int, height_px: int, area: PrintArea | None, minimum_dpi: float
) -> tuple[float, float] | None:
    """Millimetres of the largest print of this shape, as the picture lies, at `minimum_dpi`.

    In the picture's own shape where the size is unknown. Without the bleed, which stays as wide as
    it is; None if the bleed alone is too much, and for what is drawn after the picture.
    """
    area = area or PrintArea(width_px, height_px)
    if area.making is Making.DRAWN:
        return None
    across, down = (side - 2 * area.bleed for side in area.for_picture(width_px, height_px))
    factor = min(
        (pixels * MM_PER_INCH / minimum_dpi - 2 * area.bleed) / side
        for pixels, side in ((width_px, across), (height_px, down))
    )
    return (across * factor, down * factor) if factor > 0 else None


def _finding(measured: float, look: float, poor: float, details: dict[str, float | str]) -> Finding:
    # In whole units, as people read it: "300 of 300" is enough, and so is what a float makes of it.
    # A grade begins at its limit, ours just below.
    level, score = grade(round(measured) + 0.5, look=look, poor=min(poor, look - 0.5))
    return Finding(Kind.RESOLUTION, level, score, measured, look, details)
