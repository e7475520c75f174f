"""Everything that is measured in a picture, whatever it will be printed on."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Self

from pydantic import TypeAdapter, ValidationError

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

#: Counted up whenever a measure means something else or has another field.
VERSION = 2


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
        return {"version": VERSION, **asdict(self)}


_ADAPTER = TypeAdapter(Measures)


def from_row(row: Mapping[str, Any] | None) -> Measures | None:
    """None for what was never measured, or by another version of Loupe."""
    if row is None or row.get("version") != VERSION:
        return None
    with suppress(ValidationError):
        return _ADAPTER.validate_python(row)
    return None
