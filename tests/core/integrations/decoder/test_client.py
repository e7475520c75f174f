import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from core.config import ROOT
from core.errors import Unavailable
from core.integrations.decoder.client import Decoder, Ended
from tests.made_pictures import saved
from tests.waiting import until


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo"
    path.write_bytes(saved("JPEG", (320, 240)))
    return path


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    decoder = Decoder()
    yield decoder
    decoder.end()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def servers(of: int | None = None) -> list[psutil.Process]:
    found = []
    for child in psutil.Process(of).children():
        with suppress(psutil.Error):  # it may end while we look
            if any("core.integrations.decoder" in word for word in child.cmdline()):
                found.append(child)
    return found


def server() -> psutil.Process:
    """The newest; other tests' own may be there too."""
    return max(servers(), key=psutil.Process.create_time)


@contextmanager
def opening(
    decoder: Decoder, pool: ThreadPoolExecutor, folder: Path, seconds: float = 30
) -> Iterator[tuple[psutil.Process, Future[Ended]]]:
    """A child that has begun with its file, a pipe that nobody has written to yet."""
    pipe = folder / "pipe"
    os.mkfifo(pipe)
    result = pool.submit(decoder.open, pipe, folder, seconds=seconds)
    with pipe.open("wb"):  # returns when the child has opened the other end
        yield server().children()[0], result


def is_gone(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return process.status() == psutil.STATUS_ZOMBIE  # and whose, is not our question
    return True


def test_a_child_is_confined(decoder: Decoder, pool: ThreadPoolExecutor, tmp_path: Path) -> None:
    with opening(decoder, pool, tmp_path) as (child, result):
        limits = {
            limit: child.rlimit(limit)
            for limit in (
                *(resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_CORE),
                *(resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE),
            )
        }
        environment, folder = child.environ(), child.cwd()
        files = {str(entry.readlink()) for entry in Path(f"/proc/{child.pid}/fd").iterdir()}
        child.kill()

    assert result.result().status == -signal.SIGKILL
    # Soft and hard alike: what it has given up it cannot take back.
    assert limits == {
        resource.RLIMIT_AS: (2 * 2**30, 2 * 2**30),
        resource.RLIMIT_CPU: (30, 30),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_FSIZE: (64 * 2**20, 64 * 2**20),
        resource.RLIMIT_NOFILE: (32, 32),
    }
    assert set(environment) == {
        *("LC_ALL", "OPENBLAS_NUM_THREADS", "GLIBC_TUNABLES"),
        *("MALLOC_ARENA_MAX", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"),
    }
    assert folder == "/"
    # Nothing that leads to us.
    assert not [name for name in files if name.startswith("socket:")]


def test_the_server_knows_nothing_of_our_settings() -> None:
    program = (
        f"import sys; sys.path.append({str(ROOT)!r}); import core.integrations.decoder.server; "
        "print(*sys.modules)"
    )

    ran = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True
    )

    loaded = set(ran.stdout.split())
    assert {"core.findings.measures", "PIL.AvifImagePlugin", "pillow_heif"} <= loaded
    assert not {"core.config", "core.db", "sqlalchemy", "streamlit"} & loaded


def test_one_server_forks_a_child_for_each_picture_and_leaves_no_zombie(
    decoder: Decoder, photo: Path
) -> None:
    decoder.open(photo, None, seconds=30)
    pid = server().pid

    endings = [decoder.open(photo, None, seconds=30) for _ in range(12)]

    assert server().pid == pid
    assert server().children() == []
    # Being killed just after it ended changes nothing about how a child ended.
    assert {ended.status for ended in endings} == {0}
    assert all(ended.seconds > 0 and ended.peak_bytes > 10 * 2**20 for ended in endings)


@pytest.mark.parametrize("fault", [signal.SIGSEGV, signal.SIGKILL])
def test_a_child_that_dies_takes_nothing_with_it(
    decoder: Decoder, pool: ThreadPoolExecutor, tmp_path: Path, photo: Path, fault: signal.Signals
) -> None:
    with opening(decoder, pool, tmp_path) as (child, result):
        before = server().pid
        child.send_signal(fault)

        assert (result.result().status, result.result().output) == (-fault, "ready\n")

    assert decoder.open(photo, None, seconds=30).status == 0
    assert server().pid == before


def test_a_child_that_takes_too_long_is_ended(
    decoder: Decoder, pool: ThreadPoolExecutor, tmp_path: Path
) -> None:
    with opening(decoder, pool, tmp_path, seconds=1) as (child, result):
        assert result.result().status == -signal.SIGKILL

        assert is_gone(child)


def test_a_server_that_died_is_started_again(decoder: Decoder, photo: Path) -> None:
    decoder.open(photo, None, seconds=30)
    dead = server()

    dead.kill()

    assert decoder.open(photo, None, seconds=30).status == 0
    assert not psutil.pid_exists(dead.pid)


def test_a_server_that_hangs_is_our_fault_and_started_again(
    pool: ThreadPoolExecutor, tmp_path: Path, photo: Path
) -> None:
    decoder = Decoder(grace=1)
    decoder.open(photo, None, seconds=30)

    with opening(decoder, pool, tmp_path, seconds=0.5) as (child, result):
        hanging = server()
        hanging.suspend()

        with pytest.raises(Unavailable, match="decoder"):
            result.result()

    until(lambda: is_gone(child))
    assert not psutil.pid_exists(hanging.pid)
    assert decoder.open(photo, None, seconds=30).status == 0
    decoder.end()


def test_a_server_that_cannot_start_is_our_fault(
    monkeypatch: pytest.MonkeyPatch, decoder: Decoder, photo: Path
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")

    with pytest.raises(Unavailable, match="decoder"):
        decoder.open(photo, None, seconds=30)


def test_only_one_picture_is_open_at_a_time(
    decoder: Decoder, pool: ThreadPoolExecutor, photo: Path
) -> None:
    decoder.open(photo, None, seconds=30)

    results = [pool.submit(decoder.open, photo, None, seconds=30) for _ in range(8)]
    seen = {0}
    while not all(result.done() for result in results):
        seen.add(len(server().children()))

    assert max(seen) <= 1
    assert {result.result().status for result in results} == {0}


OPENS_A_PIPE = """
import sys
from pathlib import Path
from core.integrations import pictures
pictures.inspect(Path(sys.argv[1]))
"""


def test_server_and_child_end_when_we_are_killed(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    ours = subprocess.Popen([sys.executable, "-c", OPENS_A_PIPE, pipe], cwd=ROOT)
    with ours, pipe.open("wb"):
        (theirs,) = servers(ours.pid)
        (child,) = theirs.children()

        ours.kill()
        ours.wait()

        until(lambda: is_gone(theirs) and is_gone(child))


FORKS = """
import os, sys
from pathlib import Path
import psutil
from core.integrations import pictures
photo = Path(sys.argv[1])

def server():
    return [child.pid for child in psutil.Process().children() if "-I" in child.cmdline()]

pictures.inspect(photo)
before = server()
pid = os.fork()
if pid == 0:
    pictures.inspect(photo)
    own = server()
    sys.exit(0 if own and own != before else 1)
_, status = os.waitpid(pid, 0)
assert status == 0, status
pictures.inspect(photo)
assert server() == before
"""

INTERRUPTED = """
import signal, sys, threading
from pathlib import Path
from core.integrations import pictures
pipe, photo = map(Path, sys.argv[1:])

def interrupt():
    with pipe.open("wb"):
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
        is_over.wait()

is_over = threading.Event()
threading.Thread(target=interrupt).start()
try:
    pictures.inspect(pipe)
except KeyboardInterrupt:
    assert pictures.inspect(photo).width == 320
    is_over.set()
    print("went on")
"""


def run(program: str, *arguments: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", "-c", program, *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )


def test_a_fork_of_ours_has_a_server_of_its_own(photo: Path) -> None:
    ran = run(FORKS, photo)

    assert (ran.returncode, ran.stderr) == (0, "")


def test_after_an_interruption_the_next_question_gets_its_own_answer(
    tmp_path: Path, photo: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)

    ran = run(INTERRUPTED, pipe, photo)

    assert (ran.stdout, ran.stderr) == ("went on\n", "")
