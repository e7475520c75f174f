import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import text

from core import db, queue
from core.config import ROOT
from core.processes import end, spawn
from tests.loop import hasten_retries
from tests.waiting import until

#: After this many seconds without a heartbeat, a worker counts as dead.
STALLED_SECONDS = 2.0

JOBS = "procrastinate_jobs WHERE status IN ('todo', 'doing')"


def count(rows: str, **parameters: int) -> int:
    query = text(f"SELECT count(*) FROM {rows}")  # noqa: S608
    with db.transaction() as session:
        return int(session.execute(query, parameters).scalar_one())


@dataclass
class Workers:
    """Real worker processes over the database in use."""

    log: Path
    _alive: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self, *demo_shop: str) -> None:
        command = [sys.executable, "-m", "tests.faults.worker", str(STALLED_SECONDS), *demo_shop]
        with self.log.open("ab") as log:
            self._alive.append(spawn(command, cwd=ROOT, stdout=log, stderr=log))

    def kill(self) -> None:
        """As the kernel does when memory runs out."""
        while self._alive:
            worker = self._alive.pop()
            worker.kill()
            worker.wait()

    def stop(self) -> None:
        while self._alive:
            end(self._alive.pop(), within=5)

    def until(self, happened: Callable[[], object], *, seconds: float = 60) -> None:
        """Wait for something, while live workers take up what dead ones have left."""

        def has_happened() -> object:
            hasten_retries()
            # Its turn comes each minute; here it comes at once.
            if not count("procrastinate_jobs WHERE status = 'todo' AND task_name = 'recover'"):
                with db.transaction() as session:
                    queue.defer(session, "recover", timestamp=0)
            return happened()

        until(has_happened, seconds=seconds)


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    workers = Workers(tmp_path / "worker.log")
    yield workers
    workers.stop()


@contextmanager
def locked(query: str) -> Iterator[None]:
    """Hold rows, so that a worker stands still where it would change them."""
    with db.engine().begin() as connection:
        connection.execute(text(f"SELECT FROM {query} FOR UPDATE"))
        yield
