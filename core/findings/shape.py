"""How much of a picture the crop to a product's shape takes away."""

from core.findings.finding import Finding, Kind, Level, grade
from core.findings.print_area import Making, PrintArea

#: Share of the picture that is lost. Every phone photo (4:3) loses 25 % on a square product and
#: a camera's (3:2) 17 % on 8 x 10 inches: nobody wants to hear of that. 3:2 on a square loses
#: 33 %, and so does, nearly, a picture as long as a phone's screen on 2:3.
LOOK = 0.28
#: A lying 4:3 photo on an upright 3:4 print loses 44 %, and 16:9 on a square as much.
POOR = 0.42


def judge(width_px: int, height_px: int, area: PrintArea | None) -> Finding | None:
    """Return None where the shape of the product is unknown.

    `measured` is the share of the picture's area that is lost, 0 to 1. `details` hold "sides",
    "horizontal" for left and right or "vertical" for top and bottom, and "each", the share of the
    picture that one of the two loses. What is drawn after a photo has a shape of its own.
    """
    if area is None:
        return None
    if area.making is Making.DRAWN:
        return Finding(Kind.SHAPE, Level.FINE, 0.0)
    across, down = area.for_picture(width_px, height_px)
    # The picture's aspect over the product's: of a cover crop, the smaller over the larger is kept.
    wideness = (width_px / height_px) / (across / down)
    lost = 1 - min(wideness, 1 / wideness)
    level, score = grade(lost, look=LOOK, poor=POOR)
    sides = "horizontal" if wideness > 1 else "vertical"
    return Finding(Kind.SHAPE, level, score, lost, LOOK, {"sides": sides, "each": lost / 2})
