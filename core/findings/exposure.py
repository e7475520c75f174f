"""Whether a picture is too dark, has lost its whites or blacks, or was taken against the light."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from core.findings.finding import Finding, Kind, grade
from core.findings.view import View

#: Level, 0 to 255, of the brightest hundredth in its strongest channel.
DARK_LOOK = 170
DARK_POOR = 135

#: Share of the middle that is clipped to white, or nearly.
CLIPPED_LOOK = 0.2
CLIPPED_POOR = 0.45

#: Level of the darkest hundredth in its weakest channel, in shares of the brightest hundredth's in
#: its strongest: 0 where anything is black or of a pure colour, 1 where all is the same grey.
FADED_LOOK = 0.28
FADED_POOR = 0.42

#: Stops between the lights of the surround and those of the middle.
BACKLIT_LOOK = 1.2
BACKLIT_POOR = 2

#: Added before taking ratios, so that a level more or less in black does not count.
_FOOT = 10
#: Linear light that a viewer's room adds to any black, for the same reason.
_FLARE = 0.003
#: Two channels from here on are white with a tint at best.
_CLIPPED = 253
#: A surround that is nowhere darker is paper, or a program's: products and pets are shown on it.
_PAPER = 245
#: Margins, in shares of a side, that leave the middle and cut out the surround.
_MIDDLE = 0.25
_SURROUND = 0.125

Histogram = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Exposure:
    #: In the units of the constants above.
    lights: int
    clipped: float
    faded: float
    stops: float


def measure(view: View) -> Exposure:
    """Read histograms of the whole, of its middle and of its surround.

    The brightest hundredth tells a dark picture, as in CleanVision (`brightness_perc_99`), but
    by its strongest channel: a sunset is not dark. The weakest channel tells a faded one, as it
    tells haze: He, Sun & Tang, "Single image haze removal using dark channel prior" (2009).
    """
    red, green, blue = view.small_picture.split()
    strongest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    weakest = ImageChops.darker(ImageChops.darker(red, green), blue)
    white = _level(_histogram(strongest), 0.99)
    black = _level(_histogram(weakest), 0.01)
    grey = view.small_picture.convert("L")
    middle = _histogram(grey.crop(_inside(grey.size, _MIDDLE)))
    surround = _histogram(grey) - _histogram(grey.crop(_inside(grey.size, _SURROUND)))
    is_cut_out = _level(surround, 0.1) >= _PAPER
    return Exposure(
        lights=white,
        clipped=_clipped(view.small),
        faded=(black + _FOOT) / (white + _FOOT),
        stops=0 if is_cut_out else _lights(surround, 0.9) - _lights(middle, 0.95),
    )


def judge(measured: Exposure) -> tuple[Finding, ...]:
    """DARK in levels, WASHED_OUT in shares, BACKLIT in stops."""
    clipped = Finding(
        Kind.WASHED_OUT,
        *grade(measured.clipped, look=CLIPPED_LOOK, poor=CLIPPED_POOR),
        measured=measured.clipped,
        needed=CLIPPED_LOOK,
        details={"cause": "clipped"},
    )
    faded = Finding(
        Kind.WASHED_OUT,
        *grade(measured.faded, look=FADED_LOOK, poor=FADED_POOR),
        measured=measured.faded,
        needed=FADED_LOOK,
        details={"cause": "faded"},
    )
    return (
        Finding(
            Kind.DARK,
            *grade(measured.lights, look=DARK_LOOK, poor=DARK_POOR),
            measured=measured.lights,
            needed=DARK_LOOK,
        ),
        max(clipped, faded, key=lambda finding: finding.score),
        Finding(
            Kind.BACKLIT,
            *grade(measured.stops, look=BACKLIT_LOOK, poor=BACKLIT_POOR),
            measured=measured.stops,
            needed=BACKLIT_LOOK,
        ),
    )


def _inside(size: tuple[int, int], margin: float) -> tuple[int, int, int, int]:
    width, height = size
    left, top = int(width * margin), int(height * margin)
    return left, top, width - left, height - top


def _histogram(grey: Image.Image) -> Histogram:
    return np.array(grey.histogram())


def _level(histogram: Histogram, share: float) -> int:
    """Level that this share of the pixels does not exceed; 0 where there are none."""
    counted = np.cumsum(histogram)
    return int(np.searchsorted(counted, share * counted[-1]))


def _clipped(picture: NDArray[np.uint8]) -> float:
    left, top, right, bottom = _inside((picture.shape[1], picture.shape[0]), _MIDDLE)
    is_full = picture[top:bottom, left:right] >= _CLIPPED
    return float((np.count_nonzero(is_full, axis=2) >= 2).mean())


def _lights(histogram: Histogram, share: float) -> float:
    """`_level` as linear light in stops, 0 for white; sRGB as in IEC 61966-2-1."""
    value = _level(histogram, share) / 255
    linear = value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
    return math.log2(linear + _FLARE)
