from pathlib import Path

import pytest
from obstore.store import LocalStore

from core.errors import PictureDamaged
from core.findings import measures
from core.integrations import intake
from core.integrations.storage import Size, Storage, digest
from tests.made_pictures import saved


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(LocalStore(tmp_path / "pictures", mkdir=True))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder / "original"


@pytest.mark.parametrize("times", [1, 2])
def test_a_picture_is_kept_with_what_is_shown_and_measured_of_it(
    storage: Storage, file: Path, times: int
) -> None:
    content = saved("JPEG")

    for _ in range(times):
        file.write_bytes(content)
        kept = intake.take_in(file, storage, file_name="dog.jpg")

    assert kept.sha256 == digest(file)
    assert (kept.format, kept.width, kept.height, kept.size) == ("JPEG", 640, 480, len(content))
    assert (kept.is_animated, kept.file_name) == (False, "dog.jpg")
    assert kept.measures is not None
    again = measures.from_row(kept.measures)
    assert again is not None
    assert again.row() == kept.measures
    assert storage.size_of(kept.sha256) == len(content)
    assert all(storage.has(kept.sha256, size) for size in Size)


def test_of_what_is_refused_nothing_is_kept(storage: Storage, file: Path, tmp_path: Path) -> None:
    file.write_bytes(saved("JPEG")[:4000])

    with pytest.raises(PictureDamaged):
        intake.take_in(file, storage, file_name=None)

    assert not [path for path in (tmp_path / "pictures").rglob("*") if path.is_file()]
