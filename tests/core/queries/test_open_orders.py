from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from core.models import Hold, HoldState, PhotoState, utc_now
from core.queries import open_orders
from tests.cast import Cast, CastOrder


def nothing(_: CastOrder) -> None:
    """In review."""


def approved(placed: CastOrder) -> None:
    placed.cast.approve(*placed.photos)


def released(placed: CastOrder, days: int = 1) -> None:
    approved(placed)
    placed.order.released_at = utc_now() - timedelta(days=days)


def released_long_ago(placed: CastOrder) -> None:
    released(placed, days=31)


def handed_over(placed: CastOrder) -> None:
    released(placed)
    placed.order.handed_over_at = utc_now()


def fulfilled(placed: CastOrder) -> None:
    approved(placed)
    placed.order.is_fulfilled = True


def withdrawn(placed: CastOrder) -> None:
    placed.order.cancelled_at = utc_now()
    placed.photos[0].state = PhotoState.WITHDRAWN


def withdrawn_and_held(placed: CastOrder) -> None:
    withdrawn(placed)
    hold = Hold(order_id=placed.id, fulfillment_order_id="1", shopify_id="1")
    hold.state = HoldState.PLACED
    placed.cast.session.add(hold)


def deleted(placed: CastOrder) -> None:
    placed.order.deleted_at = utc_now()


def erased(placed: CastOrder) -> None:
    placed.order.erased_at = utc_now()


@pytest.mark.parametrize(
    ("happened", "is_open"),
    [
        (nothing, True),
        (approved, True),
        (released, True),
        (released_long_ago, False),
        (handed_over, False),
        (fulfilled, False),
        (withdrawn, False),
        (withdrawn_and_held, True),
        (deleted, False),
        (erased, False),
    ],
)
def test_what_is_open_is_read_again(
    cast: Cast, session: Session, happened: Callable[[CastOrder], None], is_open: bool
) -> None:
    placed = cast.order()
    happened(placed)
    session.flush()

    found = open_orders.after(session, cast.shop.id, 0, utc_now(), limit=9)

    assert found == ([(placed.id, placed.order.shopify_id)] if is_open else [])


def test_the_rest_comes_behind_the_last_one_in_one_statement(
    cast: Cast, session: Session, queries: list[str]
) -> None:
    ids = [cast.order().id for _ in range(5)]
    Cast(session).order()  # of another shop
    session.flush()
    queries.clear()

    found = open_orders.after(session, cast.shop.id, ids[1], utc_now(), limit=2)

    assert [id_ for id_, _ in found] == ids[2:4]
    assert len(queries) == 1


NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("time_zone", "hours", "is_due"),
    [
        ("UTC", 24, False),  # noon
        ("UTC", 37, True),  # at night it was off
        ("America/Los_Angeles", 24, True),  # 4 o'clock
        ("America/Los_Angeles", 2, False),  # read this night
        ("Asia/Tokyo", 24, False),
    ],
)
def test_a_shop_is_read_again_in_its_own_night(
    cast: Cast, session: Session, time_zone: str, hours: int, is_due: bool
) -> None:
    cast.shop.time_zone = time_zone
    cast.shop.refreshed_at = NOON - timedelta(hours=hours)
    session.flush()

    assert open_orders.due(session, NOON) == ([cast.shop.id] if is_due else [])


def test_a_shop_that_is_disconnected_is_left_alone(cast: Cast, session: Session) -> None:
    cast.shop.refreshed_at = NOON - timedelta(days=9)
    cast.shop.disconnected_at = NOON
    session.flush()

    assert open_orders.due(session, NOON) == []
