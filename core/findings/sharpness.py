"""How wide the edges of a picture's sharpest parts are, and whether they are wider one way."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.findings.finding import Finding, Kind, grade
from core.findings.view import View

#: Edge width in thousandths of the picture's longer side. On a print whose longer side has n
#: millimetres, an edge of width w is w * n / 1000 mm wide.
SOFT_LOOK = 1.8
SOFT_POOR = 2.6

#: How many times wider edges are along the movement than across it.
MOVED_LOOK = 1.3
MOVED_POOR = 1.6

#: A smaller picture is judged as one of this many pixels: no edge is narrower than a pixel.
_SMALLEST = 500

#: Deviation, in pixels, from which on edges are measured in a smaller picture.
_WIDE = 1.5

_TILE = 64
_TILES = 80
_SHARPEST = 0.2
_SHARPEST_ONE_WAY = 0.3
#: Weights fall to 61 % at this distance from the middle, in shares of width and height.
_MIDDLE = 0.2
_FEWEST = 3
#: Slopes, in grey levels a pixel, under which a tile shows nothing that could be sharp.
_FLAT = 0.5
_DIRECTIONS = 12

#: Standard deviations, in pixels, of the two Gaussians through which slopes are seen.
_FINE, _COARSE = 0.6, 1.2
_RADIUS = math.ceil(3.2 * _COARSE)
#: What both add to the variance of an edge; the one of a perfect step.
_SEEING = (_FINE**2 + _COARSE**2) / 2
#: From 10 to 90 % of an edge blurred by a Gaussian, in its standard deviations.
_EDGE = 2.563

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sharpness:
    #: Edge width, unit of `SOFT_LOOK`; below 0 where detail is finer than steps would be.
    edge: float
    #: Unit of `MOVED_LOOK`, at least 1.
    stretch: float
    #: Direction of the movement in degrees, 0 across, 90 upwards.
    direction: float
    #: Edge width in pixels of the view, at least 0.
    pixels: float
    #: How many tiles had something to measure; with 0 all else means nothing.
    tiles: int


def measure(view: View) -> Sharpness:
    """Compare slopes at two scales, in the tiles that have any.

    A step blurred by a Gaussian of variance s² has, seen through Gaussians of variances a² and
    b², products of slopes that stand as R = √((2s²+2b²) / (2s²+a²+b²)), whatever its contrast.
    Solved for s: Zhuo & Sim, "Defocus map estimation from a single image" (2011), with sums over
    a tile in place of single edges. Crossing the scales and taking off what white noise of the
    measured strength (Immerkær 1996) adds keeps noise and grain from counting as sharpness.
    The sharpest fifth counts, the middle more: a blurred background takes nothing away.
    """
    tiles = _Tiles.of(view.grey)
    if tiles.count < _FEWEST:
        return Sharpness(0, 1, 0, 0, 0)
    deviation = _deviation(view, tiles)
    stretch, direction = tiles.stretch()
    return Sharpness(
        edge=_EDGE * deviation / max(*view.picture.size, _SMALLEST) * 1000,
        stretch=stretch,
        direction=direction,
        pixels=_EDGE * max(deviation, 0),
        tiles=tiles.count,
    )


def judge(measured: Sharpness) -> tuple[Finding, ...]:
    """SOFT in thousandths of the longer side, MOVED in times; both None in a flat picture."""
    if not measured.tiles:
        return tuple(
            Finding(kind, *grade(0, look=1, poor=2), needed=needed)
            for kind, needed in ((Kind.SOFT, SOFT_LOOK), (Kind.MOVED, MOVED_LOOK))
        )
    soft = Finding(
        Kind.SOFT,
        *grade(measured.edge, look=SOFT_LOOK, poor=SOFT_POOR),
        measured=max(measured.edge, 0),
        needed=SOFT_LOOK,
        details={"pixels": measured.pixels},
    )
    moved = Finding(
        Kind.MOVED,
        *grade(measured.stretch, look=MOVED_LOOK, poor=MOVED_POOR),
        measured=measured.stretch,
        needed=MOVED_LOOK,
        details={"direction": measured.direction},
    )
    return soft, moved


def _deviation(view: View, tiles: "_Tiles") -> float:
    """Of the Gaussian at the sharpest edges, in pixels; below 0 for what is sharper than a step.

    Wide edges are measured in the halved picture too, where noise cannot hide that the slopes
    at both scales are alike. Noise only ever makes them look narrower, so the wider width holds.
    """
    picture, scale, deviation = view.grey_picture, 1, tiles.deviation()
    while deviation > _WIDE * scale:
        picture = picture.reduce(2)
        tiles = _Tiles.of(np.asarray(picture, np.float32))
        if tiles.count < _FEWEST:
            break
        scale *= 2
        deviation = max(deviation, scale * tiles.deviation())
    return deviation


@dataclass(frozen=True)
class _Tiles:
    """The tiles of a picture that have slopes, without their noise."""

    #: Mean products of fine and coarse, and of coarse slopes: (3, n), across, mixed and down.
    crossed: Doubles
    coarse: Doubles
    weight: Doubles

    @classmethod
    def of(cls, grey: Floats) -> "_Tiles":
        tiles, weight = _most_contrasted(grey)
        fine_across, fine_down = _slopes(tiles, *_KERNELS[0])
        across, down = _slopes(tiles, *_KERNELS[1])
        mixed = (_products(fine_across, down) + _products(fine_down, across)) / 2
        crossed = np.stack([_products(fine_across, across), mixed, _products(fine_down, down)])
        coarse = np.stack(
            [_products(across, across), _products(across, down), _products(down, down)]
        )
        noise = _noise(tiles) ** 2 * np.array([1, 0, 1])[:, None]
        crossed -= noise * _NOISE_CROSSED
        coarse -= noise * _NOISE_COARSE
        has_slopes = _traces(coarse) > np.maximum(_FLAT**2, 2 * noise[0] * _NOISE_COARSE)
        return cls(crossed[:, has_slopes], coarse[:, has_slopes], weight[has_slopes])

    @cached_property
    def energy(self) -> Doubles:
        return _traces(self.coarse)

    @property
    def count(self) -> int:
        return len(self.weight)

    def deviation(self) -> float:
        variances = _variances(_traces(self.crossed), self.energy) - _SEEING
        variance = _quantile(variances, self.weight * np.sqrt(self.energy), _SHARPEST)
        return math.copysign(math.sqrt(abs(variance)), variance)

    def stretch(self) -> tuple[float, float]:
        """How many times wider the edges are one way than across it, and which way, in degrees."""
        angles = np.arange(_DIRECTIONS) * np.pi / _DIRECTIONS
        variances = np.array([self._variance_along(angle) for angle in angles])
        ratios = np.sqrt(variances / np.roll(variances, _DIRECTIONS // 2))
        if np.isnan(ratios).all():
            return 1, 0
        widest = int(np.nanargmax(ratios))
        # The rows of a picture count downwards.
        return float(max(ratios[widest], 1)), -math.degrees(angles[widest]) % 180

    def _variance_along(self, angle: float) -> float:
        """Of edges and of the seeing, by slopes one way; NaN where too few tiles have any."""
        cos, sin = math.cos(angle), math.sin(angle)
        onto = np.array([cos * cos, 2 * cos * sin, sin * sin])
        coarse = onto @ self.coarse
        has_slopes = coarse > 0.1 * self.energy
        if has_slopes.sum() < _FEWEST:
            return math.nan
        coarse = coarse[has_slopes]
        variances = _variances((onto @ self.crossed)[has_slopes], coarse)
        weight = self.weight[has_slopes] * np.sqrt(coarse)
        # Nothing counts as narrower than a step, or fine texture would look moved.
        return max(_quantile(variances, weight, _SHARPEST_ONE_WAY), _SEEING)


def _most_contrasted(grey: Floats) -> tuple[Floats, Doubles]:
    """(n, side, side) of them, n at most `_TILES`, and how much each counts for its place."""
    down, across = grey.shape[0] // _TILE, grey.shape[1] // _TILE
    top, left = (grey.shape[0] - down * _TILE) // 2, (grey.shape[1] - across * _TILE) // 2
    whole = grey[top : top + down * _TILE, left : left + across * _TILE]
    grid = whole.reshape(down, _TILE, across, _TILE).swapaxes(1, 2)
    contrast = grid[:, :, ::4, ::4].std(axis=(2, 3)).ravel()
    best = np.argsort(-contrast)[:_TILES]
    rows, columns = np.divmod(best, max(across, 1))
    y, x = (rows + 0.5) / max(down, 1) - 0.5, (columns + 0.5) / max(across, 1) - 0.5
    return grid[rows, columns], np.exp(-(y**2 + x**2) / (2 * _MIDDLE**2))


def _kernels(deviation: float) -> tuple[Floats, Floats]:
    """Matrices that smooth a tile's rows and take their slope, without its margin."""
    offsets = np.arange(-_RADIUS, _RADIUS + 1, dtype=np.float32)
    smooth = np.exp(-np.square(offsets) / (2 * deviation**2))
    smooth /= smooth.sum()
    slope = smooth * offsets
    slope /= slope @ offsets
    return _sliding(smooth), _sliding(slope)


def _sliding(kernel: Floats) -> Floats:
    inner = _TILE - len(kernel) + 1
    matrix = np.zeros((_TILE, inner), np.float32)
    for column in range(inner):
        matrix[column : column + len(kernel), column] = kernel
    return matrix


def _slopes(tiles: Floats, smooth: Floats, slope: Floats) -> tuple[Floats, Floats]:
    """Across and down."""
    return _filtered(tiles, smooth, slope), _filtered(tiles, slope, smooth)


def _filtered(tiles: Floats, down: Floats, across: Floats) -> Floats:
    """(n, pixels)."""
    return np.asarray(down.T @ tiles @ across, np.float32).reshape(
        len(tiles), down.shape[1] * across.shape[1]
    )


def _products(one: Floats, other: Floats) -> Doubles:
    """Mean product over each tile."""
    return np.asarray(np.einsum("tp,tp->t", one, other) / one.shape[1], np.float64)


def _traces(tensor: Doubles) -> Doubles:
    return np.asarray(tensor[0] + tensor[2])


def _noise(tiles: Floats) -> float:
    """Standard deviation of white noise, from the calmer of these tiles.

    Immerkær, "Fast noise variance estimation" (1996): the difference of two Laplacians.
    """
    if not len(tiles):
        return 0
    by_tile = np.abs(_filtered(tiles, _CURVE, _CURVE)).mean(axis=1)
    return float(np.quantile(by_tile, 0.2)) * math.sqrt(math.pi / 2) / 6


def _variances(crossed: Doubles, coarse: Doubles) -> Doubles:
    """Of edges and of the seeing; R is the ratio of these sums."""
    ratios = np.maximum(crossed, 0) / coarse
    return np.asarray((_COARSE**2 - _FINE**2) / 2 / np.maximum(ratios**2 - 1, 1e-3))


def _quantile(values: Doubles, weights: Doubles, share: float) -> float:
    return float(np.quantile(values, share, weights=weights, method="inverted_cdf"))


def _answer_to_noise(one: tuple[Floats, Floats], other: tuple[Floats, Floats]) -> float:
    """Mean product of slopes, one way, in white noise of variance 1."""
    return math.prod(float(a[:, 0] @ b[:, 0]) for a, b in zip(one, other, strict=True))


_CURVE = _sliding(np.array([-1, 2, -1], np.float32))
_KERNELS = _kernels(_FINE), _kernels(_COARSE)
_NOISE_CROSSED = _answer_to_noise(_KERNELS[0], _KERNELS[1])
_NOISE_COARSE = _answer_to_noise(_KERNELS[1], _KERNELS[1])
