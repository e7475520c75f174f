"""Untrusted pictures: checked, measured, and made fit to be shown."""

import atexit
import json
import logging
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from core.errors import (
    AppError,
    PartUnfit,
    PictureDamaged,
    PictureRefused,
    PictureTooComplex,
    Unavailable,
)
from core.findings import measures
from core.findings.measures import Measures
from core.integrations.decoder.client import Decoder, Ended
from core.integrations.decoder.edit import Crop, Edit

__all__ = ["Crop", "Edit", "Picture", "edit", "inspect", "judge", "prepare"]

#: What opening one may take by the clock; its other limits the decoder sets itself.
WALL_SECONDS = 30.0

_REFUSALS: dict[str, type[AppError]] = {
    PartUnfit.code: PartUnfit,
    **{refusal.code: refusal for refusal in PictureRefused.__subclasses__()},
}

_decoder = Decoder()
atexit.register(_decoder.end)
os.register_at_fork(after_in_child=_decoder.forget)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Picture:
    #: JPEG, PNG, WEBP, HEIF or AVIF
    format: str
    #: Pixels, as the picture stands upright.
    width: int
    height: int
    #: Only the first frame is used.
    is_animated: bool
    #: None where measuring failed: our fault, for which no good photo is refused.
    measures: Measures | None
    #: What opening it cost.
    seconds: float
    peak_bytes: int


class _Told(BaseModel):
    format: str
    width: int
    height: int
    is_animated: bool


class _Answer(BaseModel):
    picture: _Told | None = None
    written: int | None = None
    refused: str | None = None
    unavailable: str | None = None


def prepare(path: Path, into: Path, *, seconds: float = WALL_SECONDS) -> Picture:
    """Check and measure a picture, and write `grid.webp` and `full.webp` into a folder.

    They are upright, in sRGB and without metadata. Blocks, while another picture is open too.
    Raises a `PictureRefused` for the file's faults and `Unavailable` for our own.
    """
    return judge(_decoder.open(path, into, seconds=seconds))


def inspect(path: Path, *, seconds: float = WALL_SECONDS) -> Picture:
    """Check and measure as `prepare` does, and write nothing."""
    return judge(_decoder.open(path, None, seconds=seconds))


def edit(path: Path, wanted: Edit, into: Path, *, seconds: float = WALL_SECONDS) -> None:
    """Write a changed copy of a picture; the copy stands upright and has no EXIF.

    A JPEG stays one, a PNG stays one, and others become what of the two holds them. Blocks and
    raises as `prepare` does, and `PartUnfit`.
    """
    if _answer(_decoder.edit(path, wanted, into, seconds=seconds))[0].written is None:
        raise PictureDamaged


def judge(ended: Ended) -> Picture:
    """Tell the file's faults from our own; raises as `prepare` does."""
    answer, measured = _answer(ended)
    if answer.picture is None:
        raise PictureDamaged
    return Picture(
        **dict(answer.picture),
        measures=_measures(measured, ended),
        seconds=ended.seconds,
        peak_bytes=ended.peak_bytes,
    )


def _answer(ended: Ended) -> tuple[_Answer, str]:
    """What a picture's process has told, and whatever it said after that."""
    ready, _, rest = ended.output.partition("\n")
    last_words = ended.complaint.rpartition("\n")[2]
    if ready != "ready":
        # It has not seen the file yet.
        raise Unavailable("decoder", last_words or f"ended with {ended.status}")
    answer, is_whole, rest = rest.partition("\n")
    if not is_whole:
        if ended.is_spent:
            raise PictureTooComplex
        if ended.status == -signal.SIGKILL:
            # At its own limit of memory it answers; this was the machine's.
            raise Unavailable("killed", f"with {ended.peak_bytes} bytes")
        logger.info("The decoder ended with %s: %s", ended.status, last_words)
        raise PictureDamaged
    try:
        told = _Answer.model_validate_json(answer)
    except ValidationError as error:
        raise PictureDamaged from error
    if told.unavailable:
        raise Unavailable(told.unavailable)
    if told.refused:
        raise _REFUSALS.get(told.refused, PictureDamaged)
    return told, rest


def _measures(line: str, ended: Ended) -> Measures | None:
    measured = None
    with suppress(ValueError):
        measured = measures.from_row(json.loads(line))
    if measured is None:
        logger.error("A measure ended with %s: %s", ended.status, ended.complaint or line)
    return measured
