"""All findings of a picture together, for what it will be made into."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from core.findings import (
    colours,
    compression,
    exposure,
    fingerprint,
    overlays,
    resolution,
    screens,
    shape,
    sharpness,
)
from core.findings.finding import Finding, Kind, Level
from core.findings.fingerprint import Fingerprint, Known
from core.findings.measures import Measures
from core.findings.print_area import PrintArea
from core.findings.resolution import Quality

#: The codes of the reasons that a finding suggests. Not `REJECTED_BEFORE`: for a reason of then.
SUGGESTS: Mapping[Kind, str] = {
    Kind.RESOLUTION: "low_res",
    Kind.ENLARGED: "low_res",
    Kind.SHAPE: "aspect",
    Kind.SOFT: "blurry",
    Kind.MOVED: "blurry",
    Kind.DARK: "dark",
    Kind.WASHED_OUT: "bright",
    Kind.BACKLIT: "shadow",
    Kind.COMPRESSED: "grainy",
    Kind.SCREENSHOT: "screenshot",
    Kind.SCREEN_PHOTO: "screenshot",
    Kind.BORDER: "text_overlay",
    Kind.OVERLAY: "text_overlay",
    Kind.MONOCHROME: "filter",
    Kind.FILTER: "filter",
    Kind.DUPLICATE: "duplicate",
}

OF_THE_PRINT = (Kind.RESOLUTION, Kind.SHAPE)

#: What says the same more precisely: one thing that is wrong is one line on the tile.
_EXPLAINED_BY: Mapping[Kind, tuple[Kind, ...]] = {
    # What moved is sharp nowhere.
    Kind.SOFT: (Kind.MOVED,),
    # The face in the shadow is the darkness that one sees.
    Kind.DARK: (Kind.BACKLIT, Kind.SCREENSHOT, Kind.SCREEN_PHOTO),
    # The ground of an app, its bars and the clock above them; the black of a screen that shines.
    Kind.WASHED_OUT: (Kind.SCREENSHOT, Kind.SCREEN_PHOTO),
    Kind.BORDER: (Kind.SCREENSHOT,),
    Kind.OVERLAY: (Kind.SCREENSHOT,),
    # Without light, and under a veil of it, colours are faint.
    Kind.MONOCHROME: (Kind.DARK, Kind.WASHED_OUT, Kind.SCREENSHOT),
    Kind.FILTER: (Kind.MONOCHROME,),
}

#: What cannot be measured where another finding is true.
_VOIDED_BY: Mapping[Kind, tuple[Kind, ...]] = {
    # A blur ends the spectrum as an enlargement does, which alone hardly ever makes a picture soft.
    Kind.ENLARGED: (Kind.SOFT, Kind.MOVED),
    # The light around the middle is the frame's.
    Kind.BACKLIT: (Kind.BORDER, Kind.SCREENSHOT),
}

_SEVERITY = {Level.FINE: 0, Level.LOOK: 1, Level.POOR: 2}


def judge(
    measures: Measures | None,
    *,
    width: int,
    height: int,
    area: PrintArea | None,
    quality: Quality,
    known: Sequence[Known] = (),
) -> tuple[Finding, ...]:
    """Each kind at most once, fine ones included, the worst score first.

    Resolution and shape are missing where the print's size is unknown, what pixels tell where
    nothing was measured, and a finding that another explains which is no less severe.
    """
    own = measures.fingerprint if measures else Fingerprint(())
    findings = [
        *judge_print(width, height, area, quality),
        *fingerprint.judge(own, known),
        *(_of_pixels(measures) if measures else ()),
    ]
    return tuple(sorted(without_explained(findings), key=lambda finding: -finding.score))


def judge_print(
    width: int, height: int, area: PrintArea | None, quality: Quality
) -> Sequence[Finding]:
    """What depends on the print, and not on the picture alone: the kinds `OF_THE_PRINT`."""
    found = resolution.judge(width, height, area, quality), shape.judge(width, height, area)
    return [finding for finding in found if finding]


def without_explained(findings: Sequence[Finding]) -> Sequence[Finding]:
    """Leave out what another finding voids, or explains and is no less severe."""
    severity = {finding.kind: _SEVERITY[finding.level] for finding in findings}

    def worst(kinds: Iterable[Kind]) -> int:
        return max((severity.get(kind, 0) for kind in kinds), default=0)

    return [
        finding
        for finding in findings
        if finding.level is Level.FINE
        or (
            not worst(_VOIDED_BY.get(finding.kind, ()))
            and worst(_EXPLAINED_BY.get(finding.kind, ())) < severity[finding.kind]
        )
    ]


def _of_pixels(measures: Measures) -> Iterator[Finding]:
    yield from sharpness.judge(measures.sharpness)
    yield from exposure.judge(measures.exposure)
    yield from compression.judge(measures.compression)
    yield from screens.judge(measures.screens)
    yield from overlays.judge(measures.overlays)
    yield from colours.judge(measures.colours)
