"""Orders by their ids, with what ships them, and what has changed about that."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from core.demo.records import Order, gid
from core.demo.shop import DOMAIN
from core.errors import Unavailable
from core.integrations.shopify.client import AdminClient
from core.integrations.shopify.order_reader import ORDERS_BY_IDS, Page
from tests.core.integrations.shopify.conftest import Peer
from tests.core.integrations.shopify.test_bulk import line_node, order_node
from tests.core.integrations.shopify.test_client import HANDLE, open_order, order_id, place
from tests.core.integrations.shopify.test_transport import answering

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


def first_page(*nodes: dict[str, Any]) -> Page:
    """Of these orders; whichever is asked for by itself is gone."""
    data = {"orders": connection(*nodes), "order": None}
    with (
        answering(200, json.dumps({"data": data})) as (base_url, _),
        AdminClient(DOMAIN, SecretStr("token"), base_url=base_url) as admin,
    ):
        return next(admin.orders_updated_since(LONG_AGO))


def connection(*nodes: dict[str, Any], more: bool = False) -> dict[str, Any]:
    return {"nodes": nodes, "pageInfo": {"hasNextPage": more, "endCursor": "a"}}


def test_an_order_that_is_not_as_expected_is_named_and_the_others_are_read() -> None:
    lines = connection(line_node(1, of=1))

    page = first_page(order_node(1, lineItems=lines, name=None), order_node(2, lineItems=lines))

    assert [order.name for order in page.orders] == ["#2"]
    assert page.unreadable == ("gid://shopify/Order/1",)


def test_where_the_rest_of_a_long_order_does_not_come_the_page_is_to_be_read_again() -> None:
    lines = connection(line_node(1, of=1), more=True)

    with pytest.raises(Unavailable) as raised:
        first_page(order_node(1, lineItems=lines))

    assert raised.value.code == "bad_answer"
