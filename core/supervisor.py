"""Programs that are started again whenever they end."""

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from core.config import ROOT
from core.embedded import Postgres
from core.errors import CannotStart
from core.processes import end, spawn

#: Seconds to wait before each further start; from the last one on, always that long.
PAUSES = (1, 2, 4, 8, 15, 30, 60)
#: A program that lived this many seconds begins with the first pause again.
SETTLED = 60


class Supervised(Protocol):
    name: str
    log: Path

    @property
    def is_running(self) -> bool: ...
    def start(self) -> None:
        """Raises `CannotStart`."""

    def stop(self) -> None: ...


class Program:
    """One of our own commands, with a log file for all that it prints."""

    def __init__(self, name: str, command: Sequence[str], *, log: Path, patience: float) -> None:
        """`patience`: how many seconds it may take to end when asked to."""
        self.name = name
        self.command = command
        self.log = log
        self.patience = patience
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        self.stop()
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = spawn(self.command, cwd=ROOT, stdout=log, stderr=log)

    def stop(self) -> None:
        if self._process is not None:
            end(self._process, within=self.patience)
            self._process = None


class Database:
    """The embedded Postgres, as one more thing that may die."""

    name = "PostgreSQL"

    def __init__(self, postgres: Postgres, goes_on: Callable[[], bool]) -> None:
        self.postgres = postgres
        self.log = postgres.log
        self._goes_on = goes_on

    @property
    def is_running(self) -> bool:
        return self.postgres.is_running

    def start(self) -> None:
        self.postgres.start(goes_on=self._goes_on)

    def stop(self) -> None:
        self.postgres.stop()


class Supervisor:
    """Starts things in order, keeps them running, and stops them in the opposite order."""

    def __init__(self, say: Callable[[str], None], *, pauses: Sequence[float] = PAUSES) -> None:
        self._say = say
        self._pauses = pauses
        self._all: list[_Watched] = []

    def start(self, thing: Supervised) -> None:
        """Raises `CannotStart`: at the first time nobody is helped by trying again."""
        watched = _Watched(thing)
        self._all.append(watched)
        watched.begin()

    def tend(self) -> None:
        """Start again what has ended and whose pause is over. Call it a few times a second."""
        for watched in self._all:
            if watched.thing.is_running:
                continue
            if watched.due is None:
                pause = watched.next_pause(self._pauses)
                self._say(_report(watched.thing, pause))
            elif time.monotonic() >= watched.due:
                try:
                    watched.begin()
                except CannotStart as error:
                    self._say(str(error))

    def stop(self) -> None:
        while self._all:
            self._all.pop().thing.stop()


class _Watched:
    def __init__(self, thing: Supervised) -> None:
        self.thing = thing
        self.due: float | None = None
        self._started = 0.0
        self._failures = 0

    def begin(self) -> None:
        self._started = time.monotonic()
        self.due = None
        self.thing.start()

    def next_pause(self, pauses: Sequence[float]) -> float:
        now = time.monotonic()
        if now - self._started > SETTLED:
            self._failures = 0
        pause = pauses[min(self._failures, len(pauses) - 1)]
        self._failures += 1
        self.due = now + pause
        return pause


def keep_last(log: Path) -> None:
    """Begin a new log, and keep the one before as `….1`."""
    if log.exists():
        log.replace(log.with_name(f"{log.name}.1"))


def _report(thing: Supervised, pause: float) -> str:
    last = last_line(thing.log)
    reason = f" ({last})" if last else ""
    return f"{thing.name} ended{reason}; starting it again in {pause:g} s. Its log: {thing.log}"


def last_line(log: Path, most: int = 200) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 4096))
            lines = file.read().decode(errors="replace").split("\n")
    except FileNotFoundError:
        return ""
    return next((line.strip()[:most] for line in reversed(lines) if line.strip()), "")
