"""What a running Loupe tells the other commands on its data folder, and how they use it."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from core import db, schema
from core.config import settings, use_database
from core.embedded import Postgres
from core.errors import InUse


@dataclass(frozen=True)
class Running:
    pid: int
    started: float  #: As the system knows it: a process id alone may be somebody else's by now
    address: str
    database_url: str
    demo_shop: str | None

    @property
    def is_alive(self) -> bool:
        try:
            return bool(psutil.Process(self.pid).create_time() == self.started)
        except psutil.NoSuchProcess:
            return False


def announce(data_dir: Path, *, address: str, database_url: str, demo_shop: str | None) -> None:
    """Let other commands of the same user find us, until `withdraw`."""
    us = psutil.Process()
    running = Running(us.pid, us.create_time(), address, database_url, demo_shop)
    new = _file(data_dir).with_suffix(".new")
    new.unlink(missing_ok=True)
    # The database's address may hold a password.
    with open(new, "x", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        json.dump(asdict(running), file)
    new.replace(_file(data_dir))


def withdraw(data_dir: Path) -> None:
    _file(data_dir).unlink(missing_ok=True)


def find(data_dir: Path) -> Running | None:
    try:
        running = Running(**json.loads(_file(data_dir).read_text()))
    except FileNotFoundError:
        return None
    return running if running.is_alive else None


@contextmanager
def database() -> Iterator[None]:
    """Work on the configured database, the running Loupe's, or one started for now."""
    if settings().database_url is not None:
        yield
        return
    postgres = Postgres(settings().data_dir)
    try:
        use_database(_find_or_start(postgres))
        if postgres.is_running:
            schema.upgrade()
        yield
    finally:
        db.engine().dispose()
        postgres.stop()


def _find_or_start(postgres: Postgres, patience: float = 20) -> str:
    deadline = time.monotonic() + patience
    while True:
        loupe = find(postgres.data_dir)
        if loupe is not None:
            return loupe.database_url
        try:
            postgres.start()
        except InUse:
            # Loupe is just starting or stopping, or another command had the same thought.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return postgres.url


def _file(data_dir: Path) -> Path:
    return data_dir / "running.json"
