"""U1: broken, hostile and odd PNGs."""

import io
import zlib

import pytest
from PIL import Image

from core.integrations.decoder import png
from core.integrations.decoder.formats import Refused
from core.integrations.decoder.opening import look
from tests.made_pictures import DISPLAY_P3, as_file, png_chunk, saved, with_chunk


def with_wrong_checksum(chunk: bytes) -> bytes:
    return chunk[:-1] + bytes([chunk[-1] ^ 1])


LARGE = zlib.compress(bytes(2 * 2**20))
BOMB = zlib.compress(bytes(10**8))

BROKEN = {
    "large XMP": png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + LARGE),
    "large text": png_chunk(b"zTXt", b"Raw profile\0\0" + LARGE),
    "text bomb": png_chunk(b"zTXt", b"a\0\0" + BOMB),
    "text packed in no known way": png_chunk(b"zTXt", b"Comment\0\5abc"),
    "profile bomb": png_chunk(b"iCCP", b"icc\0\0" + BOMB),
    "profile packed in no known way": png_chunk(b"iCCP", b"icc\0\7garbage"),
    "profile that is not packed": png_chunk(b"iCCP", b"icc\0\0garbage"),
    "empty profile": png_chunk(b"iCCP", b""),
    "text with a wrong checksum": with_wrong_checksum(png_chunk(b"tEXt", b"Comment\0hello")),
    "EXIF with a wrong checksum": with_wrong_checksum(png_chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\0")),
    "short size": png_chunk(b"pHYs", b"\0"),
    "short gamma": png_chunk(b"gAMA", b"\0"),
    "short primaries": png_chunk(b"cHRM", b"\0"),
    "short codes": png_chunk(b"cICP", b"\x0c"),
    "short intent": png_chunk(b"sRGB", b""),
    "short transparency": png_chunk(b"tRNS", b"\0"),
    "short animation": png_chunk(b"acTL", b"\0\0"),
    "frame out of order": png_chunk(b"fcTL", bytes([9] * 26)),
    "unknown": png_chunk(b"loUp", b"e"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_metadata_does_not_refuse_a_good_photo(name: str) -> None:
    photo = Image.effect_noise((300, 200), 60).convert("RGB")

    looked = look(io.BytesIO(with_chunk(as_file(photo, "PNG"), BROKEN[name])))

    assert looked.view.picture.tobytes() == photo.tobytes()
    assert not looked.is_animated


def test_a_profile_is_read_up_to_the_size_that_any_may_have() -> None:
    padded = DISPLAY_P3.ljust(png.PROFILE_BYTES, b"\0")
    largest, larger = (
        png_chunk(b"iCCP", b"icc\0\0" + zlib.compress(profile))
        for profile in (padded, padded + b"\0")
    )

    assert png.strip(io.BytesIO(with_chunk(saved("PNG"), largest))).info["icc_profile"] == padded
    assert not png.strip(io.BytesIO(with_chunk(saved("PNG"), larger))).info["icc_profile"]


@pytest.mark.parametrize("share", [0.3, 0.5, 0.75, 0.9])
def test_a_photo_whose_end_is_filled_with_zeros_is_refused(share: float) -> None:
    content = saved("PNG")

    with pytest.raises(Refused, match="damaged"):
        look(io.BytesIO(content[: int(len(content) * share)].ljust(len(content), b"\0")))


def test_pixels_that_are_not_those_that_were_written_are_refused() -> None:
    content = bytearray(as_file(Image.new("RGB", (300, 300)), "PNG", compress_level=0))
    content[len(content) // 2] ^= 64

    with pytest.raises(Refused, match="damaged"):
        look(io.BytesIO(content))


def test_what_comes_behind_the_end_does_not_matter() -> None:
    assert look(io.BytesIO(saved("PNG") + b"junk" * 100))
