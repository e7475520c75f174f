"""Orders by their ids, with what ships them, and what has changed about that."""

from datetime import UTC, datetime, timedelta

from core.demo.records import Order, gid
from core.integrations.shopify.client import AdminClient
from core.integrations.shopify.order_reader import ORDERS_BY_IDS
from tests.core.integrations.shopify.conftest import Peer
from tests.core.integrations.shopify.test_client import HANDLE, open_order, order_id, place

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def some(peer: Peer, count: int) -> list[Order]:
    return list(peer.shop.orders.values())[:count]


def test_an_order_is_read_with_all_that_ships_it(peer: Peer, admin: AdminClient) -> None:
    order, fulfillment_order_id = open_order(peer)
    place(admin, fulfillment_order_id)

    whole = admin.whole_order(order_id(order))

    assert whole is not None
    assert whole.order == admin.order(order_id(order))
    assert list(whole.fulfillment_orders) == admin.fulfillment_orders(order_id(order))
    held = next(each for each in whole.fulfillment_orders if each.id == fulfillment_order_id)
    assert held.own_hold(HANDLE) is not None


def test_many_fulfillment_orders_are_all_read(peer: Peer, admin: AdminClient) -> None:
    order, _ = open_order(peer)
    first = order.fulfillment_orders[0]
    for _ in range(24):
        copy = first.model_copy(update={"id": order.take_id()}, deep=True)
        order.fulfillment_orders.append(copy)
    peer.shop.save([order])

    whole = admin.whole_order(order_id(order))

    assert whole is not None
    expected = [gid("FulfillmentOrder", each.id) for each in order.fulfillment_orders]
    assert sorted(each.id for each in whole.fulfillment_orders) == sorted(expected)


def test_an_order_that_is_gone_has_nothing_that_ships_it(admin: AdminClient) -> None:
    assert admin.whole_order("gid://shopify/Order/999") is None
    assert admin.order_of_fulfillment("gid://shopify/FulfillmentOrder/999") is None


def test_orders_are_read_by_their_ids_and_those_that_are_gone_are_named(
    peer: Peer, admin: AdminClient
) -> None:
    known = some(peer, ORDERS_BY_IDS - 1)
    gone = "gid://shopify/Order/999"
    began = datetime.now(UTC)

    page = admin.orders_by_ids([order_id(known[0]), gone, *map(order_id, known[1:])])

    assert [order.name for order in page.orders] == [order.name for order in known]
    assert page.gone == (gone,)
    assert page.unreadable == ()
    assert page.asked_at >= began


def test_orders_are_counted_from_a_time_on(peer: Peer, admin: AdminClient) -> None:
    newest = max(order.updated_at for order in peer.shop.orders.values())

    assert admin.orders_count(LONG_AGO) == len(peer.shop.orders)
    assert admin.orders_count(newest + timedelta(seconds=1)) == 0


def test_a_hold_shows_among_the_changed_fulfillment_orders(peer: Peer, admin: AdminClient) -> None:
    every = [each for page in admin.fulfillment_orders_updated_since(LONG_AGO) for each in page]
    newest = max(each.updated_at for each in every)
    order, fulfillment_order_id = open_order(peer)
    place(admin, fulfillment_order_id)

    pages = admin.fulfillment_orders_updated_since(newest + timedelta(seconds=1))

    (changed,) = [each for page in pages for each in page]
    assert (changed.id, changed.order_id) == (fulfillment_order_id, order_id(order))
    assert admin.order_of_fulfillment(fulfillment_order_id) == order_id(order)
    expected = [each.id for known in peer.shop.orders.values() for each in known.fulfillment_orders]
    assert len(every) == len(expected)
