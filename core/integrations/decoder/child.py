"""What a throw-away process does with the one picture that it is made for."""

import errno
import json
import os
import resource
import signal
from collections.abc import Mapping
from pathlib import Path

from core.findings.measures import Measures
from core.integrations.decoder.edit import Edit
from core.integrations.decoder.editing import edited
from core.integrations.decoder.formats import FILE_BYTES, Refused
from core.integrations.decoder.opening import look

MEMORY_BYTES = 2 * 2**30
CPU_SECONDS = 30
#: Later than the server would kill us, for the case that it has died.
ORPHAN_SECONDS = 45
WRITTEN_BYTES = 64 * 2**20
OPEN_FILES = 32

#: Method 0 is twice as fast as the next that is better, and 5 % longer at the same quality: nothing
#: for one picture, but of the small ones a page shows 48.
FULL_QUALITY, FULL_METHOD = 80, 0
GRID_QUALITY, GRID_METHOD = 82, 2

_FAULTS = (Refused, MemoryError, OSError)


def take_in(path: Path, folder: Path | None, answers: int) -> None:
    """Write lines to a pipe: `ready` before the file is touched, the picture, its measures.

    With a folder, `full.webp` and `grid.webp` are there before the picture is answered. Whatever
    goes wrong after `ready` is the file's doing, and what was answered until then holds. The pipe
    is closed by our end and nothing else: that is how the server knows of it.
    """
    _begin(answers)
    try:
        with path.open("rb") as file:
            looked = look(file)
        view = looked.view
        if folder:
            full, grid = folder / "full.webp", folder / "grid.webp"
            view.picture.save(full, quality=FULL_QUALITY, method=FULL_METHOD)
            view.small_picture.save(grid, quality=GRID_QUALITY, method=GRID_METHOD)
    except _FAULTS as fault:
        _say(answers, _named(fault))
    else:
        source = view.source
        picture = {"format": source.format, "width": source.width, "height": source.height}
        _say(answers, {"picture": picture | {"is_animated": looked.is_animated}})
        _say(answers, Measures.of(view).row())


def edit(path: Path, wanted: Edit, into: Path, answers: int) -> None:
    """Write a changed copy of a picture; say `ready` as `take_in` does, and how many bytes."""
    _begin(answers)
    try:
        with path.open("rb") as file:
            content = edited(file, wanted)
        if len(content) > FILE_BYTES:
            raise Refused("too_large")
        into.write_bytes(content)
    except _FAULTS as fault:
        _say(answers, _named(fault))
    else:
        _say(answers, {"written": len(content)})


def _begin(answers: int) -> None:
    confine()
    os.write(answers, b"ready\n")


def _named(fault: Exception) -> Mapping[str, object]:
    if isinstance(fault, Refused):
        return {"refused": fault.args[0]}
    if isinstance(fault, OSError):
        is_full = fault.errno in (errno.ENOSPC, errno.EDQUOT)
        return {"unavailable": "disk_full" if is_full else "storage"}
    return {"refused": "too_complex"}


def confine() -> None:
    """Give up, for good, what opening one picture does not need."""
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES,
        resource.RLIMIT_CPU: CPU_SECONDS,
        resource.RLIMIT_FSIZE: WRITTEN_BYTES,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in limits.items():
        _, ceiling = resource.getrlimit(limit)
        if ceiling != resource.RLIM_INFINITY:
            value = min(value, ceiling)
        resource.setrlimit(limit, (value, value))
    signal.alarm(ORPHAN_SECONDS)


def _say(answers: int, answer: Mapping[str, object]) -> None:
    os.write(answers, json.dumps(answer, allow_nan=False).encode() + b"\n")
