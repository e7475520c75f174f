"""Whether a picture is the same, or nearly, as one that was sent before."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.findings.finding import Finding, Kind, Level, grade
from core.findings.view import View

#: Share of differing bits. Of pairs of different photographs fewer than one in a thousand lie below
#: the first; copies that are only saved again, smaller, brighter or framed lie below the second.
LOOK = 0.25
POOR = 0.15

#: What a mirrored likeness must be closer by: the halves of a symmetric scene mirror each other.
MIRRORED_MARGIN = 0.15

#: Grey levels of standard deviation below which a picture is too flat to be told from others.
FLAT = 4.0

_GRID = 80
_FREQUENCIES = 10
#: From and to on either axis, so that a picture meets what was cropped or framed by up to a tenth.
_WINDOWS = ((0, 80), (0, 76), (4, 80), (4, 76), (0, 72), (8, 80), (8, 72))
_HEX_DIGITS = -(-(_FREQUENCIES**2 - 1) // 4)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A hash in hexadecimal digits for the whole picture, then for its windows; none if flat."""

    hashes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """An upload to compare with: of the same order, or rejected before."""

    fingerprint: Fingerprint
    #: Its bytes are the same.
    sha256_equal: bool
    is_rejected: bool
    name: str
    id: int


def measure(view: View) -> Fingerprint:
    """Hash the signs of the lowest frequencies: Zauner 2010, "Implementation and Benchmarking of
    Perceptual Image Hash Functions" (its DCT based hash).

    Zauner's threshold is the median; ours is zero, which a mirrored picture keeps but for the
    odd frequencies. Each window is a DCT of its own, all of them in two matrix products.
    """
    grey = view.small_picture.convert("L").resize((_GRID, _GRID), Image.Resampling.BOX)
    levels = np.asarray(grey, np.float32)
    if levels.std() < FLAT:
        return Fingerprint(())
    windows, frequencies = len(_WINDOWS), _FREQUENCIES
    spectra = (_COSINES @ levels @ _COSINES.T).reshape(windows, frequencies, windows, frequencies)
    signs = spectra.transpose(0, 2, 1, 3).reshape(windows**2, frequencies**2)[:, 1:] > 0
    return Fingerprint(tuple(f"{_integer(bits):0{_HEX_DIGITS}x}" for bits in signs))


def distance(a: Fingerprint, b: Fingerprint) -> float:
    """Share of differing bits where the two are alike most: 0 for a copy, about 0.4 for others.

    1 if either is flat.
    """
    if not (a.hashes and b.hashes):
        return 1.0
    ours, theirs = ([int(each, 16) for each in print_.hashes] for print_ in (a, b))
    return min(
        min(_bits_apart(mirror ^ ours[0], theirs), _bits_apart(mirror ^ theirs[0], ours)) + margin
        for mirror, margin in ((0, 0.0), (_MIRROR, MIRRORED_MARGIN))
    )


def judge(own: Fingerprint, known: Sequence[Known]) -> tuple[Finding, ...]:
    """`measured` is the `distance` to the nearest; `details` name it by "id" and "name"."""
    return (
        _nearest(Kind.DUPLICATE, own, [each for each in known if not each.is_rejected]),
        _nearest(Kind.REJECTED_BEFORE, own, [each for each in known if each.is_rejected]),
    )


def _nearest(kind: Kind, own: Fingerprint, known: Sequence[Known]) -> Finding:
    if not known:
        return Finding(kind, Level.FINE, 0.0)
    away, nearest = min(
        ((0.0 if each.sha256_equal else distance(own, each.fingerprint), each) for each in known),
        key=lambda pair: (not pair[1].sha256_equal, pair[0]),
    )
    level, score = grade(away, look=LOOK, poor=POOR)
    return Finding(
        kind,
        level,
        1.0 if nearest.sha256_equal else score,
        away,
        LOOK,
        {"id": nearest.id, "name": nearest.name},
    )


def _cosines() -> NDArray[np.float32]:
    """(windows x frequencies, grid): the DCT-II of each window, zero outside it."""
    rows = np.zeros((len(_WINDOWS), _FREQUENCIES, _GRID), np.float32)
    for row, (start, stop) in zip(rows, _WINDOWS, strict=True):
        centres = (np.arange(stop - start) + 0.5) / (stop - start)
        row[:, start:stop] = np.cos(np.pi * np.outer(np.arange(_FREQUENCIES), centres))
    return rows.reshape(-1, _GRID)


def _integer(bits: NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(bits, bitorder="little").tobytes(), "little")


def _bits_apart(one: int, others: Sequence[int]) -> float:
    return min((one ^ other).bit_count() for other in others) / (_FREQUENCIES**2 - 1)


_COSINES = _cosines()
#: The odd frequencies across: their signs turn when a picture is mirrored.
_MIRROR = _integer((np.arange(1, _FREQUENCIES**2) % _FREQUENCIES) % 2 == 1)
