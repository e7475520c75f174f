"""Child processes that never outlive us."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1


def spawn(
    command: Sequence[str | Path], *, dies_with: signal.Signals = signal.SIGTERM, **options: Any
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, without a standard input.

    The terminal's Ctrl-C reaches only us. On Linux the program gets `dies_with` when we are gone,
    even by kill -9; elsewhere it then has to be found again at the next start.
    """
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        # Runs after the change of user, which would clear the setting.
        preexec_fn=_tied_to_us(dies_with),
        **options,
    )


def _tied_to_us(dies_with: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl, us = ctypes.CDLL(None).prctl, os.getpid()

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, dies_with)
        if os.getppid() != us:  # we died before it was set
            os._exit(1)

    return tie


def end(
    process: subprocess.Popen[bytes], *, by: signal.Signals = signal.SIGTERM, within: float
) -> None:
    """Ask a process from `spawn` to end, and kill what is left of its session `within` seconds."""
    if process.poll() is None:
        process.send_signal(by)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(within)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
