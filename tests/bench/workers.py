"""One piece of work for each photograph, on both cores."""

import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

from tests.bench.corpus import Photograph

_WORKERS = 2

R = TypeVar("R")


def for_each(
    photographs: Sequence[Photograph], work: Callable[[Photograph], R], *, label: str
) -> list[R]:
    """In the order of the photographs; `work` is a function that a module names."""
    started = time.monotonic()
    say(f"{label}: {len(photographs)} photographs")
    with ProcessPoolExecutor(_WORKERS) as pool:
        results = list(pool.map(work, photographs))
    say(f"{label}: {time.monotonic() - started:.0f} s")
    return results


def say(line: str) -> None:
    """What a person who waits reads; the results alone are on standard output."""
    sys.stderr.write(line + "\n")
