"""kill -9 the worker at random points, again and again: the same end as without."""

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy import text

from core import db
from core.upkeep import STALLED_TRIES
from tests.databases import new_database
from tests.faults.conftest import JOBS, Workers, count
from tests.loop import Loop, small_loop, snapshot

#: The last one that a job may die with.
KILLS = STALLED_TRIES - 1
#: Jobs of the shop; the others come each minute, or an hour after a picture.
OURS = "task_name NOT IN ('recover', 'sync_shops', 'look_after_orders', 'remove_picture')"
WORKING = f"procrastinate_jobs WHERE status = 'doing' AND worker_id > :earlier AND {OURS}"


@contextmanager
def new_loop(server: str, template: str, folder: Path) -> Iterator[Loop]:
    name = f"loupe_{folder.name}_{os.getpid()}"
    with new_database(server, name, template), small_loop(folder) as loop:
        loop.sync()
        yield loop


def newest_worker() -> int:
    newest = text("SELECT coalesce(max(id), 0) FROM procrastinate_workers")
    with db.transaction() as session:
        return int(session.execute(newest).scalar_one())


def test_a_worker_that_is_killed_again_and_again_comes_to_the_same_end(
    server: str, template: str, workers: Workers, tmp_path: Path
) -> None:
    chance = random.Random(5)
    with new_loop(server, template, tmp_path / "undisturbed") as loop:
        loop.work()
        undisturbed = snapshot(loop)

    with new_loop(server, template, tmp_path / "disturbed") as loop:
        for _ in range(KILLS):
            earlier = newest_worker()
            workers.start(loop.address)
            workers.until(partial(count, WORKING, earlier=earlier))
            time.sleep(chance.uniform(0, 0.8))  # the very moment is what is left to chance
            workers.kill()
        workers.start(loop.address)
        workers.until(lambda: not count(f"{JOBS} AND {OURS}"))
        workers.stop()
        disturbed = snapshot(loop)

    assert disturbed == undisturbed
