"""A picture is written anew, turned and cropped: all its pixels, and the colours that it had."""

import io
from typing import BinaryIO

from PIL import Image
from PIL.Image import Transpose

from core.integrations.decoder.colours import by_primaries, is_coded, without_idle_alpha
from core.integrations.decoder.edit import Crop, Edit
from core.integrations.decoder.formats import FILE_BYTES, SHORTEST_SIDE, Refused
from core.integrations.decoder.opening import blaming_the_file, decode

_CLOCKWISE = {1: Transpose.ROTATE_270, 2: Transpose.ROTATE_180, 3: Transpose.ROTATE_90}

#: The first that makes a file of a size that is taken in. In full colour resolution: a part begins
#: at any pixel, and colours that were sampled in pairs would be blurred once more.
_JPEG_OPTIONS = (
    {"quality": 95, "subsampling": "4:4:4"},
    {"quality": 90, "subsampling": "4:2:0"},
)
#: Twice as fast as the usual level, for a tenth more bytes.
_PNG_LEVEL = 4
_JPEG_MODES = {"L", "RGB", "CMYK"}
#: What goes on being true, and nothing else that the file said.
_KEPT = ("icc_profile", "transparency")
#: So many rows at once, because their colours are changed in floating point.
_ROWS = 256


def edited(file: BinaryIO, edit: Edit) -> bytes:
    """Return a PNG for a PNG and whatever else is transparent, otherwise a JPEG.

    Greyscale, CMYK, 16-bit grey and the profile stay. Raises `Refused` and `MemoryError`.
    """
    picture, told = decode(file, whole=True)
    # Each step lets go of the picture before it: two of the largest are all that there is room for.
    for turn in (told.turn, _CLOCKWISE.get(edit.quarter_turns)):
        if turn is not None:
            picture = picture.transpose(turn)
    if edit.crop is not None:
        picture = picture.crop(_box(edit.crop, picture))
    if is_coded(picture.info) and picture.mode in {"P", "RGB", "RGBA"}:
        picture = _in_srgb(picture)
    if told.format not in {"JPEG", "PNG"} and picture.mode == "RGBA":
        picture = without_idle_alpha(picture)
    picture.info = {name: picture.info[name] for name in _KEPT if picture.info.get(name)}
    with blaming_the_file():
        if told.format == "PNG" or picture.has_transparency_data:
            return _encoded(picture, "PNG", compress_level=_PNG_LEVEL)
        return _as_jpeg(picture)


def _box(crop: Crop, picture: Image.Image) -> tuple[int, int, int, int]:
    right, bottom = crop.left + crop.width, crop.top + crop.height
    is_inside = (
        min(crop.left, crop.top) >= 0 and right <= picture.width and bottom <= picture.height
    )
    if not is_inside or min(crop.width, crop.height) < SHORTEST_SIDE:
        raise Refused("part_unfit")
    return crop.left, crop.top, right, bottom


def _in_srgb(picture: Image.Image) -> Image.Image:
    """For a picture whose colours are told by numbers that no JPEG has room for."""
    primaries = picture.info["nclx_profile"]["color_primaries"]
    picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    for top in range(0, picture.height, _ROWS):
        box = (0, top, picture.width, min(top + _ROWS, picture.height))
        rows = picture.crop(box)
        colours = by_primaries(rows.convert("RGB"), primaries)
        if picture.mode == "RGBA":
            colours.putalpha(rows.getchannel("A"))
        picture.paste(colours, box)
    return picture


def _as_jpeg(picture: Image.Image) -> bytes:
    if picture.mode not in _JPEG_MODES:
        picture = picture.convert("RGB")
    profile = picture.info.get("icc_profile")
    for options in _JPEG_OPTIONS:
        content = _encoded(picture, "JPEG", icc_profile=profile, **options)
        if len(content) <= FILE_BYTES:
            break
    return content


def _encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()
