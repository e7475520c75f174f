"""How a shop is read: a real demo shop over HTTP, and a worker that is stopped or has to wait."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from core import db
from core.demo.holds import cancel
from core.demo.records import now
from core.models import Event, EventName, Order, Photo, PhotoState, Shop
from core.services import sync
from tests.loop import GOOD, Loop, small_loop
from tests.waiting import until

REFUSE = """
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'refused'; END $$;
    CREATE TRIGGER refuse BEFORE INSERT ON orders
    FOR EACH ROW WHEN (NEW.name = '#1002') EXECUTE FUNCTION refuse();
"""


@pytest.fixture
def loop(committed: None, tmp_path: Path) -> Iterator[Loop]:
    with small_loop(tmp_path / "demo-shop", [[GOOD]] * 3) as loop:
        yield loop


def orders() -> list[str]:
    with db.transaction() as session:
        return list(session.scalars(select(Order.name).order_by(Order.name)))


def state_of(order: str) -> PhotoState:
    with db.transaction() as session:
        return session.scalars(select(Photo.state).join(Order).where(Order.name == order)).one()


def test_a_page_that_breaks_off_is_begun_again_and_nothing_is_lost(loop: Loop) -> None:
    with db.transaction() as session:
        session.execute(text(REFUSE))
    loop.sync()
    loop.work()
    assert orders() == ["#1001", "#1003"]  # the one that is refused takes no other with it
    with db.transaction() as session:
        assert session.scalars(select(Shop.orders_cursor)).one() is None
        session.execute(text("DROP TRIGGER refuse ON orders"))
        sync.close_abandoned(session)
    newest = max(order.updated_at for order in loop.shop.orders.values())

    loop.sync()
    loop.work()

    assert orders() == ["#1001", "#1002", "#1003"]
    with db.transaction() as session:
        found = select(func.count()).where(Event.name == EventName.PHOTO_FOUND)
        assert session.scalar(found) == 3
        # Or later: our own marks change the orders, too.
        cursor = session.scalars(select(Shop.orders_cursor)).one()
        assert cursor is not None
        assert cursor >= newest


def test_nobody_who_needs_an_order_waits_for_the_rest_of_its_page(loop: Loop) -> None:
    loop.sync()
    loop.work()
    for order in loop.shop.orders.values():
        cancel(order, now())
    loop.shop.save(loop.shop.orders.values())

    with ThreadPoolExecutor(1) as pool:
        with db.transaction() as session:
            second = select(Order.id).where(Order.name == "#1002")
            session.execute(second.with_for_update(key_share=True))
            loop.sync()
            working = pool.submit(loop.work)
            until(lambda: state_of("#1001") is PhotoState.WITHDRAWN, seconds=20)
            assert not working.done()
            assert state_of("#1002") is PhotoState.IN_REVIEW
        working.result(timeout=30)

    assert [state_of(f"#100{n}") for n in (2, 3)] == [PhotoState.WITHDRAWN] * 2


def test_a_shop_without_news_is_read_without_a_lock(loop: Loop) -> None:
    for _ in range(2):
        loop.sync()
        loop.work()

    with ThreadPoolExecutor(1) as pool, db.transaction() as session:
        session.execute(select(Order.id, Photo.id).join(Photo).with_for_update())
        loop.sync()
        pool.submit(loop.work).result(timeout=20)
