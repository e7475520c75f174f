"""One order, the nightly refresh and the import, of a real demo shop over HTTP."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update

from core import db, queue
from core.demo import control
from core.demo.control import Action
from core.demo.faults import Chaos
from core.demo.records import Order as DemoOrder
from core.demo.records import gid, now
from core.models import (
    FulfillmentOrder,
    Hold,
    HoldState,
    Order,
    Photo,
    PhotoState,
    Shop,
    SyncKind,
    SyncRun,
    WithdrawnBecause,
    utc_now,
)
from core.services import sync
from tests.loop import GOOD, Loop, order, small_loop

GONE = (PhotoState.WITHDRAWN, WithdrawnBecause.CANCELLED)


@pytest.fixture
def loop(committed: None, tmp_path: Path) -> Iterator[Loop]:
    with small_loop(tmp_path / "demo-shop", [[GOOD]] * 2) as loop:
        loop.sync()
        loop.work()
        yield loop


def place(loop: Loop, number: int) -> DemoOrder:
    """A customer orders just now, and no webhook tells it."""
    placed = order(number, [GOOD])
    placed.updated_at = now()
    loop.shop.save([placed])
    return placed


def act(loop: Loop, name: str, action: Action) -> None:
    control.act(loop.address, loop.shop.credentials.control_token, name, action)


def poll(loop: Loop) -> None:
    """The minute's run, and what follows from it."""
    loop.sync()
    loop.work()


def ask_for(loop: Loop, name: str) -> None:
    with db.transaction() as session:
        row = session.scalars(select(Order).where(Order.name == name)).one()
        sync.request_order(session, row.shop_id, row.shopify_id)
    loop.work()


def photo_of(name: str) -> tuple[PhotoState, WithdrawnBecause | None]:
    with db.transaction() as session:
        photo = session.scalars(select(Photo).join(Order).where(Order.name == name)).one()
    return photo.state, photo.withdrawn_because


def holds_on(name: str) -> list[HoldState]:
    with db.transaction() as session:
        found = select(Hold.state).join(Order).where(Order.name == name)
        return list(session.scalars(found.order_by(Hold.id)))


def run_of(run_id: int) -> SyncRun:
    with db.transaction() as session:
        return session.get_one(SyncRun, run_id)


def test_one_order_is_read_with_what_ships_it(loop: Loop) -> None:
    with db.transaction() as session:
        shop_id = session.scalars(select(Shop.id)).one()
    placed = place(loop, 1003)

    with db.transaction() as session:
        sync.request_order(session, shop_id, gid("Order", placed.id))
    loop.work()

    with db.transaction() as session:
        known = session.scalars(select(Order).where(Order.name == "#1003")).one()
        shipped = select(FulfillmentOrder.status).where(FulfillmentOrder.order_id == known.id)
        assert session.scalars(shipped).all()
        assert known.content_hash is not None


def test_an_order_that_is_deleted_is_withdrawn_when_it_is_asked_for(loop: Loop) -> None:
    act(loop, "#1001", "delete")

    ask_for(loop, "#1001")

    assert photo_of("#1001") == GONE
    assert photo_of("#1002") == (PhotoState.IN_REVIEW, None)


def test_r3_a_poll_finds_what_no_webhook_has_told(loop: Loop) -> None:
    place(loop, 1003)
    act(loop, "#1001", "cancel")
    act(loop, "#1002", "remove_app_hold")  # which changes no order

    poll(loop)

    assert photo_of("#1003") == (PhotoState.IN_REVIEW, None)
    assert photo_of("#1001") == GONE
    assert holds_on("#1002") == [HoldState.REMOVED]


def test_a_long_order_whose_rest_did_not_come_is_not_passed_over(loop: Loop) -> None:
    long, newer = order(1003, [GOOD, *[("KEY", "")] * 60]), order(1004, [GOOD])
    # Further apart than what the next poll reads once more.
    long.updated_at, newer.updated_at = now() - timedelta(minutes=20), now()
    loop.shop.save([long, newer])
    loop.go_wrong(chaos={"bad_json": 0.5, "seed": seed_of(False, True, True)})

    stopped = loop.sync()
    loop.work()
    loop.go_wrong()
    poll(loop)

    assert run_of(stopped).error == "bad_answer"
    assert photo_of("#1003") == photo_of("#1004") == (PhotoState.IN_REVIEW, None)


def seed_of(*strikes: bool) -> int:
    """With which the page comes, and what is asked for after it does not."""
    chaos = (Chaos(seed=seed, bad_json=0.5) for seed in range(1000))
    return next(
        each.seed for each in chaos if strikes == tuple(each.strikes("bad_json") for _ in strikes)
    )


def test_a_poll_without_news_asks_for_no_order_of_its_own(loop: Loop) -> None:
    poll(loop)
    before = asked_for()

    poll(loop)

    assert asked_for() == before


def asked_for() -> int:
    """How many orders have been asked for by themselves."""
    query = text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'sync_order'")
    with db.transaction() as session:
        return int(session.execute(query).scalar_one())


def test_the_fulfillment_orders_order_is_found(loop: Loop) -> None:
    act(loop, "#1002", "remove_app_hold")
    with db.transaction() as session:
        row = session.execute(
            select(Order.shop_id, FulfillmentOrder.shopify_id)
            .join(Order, Order.id == FulfillmentOrder.order_id)
            .where(Order.name == "#1002")
        ).one()
        sync.request_fulfillment_order(session, *row)

    loop.work()

    assert holds_on("#1002") == [HoldState.REMOVED]


def refresh(loop: Loop) -> SyncRun:
    with db.transaction() as session:
        run_id = sync.start_refresh(session, session.scalars(select(Shop.id)).one())
    loop.work()
    return run_of(run_id)


def test_the_refresh_finds_what_was_deleted(loop: Loop) -> None:
    act(loop, "#1001", "delete")

    run = refresh(loop)

    assert (run.error, run.orders) == (None, 2)
    assert photo_of("#1001") == GONE
    assert photo_of("#1002") == (PhotoState.IN_REVIEW, None)
    with db.transaction() as session:
        assert session.scalars(select(Shop.refreshed_at)).one() is not None


def test_a_refresh_that_is_refused_says_so_and_is_due_again(loop: Loop) -> None:
    loop.go_wrong(missing_scopes=["read_orders"])

    run = refresh(loop)

    assert run.error == "access_denied"
    with db.transaction() as session:
        assert session.scalars(select(Shop.refreshed_at)).one() is None


@pytest.fixture
def big(committed: None, tmp_path: Path) -> Iterator[Loop]:
    """A shop whose first reading is worth a bulk operation; few of its orders have photos."""
    orders = [[GOOD]] * 2 + [[("KEY", "")]] * 250
    with small_loop(tmp_path / "demo-shop", orders) as loop:
        loop.go_wrong(restore_rate=10_000)
        yield loop


def import_all(loop: Loop) -> SyncRun:
    """Whatever the import waits for comes at once."""
    run_id = loop.sync()
    loop.work()
    while run_of(run_id).finished_at is None:
        with db.transaction() as session:
            queue.hasten(session, "import_orders", "run_id", str(run_id))
        loop.work()
    return run_of(run_id)


def known() -> int:
    with db.transaction() as session:
        return session.scalar(select(func.count()).select_from(Order)) or 0


def test_a_big_shop_is_read_by_a_bulk_operation_and_then_by_polls(big: Loop) -> None:
    began = utc_now()

    run = import_all(big)

    assert (run.kind, run.error) == (SyncKind.IMPORT, None)
    assert run.bulk_operation_id is not None
    assert (run.orders, run.expected, known()) == (252, 252, 252)
    assert photo_of("#1001") == (PhotoState.IN_REVIEW, None)
    with db.transaction() as session:
        cursor = session.scalars(select(Shop.orders_cursor)).one()
    # What changed since the operation began is for the polls.
    assert cursor is not None
    assert cursor >= began - timedelta(seconds=1)

    act(big, "#1001", "cancel")
    run_id = big.sync()
    big.work()
    assert run_of(run_id).error is None
    assert photo_of("#1001") == GONE


def test_where_the_bulk_operation_fails_the_pages_are_read(big: Loop) -> None:
    big.go_wrong(bulk_fails=1, restore_rate=10_000)

    run = import_all(big)

    assert (run.error, run.bulk_operation_id) == (None, None)
    assert (run.orders, known()) == (252, 252)


def test_an_operation_that_is_lost_is_begun_again(big: Loop) -> None:
    run_id = big.sync()
    big.work()
    with db.transaction() as session:
        session.execute(update(SyncRun).values(bulk_operation_id="gid://shopify/BulkOperation/1"))

    run = import_all(big)

    assert run.id == run_id
    assert (run.error, known()) == (None, 252)
    assert run.bulk_operation_id not in (None, "gid://shopify/BulkOperation/1")


def test_a_small_shop_is_read_by_pages(loop: Loop) -> None:
    with db.transaction() as session:
        run = session.scalars(select(SyncRun).order_by(SyncRun.id).limit(1)).one()

    assert (run.kind, run.bulk_operation_id) == (SyncKind.IMPORT, None)
    assert (run.orders, run.expected) == (2, 2)
