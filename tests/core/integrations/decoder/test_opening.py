"""U3: nothing but pixels is in a derivative, no GPS and no words. U4: each stands upright."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image
from PIL.Image import Transpose
from PIL.PngImagePlugin import PngInfo

from core.integrations import pictures
from core.integrations.decoder.formats import Refused
from core.integrations.decoder.opening import look
from core.integrations.storage import Size
from tests.made_pictures import DISPLAY_P3, as_file, saved

Colour = tuple[int, int, int]

RED, GREEN, BLUE, WHITE = (220, 30, 30), (30, 200, 30), (30, 30, 220), (255, 255, 255)


def quarters(width: int = 800, height: int = 600) -> Image.Image:
    """Red, green; blue, white."""
    picture = Image.new("RGB", (width, height), WHITE)
    picture.paste(RED, (0, 0, width // 2, height // 2))
    picture.paste(GREEN, (width // 2, 0, width, height // 2))
    picture.paste(BLUE, (0, height // 2, width // 2, height))
    return picture


def corners(picture: Image.Image) -> list[Colour]:
    width, height = picture.size
    places = [(x, y) for y in (height // 8, height * 7 // 8) for x in (width // 8, width * 7 // 8)]
    return [colour_at(picture, place) for place in places]


def colour_at(picture: Image.Image, place: tuple[int, int]) -> Colour:
    red, green, blue = picture.getpixel(place)  # type: ignore[misc]
    return int(red), int(green), int(blue)


def near(colour: Colour, expected: Colour, tolerance: int = 12) -> bool:
    pairs = zip(colour, expected, strict=True)
    return all(abs(ours - theirs) <= tolerance for ours, theirs in pairs)


def loaded(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.copy()


# How a camera held that way stores the upright picture.
STORED = {
    1: None,
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_90,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_270,
}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
@pytest.mark.parametrize("orientation", STORED)
def test_a_photo_stands_upright(kind: str, orientation: int) -> None:
    turn = STORED[orientation]
    stored = quarters() if turn is None else quarters().transpose(turn)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    content = as_file(stored, kind, exif=exif.tobytes())
    if kind in {"HEIF", "AVIF"} and orientation in {3, 6, 8}:
        assert b"irot" in content  # there it is the container that turns the picture

    view = look(io.BytesIO(content)).view

    assert (view.source.format, view.source.width, view.source.height) == (kind, 800, 600)
    assert view.picture.size == (800, 600)
    assert all(map(near, corners(view.picture), [RED, GREEN, BLUE, WHITE]))
    assert all(map(near, corners(view.small_picture), [RED, GREEN, BLUE, WHITE]))


def with_xmp(kind: str, xmp: bytes) -> dict[str, Any]:
    if kind != "PNG":
        return {"xmp": xmp}
    text = PngInfo()
    text.add_itxt("XML:com.adobe.xmp", xmp)
    return {"pnginfo": text}


# Not HEIC: its writer would turn the picture itself.
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_only_exif_turns_a_photo_as_in_browsers(kind: str) -> None:
    xmp = b'<x:xmpmeta><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
    content = as_file(quarters(), kind, **with_xmp(kind, xmp))
    assert xmp in content

    view = look(io.BytesIO(content)).view

    assert (view.source.width, view.source.height) == view.picture.size == (800, 600)


@pytest.mark.parametrize(
    ("size", "large", "small"),
    [
        # An eighth, a quarter or a half of a JPEG costs nothing: 2016 is as good as 2048.
        ((4032, 3024), (2016, 1512), (512, 384)),
        ((3000, 2000), (2048, 1365), (512, 341)),
        ((640, 480), (640, 480), (512, 384)),
        ((300, 200), (300, 200), (300, 200)),
    ],
)
def test_a_view_is_as_large_as_a_screen_and_never_enlarged(
    size: tuple[int, int], large: tuple[int, int], small: tuple[int, int]
) -> None:
    view = look(io.BytesIO(as_file(quarters(*size), "JPEG"))).view

    assert (view.picture.size, view.small_picture.size) == (large, small)
    assert (view.source.width, view.source.height) == size


def test_the_file_tells_of_its_camera_and_its_compression() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Apple\0 "
    exif[ExifTags.Base.Model] = "iPhone 15" + "!" * 500
    exif[ExifTags.Base.Software] = "17.1"
    content = as_file(quarters(), "JPEG", exif=exif, qtables=[[7] * 64, [9] * 64])

    source = look(io.BytesIO(content)).view.source

    assert source.size == len(content)
    assert source.quantization == (7,) * 64
    assert source.camera.startswith("Apple iPhone 15!")
    assert len(source.camera) == 80
    assert source.software == "17.1"


def test_a_file_that_tells_nothing_is_looked_at_all_the_same() -> None:
    source = look(io.BytesIO(as_file(quarters(), "PNG"))).view.source

    assert (source.quantization, source.camera, source.software) == (None, "", "")


def chunks(webp: bytes) -> set[bytes]:
    found, position = set(), 12
    while position < len(webp):
        found.add(webp[position : position + 4])
        length = int.from_bytes(webp[position + 4 : position + 8], "little")
        position += 8 + length + length % 2
    return found


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF"])
def test_nothing_but_pixels_is_shown(tmp_path: Path, kind: str) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Secret camera"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (48.0, 8.0, 15.0)
    extra = {"comment": b"Secret comment"} if kind == "JPEG" else {}
    xmp = with_xmp(kind, b"<x:xmpmeta>Secret place</x:xmpmeta>")
    content = as_file(quarters(), kind, exif=exif.tobytes(), icc_profile=DISPLAY_P3, **extra, **xmp)
    assert all(words in content for words in (b"Secret camera", b"Secret place"))
    (tmp_path / "photo").write_bytes(content)

    pictures.prepare(tmp_path / "photo", tmp_path)

    for size in Size:
        derived = (tmp_path / f"{size}.webp").read_bytes()
        assert chunks(derived) == {b"VP8 "}
        assert b"Secret" not in derived


def test_every_size_has_a_file_that_looks_like_the_picture(tmp_path: Path) -> None:
    quarters().save(tmp_path / "photo", "JPEG")

    pictures.prepare(tmp_path / "photo", tmp_path)

    for size in Size:
        shown = loaded(tmp_path / f"{size}.webp")
        assert all(map(near, corners(shown), [RED, GREEN, BLUE, WHITE]))


@pytest.mark.parametrize("kind", ["WEBP", "PNG", "AVIF"])
def test_the_first_frame_of_an_animation_is_used_and_said_so(kind: str) -> None:
    first, *others = (Image.new("RGB", (300, 300), colour) for colour in (RED, BLUE, GREEN))

    looked = look(io.BytesIO(as_file(first, kind, save_all=True, append_images=others)))

    assert looked.is_animated
    assert near(colour_at(looked.view.picture, (150, 150)), RED)


@pytest.mark.parametrize(("kind", "name"), [("MPO", "JPEG"), ("HEIF", "HEIF")])
def test_a_second_picture_in_a_file_is_no_animation(kind: str, name: str) -> None:
    first, second = (Image.new("RGB", (300, 300), colour) for colour in (RED, BLUE))

    looked = look(io.BytesIO(as_file(first, kind, save_all=True, append_images=[second])))

    assert (looked.view.source.format, looked.is_animated) == (name, False)
    assert near(colour_at(looked.view.picture, (150, 150)), RED)


def test_a_webp_that_claims_a_huge_canvas_is_refused_before_it_is_made() -> None:
    content = bytearray(as_file(Image.new("RGBA", (300, 300)), "WEBP"))
    at = content.index(b"VP8X") + 12
    content[at : at + 6] = (50_000 - 1).to_bytes(3, "little") * 2

    with pytest.raises(Refused, match="too_many_pixels"):
        look(io.BytesIO(content))


def test_broken_pixels_are_the_files_fault() -> None:
    with pytest.raises(Refused, match="damaged"):
        look(io.BytesIO(saved("JPEG")[:5000]))
