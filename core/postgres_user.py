"""The system user that Postgres runs as when we are root, which it refuses to be."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from core.errors import CannotStart

NAME = "loupe-pg"


@dataclass(frozen=True)
class PostgresUser:
    uid: int
    gid: int

    @classmethod
    def for_folder(cls, data: Path) -> Self | None:
        """Return the owner of an existing database, else our own user; None unless we are root."""
        if os.geteuid() != 0:
            return None
        if data.exists() and data.stat().st_uid != 0:
            return cls(data.stat().st_uid, data.stat().st_gid)
        try:
            entry = pwd.getpwnam(NAME)
        except KeyError:
            _add_user()
            entry = pwd.getpwnam(NAME)
        return cls(entry.pw_uid, entry.pw_gid)

    @property
    def name(self) -> str:
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return str(self.uid)

    @property
    def options(self) -> dict[str, Any]:
        """What makes `subprocess` start a program as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, folder: Path) -> bool:
        return self._succeeds("test", "-x", folder)

    def can_run(self, program: Path) -> bool:
        return self._succeeds(program, "--version")

    def take(self, folder: Path) -> None:
        """Own a folder with all that is in it, as after root restored it from a copy."""
        if folder.stat().st_uid == self.uid:
            return
        for path in (*folder.rglob("*"), folder):
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def _succeeds(self, *command: str | Path) -> bool:
        try:
            tried = subprocess.run(command, cwd="/", capture_output=True, **self.options)
        except PermissionError:
            return False
        return tried.returncode == 0


def open_to_all(folder: Path) -> None:
    """Let every user read what is in a folder, and run the programs in it."""
    for path in (*folder.rglob("*"), folder):
        mode = path.stat().st_mode
        path.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))


def _add_user() -> None:
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
    if useradd is None:
        raise CannotStart(
            "PostgreSQL does not run as root and this system has no useradd: "
            f"add a user named {NAME}, start Loupe as an ordinary user, or set LOUPE_DATABASE_URL."
        )
    options = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    added = subprocess.run([useradd, *options, NAME], capture_output=True, text=True)
    if added.returncode != 0:
        raise CannotStart(
            f"The user {NAME} for PostgreSQL could not be added: {added.stderr.strip()}"
        )
