"""U1: broken, hostile and odd JPEGs."""

import io
import time
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from core.config import ROOT
from core.integrations.decoder import jpeg
from core.integrations.decoder.formats import Refused
from core.integrations.decoder.opening import look
from tests.made_pictures import as_file, saved, with_segment

PHOTOGRAPHS = [
    ROOT / "core" / "demo" / "photographs" / f"{name}.jpg" for name in ("alps", "astronaut", "owl")
]
WAYS: dict[str, dict[str, object]] = {
    "usual": {},
    "best": {"quality": 95, "subsampling": 0},
    "optimized": {"optimize": True},
    "restarts": {"restart_marker_rows": 1},
    "many restarts": {"restart_marker_blocks": 3, "optimize": True},
    "progressive": {"progressive": True},
}


def progressive_with(scans: int, between: bytes = b"") -> bytes:
    """Its last scan again and again."""
    content = saved("JPEG", progressive=True)
    start = content.rindex(b"\xff\xda")
    more = scans - jpeg.count_scans(content)
    return content[:-2] + (between + content[start:-2]) * more + content[-2:]


def photo(path: Path, way: str) -> bytes:
    with Image.open(path) as picture:
        return as_file(picture, "JPEG", **WAYS[way])


def test_scans_are_counted_up_to_the_end_of_the_picture() -> None:
    content = saved("JPEG", progressive=True)

    scans = jpeg.count_scans(content)

    assert scans == content.count(b"\xff\xda")
    assert jpeg.count_scans(content + content) == scans


def test_what_only_looks_like_scans_refuses_no_photo() -> None:
    many = with_segment(saved("JPEG"), 0xFE, b"\xff\xda" * 512)

    assert jpeg.count_scans(many) == 1
    assert look(io.BytesIO(many))


# Markers that have no length hide nothing behind them, and fill bytes do not either.
@pytest.mark.parametrize("between", [b"", b"\xff\x01", b"\xff\xd0", b"\xff\xd8", b"\xff" * 9])
def test_a_jpeg_of_too_many_scans_is_refused(between: bytes) -> None:
    most = progressive_with(jpeg.SCANS, between)
    more = progressive_with(jpeg.SCANS + 1, between)

    assert (jpeg.count_scans(most), jpeg.count_scans(more)) == (jpeg.SCANS, jpeg.SCANS + 1)
    with pytest.raises(Refused, match="too_complex"):
        jpeg.strip(io.BytesIO(more))


def test_fill_bytes_are_walked_over_once() -> None:
    def seconds(length: int) -> float:
        content, times = b"\xff\xd8" + b"\xff" * length + b"\0", []
        for _ in range(20):
            began = time.perf_counter()
            jpeg.count_scans(content)
            times.append(time.perf_counter() - began)
        return min(times)

    # Four times as many; sixteen would be walking from each to the end.
    assert seconds(80_000) < 9 * seconds(20_000)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("path", PHOTOGRAPHS, ids=lambda path: path.stem)
def test_a_whole_photograph_is_opened(path: Path, way: str) -> None:
    assert look(io.BytesIO(photo(path, way)))


@pytest.mark.parametrize("share", [0.5, 0.75, 0.9])
@pytest.mark.parametrize("way", [way for way in WAYS if way != "progressive"])
@pytest.mark.parametrize("path", PHOTOGRAPHS, ids=lambda path: path.stem)
def test_a_photograph_that_lost_its_end_is_refused(path: Path, way: str, share: float) -> None:
    content = photo(path, way)
    rest = content[: int(len(content) * share)]

    for filled in (rest, rest + b"\xff\xd9", rest.ljust(len(content), b"\0")):
        with pytest.raises(Refused, match="damaged"):
            look(io.BytesIO(filled))


@pytest.mark.parametrize("path", PHOTOGRAPHS, ids=lambda path: path.stem)
def test_a_progressive_photograph_that_lost_scans_is_refused(path: Path) -> None:
    content = photo(path, "progressive")

    for scan in (1, 4, 9):
        start = [place for code, place, _ in jpeg.segments(content) if code == 0xDA][scan]
        with pytest.raises(Refused, match="damaged"):
            look(io.BytesIO(content[: start - 200] + b"\xff\xd9"))


@pytest.mark.parametrize("share", [0.04, 0.5, 1])
@pytest.mark.parametrize("colour", ["white", "black", "#808080", "#7f7f7f"])
@pytest.mark.parametrize("way", WAYS)
def test_a_flat_bottom_that_is_meant_refuses_no_photo(way: str, colour: str, share: float) -> None:
    with Image.open(PHOTOGRAPHS[0]) as picture:
        width, height = picture.size
        footer = (0, int(height * (1 - share)), width, height)
        ImageDraw.Draw(picture).rectangle(footer, fill=colour)

        assert look(io.BytesIO(as_file(picture, "JPEG", **WAYS[way])))


def test_zeros_behind_the_end_of_a_photo_do_not_matter() -> None:
    assert look(io.BytesIO(saved("JPEG") + bytes(100_000)))


BROKEN = {
    "short JFIF": (0xE0, b"JFIF\0\1"),
    "short Adobe": (0xEE, b"Adobe\0"),
    "profile without a number": (0xE2, b"ICC_PROFILE\0"),
    "short Photoshop": (0xED, b"Photoshop 3.0\x008BIM\3\xed"),
    "no pictures in MPF": (0xE2, b"MPF\0MM\0*\0\0\0\x08\0\0\0\0\0\0"),
    "EXIF without an end": (0xE1, b"Exif\0\0MM\0*\0\0\0\x08\xff\xff"),
    # What Pillow reads of it although nobody asked.
    "resolution without numbers": (
        0xE1,
        b"Exif\0\0MM\0*\0\0\0\x08\0\2\1\x1a\0\5" + bytes(8) + b"\1\x28\0\3\0\0\0\1\0\2" + bytes(6),
    ),
}


@pytest.mark.filterwarnings("ignore:Truncated File Read:UserWarning", "ignore:Corrupt EXIF data")
@pytest.mark.parametrize("name", BROKEN)
def test_broken_metadata_does_not_refuse_a_good_photo(name: str) -> None:
    looked = look(io.BytesIO(with_segment(saved("JPEG"), *BROKEN[name])))

    assert looked.view.picture.size == (640, 480)


def test_a_profile_in_too_many_parts_is_none() -> None:
    content = saved("JPEG")
    for number in range(300):
        content = with_segment(content, 0xE2, b"ICC_PROFILE\0" + bytes([number % 256, 44]))

    assert look(io.BytesIO(content))
