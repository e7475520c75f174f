import asyncio
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from obstore.store import LocalStore, MemoryStore

from core.config import settings
from core.errors import NotFound
from core.integrations.storage import Size, Storage, scratch, storage

PHOTO = os.urandom(6 * 2**20)  # more than one part of an upload in parts
SHA = hashlib.sha256(PHOTO).hexdigest()
UNSHARE = shutil.which("unshare")


@pytest.fixture(params=["folder", "memory"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "memory":
        return Storage(MemoryStore())
    return Storage(LocalStore(tmp_path / "pictures", mkdir=True))


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo"
    path.write_bytes(PHOTO)
    return path


async def read(kept: Storage, sha: str, size: Size | None = None) -> tuple[int, bytes]:
    content = await kept.read(sha, size)
    return content.length, b"".join([bytes(chunk) async for chunk in content.chunks])


def test_an_original_comes_back_as_it_went_in(kept: Storage, photo: Path, tmp_path: Path) -> None:
    assert kept.keep_original(photo) == SHA

    kept.copy_to(SHA, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == PHOTO
    assert kept.size_of(SHA) == len(PHOTO)
    assert asyncio.run(read(kept, SHA)) == (len(PHOTO), PHOTO)


def test_sizes_lie_beside_their_original(kept: Storage, photo: Path, tmp_path: Path) -> None:
    (tmp_path / "grid.webp").write_bytes(b"small")
    kept.keep_original(photo)

    kept.keep_derived(SHA, Size.GRID, tmp_path / "grid.webp")

    assert asyncio.run(read(kept, SHA, Size.GRID)) == (5, b"small")
    assert kept.has(SHA, Size.GRID)
    assert not kept.has(SHA, Size.FULL)


def test_what_is_not_there_is_not_found(kept: Storage, tmp_path: Path) -> None:
    assert not kept.has(SHA)
    with pytest.raises(NotFound):
        kept.size_of(SHA)
    with pytest.raises(NotFound):
        kept.copy_to(SHA, tmp_path / "copy")
    with pytest.raises(NotFound):
        asyncio.run(kept.read(SHA))


def test_deleting_removes_every_size_and_may_be_repeated(kept: Storage, photo: Path) -> None:
    kept.keep_original(photo)
    kept.keep_derived(SHA, Size.FULL, photo)

    kept.delete(SHA)
    kept.delete(SHA)

    assert not kept.has(SHA)
    assert not kept.has(SHA, Size.FULL)


@pytest.mark.parametrize(
    "sha", ["", "../../etc/passwd", SHA.upper(), SHA + "\n", SHA[:-1], "x" * 64]
)
def test_only_a_hash_becomes_a_path(kept: Storage, photo: Path, sha: str) -> None:
    with pytest.raises(ValueError, match="Not a SHA-256"):
        kept.has(sha)
    with pytest.raises(ValueError, match="Not a SHA-256"):
        kept.keep_derived(sha, Size.GRID, photo)
    with pytest.raises(ValueError, match="Not a SHA-256"):
        kept.delete(sha)


def test_the_same_bytes_are_kept_once(photo: Path, tmp_path: Path) -> None:
    kept = Storage(LocalStore(tmp_path / "pictures", mkdir=True))
    kept.keep_original(photo)
    (file,) = files_below(tmp_path / "pictures")
    before = file.stat()

    kept.keep_original(photo)

    assert files_below(tmp_path / "pictures") == [file]
    assert file == tmp_path / "pictures" / "originals" / SHA[:2] / SHA
    assert file.stat().st_ino == before.st_ino  # not even written again


def test_a_file_that_a_crash_left_empty_is_mended(photo: Path, tmp_path: Path) -> None:
    kept = Storage(LocalStore(tmp_path / "pictures", mkdir=True))
    kept.keep_original(photo)
    (file,) = files_below(tmp_path / "pictures")
    file.write_bytes(b"")

    kept.keep_original(photo)

    assert file.read_bytes() == PHOTO


ON_A_FULL_DISK = """
import sys
from pathlib import Path
from obstore.store import LocalStore
from core.errors import Unavailable
from core.integrations.storage import Storage
folder, photo = map(Path, sys.argv[1:])
kept = Storage(LocalStore(folder / "pictures", mkdir=True))
(folder / "filling").write_bytes(bytes(4 * 2**20))
for attempt in range(2):
    try:
        print(kept.keep_original(photo))
    except Unavailable as outage:
        print(outage.code, [path for path in (folder / "pictures").rglob("*") if path.is_file()])
    (folder / "filling").unlink(missing_ok=True)
"""


@pytest.mark.skipif(not UNSHARE, reason="makes a small disk in a namespace of its own")
def test_a_full_disk_is_refused_cleanly_and_resumes(photo: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    script = 'mount -t tmpfs -o size=8m none "$1" && shift && exec "$@"'
    python = [sys.executable, "-c", ON_A_FULL_DISK]

    ran = subprocess.run(
        [UNSHARE or "", "-rm", "sh", "-c", script, "sh", str(disk), *python, str(disk), str(photo)],
        capture_output=True,
        text=True,
        check=False,
    )
    if "not permitted" in ran.stderr or "denied" in ran.stderr:
        pytest.skip(f"A full disk needs a mount namespace of one's own: {ran.stderr}")

    assert ran.stdout == f"disk_full []\n{SHA}\n", ran.stderr


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("LOUPE_DATA_DIR", str(tmp_path / "data"))
    settings.cache_clear()
    storage.cache_clear()
    yield tmp_path / "data"
    settings.cache_clear()
    storage.cache_clear()


def test_pictures_are_kept_in_the_data_folder_by_default(data_dir: Path, photo: Path) -> None:
    storage().keep_original(photo)

    assert files_below(data_dir / "pictures") == [data_dir / f"pictures/originals/{SHA[:2]}/{SHA}"]


def test_a_storage_address_is_used_when_one_is_set(
    data_dir: Path, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOUPE_STORAGE_URL", "memory:///")
    settings.cache_clear()

    storage().keep_original(photo)

    assert storage().has(SHA)
    assert not (data_dir / "pictures").exists()


def test_scratch_is_emptied_after_success_and_failure(data_dir: Path) -> None:
    with scratch() as folder:
        (folder / "half").write_bytes(b"")
        assert folder.parent == data_dir / "tmp"
    with pytest.raises(IsADirectoryError), scratch() as folder:
        folder.write_bytes(b"")

    assert not list((data_dir / "tmp").iterdir())


def test_scratch_of_a_killed_process_is_swept_and_work_in_progress_is_not(data_dir: Path) -> None:
    with scratch() as working:
        left = data_dir / "tmp" / "left"
        left.mkdir()
        (left / "half").write_bytes(b"")
        long_ago = time.time() - 2 * 3600
        os.utime(left, (long_ago, long_ago))

        with scratch():
            assert not left.exists()
            assert working.exists()


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
