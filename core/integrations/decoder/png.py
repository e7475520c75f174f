"""The chunks of a PNG (third edition): only those that the picture needs are decoded."""

import io
import os
import zlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, BinaryIO

from core.integrations.decoder.formats import Refused, Stripped

#: What a JPEG can carry; those with tables have more than the megabyte that Pillow allows.
PROFILE_BYTES = 16 * 2**20

_PIXELS = {b"IHDR", b"PLTE", b"IDAT"}
_TOLD = {b"tRNS", b"iCCP", b"eXIf", b"cICP"}
#: Lengths by type of colour: grey, colours, palette.
_TRANSPARENCY = {0: {2}, 2: {6}, 3: range(1, 257)}
#: As pillow-heif calls the first two of the four codes.
_CODES = ("color_primaries", "transfer_characteristics")
_END = b"\0\0\0\0IEND\xaeB`\x82"


def strip(file: BinaryIO) -> Stripped:
    """Raises `Refused` where pixels are not those that were written."""
    kept, info = io.BytesIO(), dict[str, Any]()
    kept.write(file.read(8))
    is_animated, colour_type = False, 0
    while len(head := file.read(8)) == 8 and (name := head[4:]) != b"IEND":
        length = int.from_bytes(head[:4], "big")
        if name not in _PIXELS | _TOLD:
            # The first frame alone lies in IDAT.
            is_animated = is_animated or name == b"fdAT"
            file.seek(length + 4, os.SEEK_CUR)
            continue
        chunk = file.read(length + 4)
        content = memoryview(chunk)[:length]
        is_sound = chunk[length:] == zlib.crc32(content, zlib.crc32(name)).to_bytes(4, "big")
        if name in _PIXELS and not is_sound:
            raise Refused("damaged")
        if name == b"IHDR":
            colour_type = int.from_bytes(chunk[9:10], "big")
        if name in _PIXELS or _is_transparency(name, length, colour_type, is_sound):
            kept.write(head)
            kept.write(chunk)
        elif is_sound:
            info.update(_told(name, bytes(content)))
    kept.write(_END)
    return Stripped(kept.getvalue(), info, is_animated)


def _is_transparency(name: bytes, length: int, colour_type: int, is_sound: bool) -> bool:
    return is_sound and name == b"tRNS" and length in _TRANSPARENCY.get(colour_type, ())


def _told(name: bytes, content: bytes) -> Mapping[str, Any]:
    if name == b"eXIf":
        return {"exif": content}
    if name == b"cICP" and len(content) == 4:
        return {"nclx_profile": dict(zip(_CODES, content, strict=False))}
    if name == b"iCCP":
        _, _, packed = content.partition(b"\0")
        return {"icc_profile": _unpacked(packed[1:]) if packed[:1] == b"\0" else b""}
    return {}


def _unpacked(packed: bytes) -> bytes:
    """Nothing if it is broken, or larger than any profile."""
    unpacker = zlib.decompressobj()
    with suppress(zlib.error):
        profile = unpacker.decompress(packed, PROFILE_BYTES)
        if unpacker.eof:
            return profile
    return b""
