import io
import os
import resource
import shutil
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pillow_heif
import psutil
import pytest
from PIL import Image

from core import errors
from core.errors import PictureRefused, Unavailable
from core.integrations import decoder, pictures
from core.integrations.pictures import Picture

pillow_heif.register_heif_opener()

UNSHARE = shutil.which("unshare")


def saved(kind: str, size: tuple[int, int] = (640, 480), **options: Any) -> bytes:
    """A photo with some detail, so that a cut one lacks something."""
    file = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(file, kind, **options)
    return file.getvalue()


def png(width: int, height: int, *extra: bytes) -> bytes:
    """A PNG that only claims its size, with chunks of our own."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [header, *extra, b"IDAT" + zlib.compress(bytes(1000)), b"IEND"]
    chunks = (
        struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part))
        for part in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


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
    return saved("JPEG").ljust(decoder.FILE_BYTES + 1, b"\0")


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
    "text bomb": (
        lambda: png(300, 300, b"zTXta\0\0" + zlib.compress(bytes(10**8))),
        errors.PictureDamaged,
    ),
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
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_broken_metadata_does_not_refuse_a_good_photo(
    tmp_path: Path, kind: str, options: dict[str, Any]
) -> None:
    (tmp_path / "photo").write_bytes(saved(kind, **options))

    assert pictures.prepare(tmp_path / "photo", tmp_path) == Picture(kind, 640, 480, False)


def test_what_a_photo_is_called_does_not_matter(tmp_path: Path) -> None:
    (tmp_path / "--help; photo\n.gif").write_bytes(saved("JPEG"))

    assert pictures.inspect(tmp_path / "--help; photo\n.gif") == Picture("JPEG", 640, 480, False)


def test_looking_at_a_picture_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "photo").write_bytes(saved("JPEG"))

    pictures.inspect(tmp_path / "photo")

    assert list(tmp_path.iterdir()) == [tmp_path / "photo"]


def test_every_refusal_has_a_code_and_words_of_its_own() -> None:
    refusals = PictureRefused.__subclasses__()

    assert len({refusal.code for refusal in refusals}) == len(refusals)
    assert len({str(refusal()) for refusal in refusals}) == len(refusals)
    assert all("choose" in str(refusal()) for refusal in refusals)


@contextmanager
def opening(
    pool: ThreadPoolExecutor, folder: Path, seconds: float = 30
) -> Iterator[tuple[psutil.Process, Future[Picture]]]:
    """A decoder that has begun with its file, a pipe that nobody has written to yet."""
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    result = pool.submit(pictures.prepare, pipe, folder, seconds=seconds)
    with pipe.open("wb"):  # returns when the decoder has opened the other end
        yield decoders()[0], result


def decoders() -> list[psutil.Process]:
    found = []
    for child in psutil.Process().children():
        with suppress(psutil.Error):  # it may end while we look
            if any(word.endswith("decoder.py") for word in child.cmdline()):
                found.append(child)
    return found


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def test_the_decoder_is_confined(tmp_path: Path, pool: ThreadPoolExecutor) -> None:
    with opening(pool, tmp_path) as (process, result):
        limits = {
            limit: process.rlimit(limit)
            for limit in (
                *(resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE),
                *(resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE),
            )
        }
        environment, folder = process.environ(), process.cwd()
        process.kill()

    with pytest.raises(errors.PictureTooComplex):
        result.result()
    # Soft and hard alike: what it has given up it cannot take back.
    assert limits == {
        resource.RLIMIT_AS: (2 * 2**30, 2 * 2**30),
        resource.RLIMIT_CPU: (30, 30),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_FSIZE: (64 * 2**20, 64 * 2**20),
        resource.RLIMIT_NOFILE: (32, 32),
    }
    assert set(environment) == {"LC_ALL", "MALLOC_ARENA_MAX"}
    assert folder == "/"


def test_a_picture_that_kills_its_decoder_is_flagged_and_the_next_one_flows(
    tmp_path: Path, pool: ThreadPoolExecutor
) -> None:
    with opening(pool, tmp_path) as (process, result):
        process.kill()

    with pytest.raises(errors.PictureTooComplex):
        result.result()
    (tmp_path / "photo").write_bytes(saved("JPEG"))
    assert pictures.prepare(tmp_path / "photo", tmp_path).format == "JPEG"


def test_a_decoder_that_takes_too_long_is_ended(tmp_path: Path, pool: ThreadPoolExecutor) -> None:
    with opening(pool, tmp_path, seconds=2) as (process, result):
        with pytest.raises(errors.PictureTooComplex):
            result.result()

        assert not process.is_running()


def test_only_one_picture_is_open_at_a_time(tmp_path: Path, pool: ThreadPoolExecutor) -> None:
    (tmp_path / "photo").write_bytes(saved("JPEG"))

    results = [pool.submit(pictures.inspect, tmp_path / "photo") for _ in range(4)]
    seen = {len(decoders())}
    while not all(result.done() for result in results):
        seen.add(len(decoders()))

    assert max(seen) == 1
    assert {result.result().format for result in results} == {"JPEG"}


@pytest.mark.parametrize(
    ("status", "output", "expected"),
    [
        (1, b"", Unavailable),  # it did not even start: our fault, not the file's
        (-9, b"", Unavailable),
        (0, b"ready\n", errors.PictureDamaged),
        (0, b"ready\nnonsense", errors.PictureDamaged),
        (0, b'ready\n{"picture": {"format": 1}}', errors.PictureDamaged),
        (0, b'ready\n{"refused": "no such code"}', errors.PictureDamaged),
        (0, b'ready\n{"unavailable": "disk_full"}', Unavailable),
        (-11, b"ready\n", errors.PictureDamaged),
        (-24, b"ready\n", errors.PictureTooComplex),
    ],
)
def test_whatever_the_decoder_says_is_understood(
    status: int, output: bytes, expected: type[Exception]
) -> None:
    with pytest.raises(expected):
        pictures._judge(status, output, b"")


ON_A_FULL_DISK = """
import sys
from pathlib import Path
from core.errors import Unavailable
from core.integrations import pictures
folder = Path(sys.argv[1])
(folder / "filling").write_bytes(bytes(4096 * 250))
try:
    pictures.prepare(Path(sys.argv[2]), folder)
except Unavailable as outage:
    print(outage.code)
"""


@pytest.mark.skipif(not UNSHARE, reason="makes a small disk in a namespace of its own")
def test_a_full_disk_is_our_fault_and_not_the_pictures(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    (tmp_path / "photo").write_bytes(saved("JPEG", (2000, 1500)))
    script = 'mount -t tmpfs -o size=1m none "$1" && shift && exec "$@"'
    python = [sys.executable, "-c", ON_A_FULL_DISK, str(disk), str(tmp_path / "photo")]

    ran = subprocess.run(
        [UNSHARE or "", "-rm", "sh", "-c", script, "sh", str(disk), *python],
        capture_output=True,
        text=True,
        check=False,
    )
    if "not permitted" in ran.stderr or "denied" in ran.stderr:
        pytest.skip(f"A full disk needs a mount namespace of one's own: {ran.stderr}")

    assert ran.stdout == "disk_full\n", ran.stderr
