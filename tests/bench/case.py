"""What a finding is tried on: pictures made from a photograph, some of which it should name."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image

from core.findings.finding import Finding, Kind


@dataclass(frozen=True, slots=True)
class Sample:
    #: "blur 4 px"; "untouched" for the photograph as it is.
    degradation: str
    is_bad: bool
    finding: Finding


@dataclass(frozen=True, slots=True)
class Case:
    kind: Kind
    #: Yield good and bad pictures made from one photograph (RGB, upright), each judged.
    samples: Callable[[Image.Image], Iterator[Sample]]
