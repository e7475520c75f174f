"""R10: a full disk refuses photos cleanly, and they come in by themselves when there is room."""

from pathlib import Path

import pytest
from sqlalchemy import select

from core import db
from core.clients import Clients
from core.config import settings
from core.models import Photo
from tests import small_disk
from tests.loop import GOOD, hasten_retries, small_loop, work

PLENTY = 2**20


def take_in_on_a_small_disk(address: str) -> None:
    """In a process that has the data folder as a disk of its own."""
    data = settings().data_dir
    filling = data / "filling"
    with filling.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(PLENTY))
        except OSError:
            pass
    for _ in range(2):
        hasten_retries()
        work(Clients(demo_shop=address), hasten=False)
        files = [path for path in data.rglob("*") if path.is_file() and path != filling]
        with db.transaction() as session:
            photo = session.scalars(select(Photo)).one()
            print(photo.state, photo.check_code, len(files))  # noqa: T201
        filling.unlink(missing_ok=True)


def test_r10_on_a_full_disk_photos_wait_until_there_is_room_again(
    committed: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("LOUPE_DATA_DIR", str(tmp_path / "data"))
    with small_loop(tmp_path / "shop", [[GOOD]]) as loop:
        loop.sync()
        code = (
            "import sys, tests.faults.test_full_disk as t; t.take_in_on_a_small_disk(sys.argv[1])"
        )
        printed = small_disk.output_of(code, loop.address, disk=tmp_path / "data")

    # Original, grid and full.
    assert printed == "fetching None 0\nin_review None 3\n"
