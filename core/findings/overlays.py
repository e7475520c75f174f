"""What somebody put around or on a photo: borders, date stamps, captions."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from core.findings.finding import Finding, Kind, grade
from core.findings.view import View

#: Share of the area that bars or a frame take.
BORDER_LOOK = 0.01
BORDER_POOR = 0.25

#: Letters in one line.
OVERLAY_LOOK = 2.6
OVERLAY_POOR = 6.5

#: A border's rows differ by no more than this in themselves and among each other, in luma.
_PLAIN = 4.0
_SAME = 8.0
#: How much of a border's inner edge must be a step, and how high it is, in luma.
_EDGE = 0.6
_STEP = 14.0
_WIDEST = 0.45
_NARROWEST = 0.004

#: Letters are looked for in a picture of about this many pixels.
_READ_AT = 1024
#: White and warm ink, as 8-bit values.
_WHITE = 205
_WARM_RED, _WARM_BLUE, _WARM_CHROMA = 150, 130, 70
_LETTERS = 500
#: Strokes beyond one that a row through a letter crosses, on average over a line of text.
_BRANCHING = 0.3

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Overlays:
    #: Share of the area, 0 where there is no border on two opposite sides.
    border: float
    #: Sides that have one: 0, 2 or 4.
    sides: int
    #: In the longest line of what looks like letters; unsure ones count in part.
    letters: float


def measure(view: View) -> Overlays:
    border, sides = _border(view.grey)
    return Overlays(border, sides, _letters(view.picture))


def judge(measured: Overlays) -> tuple[Finding, ...]:
    """A border is measured as a share of the area, an overlay in letters."""
    border, border_score = grade(measured.border, look=BORDER_LOOK, poor=BORDER_POOR)
    overlay, overlay_score = grade(measured.letters, look=OVERLAY_LOOK, poor=OVERLAY_POOR)
    return (
        Finding(
            Kind.BORDER,
            border,
            border_score,
            measured.border,
            BORDER_LOOK,
            {"sides": measured.sides},
        ),
        Finding(Kind.OVERLAY, overlay, overlay_score, measured.letters, OVERLAY_LOOK),
    )


def _border(grey: NDArray[np.float32]) -> tuple[float, int]:
    """Share of the area and number of sides of bars above and below, at the sides, or both."""
    height, width = grey.shape
    top, bottom = _pair(grey[:, :: max(1, width // 512)])
    # Beside bars above and below, those at the sides end at the picture.
    left, right = _pair(grey[top : height - bottom : max(1, height // 512)].T)
    inner = (height - top - bottom) * (width - left - right)
    return 1 - inner / (height * width), 2 * (top > 0) + 2 * (left > 0)


def _pair(grey: NDArray[np.float32]) -> tuple[int, int]:
    """How many rows at both ends are border: none unless both are, in one colour."""
    first = _rows(grey)
    if not first or abs(grey[0].mean() - grey[-1].mean()) > _SAME:
        return 0, 0
    last = _rows(grey[::-1])
    return (first, last) if last else (0, 0)


def _rows(grey: NDArray[np.float32]) -> int:
    """How many rows from the first on are plain, up to a straight and sharp edge.

    A sky, a studio's background or the night are plain too, but end little by little or along
    the outline of something.
    """
    if grey[0].std() >= _PLAIN:
        return 0  # as most photos begin: they need no reading on
    outer = grey[: int(len(grey) * _WIDEST) + 1]
    is_plain = (outer.std(axis=1) < _PLAIN) & (np.abs(outer.mean(axis=1) - outer[0].mean()) < _SAME)
    count = len(outer) if is_plain.all() else int(is_plain.argmin())
    if count < max(2, len(grey) * _NARROWEST) or count + 3 > len(outer):
        return 0
    step = np.abs(grey[count + 2] - grey[max(0, count - 2)])
    return count if (step > _STEP).mean() >= _EDGE else 0


class _Blobs(NamedTuple):
    """Boxes of connected pixels of one ink, each an array over the blobs."""

    left: Numbers
    top: Numbers
    right: Numbers
    bottom: Numbers
    area: Numbers
    runs: Numbers  #: Stretches along rows: as many as it is high in a dot, twice that in an O
    ink: Numbers

    def only(self, which: Numbers) -> "_Blobs":
        return _Blobs(*(each[which] for each in self))


def _letters(picture: Image.Image) -> float:
    """Letters in the longest line: blobs of one ink, of a letter's shape, set side by side.

    Lit windows and lamps stand in lines too, but have no holes and branches as letters have. Black
    is no ink here: every street has rows of dark windows. Lines are chained as by Epshtein, Ofek &
    Wexler, "Detecting text in natural scenes with stroke width transform" (CVPR 2010), from blobs
    instead of strokes.
    """
    factor = max(1, round(max(picture.size) / _READ_AT))
    blobs = _letter_like(_blobs(_inks(picture.reduce(factor) if factor > 1 else picture)))
    height = np.maximum.outer(*[blobs.bottom - blobs.top] * 2)
    lower = np.minimum.outer(*[blobs.bottom - blobs.top] * 2)
    gap = blobs.left - blobs.right[:, None]
    is_next = (
        (blobs.left > blobs.left[:, None])
        & (gap <= 0.8 * height)
        & (gap >= -0.1 * height)
        & (lower >= 0.5 * height)
        & (blobs.ink == blobs.ink[:, None])
    )
    tolerance = np.maximum(1, 0.06 * height)
    tops = np.abs(np.subtract.outer(blobs.top, blobs.top)) <= tolerance
    bottoms = np.abs(np.subtract.outer(blobs.bottom, blobs.bottom)) <= tolerance
    strokes = blobs.runs / (blobs.bottom - blobs.top)
    # Small letters of different heights stand on one line only, as much else does.
    return max(
        _longest_line(is_next & tops & bottoms, strokes),
        _longest_line(is_next & (tops | bottoms), strokes) / 2,
    )


def _longest_line(is_next: NDArray[np.bool_], strokes: NDArray[np.float64]) -> float:
    """Letters in the line that has most, less where they are but dots and bars."""
    if not is_next.any():
        return 0
    line = _connected(len(is_next), *np.nonzero(is_next))
    letters = np.bincount(line)
    branching = np.bincount(line, strokes) / np.maximum(letters, 1)
    likely = np.clip((branching - 1) / _BRANCHING, 0, 1)
    return float((letters * likely)[letters > 1].max())


def _inks(picture: Image.Image) -> NDArray[np.int8]:
    """1 for white, 2 for yellow to red, 0 for everything else."""
    red, green, blue = picture.split()
    brightest = np.asarray(ImageChops.lighter(ImageChops.lighter(red, green), blue))
    darkest = np.asarray(ImageChops.darker(ImageChops.darker(red, green), blue))
    inks = np.zeros(brightest.shape, np.int8)
    inks[
        (np.asarray(red) == brightest)
        & (brightest >= _WARM_RED)
        & (np.asarray(blue) <= _WARM_BLUE)
        & (brightest - darkest >= _WARM_CHROMA)
    ] = 2
    inks[darkest >= _WHITE] = 1
    return inks


def _blobs(inks: NDArray[np.int8]) -> _Blobs:
    """Connected pixels of one ink, eight neighbours each, put together from runs along rows."""
    line = inks.shape[1] + 1
    flat = np.pad(inks, ((0, 0), (0, 1))).ravel()
    starts = np.flatnonzero(np.diff(flat, prepend=np.int8(0)))
    ends = np.append(starts[1:], flat.size)
    is_ink = flat[starts] > 0
    starts, ends = starts[is_ink], ends[is_ink]
    ink = flat[starts].astype(np.int64)
    # The runs of the next row that a run touches are neighbours in the list.
    first = np.searchsorted(ends, starts + line, "left")
    counts = np.maximum(np.searchsorted(starts, ends + line, "right") - first, 0)
    above = np.repeat(np.arange(len(starts)), counts)
    below = np.arange(len(above)) + np.repeat(first - np.cumsum(counts) + counts, counts)
    same = ink[above] == ink[below]
    roots, blob = np.unique(_connected(len(starts), above[same], below[same]), return_inverse=True)
    left = np.full(len(roots), line)
    right, bottom = np.zeros_like(left), np.zeros_like(left)
    np.minimum.at(left, blob, starts % line)
    np.maximum.at(right, blob, starts % line + ends - starts)
    np.maximum.at(bottom, blob, starts // line + 1)
    area = np.bincount(blob, ends - starts, len(roots)).astype(np.int64)
    runs = np.bincount(blob, minlength=len(roots))
    return _Blobs(left, starts[roots] // line, right, bottom, area, runs, ink[roots])


def _connected(count: int, one: Numbers, other: Numbers) -> Numbers:
    """The lowest index that each of `count` things is connected to, by way of the pairs given."""
    lowest = np.arange(count)
    while len(one):
        apart = lowest[one] != lowest[other]
        one, other = one[apart], other[apart]
        pair = lowest[one], lowest[other]
        np.minimum.at(lowest, np.maximum(*pair), np.minimum(*pair))
        while not np.array_equal(lowest, nearer := lowest[lowest]):
            lowest = nearer
    return lowest


def _letter_like(blobs: _Blobs) -> _Blobs:
    """The blobs of a letter's size, slenderness and fill; the highest if there are many."""
    width, height = blobs.right - blobs.left, blobs.bottom - blobs.top
    page = blobs.bottom.max(initial=0)
    fill = blobs.area / (width * height)
    is_letter = (
        (height >= 7)
        & (height <= 0.16 * page)
        & (width <= 1.8 * height)
        & (width >= 0.1 * height)
        & (fill >= 0.15)
        & ((fill <= 0.92) | (width < 0.35 * height))
    )
    which = np.flatnonzero(is_letter)
    return blobs.only(which[np.argsort(-height[which], kind="stable")[:_LETTERS]])
