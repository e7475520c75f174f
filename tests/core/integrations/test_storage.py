import asyncio
import hashlib
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import obstore
import pytest
from obstore.store import LocalStore, from_url

from core.config import ROOT, settings
from core.errors import CannotStart, NotFound, Unavailable
from core.integrations.storage import FOLDERS, Size, Storage, digest, scratch, storage
from core.processes import end, spawn
from tests import small_disk
from tests.object_store import BUCKET, ObjectStore, object_store
from tests.waiting import until

PHOTO = os.urandom(6 * 2**20)  # more than one part of an upload in parts
SHA = hashlib.sha256(PHOTO).hexdigest()


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectStore]:
    with object_store(tmp_path_factory.mktemp("s3") / "buckets") as server:
        yield server


@pytest.fixture(params=["folder", "s3"])
def place(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Where files lie that are kept as the settings say."""
    if request.param == "folder":
        place = tmp_path / "pictures"
        monkeypatch.setenv("LOUPE_STORAGE_URL", place.as_uri())
    else:
        server: ObjectStore = request.getfixturevalue("s3")
        name = uuid4().hex
        place = server.bucket / name / "pictures"
        monkeypatch.setenv("LOUPE_STORAGE_URL", f"s3://{BUCKET}/{name}/pictures")
        for variable, value in server.environment.items():
            monkeypatch.setenv(variable, value)
    settings.cache_clear()
    storage.cache_clear()
    yield place
    settings.cache_clear()
    storage.cache_clear()


@pytest.fixture
def kept(place: Path) -> Storage:
    return storage()


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


def test_the_same_bytes_are_kept_once(kept: Storage, place: Path, photo: Path) -> None:
    kept.keep_original(photo)
    (file,) = files_below(place)
    before = file.stat()

    kept.keep_original(photo)

    assert files_below(place) == [file]
    assert file == place / "originals" / SHA[:2] / SHA
    assert file.stat().st_ino == before.st_ino  # not even written again


@pytest.mark.parametrize(
    "damaged",
    [
        b"",  # as a crash leaves a file
        PHOTO[:-1],
        bytes(1) + PHOTO[1:],
    ],
    ids=["empty", "cut", "altered"],
)
def test_damaged_bytes_are_mended_when_they_come_again(
    kept: Storage, photo: Path, damaged: bytes
) -> None:
    kept.keep_original(photo)
    obstore.put(from_url(settings().storage_url or ""), f"originals/{SHA[:2]}/{SHA}", damaged)
    assert not kept.is_whole(SHA)

    kept.keep_original(photo)

    assert kept.is_whole(SHA)
    assert asyncio.run(read(kept, SHA)) == (len(PHOTO), PHOTO)


def test_all_files_of_a_folder_are_listed_and_strangers_are_not(
    kept: Storage, place: Path, photo: Path
) -> None:
    kept.keep_original(photo)
    kept.keep_derived(SHA, Size.GRID, photo)
    (file,) = place.rglob(SHA)
    for stranger in (".DS_Store", "ff" * 33, f"{SHA[:62]}zz", f"{SHA}.txt"):
        (file.parent / stranger).write_bytes(b"?")
    other = next(folder for folder in FOLDERS if folder != SHA[:2])

    found = list(kept.files(SHA[:2]))

    assert {(file.sha, file.size, file.length) for file in found} == {
        (SHA, None, len(PHOTO)),
        (SHA, Size.GRID, len(PHOTO)),
    }
    assert all(abs(file.written_at - datetime.now(UTC)) < timedelta(hours=1) for file in found)
    assert list(kept.files(other)) == []


KEEP_FOR_EVER = """
import os, sys, tempfile
from pathlib import Path
from core.integrations.storage import storage
while True:
    with tempfile.NamedTemporaryFile(dir=sys.argv[1]) as file:
        file.write(os.urandom(30_000_000))
        storage().keep_original(Path(file.name))
"""


def test_a_writer_killed_in_the_middle_leaves_nothing_half(
    kept: Storage, place: Path, photo: Path, tmp_path: Path
) -> None:
    kept.keep_original(photo)
    before = len(files_below(root := place.parent))
    writer = spawn([sys.executable, "-c", KEEP_FOR_EVER, str(tmp_path)], cwd=ROOT)
    try:
        until(lambda: len(files_below(root)) > before)
    finally:
        writer.kill()
        writer.wait()

    found = [file for folder in FOLDERS for file in kept.files(folder)]

    assert SHA in {file.sha for file in found}
    assert all(kept.is_whole(file.sha) for file in found)


def test_what_a_killed_writer_left_in_the_folder_is_cleared(tmp_path: Path, photo: Path) -> None:
    kept = Storage(LocalStore(tmp_path / "pictures", mkdir=True))
    kept.keep_original(photo)
    (file,) = files_below(tmp_path / "pictures")
    left, fresh = file.with_name(f"{SHA}#1"), file.with_name(f"{SHA}#2")
    left.write_bytes(b"half")
    fresh.write_bytes(b"half")
    os.utime(left, (0, 0))
    file.with_name(f"{SHA}#3").symlink_to("gone")  # as if its writer had just named it

    cleared = kept.clear_remains(before=datetime.now(UTC) - timedelta(hours=1))

    assert cleared == 1
    assert set(files_below(tmp_path / "pictures")) == {file, fresh}


@pytest.mark.parametrize("place", ["s3"], indirect=True)
def test_a_wrong_key_is_an_outage_that_says_so(
    place: Path, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")

    with pytest.raises(Unavailable, match="403 Forbidden") as outage:
        storage().keep_original(photo)

    assert outage.value.code == "storage"
    assert "\n" not in outage.value.detail


def test_an_object_store_that_is_gone_is_an_outage(
    tmp_path: Path, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOUPE_STORAGE_URL", f"s3://{BUCKET}/pictures")
    with object_store(tmp_path / "buckets") as server:
        for variable, value in server.environment.items():
            monkeypatch.setenv(variable, value)
        settings.cache_clear()
        storage.cache_clear()
        kept = storage()
        kept.keep_original(photo)
        end(server.process, within=5)

        with pytest.raises(Unavailable):
            kept.has(SHA)
        with pytest.raises(Unavailable):
            kept.keep_original(photo)
    settings.cache_clear()
    storage.cache_clear()


@pytest.mark.parametrize("url", ["ftp://somewhere/pictures", "s3://", "pictures"])
def test_an_address_that_is_none_is_said_in_one_sentence(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("LOUPE_STORAGE_URL", url)
    settings.cache_clear()

    with pytest.raises(CannotStart, match=r"^LOUPE_STORAGE_URL: .+$"):
        storage()


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


def test_a_full_disk_is_refused_cleanly_and_resumes(photo: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()

    printed = small_disk.output_of(ON_A_FULL_DISK, disk, photo, disk=disk)

    assert printed == f"disk_full []\n{SHA}\n"


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


@pytest.mark.parametrize("is_named", [True, False])
def test_no_other_user_of_the_machine_can_look_into_what_is_kept(
    data_dir: Path, photo: Path, monkeypatch: pytest.MonkeyPatch, is_named: bool
) -> None:
    pictures = data_dir / "my pictures" if is_named else data_dir / "pictures"
    if is_named:
        monkeypatch.setenv("LOUPE_STORAGE_URL", pictures.as_uri())
        settings.cache_clear()

    storage().keep_original(photo)
    with scratch() as working:
        folders = [pictures, data_dir / "tmp", working]

        assert [folder.stat().st_mode & 0o777 for folder in folders] == [0o700] * 3


def test_a_file_is_kept_under_its_digest(photo: Path) -> None:
    assert digest(photo) == SHA


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
