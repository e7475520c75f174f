"""The program that forks a throw-away child for every picture, its libraries loaded once.

It reads requests from a socket, its standard input, a line of JSON each, and answers with one. It
ends when the other end of that socket is closed, and a child that works at that time with it.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from PIL import AvifImagePlugin, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin

from core.integrations.decoder import child
from core.integrations.decoder.edit import from_row

#: Pillow would load them in every child again.
PLUGINS = (AvifImagePlugin, JpegImagePlugin, MpoImagePlugin, PngImagePlugin, WebPImagePlugin)

#: The kernel counts a process's time in two ways.
_NEARLY = 0.98

#: More than a child has to say.
_OUTPUT_BYTES = 2**20


def serve() -> None:
    requests = socket.socket(fileno=os.dup(sys.stdin.fileno()))
    os.dup2(os.open(os.devnull, os.O_RDONLY), sys.stdin.fileno())
    # What the collector does not touch in the children stays shared with them.
    gc.collect()
    gc.freeze()
    with requests.makefile("rb") as lines:
        for line in lines:
            answer = _do_in_child(json.loads(line), requests)
            requests.sendall(json.dumps(answer).encode() + b"\n")


def _do_in_child(request: dict[str, Any], requests: socket.socket) -> dict[str, Any]:
    began = time.monotonic()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        os.close(requests.detach())
        _do(request, writing)
        os._exit(0)
    os.close(writing)
    output = _listen(reading, requests, until=began + request["seconds"])
    os.close(reading)
    # It has ended, or has to; one that has keeps the status it ended with.
    os.kill(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    seconds, on_processor = time.monotonic() - began, usage.ru_utime + usage.ru_stime
    return {
        "status": os.waitstatus_to_exitcode(status),
        "output": output.decode(errors="replace"),
        "seconds": seconds,
        "is_spent": seconds >= request["seconds"] or on_processor >= _NEARLY * child.CPU_SECONDS,
        "peak_bytes": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
    }


def _do(request: dict[str, Any], answers: int) -> None:
    path, folder, edit = Path(request["path"]), request["folder"], request["edit"]
    if edit:
        child.edit(path, from_row(edit), Path(request["into"]), answers)
    else:
        child.take_in(path, Path(folder) if folder else None, answers)


def _listen(reading: int, requests: socket.socket, *, until: float) -> bytes:
    """Return what a child said until it ended, said too much, its time was up or we must end."""
    output = b""
    while (patience := until - time.monotonic()) > 0:
        ready, _, _ = select.select([reading, requests.fileno()], [], [], patience)
        said = os.read(reading, 65536) if reading in ready else b""
        output += said
        # Nobody asks before the answer: there is only the end to be read from our parent.
        if not said or len(ready) > 1 or len(output) > _OUTPUT_BYTES:
            break
    return output
