"""Photographs cropped to many shapes; the truth by counting the pixels that a crop leaves."""

from collections.abc import Iterator
from functools import cache

import numpy as np
from PIL import Image, ImageOps

from core.findings import shape
from core.findings.finding import Kind
from core.findings.print_area import Making, PrintArea
from tests.bench.case import Case, Sample

#: How much is too much is a matter of taste: what is tried is whether we count right.
_TOO_MUCH = shape.LOOK

_AREAS = {
    "10 x 15": PrintArea(100, 150),
    "20 x 25": PrintArea(200, 250),
    "30 x 40": PrintArea(300, 400),
    "20 x 20": PrintArea(200, 200),
    "20 x 60": PrintArea(200, 600),
    "20 x 30, wrapped": PrintArea(200, 300, bleed=40),
    "30 x 40, upright": PrintArea(300, 400, is_fixed=True),
    "40 x 30, lying": PrintArea(400, 300, is_fixed=True),
    "drawn": PrintArea(200, 600, making=Making.DRAWN),
}
#: Width over height, beside the photograph's own.
_ASPECTS = {"1:1": 1.0, "4:3": 4 / 3, "2:3": 2 / 3, "16:9": 16 / 9, "9:20": 0.45}
_LONGEST = 600


def samples(photograph: Image.Image) -> Iterator[Sample]:
    aspects = {"as it is": photograph.width / photograph.height, **_ASPECTS}
    for aspect_name, aspect in aspects.items():
        size = round(_LONGEST * min(1, aspect)), round(_LONGEST * min(1, 1 / aspect))
        for name, area in _AREAS.items():
            finding = shape.judge(*size, area)
            if finding:
                is_bad = area.making is Making.PRINTED and _lost(size, area) >= _TOO_MUCH
                yield Sample(f"{aspect_name} on {name}", is_bad, finding)


CASES = (Case(Kind.SHAPE, samples),)


@cache
def _lost(size: tuple[int, int], area: PrintArea) -> float:
    """The share of pixels that Pillow's own crop leaves out, for the better way to lie."""
    across, down = area.outer()
    ways = [(across, down)] if area.is_fixed else [(across, down), (down, across)]
    # Three pixels of the print for each millimetre: none of the picture's is skipped.
    return min(1 - _kept(size, round(3 * a), round(3 * d)) / (size[0] * size[1]) for a, d in ways)


def _kept(size: tuple[int, int], across: int, down: int) -> float:
    """Pixels between the first and the last that `ImageOps.fit` takes, in either direction."""
    numbered = np.arange(size[0] * size[1], dtype=np.int32).reshape(size[1], size[0])
    fitted = np.asarray(
        ImageOps.fit(Image.fromarray(numbered), (across, down), Image.Resampling.NEAREST)
    )
    rows, columns = fitted // size[0], fitted % size[0]
    return float((np.ptp(rows) + 1) * (np.ptp(columns) + 1))
