"""Pixels of any kind become what every screen shows alike: sRGB, on white."""

import io
import struct
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageCms

#: What ImageCms raises over a broken profile.
_BROKEN = (ValueError, TypeError, LookupError, OSError, struct.error, ImageCms.PyCMSError)

_SRGB = ImageCms.createProfile("sRGB")
#: Every colour whose parts are among 16 steps, in 4096 pixels.
_SAMPLES = Image.frombytes(
    "RGB", (64, 64), bytes(17 * (i >> shift & 15) for i in range(4096) for shift in (8, 4, 0))
)
#: Rounding alone makes such a difference.
_INVISIBLE = 2

#: x and y of red, green, blue and white (ITU-T H.273, table 2) by their number there: BT.709,
#: which is sRGB, BT.2020 and Display P3.
_PRIMARIES = {
    1: ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060), (0.3127, 0.3290)),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), (0.3127, 0.3290)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.3127, 0.3290)),
}
#: Its curves that are sRGB's or near it (table 3); those for HDR screens are not.
_USUAL_CURVES = {1, 2, 6, 13, 14, 15}


def scalable(picture: Image.Image) -> Image.Image:
    """Put pixels into a mode that can be scaled without wrong colours."""
    if picture.mode == "I;16":
        # Pillow's own conversion cuts everything above 255 to white.
        return picture.point(lambda value: value / 257).convert("L")
    if picture.has_transparency_data:
        # A copy of 100 megapixels would be too much.
        with_alpha = picture if picture.mode == "RGBA" else picture.convert("RGBA")
        return without_idle_alpha(with_alpha)
    if picture.mode in {"P", "1"}:
        return picture.convert("RGB")
    return picture


def without_idle_alpha(picture: Image.Image) -> Image.Image:
    """An opaque picture is scaled in half the time without its alpha."""
    is_opaque = picture.getchannel("A").getextrema() == (255, 255)
    return picture.convert("RGB") if is_opaque else picture


def to_srgb(picture: Image.Image) -> Image.Image:
    """Convert by the picture's own profile, put it on white, and drop all that is not pixels."""
    profile = picture.info.get("icc_profile")
    alpha = picture.getchannel("A") if picture.mode == "RGBA" else None
    colours = picture.convert("RGB") if alpha else picture
    result = _by_profile(colours, profile) if profile else None
    result = result or (colours if colours.mode == "RGB" else colours.convert("RGB"))
    if is_coded(picture.info):
        result = by_primaries(result, picture.info["nclx_profile"]["color_primaries"])
    if alpha:
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(result, mask=alpha)
        result = paper
    result.info.clear()
    return result


def _by_profile(picture: Image.Image, profile: bytes) -> Image.Image | None:
    """None where the profile changes nothing, is broken, or is made for other channels."""
    with suppress(*_BROKEN):
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        transform = ImageCms.buildTransform(source, _SRGB, picture.mode, "RGB")
        if picture.mode == "RGB" and _changes_nothing(transform):
            return None
        return transform.apply(picture)
    return None


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    """Most profiles are sRGB's own, whatever they are called."""
    return max(ImageChops.difference(_SAMPLES, transform.apply(_SAMPLES)).tobytes()) <= _INVISIBLE


def is_coded(info: Mapping[str | tuple[int, int], Any]) -> bool:
    """Whether only the numbers of H.273 tell a picture's colours, and they are not sRGB's."""
    coded = info.get("nclx_profile")
    return bool(
        coded
        and not info.get("icc_profile")
        and coded["transfer_characteristics"] in _USUAL_CURVES
        and coded["color_primaries"] in _PRIMARIES.keys() - {1}
    )


def by_primaries(picture: Image.Image, number: int) -> Image.Image:
    """Convert an RGB picture from the primaries that have this number in H.273."""
    matrix = np.linalg.inv(_to_xyz(1)) @ _to_xyz(number)
    # IEC 61966-2-1, there and back.
    steps = np.arange(256, dtype=np.float32) / 255
    linear = np.where(steps <= 0.04045, steps / 12.92, ((steps + 0.055) / 1.055) ** 2.4)
    light = (linear.astype(np.float32)[np.asarray(picture)] @ matrix.T.astype(np.float32)).clip(
        0, 1
    )
    shown = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return Image.fromarray((shown * 255).round().astype(np.uint8))


def _to_xyz(number: int) -> NDArray[np.float64]:
    """The matrix from linear RGB to XYZ (SMPTE RP 177)."""
    x, y = np.array(_PRIMARIES[number]).T
    xyz = np.array([x / y, np.ones(4), (1 - x - y) / y])
    return xyz[:, :3] * np.linalg.solve(xyz[:, :3], xyz[:, 3])
