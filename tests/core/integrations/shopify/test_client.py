"""The client against the demo shop, which answers on Shopify's own schema over real HTTP."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from core.demo.records import Order, gid
from core.demo.shop import DOMAIN
from core.errors import Unavailable
from core.integrations.shopify.client import REQUIRED_SCOPES, AdminClient
from core.integrations.shopify.order_photos import Source, find_on_order
from core.integrations.shopify.photo_roles import Role
from tests.core.integrations.shopify.conftest import Peer
from tests.core.integrations.shopify.test_transport import answering

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
HANDLE = "photo-review"


def order_id(order: Order) -> str:
    return gid("Order", order.id)


def open_order(peer: Peer) -> tuple[Order, str]:
    """An order that has yet to be shipped, and what ships it."""
    order = next(
        order
        for order in peer.shop.orders.values()
        if order.fulfillment_orders and order.fulfillment_orders[0].status == "OPEN"
    )
    return order, gid("FulfillmentOrder", order.fulfillment_orders[0].id)


def place(admin: AdminClient, fulfillment_order_id: str) -> str:
    hold = admin.hold(
        fulfillment_order_id, handle=HANDLE, note="Photos are being checked", external_id="7"
    )
    return hold.id


def test_every_order_comes_once_the_longest_unchanged_first(peer: Peer, admin: AdminClient) -> None:
    pages = list(admin.orders_updated_since(LONG_AGO))

    orders = [order for page in pages for order in page.orders]
    assert {order.name for order in orders} == {each.name for each in peer.shop.orders.values()}
    assert len(orders) == len(peer.shop.orders)
    assert orders == sorted(orders, key=lambda order: order.updated_at)
    assert [page.has_more for page in pages] == [True] * (len(pages) - 1) + [False]


def test_only_what_changed_since_then_comes_again(peer: Peer, admin: AdminClient) -> None:
    newest = max(order.updated_at for order in peer.shop.orders.values())
    changed = next(iter(peer.shop.orders.values()))
    admin.set_tags(order_id(changed), add=["awaiting photos"])

    pages = admin.orders_updated_since(newest + timedelta(seconds=1))

    assert [order.name for page in pages for order in page.orders] == [changed.name]


def test_an_order_is_read_with_its_times_properties_and_groups(
    peer: Peer, admin: AdminClient
) -> None:
    known = next(order for order in peer.shop.orders.values() if order.groups)

    order = admin.order(order_id(known))

    assert order is not None
    assert order.updated_at == known.updated_at.replace(microsecond=0)
    assert order.contact == known.email
    assert not order.is_cancelled
    assert [line.quantity for line in order.lines] == [line.quantity for line in known.lines]
    group = order.lines[0].group
    assert group is not None
    assert [each.key for each in group.attributes] == [
        each.key for each in known.groups[0].attributes
    ]
    assert order.lines[0].product is not None


def test_an_order_that_is_gone_is_none(admin: AdminClient) -> None:
    assert admin.order("gid://shopify/Order/999") is None
    assert admin.fulfillment_orders("gid://shopify/Order/999") == []


def test_a_withheld_address_is_no_failure(peer: Peer, admin: AdminClient) -> None:
    peer.go_wrong(null_emails=True)

    pages = list(admin.orders_updated_since(LONG_AGO))

    assert {order.contact for page in pages for order in page.orders} == {None}


def test_all_lines_of_a_long_order_are_read(peer: Peer, admin: AdminClient) -> None:
    order, fulfillment_order_id = open_order(peer)
    for _ in range(230):
        line = order.lines[0].model_copy(update={"id": order.take_id()})
        order.lines.append(line)
        order.fulfillment_orders[0].line_ids.append(line.id)
    peer.shop.save([order])
    ids = [gid("LineItem", line.id) for line in order.lines]

    read = admin.order(order_id(order))
    (holder,) = admin.fulfillment_orders(order_id(order))

    assert read is not None
    assert [line.id for line in read.lines] == ids
    assert holder.id == fulfillment_order_id
    assert {line.line_id for line in holder.lines} == set(ids)


def test_a_customer_s_photos_are_found_on_the_orders(peer: Peer, admin: AdminClient) -> None:
    address = ("127.0.0.1", int(peer.base_url.rpartition(":")[2]))

    orders = [order for page in admin.orders_updated_since(LONG_AGO) for order in page.orders]

    found = [photo for order in orders for photo in find_on_order(order, demo=address).photos]
    shown = [photo for photo in found if photo.role is Role.PHOTO]
    assert len(shown) >= len(orders)
    assert any(photo.source is Source.GROUP for photo in shown)


def test_a_hold_is_placed_once_however_often_it_is_asked_for(
    peer: Peer, admin: AdminClient
) -> None:
    order, fulfillment_order_id = open_order(peer)

    first = place(admin, fulfillment_order_id)
    second = place(admin, fulfillment_order_id)

    assert first == second
    (holder,) = admin.fulfillment_orders(order_id(order))
    assert holder.status == "ON_HOLD"
    assert [hold.handle for hold in holder.holds] == [HANDLE]
    assert holder.own_hold(HANDLE) == holder.holds[0]


def test_a_hold_whose_answer_was_lost_is_found_again(peer: Peer, admin: AdminClient) -> None:
    _, fulfillment_order_id = open_order(peer)
    peer.go_wrong(lost_answer=1)

    hold_id = place(admin, fulfillment_order_id)

    holder = admin.fulfillment_order(fulfillment_order_id)
    assert holder is not None
    assert [hold.id for hold in holder.holds] == [hold_id]


def test_only_our_own_hold_is_released(peer: Peer, admin: AdminClient) -> None:
    order, fulfillment_order_id = open_order(peer)
    peer.act(order.name, "hold")
    hold_id = place(admin, fulfillment_order_id)

    assert admin.release(fulfillment_order_id, [hold_id])

    holder = admin.fulfillment_order(fulfillment_order_id)
    assert holder is not None
    assert [hold.held_by_requesting_app for hold in holder.holds] == [False]
    assert holder.status == "ON_HOLD"


@pytest.mark.parametrize("gone", ["hold", "fulfillment order", "no ids"])
def test_a_hold_that_is_gone_releases_nobody_else_s(
    peer: Peer, admin: AdminClient, gone: str
) -> None:
    order, fulfillment_order_id = open_order(peer)
    peer.act(order.name, "hold")
    target = "gid://shopify/FulfillmentOrder/1" if gone == "fulfillment order" else ""
    ids = [] if gone == "no ids" else ["gid://shopify/FulfillmentHold/1"]

    released = admin.release(target or fulfillment_order_id, ids)

    assert not released
    assert [hold.by_app for hold in order.fulfillment_orders[0].holds] == [False]


def test_what_shopify_refuses_is_said_in_its_words(peer: Peer, admin: AdminClient) -> None:
    order, fulfillment_order_id = open_order(peer)
    peer.act(order.name, "ship")

    with pytest.raises(Unavailable) as raised:
        place(admin, fulfillment_order_id)

    assert raised.value.code == "refused"
    assert raised.value.permanent
    assert "held" in raised.value.detail


def test_tags_come_and_go_beside_those_of_others(peer: Peer, admin: AdminClient) -> None:
    order = next(iter(peer.shop.orders.values()))
    order.tags = ["wholesale"]
    peer.shop.save([order])

    admin.set_tags(order_id(order), add=["awaiting photos"])
    admin.set_tags(order_id(order), add=["photos approved"], remove=["awaiting photos"])
    admin.set_tags(order_id(order))

    read = admin.order(order_id(order))
    assert read is not None
    assert set(read.tags) == {"wholesale", "photos approved"}


def test_a_tag_with_a_comma_would_become_two(admin: AdminClient) -> None:
    with pytest.raises(ValueError, match="comma"):
        admin.set_tags("gid://shopify/Order/1", add=["awaiting, photos"])


def test_marks_on_a_missing_order_are_refused(admin: AdminClient) -> None:
    with pytest.raises(Unavailable, match="refused"):
        admin.set_tags("gid://shopify/Order/999", add=["awaiting photos"])
    with pytest.raises(Unavailable, match="refused"):
        admin.set_metafield("gid://shopify/Order/999", {"state": "approved"})


def test_the_metafield_holds_the_latest_state(peer: Peer, admin: AdminClient) -> None:
    order = next(iter(peer.shop.orders.values()))

    admin.set_metafield(order_id(order), {"state": "waiting"})
    admin.set_metafield(order_id(order), {"state": "approved", "photos": 2})

    data = admin.execute(
        'query ($id: ID!) { order(id: $id) { metafield(namespace: "$app", key: "photo_review")'
        " { type jsonValue } } }",
        {"id": order_id(order)},
    )
    assert data["order"]["metafield"] == {
        "type": "json",
        "jsonValue": {"state": "approved", "photos": 2},
    }


def test_the_check_names_the_shop_and_the_scopes_it_lacks(peer: Peer, admin: AdminClient) -> None:
    peer.go_wrong(missing_scopes=["write_orders", "read_customers"])

    connection = admin.check()

    assert connection.name == "Demo Photo Gifts"
    assert connection.domain == admin.domain
    assert connection.time_zone == "Europe/Berlin"
    assert connection.missing_scopes == ("write_orders", "read_customers")
    assert set(REQUIRED_SCOPES) - connection.scopes == set(connection.missing_scopes)


def test_a_page_that_is_too_dear_is_read_in_smaller_ones(peer: Peer, admin: AdminClient) -> None:
    # The most that Shopify counts, and more than it answers for 1,000 points.
    pages = list(admin.orders_updated_since(LONG_AGO, orders=250, lines=250))

    assert sum(len(page.orders) for page in pages) == len(peer.shop.orders)


def test_a_query_that_can_get_no_smaller_is_given_up() -> None:
    body = json.dumps(
        {"errors": [{"message": "Dear", "extensions": {"code": "MAX_COST_EXCEEDED"}}]}
    )

    with (
        answering(200, body) as (base_url, seen),
        AdminClient(DOMAIN, SecretStr("token"), base_url=base_url) as admin,
        pytest.raises(Unavailable) as raised,
    ):
        next(admin.orders_updated_since(LONG_AGO))

    assert raised.value.code == "too_costly"
    sizes = [
        (variables["first"], variables["lines"])
        for variables in (json.loads(request.body)["variables"] for request in seen)
    ]
    assert sizes[:3] == [(25, 50), (12, 50), (6, 50)]
    assert sizes[-1] == (1, 1)
