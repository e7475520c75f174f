from pathlib import Path

import pytest
from obstore.store import LocalStore
from PIL import Image

from core.errors import NotAPicture, NotFound
from core.integrations import print_copies
from core.integrations.storage import FOLDERS, Copy, Storage
from tests.made_pictures import saved


@pytest.fixture
def kept(tmp_path: Path) -> Storage:
    return Storage(LocalStore(tmp_path / "pictures", mkdir=True))


def keep(kept: Storage, folder: Path, content: bytes) -> str:
    (folder / "file").write_bytes(content)
    return kept.keep_original(folder / "file")


def test_a_copy_is_made_once_and_goes_with_its_original(kept: Storage, tmp_path: Path) -> None:
    sha256 = keep(kept, tmp_path, saved("WEBP"))

    print_copies.ensure(sha256, kept)
    kept.copy_to(sha256, tmp_path / "copy", Copy.PRINT)
    kept.keep_derived(sha256, Copy.PRINT, tmp_path / "file")
    print_copies.ensure(sha256, kept)

    with Image.open(tmp_path / "copy") as copy:
        assert (copy.format, copy.size) == ("JPEG", (640, 480))
    # The second time, what was there stayed.
    assert kept.size_of(sha256, Copy.PRINT) == (tmp_path / "file").stat().st_size
    assert {file.size for file in kept.files(sha256[:2])} == {None, Copy.PRINT}
    kept.delete(sha256)
    assert [file for folder in FOLDERS for file in kept.files(folder)] == []


def test_what_cannot_be_copied_leaves_nothing(kept: Storage, tmp_path: Path) -> None:
    sha256 = keep(kept, tmp_path, b"To whom it may concern")

    with pytest.raises(NotAPicture):
        print_copies.ensure(sha256, kept)
    with pytest.raises(NotFound):
        print_copies.ensure("0" * 64, kept)

    assert not kept.has(sha256, Copy.PRINT)
