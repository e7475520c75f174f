"""Colours that are missing, or that a filter has pushed far."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.findings.finding import Finding, Kind, grade
from core.findings.view import View

#: Chroma, 0 to about 180, that the tone alone does not explain. A black-and-white or sepia
#: photo may be just what the customer wants, so no value reaches the level `poor`.
MONOCHROME_LOOK = 8.5
MONOCHROME_POOR = -8.5

#: How far the strongest trace of a filter is beyond the usual, as a multiple.
FILTER_LOOK = 1.0
FILTER_POOR = 2.5

#: Each trace of a filter where it begins to be unusual.
_USUAL_TINT = 0.18
_USUAL_TONING = 0.08  #: The tint of a black-and-white photo
_USUAL_SATURATED = 0.25
_USUAL_POSTERISED = 0.35

_TONES = 16
#: Darker pixels have no hue worth the name.
_DARK = 40
_SAMPLED = 256


@dataclass(frozen=True, slots=True)
class Colours:
    #: Chroma that the tone does not explain: the 99th percentile, 0 to about 180.
    chroma: float
    #: How far even the most neutral pixels lean to the picture's hue, over their luma.
    tint: float
    #: Share of bright pixels at the very edge of sRGB.
    saturated: float
    #: Share of pixels whose value stands out of the values around it.
    posterised: float


def measure(view: View) -> Colours:
    step = max(1, max(view.small_picture.size) // _SAMPLED)
    red, green, blue = np.moveaxis(view.small[::step, ::step], 2, 0).reshape(3, -1)
    luma = view.small_grey[::step, ::step].ravel()
    # Cb and Cr of ITU-R BT.601.
    chroma = np.stack([(blue - luma) * 0.564, (red - luma) * 0.713])
    return Colours(
        chroma=_chroma_beyond_tone(chroma, luma),
        tint=_tint(chroma, luma),
        saturated=_saturated(np.stack([red, green, blue])),
        posterised=_posterised(view),
    )


def judge(measured: Colours) -> tuple[Finding, ...]:
    """Monochrome is measured in chroma, 0 to about 180; a filter as a multiple of the usual."""
    level, score = grade(measured.chroma, look=MONOCHROME_LOOK, poor=MONOCHROME_POOR)
    usual_tint = _USUAL_TONING if measured.chroma <= MONOCHROME_LOOK else _USUAL_TINT
    traces = {
        "tint": measured.tint / usual_tint,
        "saturated": measured.saturated / _USUAL_SATURATED,
        "posterised": measured.posterised / _USUAL_POSTERISED,
    }
    strongest = max(traces, key=lambda trace: traces[trace])
    filtered, filter_score = grade(traces[strongest], look=FILTER_LOOK, poor=FILTER_POOR)
    tint: Mapping[str, float | str] = {"tint": measured.tint}
    return (
        Finding(Kind.MONOCHROME, level, score, measured.chroma, MONOCHROME_LOOK, tint),
        Finding(
            Kind.FILTER,
            filtered,
            filter_score,
            traces[strongest],
            FILTER_LOOK,
            {"trace": strongest},
        ),
    )


def _chroma_beyond_tone(chroma: NDArray[np.float32], luma: NDArray[np.float32]) -> float:
    """A toned black-and-white photo has one colour for each luma; only what is left counts."""
    tone = (luma * _TONES / 256).astype(np.intp)
    counts = np.maximum(np.bincount(tone, minlength=_TONES), 1)
    means = np.stack([np.bincount(tone, each, _TONES) / counts for each in chroma])
    return float(np.percentile(np.hypot(*(chroma - means[:, tone])), 99))


def _tint(chroma: NDArray[np.float32], luma: NDArray[np.float32]) -> float:
    mean = chroma.mean(axis=1)
    bright = luma > _DARK
    strength = float(np.hypot(*mean))
    if strength < 1 or not bright.any():
        return 0
    leaning = (mean / strength) @ chroma[:, bright] / luma[bright]
    return max(0.0, float(np.percentile(leaning, 2)))


def _saturated(channels: NDArray[np.uint8]) -> float:
    return float(((channels.min(axis=0) <= 2) & (channels.max(axis=0) >= 128)).mean())


def _posterised(view: View) -> float:
    """Pixels in peaks of the histogram, in the channel that has the fewest.

    Scaling mixes values, so some of the view's own pixels are counted, not the small version's.
    """
    factor = min(1, 2 * _SAMPLED / max(view.picture.size))
    size = [max(1, round(side * factor)) for side in view.picture.size]
    sample = view.picture.resize((size[0], size[1]), Image.Resampling.NEAREST)
    shares = []
    for histogram in np.reshape(sample.histogram(), (3, 256)):
        # Clipping heaps pixels at both ends of any photo's histogram.
        values = histogram[4:252].astype(np.float64)
        values = np.convolve(values, np.ones(3) / 3, "same")
        around = np.convolve(values, np.ones(31) / 31, "same")
        is_most = values.sum() > histogram.sum() / 5
        shares.append(values[values > 2 * around].sum() / values.sum() if is_most else 0)
    return float(min(shares))
