import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from core import db, queue
from core.models import Hold, HoldState, Order, Photo, PhotoState, SyncRun
from tests.loop import GOOD, Loop, small_loop


@pytest.fixture
def loop(committed: None, tmp_path: Path) -> Iterator[Loop]:
    with small_loop(tmp_path / "shop", [[GOOD], [GOOD]]) as loop:
        yield loop


@pytest.mark.parametrize(
    "faults",
    [
        {"throttled": 2},
        {"too_many_requests": 3, "retry_after": 0.1},
        {"server_error": 2},
        {"bad_json": 2},
        {"slow_seconds": 0.2},
        {"lost_answer": 1},
    ],
    ids=lambda faults: next(iter(faults)),
)
def test_nothing_is_lost_or_doubled_on_a_bad_day(loop: Loop, faults: dict[str, float]) -> None:
    loop.go_wrong(**faults)

    loop.sync()
    loop.work()

    assert_all_is_there(loop)


def assert_all_is_there(loop: Loop) -> None:
    with db.transaction() as session:
        photos = session.execute(select(Order.name, Photo.state).join(Photo)).all()
        holds = session.execute(select(Order.name, Hold.state).join(Hold)).all()
    names = ["#1001", "#1002"]
    assert sorted(map(tuple, photos)) == [(name, PhotoState.IN_REVIEW) for name in names]
    assert sorted(map(tuple, holds)) == [(name, HoldState.PLACED) for name in names]
    for order in loop.shop.orders.values():
        (fulfillment_order,) = order.fulfillment_orders
        assert [hold.handle for hold in fulfillment_order.holds] == ["photo-review"]


def test_a_hold_that_was_placed_without_our_knowing_is_found_again(loop: Loop) -> None:
    loop.sync()
    loop.work()
    with db.transaction() as session:
        session.execute(delete(Hold))
        for order_id in session.scalars(select(Order.id)):
            queue.defer(session, "tell_shopify", order_id=order_id)

    loop.work()

    assert_all_is_there(loop)


def test_a_sync_that_is_refused_says_so_and_the_next_one_catches_up(loop: Loop) -> None:
    loop.go_wrong(missing_scopes=["read_orders"])
    refused = loop.sync()
    loop.work()
    with db.transaction() as session:
        run = session.get_one(SyncRun, refused)
        assert (run.error, run.orders) == ("access_denied", 0)
        assert run.finished_at is not None

    loop.go_wrong()
    loop.sync()
    loop.work()

    assert_all_is_there(loop)


def test_a_shop_that_forgot_our_token_is_asked_for_another(loop: Loop, tmp_path: Path) -> None:
    loop.sync()
    loop.work()
    with closing(sqlite3.connect(tmp_path / "shop" / "shop.sqlite")) as rows, rows:
        rows.execute("DELETE FROM tokens")

    loop.sync()
    loop.work()
    loop.sync()
    loop.work()

    with db.transaction() as session:
        errors = session.scalars(select(SyncRun.error).order_by(SyncRun.id)).all()
    assert errors[-1] is None
    assert_all_is_there(loop)
