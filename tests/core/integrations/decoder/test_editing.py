"""Turned and cropped pictures: where each corner lies, and that nothing else has changed."""

import io
from typing import Any

import numpy as np
import pytest
from PIL import ExifTags, Image
from PIL.Image import Transpose

from core.demo import photographs
from core.integrations.decoder import editing, formats
from core.integrations.decoder.edit import Crop, Edit
from core.integrations.decoder.editing import edited
from core.integrations.decoder.formats import Refused
from core.integrations.decoder.opening import look
from tests.core.integrations.decoder.test_opening import (
    BLUE,
    GREEN,
    RED,
    STORED,
    WHITE,
    Colour,
    corners,
    near,
    quarters,
)
from tests.made_pictures import ADOBE_RGB, DISPLAY_P3, as_file, cmyk_profile, saved


def changed(content: bytes, edit: Edit) -> Image.Image:
    """The edited copy, as it would be printed."""
    with Image.open(io.BytesIO(edited(io.BytesIO(content), edit))) as picture:
        picture.load()
        return picture


def upright(orientation: int, kind: str = "JPEG") -> bytes:
    """Red, green; blue, white, once it stands upright."""
    turn = STORED[orientation]
    stored = quarters() if turn is None else quarters().transpose(turn)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    return as_file(stored, kind, exif=exif.tobytes())


TURNED: dict[int, tuple[tuple[int, int], list[Colour]]] = {
    0: ((800, 600), [RED, GREEN, BLUE, WHITE]),
    1: ((600, 800), [BLUE, RED, WHITE, GREEN]),
    2: ((800, 600), [WHITE, BLUE, GREEN, RED]),
    3: ((600, 800), [GREEN, WHITE, RED, BLUE]),
}


@pytest.mark.parametrize("quarter_turns", TURNED)
@pytest.mark.parametrize("orientation", STORED)
def test_a_photo_is_turned_clockwise_from_where_it_stands_upright(
    orientation: int, quarter_turns: int
) -> None:
    size, expected = TURNED[quarter_turns]

    picture = changed(upright(orientation), Edit(quarter_turns))

    assert (picture.format, picture.size) == ("JPEG", size)
    assert all(map(near, corners(picture), expected))
    assert not picture.getexif()


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "HEIF", "AVIF"])
def test_every_format_is_turned_alike(kind: str) -> None:
    picture = changed(upright(6, kind), Edit(1))

    assert (picture.format, picture.size) == ("PNG" if kind == "PNG" else "JPEG", (600, 800))
    assert all(map(near, corners(picture), [BLUE, RED, WHITE, GREEN]))


def test_a_part_is_told_in_pixels_of_the_picture_after_turning() -> None:
    # Turned once, green stands at the bottom right, 300 by 400 of 600 by 800.
    picture = changed(upright(6), Edit(1, Crop(290, 380, 310, 420)))

    assert picture.size == (310, 420)
    assert near(picture.getpixel((300, 400)), GREEN)  # type: ignore[arg-type]
    assert near(picture.getpixel((2, 400)), WHITE)  # type: ignore[arg-type]
    assert near(picture.getpixel((2, 2)), BLUE)  # type: ignore[arg-type]
    assert near(picture.getpixel((300, 2)), RED)  # type: ignore[arg-type]


def test_no_pixel_is_lost_or_moved() -> None:
    before = np.random.default_rng(7).integers(0, 256, (300, 400, 3), np.uint8)
    content = as_file(Image.fromarray(before), "PNG")

    after = np.asarray(changed(content, Edit(3, Crop(10, 20, 250, 350))))

    assert np.array_equal(after, np.rot90(before)[20:370, 10:260])


@pytest.mark.parametrize("name", ["owl", "tabby-cat", "bridge-at-night"])
def test_a_photograph_looks_as_before(name: str) -> None:
    content = photographs.originals()[name].read_bytes()
    before = np.asarray(look(io.BytesIO(content)).view.picture, np.float32)

    again = edited(io.BytesIO(edited(io.BytesIO(content), Edit(1))), Edit(3))

    view = look(io.BytesIO(again)).view
    difference = np.abs(np.asarray(view.picture, np.float32) - before)
    assert view.source.format == "JPEG"
    assert difference.mean() < 1


@pytest.mark.parametrize(
    "part",
    [
        Crop(-1, 0, 400, 400),
        Crop(0, -1, 400, 400),
        Crop(401, 0, 400, 400),
        Crop(0, 201, 400, 400),
        # As it lies, but it is turned first.
        Crop(0, 0, 800, 600),
        Crop(0, 0, 199, 400),
        Crop(0, 0, 400, 199),
        Crop(0, 0, 0, 0),
        Crop(500, 300, -400, -300),
        Crop(0, 0, 2**63, 2**63),
        Crop(2**63, 2**63, 400, 400),
        Crop(-(2**63), 0, 2**63 + 400, 400),
    ],
)
def test_a_part_that_is_not_there_or_too_small_is_refused(part: Crop) -> None:
    turns = 1 if part == Crop(0, 0, 800, 600) else 0

    with pytest.raises(Refused, match="part_unfit"):
        edited(io.BytesIO(upright(1)), Edit(turns, part))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_the_profile_stays(kind: str) -> None:
    content = as_file(quarters(), kind, icc_profile=DISPLAY_P3)

    picture = changed(content, Edit(1))

    assert picture.info["icc_profile"] == DISPLAY_P3


def test_ink_stays_ink() -> None:
    profile = cmyk_profile()
    cyan = Image.new("CMYK", (400, 300), (255, 0, 0, 0))

    picture = changed(as_file(cyan, "JPEG", icc_profile=profile), Edit(1))

    assert (picture.mode, picture.size) == ("CMYK", (300, 400))
    assert picture.info["icc_profile"] == profile
    assert picture.getpixel((150, 200)) == (255, 0, 0, 0)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_grey_stays_grey(kind: str) -> None:
    picture = changed(as_file(Image.new("L", (400, 300), 90), kind), Edit(1))

    assert (picture.mode, picture.getpixel((10, 10))) == ("L", 90)


def test_16_bits_stay_16_bits() -> None:
    before = np.arange(300 * 400, dtype=np.uint16).reshape(300, 400)
    content = as_file(Image.fromarray(before), "PNG")

    picture = changed(content, Edit(1, Crop(0, 0, 250, 250)))

    assert picture.mode == "I;16"
    assert np.array_equal(np.asarray(picture), np.rot90(before, -1)[:250, :250])


@pytest.mark.parametrize(
    ("mode", "options"),
    [("RGBA", {}), ("LA", {}), ("P", {"transparency": 1}), ("RGB", {"transparency": (1, 2, 3)})],
)
def test_what_is_transparent_stays_so(mode: str, options: dict[str, Any]) -> None:
    clear: Any = {"RGBA": (9, 9, 9, 0), "LA": (9, 0), "P": 1, "RGB": (1, 2, 3)}[mode]
    before = quarters().convert(mode) if mode != "P" else quarters().quantize(8)
    before.paste(clear, (0, 0, 100, 100))
    content = as_file(before, "PNG", **options)

    picture = changed(content, Edit(1))

    assert (picture.format, picture.mode) == ("PNG", mode)
    alpha = picture.convert("RGBA").getchannel("A")
    assert (alpha.getpixel((590, 10)), alpha.getpixel((10, 10))) == (0, 255)


@pytest.mark.parametrize(("alpha", "kind"), [(128, "PNG"), (255, "JPEG")])
@pytest.mark.parametrize("source", ["WEBP", "AVIF", "HEIF"])
def test_other_formats_become_a_png_only_where_that_is_needed(
    source: str, alpha: int, kind: str
) -> None:
    before = quarters()
    before.putalpha(alpha)

    assert changed(as_file(before, source), Edit(1)).format == kind


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_that_only_numbers_tell_are_still_right(mode: str) -> None:
    # Display P3, in numbers of H.273; no JPEG and no PNG of Pillow's could say so.
    codes = {"color_primaries": 12, "transfer_characteristics": 13, "matrix_coefficients": 6}
    before = Image.new(mode, (400, 300), (200, 60, 60, 200)[: len(mode)])
    content = as_file(before, "HEIF", quality=-1, **codes, full_range_flag=1)

    picture = changed(content, Edit(1)).convert("RGB")

    shown = look(io.BytesIO(content)).view.picture.getpixel((100, 100))
    red, green, blue = picture.getpixel((100, 100))  # type: ignore[misc]
    assert red > 210
    assert mode == "RGBA" or near((red, green, blue), shown, 3)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_u3_nothing_but_pixels_and_their_profile_is_in_an_edited_copy(kind: str) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SECRET camera"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] = "N"
    options: dict[str, Any] = {"exif": exif.tobytes(), "icc_profile": ADOBE_RGB}
    if kind == "JPEG":
        options |= {"comment": b"SECRET words", "xmp": b"<x:xmpmeta>SECRET</x:xmpmeta>"}

    content = edited(io.BytesIO(as_file(quarters(), kind, **options)), Edit(1))

    assert b"SECRET" not in content
    assert b"Exif" not in content
    assert b"eXIf" not in content
    with Image.open(io.BytesIO(content)) as picture:
        assert set(picture.info) <= {
            *("icc_profile", "jfif", "jfif_version", "jfif_unit", "jfif_density"),
            *("progressive", "progression"),
        }


def test_a_large_jpeg_is_not_decoded_at_a_smaller_scale() -> None:
    content = as_file(quarters(4800, 3600), "JPEG")

    assert changed(content, Edit(2)).size == (4800, 3600)


def test_what_would_be_too_many_bytes_is_written_in_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    content = saved("JPEG", (800, 600), quality=90)
    best = edited(io.BytesIO(content), Edit(2))
    monkeypatch.setattr(editing, "FILE_BYTES", len(best) - 1)

    less = edited(io.BytesIO(content), Edit(2))

    assert len(less) < len(best)
    with Image.open(io.BytesIO(less)) as picture:
        assert picture.size == (800, 600)


def test_the_first_frame_of_an_animation_is_what_is_left() -> None:
    second = quarters().transpose(Transpose.ROTATE_180)
    content = as_file(quarters(), "WEBP", save_all=True, append_images=[second])

    picture = changed(content, Edit(2))

    assert not getattr(picture, "is_animated", False)
    assert all(map(near, corners(picture), [WHITE, BLUE, GREEN, RED]))


def test_what_is_no_whole_picture_is_refused_as_when_it_is_opened() -> None:
    cut = saved("JPEG")[:4000]
    assert len(cut) < formats.FILE_BYTES

    with pytest.raises(Refused, match="damaged"):
        edited(io.BytesIO(cut), Edit(1))
