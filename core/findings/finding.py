"""What the machine noticed in an upload: advice, never a verdict."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    FINE = "fine"
    LOOK = "look"  #: A person should look twice
    POOR = "poor"  #: Most reviewers would reject it


class Kind(StrEnum):
    RESOLUTION = "resolution"  #: Too few pixels for the size of the print
    SHAPE = "shape"  #: The crop to the product's shape takes much away
    SOFT = "soft"  #: Nothing in it is in focus
    MOVED = "moved"  #: Blurred along one direction
    DARK = "dark"
    WASHED_OUT = "washed_out"
    BACKLIT = "backlit"
    COMPRESSED = "compressed"  #: Saved with so much loss that it shows
    ENLARGED = "enlarged"  #: Scaled up from a smaller picture
    SCREENSHOT = "screenshot"
    SCREEN_PHOTO = "screen_photo"  #: A photo of a screen
    BORDER = "border"
    OVERLAY = "overlay"  #: A date stamp or text on the picture
    MONOCHROME = "monochrome"
    FILTER = "filter"
    DUPLICATE = "duplicate"  #: Sent for this order already
    REJECTED_BEFORE = "rejected_before"


@dataclass(frozen=True, slots=True)
class Finding:
    kind: Kind
    level: Level
    #: 0 to 1, the higher the worse: 0.5 where `look` begins, 0.75 where `poor` begins.
    score: float
    #: In the unit that the kind's module names; None where there is nothing to count.
    measured: float | None = None
    needed: float | None = None
    details: Mapping[str, float | str] = field(default_factory=dict)


def grade(value: float, *, look: float, poor: float) -> tuple[Level, float]:
    """Return level and score of a value; `poor` may lie above or below `look`.

    The score is a logistic curve through 0.5 at `look` and 0.75 at `poor`.
    """
    steps = (value - look) / (poor - look)
    level = Level.POOR if steps >= 1 else Level.LOOK if steps >= 0 else Level.FINE
    return level, 1 / (1 + math.exp(-max(-50.0, min(50.0, steps * math.log(3)))))
