"""What is to be changed in a picture: plain values, for either side of the decoder."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Crop:
    """The part that stays, in whole pixels of the picture as it stands once it was turned."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Edit:
    """The picture stands upright first, as its EXIF says; then it is turned, then cropped."""

    quarter_turns: int = 0  #: Clockwise, 0 to 3
    crop: Crop | None = None

    def row(self) -> dict[str, Any]:
        return asdict(self)


def from_row(row: dict[str, Any]) -> Edit:
    """Undo what `Edit.row` and JSON did."""
    return Edit(row["quarter_turns"], Crop(**row["crop"]) if row["crop"] else None)
