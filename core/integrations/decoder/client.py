"""Our side of the server that opens pictures: starts it, asks it, and does without it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock

from pydantic import BaseModel

from core.config import ROOT
from core.errors import Unavailable
from core.integrations.decoder.edit import Edit

#: Beyond what a picture may take: the server has to start, and to answer.
GRACE_SECONDS = 20.0
_END_SECONDS = 5.0

#: Nothing of our own environment: it holds secrets.
_ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    # Each arena of the C library's memory and each thread of OpenBLAS would take a share of the
    # address space that is limited.
    "MALLOC_ARENA_MAX": "2",
    "OPENBLAS_NUM_THREADS": "1",
    # A child gets all its memory anew, which took a seventh of its time: in huge pages, and what
    # was freed is not handed back.
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
    "MALLOC_MMAP_THRESHOLD_": str(32 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(256 * 2**20),
}
_PROGRAM = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from core.integrations.decoder.server import serve; serve()"
)
_COMPLAINT_BYTES = _PART_BYTES = 64 * 1024


class Ended(BaseModel):
    """How a picture's process ended, and what it said until then."""

    #: 0, or 1 after an exception, or minus the signal that ended it.
    status: int
    output: str
    seconds: float
    #: Its time was used up, by the clock or on the processor.
    is_spent: bool
    peak_bytes: int
    #: What it wrote to its standard error.
    complaint: str = ""


class Decoder:
    """Opens one picture at a time, from whatever thread.

    The server is started when it is needed, again whenever it died, and in each of our processes
    for itself.
    """

    def __init__(self, *, grace: float = GRACE_SECONDS) -> None:
        self._grace = grace
        self._one_at_a_time = Lock()
        self._server: _Server | None = None

    def open(self, path: Path, folder: Path | None, *, seconds: float) -> Ended:
        """Blocks, while another picture is open too. Raises `Unavailable`."""
        return self._request(path, seconds, folder=str(folder.absolute()) if folder else None)

    def edit(self, path: Path, edit: Edit, into: Path, *, seconds: float) -> Ended:
        """Have a changed copy written; blocks and raises as `open` does."""
        return self._request(path, seconds, edit=edit.row(), into=str(into.absolute()))

    def _request(self, path: Path, seconds: float, **what: object) -> Ended:
        told = {"path": str(path.absolute()), "seconds": seconds, "folder": None, "edit": None}
        request = json.dumps(told | what).encode() + b"\n"
        try:
            with self._one_at_a_time:
                try:
                    return self._ask(request, seconds)
                except ConnectionError:
                    # One that died while nobody asked is noticed only now.
                    return self._ask(request, seconds)
        except OSError as error:
            raise Unavailable("decoder", str(error)) from error

    def _ask(self, request: bytes, seconds: float) -> Ended:
        server = self._server = self._server or _Server()
        is_answered = False
        try:
            ended = server.ask(request, patience=seconds + self._grace)
            is_answered = True
            return ended
        finally:
            if not is_answered:
                # Interrupted, it would give this answer to the next question.
                self._server = None
                server.end(within=0)

    def end(self) -> None:
        with self._one_at_a_time:
            if self._server:
                self._server.end()
                self._server = None

    def forget(self) -> None:
        """In a fork of our process: leave the server to the one that started it."""
        self._one_at_a_time = Lock()
        if self._server:
            self._server.forget()
            self._server = None


class _Server:
    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        self._complaints = TemporaryFile("a+b", buffering=0)  # noqa: SIM115  closed with the rest
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-W", "ignore", "-c", _PROGRAM, str(ROOT)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=self._complaints,
                env=_ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
        self._socket = ours

    def ask(self, request: bytes, *, patience: float) -> Ended:
        """Raises `ConnectionError` if the server is gone, `TimeoutError` if it hangs."""
        self._complaints.truncate(0)
        self._socket.settimeout(patience)
        self._socket.sendall(request)
        answer = b""
        while not answer.endswith(b"\n") and (part := self._socket.recv(_PART_BYTES)):
            answer += part
        self._complaints.seek(0)
        complaint = self._complaints.read(_COMPLAINT_BYTES).decode(errors="replace").strip()
        if not answer.endswith(b"\n"):
            raise ConnectionError(complaint.rpartition("\n")[2])
        return Ended.model_validate_json(answer).model_copy(update={"complaint": complaint})

    def end(self, *, within: float = _END_SECONDS) -> None:
        """Its child ends with it."""
        self._close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(within)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def forget(self) -> None:
        self._close()
        self._process.returncode = 0  # not ours to wait for

    def _close(self) -> None:
        # Neither has a lock that a thread may have held when we were forked.
        self._socket.close()
        self._complaints.close()
