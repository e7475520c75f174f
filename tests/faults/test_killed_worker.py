"""kill -9 the worker at random points, again and again: the same end as without."""

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.databases import new_database
from tests.faults.conftest import JOBS, Workers, count, until
from tests.loop import Loop, small_loop, snapshot

KILLS = 5
MINUTELY = "('recover', 'sync_shops', 'look_after_orders')"


@contextmanager
def new_loop(server: str, template: str, folder: Path) -> Iterator[Loop]:
    name = f"loupe_{folder.name}_{os.getpid()}"
    with new_database(server, name, template), small_loop(folder) as loop:
        loop.sync()
        yield loop


def test_a_worker_that_is_killed_again_and_again_comes_to_the_same_end(
    server: str, template: str, workers: Workers, tmp_path: Path
) -> None:
    chance = random.Random(5)
    with new_loop(server, template, tmp_path / "undisturbed") as loop:
        loop.work()
        undisturbed = snapshot(loop)

    with new_loop(server, template, tmp_path / "disturbed") as loop:
        for _ in range(KILLS):
            workers.start(loop.address)
            until(lambda: bool(count("procrastinate_jobs WHERE status = 'doing'")))
            time.sleep(chance.uniform(0, 0.8))  # the very moment is what is left to chance
            workers.kill()
        workers.start(loop.address)
        workers.until(lambda: not count(f"{JOBS} AND task_name NOT IN {MINUTELY}"))
        workers.stop()
        disturbed = snapshot(loop)

    assert disturbed == undisturbed
