"""R5 for the readings: kill -9 the worker in an import and in a refresh, and nothing is missing."""

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

from core import db, queue
from core.demo import control
from core.models import Order, Shop, SyncRun
from core.services import sync
from tests.databases import new_database
from tests.faults.conftest import Workers, count
from tests.loop import GOOD, Loop, small_loop, snapshot

#: So many that they are read by a bulk operation; most without photos, for speed.
ORDERS = [[GOOD]] * 3 + [[("KEY", "")]] * 260
KILLS = 4
READING = (
    "procrastinate_jobs WHERE status = 'doing' AND task_name IN ('import_orders', 'refresh_orders')"
)
LEFT = (
    "procrastinate_jobs WHERE status IN ('todo', 'doing') "
    "AND task_name IN ('fetch_photo', 'tell_shopify', 'sync_order', 'sync_orders') "
    "AND NOT (attempts = 0 AND coalesce(scheduled_at > now(), false))"
)

Read = Callable[[Callable[[], int]], None]


def test_r5_an_import_and_a_refresh_that_are_killed_lose_nothing(
    server: str, template: str, workers: Workers, tmp_path: Path
) -> None:
    def undisturbed(start: Callable[[], int]) -> None:
        run_id = start()
        workers.start(loop.address)
        finish(workers, run_id)
        workers.stop()

    def disturbed(start: Callable[[], int]) -> None:
        run_id = start()
        for _ in range(KILLS):
            workers.start(loop.address)
            workers.until(lambda: is_over(run_id) or count(READING))
            time.sleep(chance.uniform(0, 0.6))  # the very moment is what is left to chance
            workers.kill()
        workers.start(loop.address)
        finish(workers, run_id)
        workers.stop()

    chance = random.Random(5)
    ends = []
    for read in (undisturbed, disturbed):
        name = f"loupe_{read.__name__}_{os.getpid()}"
        folder = tmp_path / read.__name__
        with new_database(server, name, template), small_loop(folder, ORDERS) as loop:
            ends.append(read_all(loop, read))

    assert ends[0] == ends[1]


def read_all(loop: Loop, read: Read) -> tuple[object, ...]:
    """What is here after an import, and a refresh that finds two orders deleted."""
    loop.go_wrong(restore_rate=10_000)
    read(loop.sync)
    imported = state(loop)
    for order in ("#1001", "#1100"):
        control.act(loop.address, loop.shop.credentials.control_token, order, "delete")
    read(start_refresh)
    return imported, state(loop)


def start_refresh() -> int:
    with db.transaction() as session:
        return sync.start_refresh(session, session.scalars(select(Shop.id)).one())


def state(loop: Loop) -> tuple[object, ...]:
    with db.transaction() as session:
        orders = session.scalar(select(func.count()).select_from(Order))
        deleted = select(Order.name).where(Order.deleted_at.is_not(None)).order_by(Order.name)
        return orders, session.scalars(deleted).all(), snapshot(loop)


def is_over(run_id: int) -> bool:
    with db.transaction() as session:
        # What would wait for Shopify's file comes at once.
        queue.hasten(session, "import_orders", "run_id", str(run_id))
        run = session.get_one(SyncRun, run_id)
    assert run.error is None
    return run.finished_at is not None


def finish(workers: Workers, run_id: int) -> None:
    workers.until(lambda: is_over(run_id) and not count(LEFT))
