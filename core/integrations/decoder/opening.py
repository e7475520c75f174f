"""A file becomes what we measure and show: upright, in sRGB, no larger than a screen."""

import io
import os
import struct
import warnings
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, BinaryIO

import pillow_heif
from PIL import Image, ImageFile
from PIL.ExifTags import Base
from PIL.Image import (
    DecompressionBombError,
    DecompressionBombWarning,
    Resampling,
    Transpose,
)

from core.findings.view import LONGEST, SMALL, Source, View
from core.integrations.decoder import items, jpeg, png, webp
from core.integrations.decoder.colours import scalable, to_srgb
from core.integrations.decoder.formats import SHORTEST_SIDE, Refused, check_file, most_pixels

#: A JPEG decodes to a half or a quarter in no time: 2016 pixels of 4032 are as good as 2048.
NEARLY = 0.97
#: No camera's name is longer.
_NAME_LENGTH = 80

_UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
_SIDEWAYS = {5, 6, 7, 8}
#: What Pillow and its decoders raise over a broken file.
_BROKEN = (
    *(ValueError, TypeError, LookupError, ArithmeticError, AttributeError, SyntaxError),
    *(OSError, EOFError, RuntimeError, struct.error, zlib.error),
)

_STRIP = {
    "JPEG": jpeg.strip,
    "PNG": png.strip,
    "WEBP": webp.strip,
    "HEIF": items.strip,
    "AVIF": items.strip,
}


@dataclass(frozen=True, slots=True)
class Looked:
    view: View
    #: Only the first frame is used.
    is_animated: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What a file says of its picture."""

    format: str
    width: int  #: Pixels of the original, upright
    height: int
    turn: Transpose | None  #: By which it stands upright
    exif: Image.Exif
    is_animated: bool


def look(file: BinaryIO) -> Looked:
    """Raises `Refused`, and `MemoryError` as it comes."""
    picture, told = decode(file)
    source = Source(
        format=told.format,
        width=told.width,
        height=told.height,
        size=file.seek(0, os.SEEK_END),
        quantization=_luminance_steps(picture),
        camera=_name(told.exif, Base.Make, Base.Model),
        software=_name(told.exif, Base.Software),
    )
    shown = _shown(picture, told.turn)
    return Looked(View(shown, _small(shown), source), told.is_animated)


def decode(file: BinaryIO, *, whole: bool = False) -> tuple[Image.Image, Told]:
    """Decode a picture once, as it lies in its file; raises as `look` does.

    A JPEG with no more detail than is shown, unless the whole of it is asked for.
    """
    kind = check_file(file)
    # Not to be blamed on the file: reading is what our disk may fail at.
    stripped = _STRIP[kind](file)
    with blaming_the_file():
        with _open(stripped.content, kind) as picture:
            width, height = picture.size
            if min(width, height) < SHORTEST_SIDE:
                raise Refused("too_small")
            if kind == "JPEG" and not whole:
                _draft(picture)
            picture.load()
            # A second picture in a JPEG or HEIC is a depth map or a preview, not a next frame.
            is_animated = kind in {"WEBP", "AVIF"} and getattr(picture, "is_animated", False)
        if _is_cut(stripped.content, kind, picture):
            raise Refused("damaged")
    picture.info.update(stripped.info, **_codes(stripped.content, kind))
    exif = _exif(picture)
    orientation = _said(exif, Base.Orientation)
    if orientation in _SIDEWAYS:
        width, height = height, width
    return picture, Told(
        format=kind,
        width=width,
        height=height,
        turn=_UPRIGHT.get(orientation),
        exif=exif,
        is_animated=stripped.is_animated or is_animated,
    )


@contextmanager
def blaming_the_file() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise Refused("damaged") from error


def _open(content: bytes, kind: str) -> ImageFile.ImageFile:
    # With thumbnails, Pillow would take an embedded one, which may show something else.
    pillow_heif.register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = most_pixels(kind)
    with warnings.catch_warnings():
        # At its limit Pillow only warns, and it refuses at twice as many.
        warnings.simplefilter("error", DecompressionBombWarning)
        try:
            return Image.open(io.BytesIO(content), formats=(kind,))
        except (DecompressionBombWarning, DecompressionBombError) as error:
            raise Refused("too_many_pixels") from error


def _draft(picture: ImageFile.ImageFile) -> None:
    """Let the JPEG decoder skip the detail that nothing would show."""
    width, height = picture.size
    scale = NEARLY * LONGEST / max(width, height)
    picture.draft(None, (max(1, int(width * scale)), max(1, int(height * scale))))


def _shown(picture: Image.Image, turn: Transpose | None) -> Image.Image:
    shown = scalable(picture)
    shown.thumbnail((LONGEST, LONGEST), reducing_gap=2.0)
    shown = to_srgb(shown)
    return shown if turn is None else shown.transpose(turn)


def _small(picture: Image.Image) -> Image.Image:
    scale = SMALL / max(picture.size)
    if scale >= 1:
        return picture
    width, height = (max(1, round(side * scale)) for side in picture.size)
    return picture.resize((width, height), Resampling.LANCZOS, reducing_gap=1.5)


def _is_cut(content: bytes, kind: str, picture: Image.Image) -> bool:
    """PNG has checksums."""
    if kind == "JPEG":
        return jpeg.is_cut(content, picture)
    if kind == "WEBP":
        return webp.is_cut(content, picture)
    return kind in {"HEIF", "AVIF"} and items.is_cut(content)


def _codes(content: bytes, kind: str) -> Mapping[str, Any]:
    """The numbers of an AVIF's colours: it is libheif that tells them, though it decodes none."""
    if kind == "AVIF":
        with suppress(*_BROKEN):
            told = pillow_heif.HeifFile(io.BytesIO(content)).info  # type: ignore[no-untyped-call]
            return {"nclx_profile": told.get("nclx_profile")}
    return {}


def _exif(picture: Image.Image) -> Image.Exif:
    """What EXIF says: Pillow would turn a picture by its XMP too, which no browser does."""
    exif = Image.Exif()
    with suppress(*_BROKEN):
        exif.load(picture.info.get("exif") or b"")
    return exif


def _said(exif: Image.Exif, tag: Base) -> Any:
    """None where it is missing or broken."""
    with suppress(*_BROKEN):
        return exif.get(tag)
    return None


def _name(exif: Image.Exif, *tags: Base) -> str:
    words = (str(_said(exif, tag) or "").strip("\0 ") for tag in tags)
    return " ".join(filter(None, words))[:_NAME_LENGTH]


def _luminance_steps(picture: Image.Image) -> Sequence[int] | None:
    tables = getattr(picture, "quantization", None)
    return tuple(tables[0]) if tables and 0 in tables else None
