import re
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest

from core.config import ROOT
from core.supervisor import Program, Supervisor, keep_last, last_line
from tests.families import children

FOREVER = "import threading; threading.Event().wait()"


def program(folder: Path, script: str, patience: float = 20) -> Program:
    log = folder / "logs" / "it.log"
    return Program("It", [sys.executable, "-c", script], log=log, patience=patience)


def is_ready(log: Path) -> bool:
    return last_line(log) == "ready"


def tend_until(supervisor: Supervisor, is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        supervisor.tend()


def test_what_ends_is_started_again_after_pauses_that_grow(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor(said.append, pauses=(0, 0.01, 0.02))

    supervisor.start(program(tmp_path, "raise SystemExit('no luck today')"))
    tend_until(supervisor, lambda: len(said) == 4)
    supervisor.stop()

    pauses = [re.search(r"again in ([\d.]+) s", line) for line in said]
    assert [match and match[1] for match in pauses] == ["0", "0.01", "0.02", "0.02"]
    assert all("It ended (no luck today)" in line for line in said)


def test_a_killed_program_is_started_again(tmp_path: Path) -> None:
    supervisor = Supervisor(lambda _: None, pauses=(0,))
    supervisor.start(program(tmp_path, FOREVER))
    (first,) = children(FOREVER)

    first.kill()
    tend_until(supervisor, lambda: children(FOREVER) not in ([], [first]))

    supervisor.stop()
    assert children(FOREVER) == []


def test_they_stop_in_the_opposite_order(tmp_path: Path) -> None:
    ends = tmp_path / "ends"
    script = (
        "import signal, sys\n"
        "def end(*_):\n"
        f"    open({str(ends)!r}, 'a').write({{name!r}})\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('ready', flush=True)\n"
        "signal.pause()"
    )
    supervisor = Supervisor(lambda _: None)
    for name in "abc":
        each = program(tmp_path / name, script.format(name=name))
        supervisor.start(each)
        tend_until(supervisor, partial(is_ready, each.log))

    supervisor.stop()

    assert ends.read_text() == "cba"


def test_what_does_not_end_when_asked_is_killed_with_its_own_children(tmp_path: Path) -> None:
    script = (
        "import signal, subprocess, sys\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"subprocess.Popen([sys.executable, '-c', {FOREVER!r}])\n"
        "print('ready', flush=True)\n"
        f"{FOREVER}"
    )
    supervisor = Supervisor(lambda _: None)
    stubborn = program(tmp_path, script, patience=0.1)
    supervisor.start(stubborn)
    tend_until(supervisor, partial(is_ready, stubborn.log))
    started = children(FOREVER)

    supervisor.stop()

    _, alive = psutil.wait_procs(started, timeout=30)
    assert len(started) == 2
    assert alive == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of our death")
def test_programs_end_when_we_are_killed(tmp_path: Path) -> None:
    log = tmp_path / "it.log"
    script = (
        "import signal, sys\n"
        "from pathlib import Path\n"
        "from core.supervisor import Program, Supervisor\n"
        f"command = [sys.executable, '-c', {FOREVER!r}]\n"
        "Supervisor(print).start(Program('It', command, log=Path(sys.argv[1]), patience=1))\n"
        "print('ready', flush=True)\n"
        "signal.pause()"
    )
    command = [sys.executable, "-c", script, str(log)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"ready\n"
        programs = psutil.Process(owner.pid).children()

        owner.kill()

    _, alive = psutil.wait_procs(programs, timeout=30)
    assert len(programs) == 1
    assert alive == []


def test_the_log_before_is_kept_once(tmp_path: Path) -> None:
    log = tmp_path / "web.log"

    for text in ("oldest", "old"):
        log.write_text(text)
        keep_last(log)

    assert not log.exists()
    assert (tmp_path / "web.log.1").read_text() == "old"


def test_the_last_line_is_the_last_that_says_anything(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_bytes(b"x" * 10_000 + b"\nOSError: no space left \xff\n\n  \n")

    assert last_line(log) == "OSError: no space left �"
    assert last_line(tmp_path / "none.log") == ""
