import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.clients import Clients
from core.integrations.shopify.order_reader import Page
from core.integrations.shopify.orders import ShopifyOrder
from core.jobs import order_pages
from core.models import Order, Photo, PhotoState, utc_now
from core.queries import open_orders
from core.queries.sync_state import Source
from core.services import property_rules
from tests.cast import Cast
from tests.core.services.orders import line, shopify_order


def take_over(cast: Cast, order: ShopifyOrder) -> None:
    page = Page(orders=(order,), unreadable=(), has_more=False, asked_at=utc_now())
    order_pages.take_over(Clients(), Source(cast.shop.id, is_demo=False), page)
    cast.session.expire_all()


def test_orders_that_could_not_be_read_are_asked_for_again(cast: Cast) -> None:
    page = Page(
        orders=(shopify_order(line()),),
        unreadable=("gid://shopify/Order/8", "gid://shopify/Order/9"),
        has_more=False,
        asked_at=utc_now(),
    )

    for _ in range(2):  # the next poll begins a little before the last order
        order_pages.take_over(Clients(), Source(cast.shop.id, is_demo=False), page)

    assert cast.jobs("sync_order") == [
        {"shop_id": cast.shop.id, "order": order_id} for order_id in page.unreadable
    ]


def test_an_order_that_the_database_refuses_takes_no_other_with_it(
    cast: Cast, session: Session
) -> None:
    bad = shopify_order(line("a", current_quantity=2**70))
    good = [shopify_order(line("b")) for _ in range(2)]
    page = Page((good[0], bad, good[1]), unreadable=(), has_more=False, asked_at=utc_now())

    with pytest.raises(DBAPIError):
        order_pages.take_over(Clients(), Source(cast.shop.id, is_demo=False), page)

    taken = session.scalars(select(Order.shopify_id).order_by(Order.id)).all()
    assert taken == [order.id for order in good]


def test_an_order_that_is_in_a_page_twice_is_taken_over_once(cast: Cast, session: Session) -> None:
    first, other = shopify_order(line("a")), shopify_order(line("b"))
    page = Page((first, other, first), unreadable=(), has_more=False, asked_at=utc_now())

    order_pages.take_over(Clients(), Source(cast.shop.id, is_demo=False), page)

    assert states(session) == [PhotoState.FETCHING] * 2


def states(session: Session) -> list[PhotoState]:
    return list(session.scalars(select(Photo.state).order_by(Photo.id)))


def test_each_page_is_read_by_the_rules_of_now(cast: Cast, session: Session) -> None:
    order = shopify_order(line("a"))
    take_over(cast, order)
    property_rules.ignore(session, cast.shop.id, "photo", manager=cast.mia)
    session.flush()

    take_over(cast, order)
    ignored = states(session)
    property_rules.forget(session, cast.shop.id, "photo", manager=cast.mia)
    session.flush()
    take_over(cast, order)

    assert ignored == [PhotoState.WITHDRAWN]
    assert states(session) == [PhotoState.FETCHING]


def test_an_order_without_photos_is_read_again_for_a_new_rule_may_find_some(
    cast: Cast, session: Session
) -> None:
    take_over(cast, shopify_order(line()))
    take_over(cast, shopify_order(line(), cancelled_at=utc_now()))

    found = open_orders.after(session, cast.shop.id, 0, utc_now(), limit=10)

    assert len(found) == 1
