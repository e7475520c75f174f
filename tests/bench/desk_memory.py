"""What one more open grid costs the web server: `grid_memory`."""

from collections.abc import Iterator
from contextlib import ExitStack

import psutil

from tests.bench.desk.stage import servers, stage
from tests.bench.result import Result
from tests.serving import Served
from tests.sockets import open_socket

#: Open before it is measured: what all share is loaded by then.
FIRST = 3
MORE = 10


def _memory() -> Iterator[Result]:
    """Both open as many pages as browsers would, without the browsers."""
    at = servers(stage())
    ours = _grown_mb(at.ours, at.token)
    plain = _grown_mb(at.plain, None)
    yield Result("grid_memory", ours, plain, plain / ours, "MB", MORE)


BENCHES = {"grid_memory": _memory}


def _grown_mb(served: Served, token: str | None) -> float:
    """For each page."""
    server = psutil.Process(served.pid)
    with ExitStack() as stack:

        def open_pages(count: int) -> int:
            for _ in range(count):
                stack.enter_context(open_socket(served, token=token)).run()
            return int(server.memory_info().rss)

        before = open_pages(FIRST)
        return (open_pages(MORE) - before) / MORE / 1e6
