import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import ValidationError

from core.config import Settings, keep_secret


def test_all_who_start_together_get_the_same_whole_secret(tmp_path: Path) -> None:
    path = tmp_path / "made" / "secret.key"

    with ThreadPoolExecutor(16) as many:
        secrets = set(many.map(keep_secret, [path] * 64))

    assert secrets == {path.read_text()}
    assert len(path.read_text()) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret.key"]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("postgresql://me@db.example/loupe", "postgresql://me@db.example/loupe"),
        ("postgres://me@db.example/loupe", "postgresql://me@db.example/loupe"),
        ("postgresql:///loupe", "postgresql:///loupe"),  # the local socket
        ("postgresql://me@/loupe?host=%2Fa%20b", "postgresql://me@/loupe?host=%2Fa%20b"),
    ],
)
def test_every_way_to_write_a_postgres_address_is_understood(given: str, read: str) -> None:
    assert Settings(database_url=given).database_url == read


@pytest.mark.parametrize("given", ["mysql://db.example/loupe", "db.example", "loupe"])
def test_another_kind_of_database_is_refused(given: str) -> None:
    with pytest.raises(ValidationError, match="must begin with postgresql://"):
        Settings(database_url=given)


def test_a_data_folder_may_be_relative_or_at_home() -> None:
    assert Settings(data_dir=Path("data")).data_dir == Path.cwd() / "data"
    assert Settings(data_dir=Path("~/loupe")).data_dir == Path.home() / "loupe"
