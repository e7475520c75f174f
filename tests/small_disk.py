"""A disk of eight megabytes in a mount namespace of its own, to be filled up."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from core.config import ROOT

_UNSHARE = shutil.which("unshare")
#: Root's database belongs to another user, whom a user namespace would not know.
_OPTIONS = "-m" if os.geteuid() == 0 else "-rm"
_MOUNTED = 'mount -t tmpfs -o size=8m none "$1" && shift && exec "$@"'


def output_of(code: str, *arguments: object, disk: Path) -> str:
    """Run Python code that sees the small disk in place of a folder, and return what it prints.

    Skips the test where the system lets nobody have a namespace.
    """
    if _UNSHARE is None:
        pytest.skip("A small disk needs the program unshare.")
    python: Sequence[str] = [sys.executable, "-c", code, *map(str, arguments)]
    ran = subprocess.run(
        [_UNSHARE, _OPTIONS, "sh", "-c", _MOUNTED, "sh", str(disk), *python],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.stderr.startswith(("unshare:", "mount:")):
        pytest.skip(f"A small disk needs a mount namespace of one's own: {ran.stderr}")
    assert not ran.returncode, ran.stderr
    return ran.stdout
