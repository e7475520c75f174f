"""Edited copies from the throw-away process, under the same limits as opening."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from core import errors
from core.config import ROOT
from core.errors import AppError, PartUnfit, Unavailable
from core.integrations import pictures
from core.integrations.decoder import child, formats
from core.integrations.decoder.client import Decoder
from core.integrations.pictures import Crop, Edit
from tests.made_pictures import as_file, saved


def test_an_edited_copy_is_a_picture_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "photo").write_bytes(saved("JPEG", (640, 480)))

    pictures.edit(tmp_path / "photo", Edit(1, Crop(30, 40, 400, 500)), tmp_path / "edited")

    assert {path.name for path in tmp_path.iterdir()} == {"photo", "edited"}
    picture = pictures.prepare(tmp_path / "edited", tmp_path)
    assert (picture.format, picture.width, picture.height) == ("JPEG", 400, 500)
    assert picture.measures


REFUSED: dict[str, tuple[Callable[[], bytes], Edit, type[AppError]]] = {
    "no picture": (lambda: b"To whom it may concern", Edit(1), errors.NotAPicture),
    "a GIF": (lambda: saved("GIF"), Edit(1), errors.PictureFormatUnknown),
    "a cut one": (lambda: saved("JPEG")[:4000], Edit(1), errors.PictureDamaged),
    "a small part": (lambda: saved("JPEG"), Edit(0, Crop(0, 0, 199, 300)), PartUnfit),
    "a part beyond it": (lambda: saved("JPEG"), Edit(1, Crop(0, 0, 640, 480)), PartUnfit),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_edited_is_refused_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    make, edit, refusal = REFUSED[name]
    (tmp_path / "photo").write_bytes(make())

    with pytest.raises(refusal):
        pictures.edit(tmp_path / "photo", edit, tmp_path / "edited")

    assert not (tmp_path / "edited").exists()


@pytest.mark.parametrize(
    ("into", "code"), [("/dev/full", "disk_full"), ("no such folder/edited", "storage")]
)
def test_a_place_that_takes_nothing_is_our_fault(tmp_path: Path, into: str, code: str) -> None:
    (tmp_path / "photo").write_bytes(saved("JPEG"))

    with pytest.raises(Unavailable, match=code):
        pictures.edit(tmp_path / "photo", Edit(1), tmp_path / into)


def test_a_file_that_is_gone_is_our_fault(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="storage"):
        pictures.edit(tmp_path / "photo", Edit(1), tmp_path / "edited")


def test_an_edit_that_takes_too_long_is_ended_and_the_next_one_flows(tmp_path: Path) -> None:
    jpeg = as_file(Image.new("L", (65_000, 2_000)), "JPEG", progressive=True)
    start = jpeg.rindex(b"\xff\xda")
    (tmp_path / "poison").write_bytes(jpeg[:-2] + jpeg[start:-2] * 90 + jpeg[-2:])
    (tmp_path / "photo").write_bytes(saved("JPEG"))

    with pytest.raises(errors.PictureTooComplex):
        pictures.edit(tmp_path / "poison", Edit(1), tmp_path / "edited", seconds=1)

    pictures.edit(tmp_path / "photo", Edit(1), tmp_path / "edited")


LARGEST: dict[str, Callable[[], bytes]] = {
    "JPEG": lambda: as_file(Image.new("RGB", (20_000, 10_000), "#960"), "JPEG"),
    "JPEG for print": lambda: as_file(Image.new("CMYK", (20_000, 10_000), "#960"), "JPEG"),
    "PNG": lambda: as_file(Image.new("RGBA", (10_000, 10_000), "#9008"), "PNG", compress_level=1),
}


@pytest.mark.parametrize("kind", LARGEST)
def test_the_largest_pictures_that_we_take_are_turned(tmp_path: Path, kind: str) -> None:
    (tmp_path / "photo").write_bytes(LARGEST[kind]())
    decoder = Decoder()

    # The clock of a busy machine is not the question; the processor's is set by the child.
    ended = decoder.edit(tmp_path / "photo", Edit(1), tmp_path / "edited", seconds=120)

    decoder.end()
    assert '"written"' in ended.output
    assert ended.peak_bytes < child.MEMORY_BYTES
    assert (tmp_path / "edited").stat().st_size <= formats.FILE_BYTES <= child.WRITTEN_BYTES


WITH_LITTLE_MEMORY = """
import resource, sys
from pathlib import Path
from core.errors import PictureTooComplex
from core.integrations import pictures
from core.integrations.pictures import Edit
resource.setrlimit(resource.RLIMIT_AS, (3 * 2**28, 3 * 2**28))  # it takes 2**28 more
photo, into = map(Path, sys.argv[1:])
try:
    pictures.edit(photo, Edit(1), into)
except PictureTooComplex:
    print("refused")
"""


def test_an_edit_that_takes_too_much_memory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "photo").write_bytes(LARGEST["PNG"]())

    ran = subprocess.run(
        [sys.executable, "-c", WITH_LITTLE_MEMORY, tmp_path / "photo", tmp_path / "edited"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.stdout, ran.stderr) == ("refused\n", "")
