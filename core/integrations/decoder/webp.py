"""The chunks of a WebP (RFC 9649), and whether its picture is whole."""

from typing import BinaryIO

from PIL import Image, ImageStat

from core.integrations.decoder.formats import ZEROS, Stripped

_FLAT_ROWS, _FLAT = 8, 12


def strip(file: BinaryIO) -> Stripped:
    return Stripped(file.read())


def is_cut(webp: bytes, picture: Image.Image) -> bool:
    """Whether the end of a picture is zeros, though it decoded without complaint.

    A flat bottom is many zeros in VP8 too; anything else would not be coded as so many.
    """
    width, height = picture.size
    if _pixels(webp)[-ZEROS:].strip(b"\0"):
        return False
    bottom = picture.crop((0, height - _FLAT_ROWS, width, height)).convert("RGB")
    return any(high - low > _FLAT for low, high in ImageStat.Stat(bottom).extrema)


def _pixels(webp: bytes) -> bytes:
    """What the first picture was coded as."""
    position = 12
    while len(head := webp[position : position + 8]) == 8:
        name, length = head[:4], int.from_bytes(head[4:], "little")
        position += 8
        if name in {b"VP8 ", b"VP8L"}:
            return webp[position : position + length]
        # A frame of an animation has its own chunks, after 16 bytes.
        position += 16 if name == b"ANMF" else length + length % 2
    return b""
