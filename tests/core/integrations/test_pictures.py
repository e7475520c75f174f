"""U1: broken, hostile and odd pictures. R6: one that kills the decoder is flagged."""

import io
import os
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

from core import errors
from core.config import ROOT
from core.errors import PictureRefused, Unavailable
from core.integrations import pictures
from core.integrations.decoder import child, formats
from core.integrations.decoder.client import Ended
from tests.made_pictures import as_file, png_chunk, saved, with_chunk


def png(width: int, height: int) -> bytes:
    """A PNG that only claims its size."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(png_chunk(*part) for part in parts)


def with_scans(number: int) -> bytes:
    """A progressive JPEG that repeats its last scan."""
    jpeg = saved("JPEG", progressive=True)
    start = jpeg.rindex(b"\xff\xda")
    return jpeg[:start] + jpeg[start:-2] * number + b"\xff\xd9"


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("photo.jpg", b"no")
    return file.getvalue()


def oversized() -> bytes:
    return saved("JPEG").ljust(formats.FILE_BYTES + 1, b"\0")


REFUSED: dict[str, tuple[Callable[[], bytes], type[PictureRefused]]] = {
    "empty": (lambda: b"", errors.NotAPicture),
    "text": (lambda: b"To whom it may concern", errors.NotAPicture),
    "web page": (lambda: b"<!doctype html><p>Sign in", errors.NotAPicture),
    "zip": (zipped, errors.NotAPicture),
    "a few bytes of a JPEG": (lambda: b"\xff\xd8\xff", errors.PictureDamaged),
    "GIF": (lambda: saved("GIF"), errors.PictureFormatUnknown),
    "TIFF": (lambda: saved("TIFF"), errors.PictureFormatUnknown),
    "BMP": (lambda: saved("BMP"), errors.PictureFormatUnknown),
    "JPEG 2000": (lambda: saved("JPEG2000"), errors.PictureFormatUnknown),
    "PDF": (lambda: saved("PDF"), errors.PictureFormatUnknown),
    "SVG": (lambda: b'<?xml version="1.0"?><svg onload="x()"/>', errors.PictureFormatUnknown),
    "video": (lambda: b"\0\0\0\x14ftypisom\0\0\0\0mp42", errors.PictureFormatUnknown),
    "one pixel": (lambda: saved("PNG", (1, 1)), errors.PictureTooSmall),
    "a strip": (lambda: saved("JPEG", (5000, 199)), errors.PictureTooSmall),
    "too many bytes": (oversized, errors.PictureTooLarge),
    "huge PNG header": (lambda: png(60_000, 60_000), errors.PictureTooManyPixels),
    "PNG over its limit": (lambda: png(10_001, 10_000), errors.PictureTooManyPixels),
    # Pillow only warns at the limit: this one lies between there and twice as many.
    "bomb between warning and error": (lambda: png(18_000, 12_000), errors.PictureTooManyPixels),
    "JPEG with hundreds of scans": (lambda: with_scans(400), errors.PictureTooComplex),
    "PNG without its pixels": (lambda: png(300, 300), errors.PictureDamaged),
    "HEIC without a picture": (
        lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        errors.PictureDamaged,
    ),
    "WebP of zeros": (lambda: b"RIFF\xff\0\0\0WEBPVP8 " + bytes(500), errors.PictureDamaged),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_hostile_or_odd_file_is_refused(tmp_path: Path, name: str) -> None:
    make, refusal = REFUSED[name]
    (tmp_path / "photo").write_bytes(make())

    with pytest.raises(refusal):
        pictures.prepare(tmp_path / "photo", tmp_path)

    assert not list(tmp_path.glob("*.webp"))


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF", "AVIF", "progressive"])
def test_a_cut_picture_is_refused(tmp_path: Path, kind: str, share: float) -> None:
    whole = saved("JPEG", progressive=True) if kind == "progressive" else saved(kind)
    (tmp_path / "photo").write_bytes(whole[: int(len(whole) * share)])

    with pytest.raises(errors.PictureDamaged):
        pictures.inspect(tmp_path / "photo")


@pytest.mark.parametrize(
    "options",
    [
        {"exif": b"Exif\0\0II*\0\xff\xff\xff\xff"},
        {"exif": b"Exif\0\0nonsense"},
        {"icc_profile": b"nonsense" * 100},
        {"xmp": b"<x:xmpmeta tiff:Orientation='nine'"},
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_broken_metadata_does_not_refuse_a_good_photo(
    tmp_path: Path, kind: str, options: dict[str, Any]
) -> None:
    (tmp_path / "photo").write_bytes(saved(kind, **options))

    picture = pictures.prepare(tmp_path / "photo", tmp_path)

    assert (picture.format, picture.width, picture.height) == (kind, 640, 480)
    assert picture.measures


@pytest.mark.parametrize("name", [b"zTXt", b"iTXt", b"iCCP"])
def test_a_bomb_beside_a_good_photo_costs_nothing(tmp_path: Path, name: bytes) -> None:
    bomb = zlib.compress(bytes(10**8))
    keyword = b"XML:com.adobe.xmp\0\1\0\0\0" if name == b"iTXt" else b"a\0\0"
    plain, armed = tmp_path / "plain", tmp_path / "armed"
    plain.write_bytes(saved("PNG"))
    armed.write_bytes(with_chunk(saved("PNG"), png_chunk(name, keyword + bomb)))

    usual = pictures.inspect(plain)

    assert pictures.inspect(armed).peak_bytes < usual.peak_bytes + 64 * 2**20


def test_what_a_photo_is_called_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "--help; photo\n.gif").write_bytes(saved("JPEG"))

    assert pictures.inspect(tmp_path / "--help; photo\n.gif").format == "JPEG"


def test_looking_at_a_picture_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "photo").write_bytes(saved("JPEG"))

    looked = pictures.inspect(tmp_path / "photo")

    assert list(tmp_path.iterdir()) == [tmp_path / "photo"]
    # The same is measured as if it had written.
    assert looked.measures
    assert looked.measures == pictures.prepare(tmp_path / "photo", tmp_path).measures
    assert looked.seconds > 0
    assert looked.peak_bytes > 10 * 2**20


def test_a_picture_that_takes_too_long_is_flagged_and_the_next_one_flows(tmp_path: Path) -> None:
    # Within all limits, and yet each of its scans walks over 130 megapixels.
    jpeg = as_file(Image.new("L", (65_000, 2_000)), "JPEG", progressive=True)
    start = jpeg.rindex(b"\xff\xda")
    (tmp_path / "poison").write_bytes(jpeg[:-2] + jpeg[start:-2] * 90 + jpeg[-2:])
    (tmp_path / "photo").write_bytes(saved("JPEG"))

    with pytest.raises(errors.PictureTooComplex):
        pictures.inspect(tmp_path / "poison", seconds=1)

    assert pictures.inspect(tmp_path / "photo").format == "JPEG"


WITH_LITTLE_MEMORY = """
import resource, sys
from pathlib import Path
from core.errors import PictureTooComplex
from core.integrations import pictures
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))  # half of what a picture may take
try:
    pictures.inspect(Path(sys.argv[1]))
except PictureTooComplex:
    print("flagged")
print(pictures.inspect(Path(sys.argv[2])).format)
"""


def test_a_picture_that_takes_too_much_memory_is_flagged_and_the_next_one_flows(
    tmp_path: Path,
) -> None:
    # A few hundred bytes that unfold to 1.7 GB.
    poison = as_file(Image.new("RGBA", (10_000, 10_000)), "WEBP", lossless=True, quality=0)
    (tmp_path / "poison").write_bytes(poison)
    (tmp_path / "photo").write_bytes(saved("JPEG"))

    ran = subprocess.run(
        [sys.executable, "-c", WITH_LITTLE_MEMORY, tmp_path / "poison", tmp_path / "photo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.stdout, ran.stderr) == ("flagged\nJPEG\n", "")


LARGEST: dict[str, Callable[[], bytes]] = {
    "JPEG": lambda: as_file(Image.new("L", (20_000, 10_000), 90), "JPEG"),
    # All its coefficients are kept until the last scan.
    "progressive JPEG in colour": lambda: as_file(
        Image.new("RGB", (20_000, 10_000), "#960"), "JPEG", progressive=True
    ),
    "PNG": lambda: as_file(Image.new("RGBA", (10_000, 10_000), "#9008"), "PNG", compress_level=1),
}


# WebP, HEIC and AVIF are left out for the minute that they would take.
@pytest.mark.parametrize("kind", LARGEST)
def test_the_largest_pictures_that_we_take_are_opened(tmp_path: Path, kind: str) -> None:
    (tmp_path / "photo").write_bytes(LARGEST[kind]())

    picture = pictures.prepare(tmp_path / "photo", tmp_path)

    assert picture.width * picture.height in {formats.JPEG_PIXELS, formats.OTHER_PIXELS}
    assert picture.measures
    assert picture.peak_bytes < child.MEMORY_BYTES


def test_no_picture_may_take_more_than_30_seconds_and_2_gigabytes() -> None:
    assert max(pictures.WALL_SECONDS, child.CPU_SECONDS) <= 30
    assert child.MEMORY_BYTES <= 2 * 2**30


def test_every_refusal_has_a_code_and_words_of_its_own() -> None:
    refusals = PictureRefused.__subclasses__()

    assert len({refusal.code for refusal in refusals}) == len(refusals)
    assert len({str(refusal()) for refusal in refusals}) == len(refusals)
    assert all("choose" in str(refusal()) for refusal in refusals)


DESCRIBED = b"""{"picture": {"format": "JPEG", "width": 3, "height": 2, "is_animated": false}}\n"""


@pytest.mark.parametrize(
    ("status", "output", "expected"),
    [
        (1, b"", Unavailable),  # it did not even start: our fault, not the file's
        (-9, b"", Unavailable),
        (0, b"ready\n", errors.PictureDamaged),
        (0, b"ready\nnonsense\n", errors.PictureDamaged),
        (0, b'ready\n{"picture": {"format": 1}}\n', errors.PictureDamaged),
        (0, b'ready\n{"refused": "no such code"}\n', errors.PictureDamaged),
        (0, b'ready\n{"unavailable": "disk_full"}\n', Unavailable),
        (-11, b"ready\n", errors.PictureDamaged),
        # Nothing of ours ended it: the machine had no memory left, perhaps for others.
        (-9, b"ready\n", Unavailable),
        (-9, b"ready\n" + DESCRIBED[:-1], Unavailable),
    ],
)
def test_whatever_the_decoder_says_is_understood(
    status: int, output: bytes, expected: type[Exception]
) -> None:
    with pytest.raises(expected):
        pictures.judge(ended(status, output))


@pytest.mark.parametrize("status", [-9, -14, -24])
@pytest.mark.parametrize("output", [b"ready\n", b"ready\n" + DESCRIBED[:-1]])
def test_a_picture_that_used_up_its_time_is_too_complex(status: int, output: bytes) -> None:
    with pytest.raises(errors.PictureTooComplex):
        pictures.judge(ended(status, output, is_spent=True))


def test_a_decoder_that_the_machine_kills_is_our_fault(tmp_path: Path) -> None:
    pipe = tmp_path / "photo"
    os.mkfifo(pipe)

    with ThreadPoolExecutor(1) as pool:
        opening = pool.submit(pictures.inspect, pipe)
        with pipe.open("wb"):  # returns when the child has opened the other end
            kill_children_of_decoders()

            with pytest.raises(Unavailable, match="killed"):
                opening.result()


def kill_children_of_decoders() -> None:
    for server in psutil.Process().children():
        if any("core.integrations.decoder" in word for word in server.cmdline()):
            for opener in server.children():
                opener.kill()


@pytest.mark.parametrize("measured", [b"", b'{"sharpness": {}}\n', b"half a li"])
@pytest.mark.parametrize("status", [0, 1, -11, -24])
def test_a_measure_that_fails_refuses_no_photo(
    caplog: pytest.LogCaptureFixture, status: int, measured: bytes
) -> None:
    picture = pictures.judge(ended(status, b"ready\n" + DESCRIBED + measured))

    assert (picture.format, picture.width, picture.measures) == ("JPEG", 3, None)
    assert "ZeroDivisionError" in caplog.text


def ended(status: int, output: bytes, *, is_spent: bool = False) -> Ended:
    return Ended(
        status=status,
        output=output.decode(),
        seconds=0.1,
        is_spent=is_spent,
        peak_bytes=1,
        complaint="Traceback\nZeroDivisionError: division by zero",
    )


def test_a_full_disk_is_our_fault_and_does_not_last(tmp_path: Path) -> None:
    (tmp_path / "photo").write_bytes(saved("JPEG"))
    (tmp_path / "full.webp").symlink_to("/dev/full")

    with pytest.raises(Unavailable, match="disk_full"):
        pictures.prepare(tmp_path / "photo", tmp_path)

    (tmp_path / "full.webp").unlink()
    assert pictures.prepare(tmp_path / "photo", tmp_path).format == "JPEG"


@pytest.mark.parametrize("into", ["no such folder", "photo"])
def test_a_folder_that_is_none_is_our_fault(tmp_path: Path, into: str) -> None:
    (tmp_path / "photo").write_bytes(saved("JPEG"))

    with pytest.raises(Unavailable, match="storage"):
        pictures.prepare(tmp_path / "photo", tmp_path / into)


def test_a_file_that_is_gone_is_not_called_damaged(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="storage"):
        pictures.inspect(tmp_path / "photo")
