import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil
import pytest

from core.config import ROOT
from tests.families import children
from tests.waiting import until

STAND_IN = Path(__file__).with_name("stand_in.py")
RUN = "import sys; from core.run import run; run([sys.executable, sys.argv[1]])"


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """One for all tests here: each finds what the one before has left."""
    path = Path(tempfile.mkdtemp(prefix="loupe-run-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


@pytest.fixture
def environment(data_dir: Path) -> dict[str, str]:
    own = {"LOUPE_DATA_DIR": str(data_dir), "LOUPE_PORT": str(free_port()), "PYTHONUNBUFFERED": "1"}
    return {
        name: value for name, value in os.environ.items() if not name.startswith("LOUPE_")
    } | own


class Loupe:
    """`run` in a process of its own, with stand-ins for its children."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.said: list[str] = []

    def read_until(self, words: str) -> str:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line.strip())
            if words in line:
                return line.strip()
        raise AssertionError(f"It never said {words!r}, but: {self.said}")

    @property
    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def parts(self, word: str) -> list[psutil.Process]:
        return children(word, self.process.pid)


@contextmanager
def loupe(environment: dict[str, str]) -> Iterator[Loupe]:
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, STAND_IN],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        try:
            yield Loupe(process)
        finally:
            process.terminate()


def core(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "core", *arguments],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_everything_and_leaves_no_process(
    environment: dict[str, str], data_dir: Path, number: signal.Signals
) -> None:
    with loupe(environment) as it:
        it.read_until("Stop it with Ctrl-C")
        family = it.family

        it.process.send_signal(number)
        it.read_until("Stopped")
        status = it.process.wait()

    _, alive = psutil.wait_procs(family, timeout=30)
    assert len(family) > 4  # demo shop, worker, web, Postgres and what is Postgres' own
    assert alive == []
    assert status == 0
    assert not (data_dir / "running.json").exists()


def test_a_signal_before_everything_is_up_stops_what_is(environment: dict[str, str]) -> None:
    with loupe(environment) as it:
        it.read_until("Bringing the database up to date")
        family = it.family

        it.process.send_signal(signal.SIGINT)
        it.read_until("Stopped")
        status = it.process.wait()

    _, alive = psutil.wait_procs(family, timeout=30)
    assert family
    assert alive == []
    assert status == 0


def test_it_says_where_it_is_and_who_may_sign_in(environment: dict[str, str]) -> None:
    address = f"http://localhost:{environment['LOUPE_PORT']}"

    with loupe(environment | {"LOUPE_DEMO_PASSWORD": "a-password-of-mine"}) as it:
        it.read_until("Stop it with Ctrl-C")

    said = "\n".join(it.said)
    assert f"Loupe     {address}\n" in said
    assert f"Mail      {address}/mail\n" in said
    assert "ada or bob (processors) or mia (manager)" in said
    assert "password a-password-of-mine" in said


def test_the_demo_password_is_made_once_for_an_installation(environment: dict[str, str]) -> None:
    passwords = []

    for _ in range(2):
        with loupe(environment) as it:
            passwords.append(it.read_until("password "))
            it.read_until("Stop it with Ctrl-C")

    assert passwords[0] == passwords[1]
    assert len(passwords[0].removeprefix("password ")) >= 12


def test_a_killed_part_is_started_again(environment: dict[str, str]) -> None:
    with loupe(environment) as it:
        it.read_until("Stop it with Ctrl-C")

        for word in ("worker", "serve", "demo-shop", "/postgres"):
            first = it.parts(word)[0]
            first.kill()
            told = it.read_until(" ended")
            until(partial(it.parts, word))

            assert first not in it.parts(word)
            assert "starting it again in 1 s" in told


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of our death")
def test_kill_9_leaves_no_process_and_the_next_start_recovers(environment: dict[str, str]) -> None:
    with loupe(environment) as it:
        it.read_until("Stop it with Ctrl-C")
        family = it.family

        it.process.kill()

        _, alive = psutil.wait_procs(family, timeout=30)
        assert alive == []
    with loupe(environment) as it:
        it.read_until("Stop it with Ctrl-C")


def test_a_busy_port_is_said_in_one_sentence(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", int(environment["LOUPE_PORT"]))):
        tried = core(environment, "run")

    assert tried.returncode == 1
    assert tried.stdout == ""
    assert tried.stderr == (
        f"Port {environment['LOUPE_PORT']} is busy: stop the program that uses it, "
        "or choose another port with LOUPE_PORT.\n"
    )


def test_a_second_one_on_the_same_data_is_told_so(environment: dict[str, str]) -> None:
    with loupe(environment) as it:
        it.read_until("Stop it with Ctrl-C")

        tried = core(environment | {"LOUPE_PORT": str(free_port())}, "run")

    assert tried.returncode == 1
    assert tried.stderr == (
        "Another Loupe uses this data folder: stop it, or choose another with LOUPE_DATA_DIR.\n"
    )


def test_other_commands_join_the_running_database_or_start_it_for_themselves(
    environment: dict[str, str], data_dir: Path
) -> None:
    with loupe(environment) as it:
        it.read_until("Stop it with Ctrl-C")
        mode = stat.S_IMODE((data_dir / "running.json").stat().st_mode)
        joined = core(environment, "staff", "list", "--json")
    alone = core(environment, "staff", "list", "--json")

    assert {person["username"] for person in json.loads(joined.stdout)} == {"ada", "bob", "mia"}
    assert alone.stdout == joined.stdout
    assert mode == 0o600


def test_what_a_killed_one_announced_is_not_believed(
    environment: dict[str, str], data_dir: Path
) -> None:
    gone = {"address": "", "database_url": "postgresql://nobody@/none", "demo_shop": None}
    (data_dir / "running.json").write_text(json.dumps(gone))

    alone = core(environment, "status", "--json")

    assert json.loads(alone.stdout)["photos"]["in_review"] == 0


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("LOUPE_PORT", "many", "LOUPE_PORT: Input should be a valid integer"),
        ("LOUPE_DATABASE_URL", "mysql://x", "LOUPE_DATABASE_URL: Value error, must begin with"),
        ("LOUPE_DATABASE_URL", "postgresql://127.0.0.1:1/x", "LOUPE_DATABASE_URL is out of reach"),
        ("LOUPE_DATA_DIR", "/dev/null/data", "The data folder /dev/null/data cannot be written"),
    ],
)
def test_a_wrong_setting_is_said_in_one_sentence(
    environment: dict[str, str], name: str, value: str, sentence: str
) -> None:
    tried = core(environment | {name: value}, "run")

    assert tried.returncode == 1
    assert sentence in tried.stderr
    assert tried.stderr.count("\n") == 1
