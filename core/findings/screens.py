"""Pictures of a screen: screenshots, and photos taken of one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from core.findings.finding import Finding, Kind, grade
from core.findings.view import View

#: Share of the height that holds nothing but flat ground and marks on it.
SCREENSHOT_LOOK = 0.032
SCREENSHOT_POOR = 0.05

#: Decibels by which the screen's grid stands out of the spectrum.
SCREEN_PHOTO_LOOK = 16.0
SCREEN_PHOTO_POOR = 20.0

#: Rows are looked at in cells, in a picture of about this many pixels.
_READ_AT = 1024
_CELL = 8
#: Luma within a flat cell, within the ground of a marked one, and between mark and ground.
_FLAT, _GROUND, _MARK = 3, 14, 50

_TILE = 128
_TILES = 16
#: Below this frequency, in turns a pixel, photos have patterns of their own.
_LOWEST = 0.07
_FAINT = 2.0


@dataclass(frozen=True, slots=True)
class Screens:
    #: Share of the height that is text, icons or buttons on flat ground.
    interface: float
    #: Decibels of the strongest grid that at least half of the picture has.
    grid: float


def measure(view: View) -> Screens:
    return Screens(_interface(view.grey_picture), _grid(view.grey))


def judge(measured: Screens) -> tuple[Finding, ...]:
    """A screenshot is measured as a share of the height, a photo of a screen in decibels."""
    screenshot, screenshot_score = grade(
        measured.interface, look=SCREENSHOT_LOOK, poor=SCREENSHOT_POOR
    )
    photo, photo_score = grade(measured.grid, look=SCREEN_PHOTO_LOOK, poor=SCREEN_PHOTO_POOR)
    return (
        Finding(Kind.SCREENSHOT, screenshot, screenshot_score, measured.interface, SCREENSHOT_LOOK),
        Finding(Kind.SCREEN_PHOTO, photo, photo_score, measured.grid, SCREEN_PHOTO_LOOK),
    )


def _interface(grey: Image.Image) -> float:
    """The share of rows of cells that are flat ground from side to side, with marks on it.

    A frame has flat rows without marks, a cut-out and the night have marks beside textures. Also
    a JPEG keeps flat ground flat. A screenshot that a photo fills to the edges is not found.
    """
    factor = max(1, round(max(grey.size) / _READ_AT))
    pixels = np.asarray(grey.reduce(factor) if factor > 1 else grey)
    rows, columns = pixels.shape[0] // _CELL, pixels.shape[1] // _CELL
    if min(rows, columns) < 4:
        return 0
    cells = pixels[: rows * _CELL, : columns * _CELL].reshape(rows, _CELL, columns, _CELL)
    highest, lowest = _extremes(cells)
    is_flat = highest - lowest <= _FLAT
    is_marked = _marked(cells, np.where(is_flat, lowest, -1), highest - lowest >= _MARK)
    marks = is_marked.sum(axis=1)
    others = columns - is_flat.sum(axis=1) - marks
    is_interface = (
        (is_flat.mean(axis=1) >= 0.5)
        & (marks >= 3)
        & (others <= 4 / 3 * marks)
        # The top of an outline on white is one mark, as long as it may be.
        & (_groups(is_marked) >= 2)
    )
    return float(is_interface.mean())


def _groups(is_marked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """How many stretches of marked cells each row has."""
    return np.asarray((np.diff(is_marked.astype(np.int8), prepend=0) == 1).sum(axis=1))


def _extremes(cells: NDArray[np.uint8]) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """The highest and the lowest value of each cell."""
    rows, _, columns, _ = cells.shape
    # Whole rows first: the inner loop is long, and eight times faster.
    lines = cells.reshape(rows, _CELL, -1)
    highest = lines.max(axis=1).reshape(rows, columns, _CELL).max(axis=2)
    lowest = lines.min(axis=1).reshape(rows, columns, _CELL).min(axis=2)
    return highest.astype(np.int16), lowest.astype(np.int16)


def _marked(
    cells: NDArray[np.uint8], flat: NDArray[np.int16], has_contrast: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Cells with contrast on the ground of a flat neighbour; `flat` is -1 where a cell is not."""
    rows, columns = flat.shape
    framed = np.pad(flat, 1, constant_values=-1)
    ground = np.maximum.reduce(
        [framed[y : y + rows, x : x + columns] for y in range(3) for x in range(3)]
    )
    row, column = np.nonzero(has_contrast & (ground >= 0))
    marks = np.abs(cells[row, :, column, :] - ground[row, column][:, None, None])
    is_marked = np.zeros(flat.shape, np.bool_)
    is_marked[row, column] = (marks <= _GROUND).mean(axis=(1, 2)) >= 0.35
    return is_marked


def _grid(grey: NDArray[np.float32]) -> float:
    """How far the strongest regular pattern stands out, in the median of tiles over the picture.

    The grid of a screen's pixels, or its moiré with the camera's, is one peak in the spectrum
    everywhere; fabrics and fences repeat in a part of a photo. The height of a peak over the
    spectrum around it is Fisher's test ("Tests of significance in harmonic analysis", Proceedings
    of the Royal Society A 125, 1929). A soft photo of a screen has no grid left to find.
    """
    rows, columns = grey.shape[0] // _TILE, grey.shape[1] // _TILE
    count = rows * columns
    chosen = np.arange(0, count, -(-count // _TILES) or 1)
    peaks = [
        _peak(tile)
        for row, column in zip(chosen // max(1, columns), chosen % max(1, columns), strict=True)
        if (
            tile := grey[
                row * _TILE : (row + 1) * _TILE,
                column * _TILE : (column + 1) * _TILE,
            ]
        ).std()
        > _FAINT
    ]
    return float(np.median(peaks)) if peaks else 0


_WINDOW = np.outer(np.hanning(_TILE), np.hanning(_TILE)).astype(np.float32)


def _searched() -> NDArray[np.bool_]:
    """Where a grid's peak may lie in a spectrum with its zero in the middle of the first column.

    Not on the axes, where edges and the blocks of a JPEG have theirs.
    """
    down, across = np.ogrid[-_TILE // 2 : _TILE // 2, : _TILE // 2 + 1]
    return (
        (np.hypot(down, across) >= _LOWEST * _TILE)
        & (np.abs(down) > 1)
        & (np.abs(down) < _TILE // 2 - 2)
        & (across > 1)
        & (across < _TILE // 2 - 1)
    )


_SEARCHED = _searched()


def _peak(tile: NDArray[np.float32]) -> float:
    """Decibels of the highest peak over what is around it."""
    power = np.abs(np.fft.rfft2((tile - tile.mean()) * _WINDOW)) ** 2
    # Half decibels, since Pillow's fast blur takes bytes only.
    halves = 20 * np.log10(np.fft.fftshift(power, axes=0) + 10)
    spectrum = np.clip(halves, 0, 255).astype(np.uint8)
    around = np.asarray(Image.fromarray(spectrum).filter(ImageFilter.BoxBlur(6)))
    return float((spectrum.astype(np.int16) - around)[_SEARCHED].max()) / 2
