"""What a running Loupe tells the other commands on its data folder, and how they use it."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from core import db, schema
from core.config import settings, use_database
from core.embedded import Postgres
from core.errors import CannotStart, InUse


@dataclass(frozen=True)
class Running:
    address: str
    database_url: str
    demo_shop: str | None


@contextmanager
def only_one(data_dir: Path) -> Iterator[None]:
    """Be the one Loupe that runs on this folder, or raise `InUse`."""
    try:
        # Others pass through, for Postgres' own user if we are root, and see nothing.
        data_dir.mkdir(mode=0o711, parents=True, exist_ok=True)
        lock = (data_dir / "lock").open("a")
    except OSError as error:
        raise CannotStart(
            f"The data folder {data_dir} cannot be written ({error.strerror}): "
            "choose another with LOUPE_DATA_DIR."
        ) from error
    with lock:
        deadline = time.monotonic() + 1  # `find` takes the lock, too, for a moment
        while not _locked(lock, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise InUse
            time.sleep(0.05)
        yield


def announce(data_dir: Path, running: Running) -> None:
    """Let other commands of the same user find us, until `withdraw`."""
    new = _file(data_dir).with_suffix(".new")
    new.unlink(missing_ok=True)
    # The database's address may hold a password.
    with open(new, "x", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
        json.dump(asdict(running), file)
    new.replace(_file(data_dir))


def withdraw(data_dir: Path) -> None:
    _file(data_dir).unlink(missing_ok=True)


def find(data_dir: Path) -> Running | None:
    """Return the Loupe that runs on this folder now, once it has announced itself."""
    try:
        with (data_dir / "lock").open() as lock:
            if _locked(lock, fcntl.LOCK_SH):
                return None  # nobody holds it: what is announced was left by a kill -9
        return Running(**json.loads(_file(data_dir).read_text()))
    except FileNotFoundError:
        return None


def _locked(file: IO[str], kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


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
