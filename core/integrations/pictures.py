"""Untrusted pictures, opened in a process of their own that may die instead of ours."""

import logging
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import Lock

from pydantic import BaseModel

from core.errors import PictureDamaged, PictureRefused, PictureTooComplex, Unavailable

#: What the decoder may use of the clock; its other limits it sets itself.
WALL_SECONDS = 40.0

_DECODER = Path(__file__).with_name("decoder.py")
_REFUSALS = {refusal.code: refusal for refusal in PictureRefused.__subclasses__()}
#: Each memory arena of the C library reserves 64 MB of the address space that is limited.
_ENVIRONMENT = {"LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"}
_ENDED_BY_A_LIMIT = {-signal.SIGKILL, -signal.SIGXCPU, -signal.SIGALRM}
_one_at_a_time = Lock()

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Picture:
    #: JPEG, PNG, WEBP, HEIF or AVIF
    format: str
    #: Pixels, as the picture stands upright.
    width: int
    height: int
    #: Only the first frame is used.
    is_animated: bool


class _Answer(BaseModel):
    picture: Picture | None = None
    refused: str | None = None
    unavailable: str | None = None


def prepare(path: Path, into: Path, *, seconds: float = WALL_SECONDS) -> Picture:
    """Check a picture and write `grid.webp` and `full.webp` into a folder.

    They are upright, in sRGB and without metadata. Blocks, while another picture is open too.
    Raises a `PictureRefused` for the file's faults and `Unavailable` for our own.
    """
    return _decode(path, into, seconds=seconds)


def inspect(path: Path, *, seconds: float = WALL_SECONDS) -> Picture:
    """Check as `prepare` does, and write nothing."""
    return _decode(path, seconds=seconds)


def _decode(*arguments: Path, seconds: float) -> Picture:
    command = [sys.executable, "-I", str(_DECODER), *(str(path.absolute()) for path in arguments)]
    # A file for the complaints: the limit on what the decoder may write holds for it.
    with _one_at_a_time, TemporaryFile() as complaints:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=_ENVIRONMENT,
            cwd="/",
            start_new_session=True,
        )
        with process:
            try:
                output, _ = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                output, _ = process.communicate()
        complaints.seek(0)
        return _judge(process.returncode, output, complaints.read(64 * 1024))


def _judge(status: int, output: bytes, complaint: bytes) -> Picture:
    ready, _, rest = output.partition(b"\n")
    last_words = complaint.decode(errors="replace").strip().rpartition("\n")[2]
    if ready != b"ready":
        # It has not seen the file yet.
        raise Unavailable("decoder", last_words or f"ended with {status}")
    if status in _ENDED_BY_A_LIMIT:
        raise PictureTooComplex
    if status != 0:
        logger.info("The decoder ended with %s: %s", status, last_words)
        raise PictureDamaged
    try:
        told = _Answer.model_validate_json(rest)
    except ValueError as error:
        raise PictureDamaged from error
    if told.unavailable:
        raise Unavailable(told.unavailable)
    if told.picture is None:
        raise _REFUSALS.get(told.refused or "", PictureDamaged)
    return told.picture
