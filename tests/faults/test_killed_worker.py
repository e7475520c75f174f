"""R5: kill -9 the worker at random points, again and again: the same end as without."""

import os
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import select, text

from core import db, queue
from core.integrations.storage import digest, storage
from core.jobs.upkeep import STALLED_TRIES
from core.models import Order, Shop, Upload, utc_now
from tests.cast import Cast
from tests.databases import new_database
from tests.faults.conftest import JOBS, Workers, count
from tests.loop import Loop, leave_unread, small_loop, snapshot

#: The last one that a job may die with.
KILLS = STALLED_TRIES - 1
#: Jobs of the shop that are due: others come each minute, or an hour after a picture.
OURS = (
    "task_name NOT IN ('recover', 'sync_shops', 'look_after_orders') "
    "AND NOT (attempts = 0 AND coalesce(scheduled_at > now(), false))"
)
WORKING = f"procrastinate_jobs WHERE status = 'doing' AND worker_id > :earlier AND {OURS}"


@contextmanager
def new_loop(server: str, template: str, folder: Path) -> Iterator[Loop]:
    name = f"loupe_{folder.name}_{os.getpid()}"
    with new_database(server, name, template), small_loop(folder) as loop:
        loop.sync()
        leave_chores(folder)
        yield loop


def leave_chores(folder: Path) -> None:
    """Photos to judge anew, and a customer to forget together with a picture."""
    file = folder / "picture"
    file.write_bytes(folder.name.encode())
    with db.transaction() as session:
        queue.defer(session, "judge_photos", shop_id=session.scalars(select(Shop.id)).one())
        cast = Cast(session)
        leave_unread(session, cast.shop)
        cast.shop.retention_days = 30
        placed = cast.order()
        cast.approve(*placed.photos)
        placed.order.name = "#9999"
        placed.order.released_at = utc_now() - timedelta(days=31)
        session.get_one(Upload, placed.photos[0].upload_id).sha256 = storage().keep_original(file)
        queue.defer(session, "erase_expired", timestamp=0)


def forgotten(folder: Path) -> tuple[bool, bool]:
    """Whether the customer is, and the picture."""
    with db.transaction() as session:
        erased = select(Order.erased_at.is_not(None)).where(Order.name == "#9999")
        return session.scalars(erased).one(), not storage().has(digest(folder / "picture"))


def newest_worker() -> int:
    newest = text("SELECT coalesce(max(id), 0) FROM procrastinate_workers")
    with db.transaction() as session:
        return int(session.execute(newest).scalar_one())


def test_r5_a_worker_that_is_killed_again_and_again_comes_to_the_same_end(
    server: str, template: str, workers: Workers, tmp_path: Path
) -> None:
    chance = random.Random(5)
    with new_loop(server, template, tmp_path / "undisturbed") as loop:
        loop.work()
        undisturbed = snapshot(loop)
        assert forgotten(tmp_path / "undisturbed") == (True, True)

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
        assert forgotten(tmp_path / "disturbed") == (True, True)

    assert disturbed == undisturbed
