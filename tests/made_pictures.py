"""Pictures that tests make for themselves."""

import io
import struct
import zlib
from typing import Any

import pillow_heif
from PIL import Image

pillow_heif.register_heif_opener()


def saved(kind: str, size: tuple[int, int] = (640, 480), **options: Any) -> bytes:
    """A photo with some detail, so that a cut one lacks something."""
    return as_file(Image.effect_noise(size, 60).convert("RGB"), kind, **options)


def as_file(picture: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def png_chunk(name: bytes, content: bytes) -> bytes:
    checksum = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", checksum)


def with_chunk(png: bytes, chunk: bytes) -> bytes:
    """After its header, where any may stand."""
    return png[:33] + chunk + png[33:]


def with_segment(jpeg: bytes, code: int, content: bytes) -> bytes:
    """As the first one of a JPEG."""
    return jpeg[:2] + struct.pack(">BBH", 0xFF, code, len(content) + 2) + content + jpeg[2:]


def rgb_profile(primaries: dict[bytes, tuple[float, float, float]], gamma: float = 2.2) -> bytes:
    """A colour profile from the XYZ of red, green and blue, adapted to D50."""
    tags = {name[:1] + b"TRC": _curve(gamma) for name in primaries}
    tags |= {name: _xyz(*values) for name, values in primaries.items()}
    return _icc(b"RGB ", b"XYZ ", b"mntr", tags)


def cmyk_profile() -> bytes:
    """Its cyan ink is Lab (50, -48, 30): a green that no formula would give."""
    same = bytes(range(256))
    paper, ink, black = bytes([255, 128, 128]), bytes([128, 80, 158]), bytes([0, 128, 128])
    grid = paper + black * 7 + ink + black * 7
    identity = b"".join(struct.pack(">i", 65536 * (i % 4 == 0)) for i in range(9))
    lut = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + identity + same * 4 + grid + same * 3
    return _icc(b"CMYK", b"Lab ", b"prtr", {b"A2B0": lut})


def _curve(gamma: float) -> bytes:
    return b"curv" + struct.pack(">4xIHxx", 1, round(gamma * 256))


def _xyz(*values: float) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(v * 65536)) for v in values)


def _icc(space: bytes, pcs: bytes, profile_class: bytes, tags: dict[bytes, bytes]) -> bytes:
    """A version 2 profile (ICC.1:2001-04), just whole enough to be used."""
    tags = {b"cprt": b"text\0\0\0\0none\0", b"wtpt": _xyz(0.9642, 1, 0.8249), **tags}
    tags[b"desc"] = b"desc" + struct.pack(">4xI", 5) + b"test\0" + bytes(79)
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        padded = content + bytes(-len(content) % 4)
        table += name + struct.pack(">II", start + len(body), len(content))
        body += padded
    header = struct.pack(">I4xI", start + len(body), 0x02400000) + profile_class + space + pcs
    header += bytes(12) + b"acsp" + bytes(28) + _xyz(0.9642, 1, 0.8249)[8:]
    return header.ljust(128, b"\0") + table + body


#: Display P3 (SMPTE RP 431-2 with D65) and Adobe RGB (1998), with a plain gamma of 2.2.
DISPLAY_P3 = rgb_profile(
    {
        b"rXYZ": (0.5151, 0.2412, -0.0011),
        b"gXYZ": (0.2920, 0.6922, 0.0419),
        b"bXYZ": (0.1571, 0.0666, 0.7841),
    }
)
ADOBE_RGB = rgb_profile(
    {
        b"rXYZ": (0.6097, 0.3111, 0.0195),
        b"gXYZ": (0.2053, 0.6257, 0.0609),
        b"bXYZ": (0.1492, 0.0632, 0.7446),
    }
)
