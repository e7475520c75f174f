"""Wait for what happens elsewhere: in another process or thread."""

import time
from collections.abc import Callable

_PAUSE = 0.02  # seconds between two looks


def until(happened: Callable[[], object], *, seconds: float = 60) -> None:
    """Look again and again, and fail after so long."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(_PAUSE)
