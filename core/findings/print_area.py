"""What a photo is made into: size, shape and how."""

from dataclasses import dataclass
from enum import StrEnum

MM_PER_INCH = 25.4


class Making(StrEnum):
    PRINTED = "printed"  #: The photo itself
    DRAWN = "drawn"  #: A picture made after it, by hand or by a program


@dataclass(frozen=True, slots=True)
class PrintArea:
    """The finished size, in millimetres, and what is printed beyond it.

    What is drawn may be of unknown size, 0 by 0: nothing depends on it.
    """

    width: float
    height: float
    #: Bleed that is cut off or wrap around an edge, on every side.
    bleed: float = 0
    #: A portrait stays a portrait; otherwise the print is turned as the photo lies.
    is_fixed: bool = False
    making: Making = Making.PRINTED

    @property
    def has_size(self) -> bool:
        return self.width > 0

    def outer(self) -> tuple[float, float]:
        """Width and height in millimetres with the bleed."""
        return self.width + 2 * self.bleed, self.height + 2 * self.bleed

    def for_picture(self, width: int, height: int) -> tuple[float, float]:
        """`outer`, turned as a picture of these pixels lies if it may be turned."""
        across, down = self.outer()
        if not self.is_fixed and (width > height) != (across > down):
            return down, across
        return across, down

    def shape_of(self, width: int, height: int) -> float | None:
        """The width by the height of what is printed of a picture of these pixels.

        None where it is not cut: what is drawn after it has a shape of its own.
        """
        if not self.has_size or self.making is Making.DRAWN:
            return None
        across, down = self.for_picture(width, height)
        return across / down
