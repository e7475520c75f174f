"""Loss that shows: heavy JPEG compression, and pictures scaled up from smaller ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.findings.finding import Finding, Kind, grade
from core.findings.view import Source, View

#: JPEG quality as libjpeg counts it, 1 to 100: lower is worse.
COMPRESSED_LOOK = 45
COMPRESSED_POOR = 25

#: How often the sides were multiplied.
ENLARGED_LOOK = 1.9
ENLARGED_POOR = 3.1

BLOCK = 8

#: ITU-T T.81, table K.1, in natural order: what libjpeg scales by quality.
_STANDARD = np.array(
    [
        *(16, 11, 10, 16, 24, 40, 51, 61),
        *(12, 12, 14, 19, 26, 58, 60, 55),
        *(14, 13, 16, 24, 40, 57, 69, 56),
        *(14, 17, 22, 29, 51, 87, 80, 62),
        *(18, 22, 37, 56, 68, 109, 103, 77),
        *(24, 35, 55, 64, 81, 104, 113, 92),
        *(49, 64, 78, 87, 103, 121, 120, 101),
        *(72, 92, 95, 98, 112, 100, 103, 99),
    ]
)

#: The longest sides that WhatsApp and Messenger scale to.
_MESSENGERS = {960, 1280, 1600, 2048}
_MESSENGER_QUALITY = 92

#: Row and column of the frequencies whose steps are looked for, the lowest but the mean.
_FREQUENCIES = tuple((u, v) for u in range(BLOCK) for v in range(BLOCK) if 1 <= u + v <= 4)
_LONGEST_STEP = 255
_BLOCKS = 4096
#: Steps of better qualities are too small to be told from rounding.
_HIGHEST_TRACED = 92
#: From here on the coefficients are multiples of the steps; a picture without any is near 0.
_PERIODIC = 0.4

_TILE = 128
_TILES = 12
#: Decibels under the natural fall where the spectrum counts as ended, and how sharply it bends.
_ENDED = 6
_BEND = 2.5
#: An end beyond this share of the highest frequency is a camera's own filter, or the one that
#: came before the picture was scaled down to the view.
_CAMERA_END, _SCALED_END = 0.85, 0.7


@dataclass(frozen=True, slots=True)
class Compression:
    #: The lowest JPEG quality the picture ever had, 100 where there is no trace of any.
    quality: int
    #: How often its sides were multiplied, 1 where there is no trace of that.
    enlarged: float
    is_from_messenger: bool


def measure(view: View) -> Compression:
    named = _named_quality(view.source)
    # Scaling wipes out the steps, so what lies before the file is known at full size only.
    traced = _traced_quality(view.grey) if view.scale == 1 else 100
    return Compression(
        min(named, traced),
        _enlargement(view.grey, view.scale),
        _is_from_messenger(view.source, named),
    )


def judge(measured: Compression) -> tuple[Finding, ...]:
    """Qualities are counted from 1 to 100; an enlargement by how often sides were multiplied."""
    compressed, compressed_score = grade(
        measured.quality, look=COMPRESSED_LOOK, poor=COMPRESSED_POOR
    )
    enlarged, enlarged_score = grade(measured.enlarged, look=ENLARGED_LOOK, poor=ENLARGED_POOR)
    via: Mapping[str, float | str] = {"via": "messenger"} if measured.is_from_messenger else {}
    return (
        Finding(
            Kind.COMPRESSED,
            compressed,
            compressed_score,
            measured.quality,
            COMPRESSED_LOOK,
            details=via,
        ),
        Finding(Kind.ENLARGED, enlarged, enlarged_score, measured.enlarged, ENLARGED_LOOK),
    )


def quality_of(quantization: Sequence[int]) -> int:
    """The quality whose libjpeg table is nearest; other encoders' tables get their equal."""
    distances = np.abs(_TABLES - np.asarray(quantization)).sum(axis=1)
    return int(distances.argmin()) + 1


def _libjpeg_tables() -> NDArray[np.int64]:
    """`jpeg_set_quality` for qualities 1 to 100: (100, 64)."""
    quality = np.arange(1, 101)[:, None]
    percent = np.where(quality < 50, 5000 // quality, 200 - 2 * quality)
    return np.asarray(np.clip((_STANDARD * percent + 50) // 100, 1, _LONGEST_STEP))


_TABLES = _libjpeg_tables()


def _named_quality(source: Source) -> int:
    return 100 if source.quantization is None else quality_of(source.quantization)


def _is_from_messenger(source: Source, quality: int) -> bool:
    return (
        source.format == "JPEG"
        and not source.camera
        and max(source.width, source.height) in _MESSENGERS
        and quality <= _MESSENGER_QUALITY
    )


def _cosines() -> NDArray[np.float64]:
    """The DCT-II of `BLOCK` values: (frequency, position)."""
    places = (2 * np.arange(BLOCK) + 1) * np.pi / (2 * BLOCK)
    rows = np.cos(np.arange(BLOCK)[:, None] * places) / 2
    rows[0] /= np.sqrt(2)
    return rows


class _Comb(NamedTuple):
    """What a coefficient (row) adds for a step (column): its weight, and 1 where it counts.

    Below half a step it would be zero, and says nothing.
    """

    weights: NDArray[np.float64]
    counts: NDArray[np.float64]


def _comb() -> _Comb:
    value, step = np.ogrid[: _LONGEST_STEP + 1, 1 : _LONGEST_STEP + 1]
    counts = (2 * value >= step).astype(np.float64)
    return _Comb(np.cos(2 * np.pi * value / step) * counts, counts)


_DCT = _cosines().astype(np.float32)
_COMB = _comb()


def _traced_quality(grey: NDArray[np.float32]) -> int:
    """The quality that left its steps in the pixels, wherever its grid lies; 100 where none did.

    Coefficients of a decoded JPEG lie near multiples of its quantization steps, also after a
    lossless or a better save: Fan & de Queiroz, "Identification of bitmap compression history",
    IEEE Transactions on Image Processing 12 (2003). Their likelihood is a mean cosine here, over
    libjpeg's tables only.
    """
    if min(grey.shape) < 4 * BLOCK:
        return 100
    histograms = _histograms(_coefficients(grey))
    rows, columns = zip(*_FREQUENCIES, strict=True)
    tables = _TABLES[:_HIGHEST_TRACED].reshape(-1, BLOCK, BLOCK)
    # A picture that was turned to be upright has its steps turned too.
    steps = np.stack([tables, tables.transpose(0, 2, 1)])[..., rows, columns] - 1
    each = np.arange(len(_FREQUENCIES))
    matches = (histograms @ _COMB.weights)[each, steps].sum(axis=-1)
    counted = (histograms @ _COMB.counts)[each, steps].sum(axis=-1)
    # The 50 keep a handful of coefficients from looking periodic by chance.
    periodic = (matches / (counted + 50)).max(axis=0)
    best = int(periodic.argmax())
    return best + 1 if periodic[best] >= _PERIODIC else 100


def _coefficients(grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """DCT coefficients of blocks on the strongest grid: (blocks, 8, 8)."""
    sparse = max(1, min(grey.shape) // 256)
    left = _grid(grey[::sparse])
    top = _grid(np.ascontiguousarray(grey[:, ::sparse].T))
    rows, columns = (grey.shape[0] - top) // BLOCK, (grey.shape[1] - left) // BLOCK
    whole = grey[top : top + rows * BLOCK, left : left + columns * BLOCK]
    blocks = whole.reshape(rows, BLOCK, columns, BLOCK)[:: -(-rows * columns // _BLOCKS)]
    return np.asarray(_DCT @ blocks.transpose(0, 2, 1, 3).reshape(-1, BLOCK, BLOCK) @ _DCT.T)


def _grid(grey: NDArray[np.float32]) -> int:
    """Where the first column of blocks begins, by the jumps that are not in the slope around."""
    steps = np.diff(grey, axis=1)
    jumps = np.abs(steps[:, 1:-1] - (steps[:, :-2] + steps[:, 2:]) / 2).mean(axis=0)
    whole = jumps[: len(jumps) // BLOCK * BLOCK].reshape(-1, BLOCK).mean(axis=0)
    return (int(whole.argmax()) + 2) % BLOCK


def _histograms(coefficients: NDArray[np.float32]) -> NDArray[np.int64]:
    """How often each frequency has each size, without those too large: (frequencies, sizes)."""
    histograms = []
    for row, column in _FREQUENCIES:
        sizes = np.rint(np.abs(coefficients[:, row, column])).astype(np.int64)
        sizes = sizes[sizes <= _LONGEST_STEP]
        histograms.append(np.bincount(sizes, minlength=_LONGEST_STEP + 1))
    return np.stack(histograms)


def _enlargement(grey: NDArray[np.float32], scale: float) -> float:
    """How often the sides were multiplied: the frequencies there are over those that hold detail.

    Natural spectra fall with the square of the frequency (Field, "Relations between the statistics
    of natural images", JOSA A 4, 1987); interpolation leaves next to nothing above the small
    original's highest frequency. A blur does the same and cannot be told apart here, and in a view
    at a quarter of the size no enlargement below four can be seen.
    """
    if min(grey.shape) < _TILE:
        return 1
    spectrum = _spectrum(grey)
    share = np.arange(1, len(spectrum) + 1) / len(spectrum)
    octaves = np.log10(share)
    natural = spectrum + 20 * octaves
    is_there = natural > natural[2:7].mean() - _ENDED
    is_there[:7] = True
    end = share[np.flatnonzero(is_there)[-1]]
    if end > (_CAMERA_END if scale == 1 else _SCALED_END) or _bend(octaves, spectrum, end) < _BEND:
        return 1
    return float(1 / (end * scale))


def _spectrum(grey: NDArray[np.float32]) -> NDArray[np.float64]:
    """Decibels by frequency, without the mean, in the tiles with the most detail."""
    rows, columns = grey.shape[0] // _TILE, grey.shape[1] // _TILE
    tiles = grey[: rows * _TILE, : columns * _TILE].reshape(rows, _TILE, columns, _TILE)
    detail = np.abs(np.diff(tiles[:, ::4], axis=3)).mean(axis=(1, 3)).ravel()
    sharpest = np.argsort(-detail)[:_TILES]
    chosen = tiles.transpose(0, 2, 1, 3)[sharpest // columns, sharpest % columns]
    chosen -= chosen.mean(axis=(1, 2), keepdims=True)
    window = np.hanning(_TILE).astype(np.float32)
    across = np.abs(np.fft.rfft(chosen * window, axis=2)) ** 2
    down = np.abs(np.fft.rfft(chosen * window[:, None], axis=1)) ** 2
    power = across.mean(axis=(0, 1)) + down.mean(axis=(0, 2))
    decibels = 10 * np.log10(power[1:].astype(np.float64) + 1e-3)
    smooth = np.array([1, 2, 3, 2, 1]) / 9
    return np.convolve(np.pad(decibels, 2, mode="edge"), smooth, "valid")


def _bend(octaves: NDArray[np.float64], spectrum: NDArray[np.float64], end: float) -> float:
    """Decibels missing just above `end`, by the straight line of what is below."""
    below = (octaves >= np.log10(0.2 * end)) & (octaves <= np.log10(0.8 * end))
    above = (octaves >= np.log10(1.05 * end)) & (octaves <= np.log10(1.5 * end))
    slope, level = np.polyfit(octaves[below], spectrum[below], 1)
    return float((slope * octaves[above] + level - spectrum[above]).mean())
