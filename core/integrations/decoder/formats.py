"""What a file is, by its content alone, and how much work it may make."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

FILE_BYTES = 60 * 2**20
JPEG_PIXELS = 200_000_000
#: Others cannot be decoded at a smaller scale: 199 megapixels with alpha need more than 2 GB.
OTHER_PIXELS = 100_000_000
SHORTEST_SIDE = 200
#: So many in a row say that a file was cut and filled up, if it ends in them.
ZEROS = 64

_KINDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"), "HEIF"),
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
}
_GENERAL_BRANDS = {b"mif1", b"msf1"}
#: Pictures that we do not open: GIF, TIFF and raw, BMP, ICO, PSD, PDF, JPEG XL, JPEG 2000.
_FOREIGN = (
    *(b"GIF8", b"II*\0", b"MM\0*", b"BM", b"\0\0\1\0", b"8BPS", b"%PDF"),
    *(b"\xff\x0a", b"\0\0\0\x0cJXL ", b"\0\0\0\x0cjP  "),
)


class Refused(Exception):
    """The argument is the `code` of a `PictureRefused`."""


@dataclass(frozen=True, slots=True)
class Stripped:
    """A file for its decoder, without what could make that stumble over a good picture."""

    content: bytes
    #: What the rest says of the picture, as Pillow calls it.
    info: Mapping[str, Any] = field(default_factory=dict)
    is_animated: bool = False


def check_file(file: BinaryIO) -> str:
    """Return the file's kind, and leave the file at its start. Raises `Refused`."""
    head = file.read(1024)
    length = file.seek(0, os.SEEK_END)
    file.seek(0)
    if length > FILE_BYTES:
        raise Refused("too_large")
    kind = kind_of(head)
    if kind is None:
        is_foreign = head.startswith(_FOREIGN) or b"<svg" in head or head[4:8] == b"ftyp"
        raise Refused("unknown_format" if is_foreign else "not_a_picture")
    return kind


def kind_of(head: bytes) -> str | None:
    """Name one of the five formats that we open, as Pillow does."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[4:8] == b"ftyp":
        # Major brand, minor version, compatible brands. A general one can hold either kind.
        box = head[8 : int.from_bytes(head[:4], "big")]
        brands = [box[i : i + 4] for i in range(0, len(box), 4)]
        for brand in brands:
            if brand in _KINDS:
                return _KINDS[brand]
        if _GENERAL_BRANDS.intersection(brands):
            return "HEIF"
    return None


def most_pixels(kind: str) -> int:
    return JPEG_PIXELS if kind == "JPEG" else OTHER_PIXELS
