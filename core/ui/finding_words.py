"""What staff read about a finding: a tag of a few words, and a sentence with what was measured."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from core.findings.finding import Finding, Kind, Level
from core.findings.print_area import PrintArea
from core.findings.print_sizes import LengthUnit
from core.ui import lengths


@dataclass(frozen=True, slots=True)
class FindingWords:
    tag: str  #: At most 22 characters
    sentence: str


class _Print(NamedTuple):
    """What a photo is printed on, and the shop's unit."""

    area: PrintArea | None
    unit: LengthUnit

    @property
    def size(self) -> str:
        return lengths.of(self.area, self.unit) if self.area else ""


def words(
    finding: Finding, area: PrintArea | None, unit: LengthUnit = LengthUnit.CM
) -> FindingWords:
    """`area` is what the photo is printed on, None where nobody has said; `unit` the shop's."""
    if finding.kind in _SPECIAL:
        return _SPECIAL[finding.kind](finding, _Print(area, unit))
    tag, sentence = _PLAIN[finding.kind]
    return FindingWords(_filled(tag, finding), _filled(sentence, finding))


def _filled(template: str, finding: Finding) -> str:
    return template.format(
        measured=finding.measured or 0, needed=finding.needed or 0, **finding.details
    )


def _resolution(finding: Finding, on: _Print) -> FindingWords:
    word = "Too small" if finding.level is Level.POOR else "Small"
    if finding.details.get("unit") == "px":
        return FindingWords(
            _filled(f"{word}: {{measured:.0f}} pixels", finding),
            _filled(
                "Its shorter side has {measured:.0f} pixels; {needed:.0f} are enough to draw from.",
                finding,
            ),
        )
    where = f"At {on.size}" if on.area else "In print"
    sentence = f"{where} it has {{measured:.0f}} pixels per inch; {{needed:.0f}} print well."
    if largest := lengths.largest(finding, on.area, on.unit):
        sentence += f" It would print well up to {largest}."
    return FindingWords(
        _filled(f"{word}: {{measured:.0f}} ppi", finding), _filled(sentence, finding)
    )


def _shape(finding: Finding, on: _Print) -> FindingWords:
    is_wide = finding.details.get("sides") == "horizontal"
    tag = "Cut: {measured:.0%} at the sides" if is_wide else "Cut: {measured:.0%} top, bottom"
    ends = "left and right" if is_wide else "top and bottom"
    sentence = f"Cut to {on.size}" if on.area else "Cut to its product"
    sentence += f", the photo loses {{measured:.0%}} of itself, at {ends}."
    return FindingWords(_filled(tag, finding), _filled(sentence, finding))


def _soft(finding: Finding, on: _Print) -> FindingWords:
    """Measured in thousandths of the longer side, which a print makes millimetres of."""
    area = on.area
    if area is None or not area.has_size:
        sentence = (
            "Its sharpest edges are {measured:.1f} thousandths of the picture wide; up to "
            "{needed:.1f} look sharp."
        )
        return FindingWords("Soft", _filled(sentence, finding))
    edge, sharp = (
        (share or 0) * max(area.width, area.height) / 1000
        for share in (finding.measured, finding.needed)
    )
    return FindingWords(
        "Soft",
        f"At {on.size} its sharpest edges are {edge:.1f} mm wide; up to {sharp:.1f} mm look sharp.",
    )


def _dark(finding: Finding, _: _Print) -> FindingWords:
    lights, usual = ((level or 0) / 255 for level in (finding.measured, finding.needed))
    return FindingWords(
        "Dark",
        f"Even its brightest parts reach only {lights:.0%} of white; {usual:.0%} and more is "
        "usual.",
    )


def _washed_out(finding: Finding, _: _Print) -> FindingWords:
    if finding.details.get("cause") == "clipped":
        sentence = "{measured:.0%} of its middle is white without detail; up to {needed:.0%} is "
    else:
        sentence = (
            "Nothing in it is really dark: its blacks are {measured:.0%} as bright as its whites; "
            "up to {needed:.0%} is "
        )
    return FindingWords("Washed out", _filled(sentence + "usual.", finding))


def _compressed(finding: Finding, _: _Print) -> FindingWords:
    sentence = (
        "It was saved at JPEG quality {measured:.0f} of 100; from {needed:.0f} on it hardly shows."
    )
    if finding.details.get("via") == "messenger":
        sentence += " It seems to have come through a messenger."
    return FindingWords("Heavily compressed", _filled(sentence, finding))


def _border(finding: Finding, _: _Print) -> FindingWords:
    where = "all around" if finding.details.get("sides") == 4 else "on two sides"
    return FindingWords(
        "Border",
        _filled(
            f"It has a plain border {where}, {{measured:.0%}} of its area; it would be printed.",
            finding,
        ),
    )


_TRACES = {
    "tint": "All its colours lean to one",
    "saturated": "Many of its colours are as strong as a screen can show",
    "posterised": "Its tones go in steps",
}


def _filter(finding: Finding, _: _Print) -> FindingWords:
    trace = _TRACES[str(finding.details.get("trace", "tint"))]
    return FindingWords(
        "Strong filter", f"{trace}, {finding.measured or 0:.1f} times as far as is usual."
    )


_SPECIAL: Mapping[Kind, Callable[[Finding, _Print], FindingWords]] = {
    Kind.RESOLUTION: _resolution,
    Kind.SHAPE: _shape,
    Kind.SOFT: _soft,
    Kind.DARK: _dark,
    Kind.WASHED_OUT: _washed_out,
    Kind.COMPRESSED: _compressed,
    Kind.BORDER: _border,
    Kind.FILTER: _filter,
}

#: Tag and sentence, with `measured`, `needed` and the details that the kind's module names.
_PLAIN: Mapping[Kind, tuple[str, str]] = {
    Kind.MOVED: (
        "Blurred by movement",
        "Its edges are {measured:.1f} times as wide along one direction as across it, as when "
        "camera or subject moved; up to {needed:.1f} is usual.",
    ),
    Kind.BACKLIT: (
        "Backlit",
        "Its middle is {measured:.1f} stops darker than what is around it; up to {needed:.1f} is "
        "usual.",
    ),
    Kind.ENLARGED: (
        "Enlarged {measured:.1f} times",
        "It has the detail of a picture whose sides are {measured:.1f} times shorter; up to "
        "{needed:.1f} hardly shows.",
    ),
    Kind.SCREENSHOT: ("Screenshot", "It looks like a screenshot and not like the photo itself."),
    Kind.SCREEN_PHOTO: ("Photo of a screen", "It looks like a photo of a screen."),
    Kind.OVERLAY: (
        "Text or date on it",
        "Something like text or a date stands on it, about {measured:.0f} letters in a line.",
    ),
    Kind.MONOCHROME: (
        "Black and white",
        "It has hardly any colours, black and white or toned. The customer may want just that.",
    ),
    Kind.DUPLICATE: (
        "Twice on this order",
        "The same picture, or nearly the same, was sent for this product on this order already.",
    ),
    Kind.REJECTED_BEFORE: (
        "Rejected before",
        "The same picture, or nearly the same, was rejected before, on order {name}.",
    ),
}
