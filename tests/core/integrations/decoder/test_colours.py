"""U4: CMYK, 16 bits, alpha and wide gamuts come out in the right colours."""

import io
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, ImageCms

from core.integrations.decoder.opening import look
from tests.made_pictures import (
    ADOBE_RGB,
    DISPLAY_P3,
    as_file,
    cmyk_profile,
    png_chunk,
    with_chunk,
)

Colour = tuple[int, int, int]

RED, WHITE, PINK = (220, 30, 30), (255, 255, 255), (200, 100, 100)
#: What pink is in sRGB if its numbers are of a wider gamut.
P3_PINK, ADOBE_PINK = (214, 95, 97), (227, 100, 100)


def flat(mode: str, colour: object) -> Image.Image:
    return Image.new(mode, (300, 300), colour)  # type: ignore[arg-type]


def palette(transparent: bool) -> bytes:
    picture = flat("P", 7)
    picture.putpalette(bytes(21) + bytes(RED), "RGB")
    if transparent:
        picture.info["transparency"] = 7
    return as_file(picture, "PNG")


def png_16_bit(colour_type: int, *channels: int) -> bytes:
    """Pillow writes no colours of 16 bits."""
    header = struct.pack(">IIBBBBB", 300, 300, 16, colour_type, 0, 0, 0)
    row = b"\0" + struct.pack(f">{len(channels)}H", *channels) * 300
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(row * 300)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*part) for part in parts)


def wide(kind: str, profile: bytes) -> bytes:
    return as_file(flat("RGB", PINK), kind, icc_profile=profile, quality=95)


def coded(primaries: int, curve: int) -> bytes:
    """A HEIC that names its primaries (ITU-T H.273) and has no profile."""
    codes = {"color_primaries": primaries, "transfer_characteristics": curve}
    return as_file(flat("RGB", PINK), "HEIF", quality=95, **codes)


def coded_avif(primaries: int, curve: int) -> bytes:
    """Pillow lets nobody choose."""
    content = as_file(flat("RGB", PINK), "AVIF", quality=95)
    start = content.index(b"colrnclx") + 8
    return content[:start] + struct.pack(">HH", primaries, curve) + content[start + 4 :]


def coded_png(primaries: int, curve: int) -> bytes:
    chunk = png_chunk(b"cICP", bytes([primaries, curve, 0, 1]))
    return with_chunk(as_file(flat("RGB", PINK), "PNG"), chunk)


FILES: dict[str, tuple[Callable[[], bytes], Colour]] = {
    "RGB": (lambda: as_file(flat("RGB", RED), "PNG"), RED),
    "16-bit RGB": (lambda: png_16_bit(2, 0x8000, 0x4000, 0xFF00), (128, 64, 255)),
    "16-bit RGBA": (lambda: png_16_bit(6, 0, 0, 0, 0x8000), (127, 127, 127)),
    "16-bit grey": (lambda: as_file(flat("I;16", 32768), "PNG"), (127, 127, 127)),
    "16-bit grey with alpha": (lambda: png_16_bit(4, 0, 0x8000), (127, 127, 127)),
    "P3 in JPEG": (lambda: wide("JPEG", DISPLAY_P3), P3_PINK),
    "P3 in PNG": (lambda: wide("PNG", DISPLAY_P3), P3_PINK),
    "P3 in WebP": (lambda: wide("WEBP", DISPLAY_P3), P3_PINK),
    "P3 in HEIC": (lambda: wide("HEIF", DISPLAY_P3), P3_PINK),
    "P3 in AVIF": (lambda: wide("AVIF", DISPLAY_P3), P3_PINK),
    "P3 in a large profile": (lambda: wide("PNG", DISPLAY_P3.ljust(2 * 2**20, b"\0")), P3_PINK),
    "P3 by number": (lambda: coded(12, 13), P3_PINK),
    "P3 by number in AVIF": (lambda: coded_avif(12, 13), P3_PINK),
    "P3 by number in PNG": (lambda: coded_png(12, 13), P3_PINK),
    # By the matrix of ITU-R BT.2087.
    "BT.2020 by number": (lambda: coded(9, 1), (240, 76, 97)),
    "sRGB by number": (lambda: coded(1, 13), PINK),
    "unknown number": (lambda: coded(2, 2), PINK),
    # Not understood, and not refused.
    "HDR by number": (lambda: coded(9, 16), PINK),
    "HDR by number in AVIF": (lambda: coded_avif(9, 16), PINK),
    "HDR by number in PNG": (lambda: coded_png(9, 16), PINK),
    "Adobe RGB": (lambda: wide("JPEG", ADOBE_RGB), ADOBE_PINK),
    # Pillow writes what Adobe writes: inverted, with Adobe's marker.
    "CMYK": (lambda: as_file(flat("CMYK", (255, 0, 0, 0)), "JPEG"), (0, 255, 255)),
    "CMYK profile": (
        lambda: as_file(flat("CMYK", (255, 0, 0, 0)), "JPEG", icc_profile=cmyk_profile()),
        (0, 138, 64),
    ),
    # The profile is for other channels than the picture has.
    "profile of others": (
        lambda: as_file(flat("RGB", RED), "JPEG", icc_profile=cmyk_profile()),
        RED,
    ),
    "broken profile": (
        lambda: as_file(flat("RGB", RED), "JPEG", icc_profile=b"no profile" * 50),
        RED,
    ),
    "grey": (lambda: as_file(flat("L", 90), "JPEG"), (90, 90, 90)),
    "one bit": (lambda: as_file(flat("1", 1), "PNG"), WHITE),
    "palette": (lambda: palette(False), RED),
    "transparent palette": (lambda: palette(True), WHITE),
    "transparent": (lambda: as_file(flat("RGBA", (0, 0, 0, 0)), "PNG"), WHITE),
    "idle alpha": (lambda: as_file(flat("RGBA", (*RED, 255)), "PNG"), RED),
    "half transparent WebP": (
        lambda: as_file(flat("RGBA", (0, 0, 0, 128)), "WEBP"),
        (127, 127, 127),
    ),
    "half transparent HEIC": (
        lambda: as_file(flat("RGBA", (0, 0, 0, 128)), "HEIF"),
        (127, 127, 127),
    ),
    "half transparent AVIF": (
        lambda: as_file(flat("RGBA", (0, 0, 0, 128)), "AVIF"),
        (127, 127, 127),
    ),
    "grey with alpha": (lambda: as_file(flat("LA", (0, 128)), "PNG"), (127, 127, 127)),
}


@pytest.mark.parametrize("name", FILES)
def test_colours_come_out_right(name: str) -> None:
    make, expected = FILES[name]

    view = look(io.BytesIO(make())).view

    for picture in (view.picture, view.small_picture):
        assert picture.mode == "RGB"
        colour = picture.getpixel((150, 150))
        assert isinstance(colour, tuple)
        differences = [abs(ours - theirs) for ours, theirs in zip(colour, expected, strict=True)]
        assert max(differences) <= 6, colour


def test_a_profile_that_changes_nothing_costs_nothing() -> None:
    noise = Image.effect_noise((400, 300), 60).convert("RGB")
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    view = look(io.BytesIO(as_file(noise, "PNG", icc_profile=srgb))).view

    assert view.picture.tobytes() == noise.tobytes()
