"""Everything that is measured in a picture, whatever it will be printed on."""

from dataclasses import asdict, dataclass
from typing import Any, Self

from pydantic import TypeAdapter

from core.findings import (
    colours,
    compression,
    exposure,
    fingerprint,
    overlays,
    screens,
    sharpness,
)
from core.findings.view import View


@dataclass(frozen=True, slots=True)
class Measures:
    sharpness: sharpness.Sharpness
    exposure: exposure.Exposure
    compression: compression.Compression
    screens: screens.Screens
    overlays: overlays.Overlays
    colours: colours.Colours
    fingerprint: fingerprint.Fingerprint

    @classmethod
    def of(cls, view: View) -> Self:
        return cls(
            sharpness.measure(view),
            exposure.measure(view),
            compression.measure(view),
            screens.measure(view),
            overlays.measure(view),
            colours.measure(view),
            fingerprint.measure(view),
        )

    def row(self) -> dict[str, Any]:
        """Plain values, as JSON can hold them."""
        return asdict(self)


_ADAPTER = TypeAdapter(Measures)


def from_row(row: dict[str, Any]) -> Measures:
    """Raises pydantic's `ValidationError` for what is not ours."""
    return _ADAPTER.validate_python(row)
