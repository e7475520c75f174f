import io
import struct
from collections.abc import Callable
from pathlib import Path

import pillow_heif
import pytest
from PIL import ExifTags, Image
from PIL.Image import Transpose

from core.integrations import decoder, pictures
from core.integrations.storage import Size

pillow_heif.register_heif_opener()

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


def shown(path: Path) -> dict[Size, Image.Image]:
    pictures.prepare(path, path.parent)
    return {size: loaded(path.parent / f"{size}.webp") for size in Size}


def loaded(path: Path) -> Image.Image:
    with Image.open(path) as picture:
        return picture.copy()


def chunks(webp: bytes) -> set[bytes]:
    found, position = set(), 12
    while position < len(webp):
        found.add(webp[position : position + 4])
        length = struct.unpack("<I", webp[position + 4 : position + 8])[0]
        position += 8 + length + length % 2
    return found


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
def test_a_photo_stands_upright(tmp_path: Path, kind: str, orientation: int) -> None:
    turn = STORED[orientation]
    stored = quarters() if turn is None else quarters().transpose(turn)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    stored.save(tmp_path / "photo", kind, exif=exif.tobytes())

    picture = pictures.prepare(tmp_path / "photo", tmp_path)

    assert (picture.format, picture.width, picture.height) == (kind, 800, 600)
    full = loaded(tmp_path / "full.webp")
    assert full.size == (800, 600)
    assert all(map(near, corners(full), [RED, GREEN, BLUE, WHITE]))


def test_two_sizes_are_made_and_none_is_enlarged(tmp_path: Path) -> None:
    quarters(4032, 3024).save(tmp_path / "photo", "JPEG")

    sizes = {size: picture.size for size, picture in shown(tmp_path / "photo").items()}

    # An eighth, a quarter or a half of a JPEG costs nothing: 2016 is as good as 2048.
    assert sizes == {Size.FULL: (2016, 1512), Size.GRID: (512, 384)}


def test_every_size_has_a_file() -> None:
    assert set(decoder.SIZES) == set(Size)


def test_nothing_but_pixels_is_shown(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Secret camera"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (48.0, 8.0, 15.0)
    quarters().save(
        tmp_path / "photo",
        "JPEG",
        exif=exif,
        comment=b"Secret comment",
        xmp=b"<x:xmpmeta>Secret place</x:xmpmeta>",
        icc_profile=rgb_profile(),
    )
    assert b"Secret camera" in (tmp_path / "photo").read_bytes()

    shown(tmp_path / "photo")

    for size in Size:
        content = (tmp_path / f"{size}.webp").read_bytes()
        assert chunks(content) == {b"VP8 "}
        assert b"Secret" not in content


def curve(gamma: float) -> bytes:
    return b"curv" + struct.pack(">4xIHxx", 1, round(gamma * 256))


def xyz(*values: float) -> bytes:
    return b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(v * 65536)) for v in values)


def icc(space: bytes, pcs: bytes, profile_class: bytes, tags: dict[bytes, bytes]) -> bytes:
    """A version 2 profile (ICC.1:2001-04), just whole enough to be used."""
    tags = {b"cprt": b"text\0\0\0\0none\0", b"wtpt": xyz(0.9642, 1, 0.8249), **tags}
    tags[b"desc"] = b"desc" + struct.pack(">4xI", 5) + b"test\0" + bytes(79)
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        padded = content + bytes(-len(content) % 4)
        table += name + struct.pack(">II", start + len(body), len(content))
        body += padded
    header = struct.pack(">I4xI", start + len(body), 0x02400000) + profile_class + space + pcs
    header += bytes(12) + b"acsp" + bytes(28) + xyz(0.9642, 1, 0.8249)[8:]
    return header.ljust(128, b"\0") + table + body


def rgb_profile() -> bytes:
    """The primaries of Display P3, adapted to D50, with a plain gamma of 2.2."""
    tone = {name: curve(2.2) for name in (b"rTRC", b"gTRC", b"bTRC")}
    primaries = {
        b"rXYZ": xyz(0.5151, 0.2412, -0.0011),
        b"gXYZ": xyz(0.2920, 0.6922, 0.0419),
        b"bXYZ": xyz(0.1571, 0.0666, 0.7841),
    }
    return icc(b"RGB ", b"XYZ ", b"mntr", primaries | tone)


def cmyk_profile() -> bytes:
    """Its cyan ink is Lab (50, -48, 30): a green that no formula would give."""
    same = bytes(range(256))
    paper, ink, black = bytes([255, 128, 128]), bytes([128, 80, 158]), bytes([0, 128, 128])
    grid = paper + black * 7 + ink + black * 7
    identity = b"".join(struct.pack(">i", 65536 * (i % 4 == 0)) for i in range(9))
    lut = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + identity + same * 4 + grid + same * 3
    return icc(b"CMYK", b"Lab ", b"prtr", {b"A2B0": lut})


def flat(mode: str, colour: object) -> Image.Image:
    return Image.new(mode, (300, 300), colour)  # type: ignore[arg-type]


def palette(transparent: bool) -> Image.Image:
    picture = flat("P", 7)
    picture.putpalette(bytes(21) + bytes(RED), "RGB")
    if transparent:
        picture.info["transparency"] = 7
    return picture


COLOURS: dict[str, tuple[Callable[[], Image.Image], str, bytes | None, Colour]] = {
    "RGB": (lambda: flat("RGB", RED), "PNG", None, RED),
    "wide gamut": (lambda: flat("RGB", (200, 100, 100)), "JPEG", rgb_profile(), (214, 95, 97)),
    "wide gamut PNG": (lambda: flat("RGB", (200, 100, 100)), "PNG", rgb_profile(), (214, 95, 97)),
    "CMYK": (lambda: flat("CMYK", (255, 0, 0, 0)), "JPEG", None, (0, 255, 255)),
    "CMYK profile": (lambda: flat("CMYK", (255, 0, 0, 0)), "JPEG", cmyk_profile(), (0, 138, 64)),
    # The profile is for other channels than the picture has.
    "profile of others": (lambda: flat("RGB", RED), "JPEG", cmyk_profile(), RED),
    "broken profile": (lambda: flat("RGB", RED), "JPEG", b"no profile" * 50, RED),
    "grey": (lambda: flat("L", 90), "JPEG", None, (90, 90, 90)),
    "16-bit grey": (lambda: flat("I;16", 32768), "PNG", None, (127, 127, 127)),
    "one bit": (lambda: flat("1", 1), "PNG", None, WHITE),
    "palette": (lambda: palette(False), "PNG", None, RED),
    "transparent palette": (lambda: palette(True), "PNG", None, WHITE),
    "transparent": (lambda: flat("RGBA", (0, 0, 0, 0)), "PNG", None, WHITE),
    "half transparent": (lambda: flat("RGBA", (0, 0, 0, 128)), "WEBP", None, (127, 127, 127)),
    "half transparent HEIC": (lambda: flat("RGBA", (0, 0, 0, 128)), "HEIF", None, (127, 127, 127)),
    "half transparent AVIF": (lambda: flat("RGBA", (0, 0, 0, 128)), "AVIF", None, (127, 127, 127)),
    "grey with alpha": (lambda: flat("LA", (0, 128)), "PNG", None, (127, 127, 127)),
}


@pytest.mark.parametrize("name", COLOURS)
def test_colours_come_out_right(tmp_path: Path, name: str) -> None:
    make, kind, profile, expected = COLOURS[name]
    extra = {"icc_profile": profile} if profile else {}
    make().save(tmp_path / "photo", kind, **extra)

    full = shown(tmp_path / "photo")[Size.FULL]

    assert full.mode == "RGB"
    assert near(colour_at(full, (150, 150)), expected, 6), colour_at(full, (150, 150))


@pytest.mark.parametrize("kind", ["WEBP", "PNG", "AVIF"])
def test_the_first_frame_of_an_animation_is_used_and_said_so(tmp_path: Path, kind: str) -> None:
    frames = [flat("RGB", BLUE), flat("RGB", GREEN)]
    flat("RGB", RED).save(tmp_path / "photo", kind, save_all=True, append_images=frames)

    assert pictures.inspect(tmp_path / "photo").is_animated

    assert near(colour_at(shown(tmp_path / "photo")[Size.GRID], (150, 150)), RED)


def test_a_second_picture_in_a_jpeg_is_no_animation(tmp_path: Path) -> None:
    flat("RGB", RED).save(
        tmp_path / "photo", "MPO", save_all=True, append_images=[flat("RGB", BLUE)]
    )

    picture = pictures.inspect(tmp_path / "photo")

    assert (picture.format, picture.is_animated) == ("JPEG", False)


def test_scans_are_counted_up_to_the_end_of_the_picture() -> None:
    jpeg = io.BytesIO()
    quarters().save(jpeg, "JPEG", progressive=True)
    content = jpeg.getvalue()

    scans = decoder.count_scans(content)

    assert scans == content.count(b"\xff\xda")
    assert decoder.count_scans(content + content) == scans


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIF"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIF"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif", "AVIF"),
        (b"\0\0\0\x10ftypmif1\0\0\0\0avif", "HEIF"),  # the second brand lies outside the box
        (b"\0\0\0\x14ftypisom\0\0\0\0mp42", None),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"", None),
    ],
)
def test_a_kind_is_told_by_content(head: bytes, kind: str | None) -> None:
    assert decoder.kind_of(head) == kind
