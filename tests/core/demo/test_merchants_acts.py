"""What the merchant, or another app, does to an order after it was placed."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from core.demo import control
from core.demo.records import Order, gid
from tests.core.demo.receiving import Receiver, receiving
from tests.core.demo.serving import Client
from tests.waiting import until

ORDER = """
    query ($id: ID!) {
      order(id: $id) {
        displayFulfillmentStatus displayFinancialStatus updatedAt
        lineItems(first: 50) {
          nodes { id title quantity currentQuantity unfulfilledQuantity
                  customAttributes { key value } }
        }
        fulfillmentOrders(first: 10) {
          nodes { id status fulfillmentHolds { handle }
                  lineItems(first: 10) { nodes { id remainingQuantity lineItem { id } } } }
        }
      }
    }
"""
HOLD = """
    mutation ($id: ID!) {
      fulfillmentOrderHold(id: $id, fulfillmentHold: {reason: OTHER, handle: "photo-review"}) {
        userErrors { message }
      }
    }
"""


@pytest.fixture
def receiver(client: Client) -> Iterator[Receiver]:
    with receiving() as receiver:
        receiver.subscribe(
            client,
            "ORDERS_UPDATED",
            "ORDERS_EDITED",
            "ORDERS_DELETE",
            "FULFILLMENT_ORDERS_SPLIT",
            "FULFILLMENT_ORDERS_MOVED",
            "FULFILLMENT_ORDERS_ORDER_ROUTING_COMPLETE",
        )
        yield receiver


def with_lines(client: Client, count: int) -> Order:
    """An order of so many shipped lines, each with photos of its own."""
    return next(
        order
        for order in client.shop.orders.values()
        if len(order.lines) == count
        and len(order.fulfillment_orders) == 1
        and not order.cancelled_at
        and all(any("{photos}" in (a.value or "") for a in line.attributes) for line in order.lines)
    )


@pytest.fixture
def order(client: Client) -> Order:
    return with_lines(client, 1)


def act(client: Client, order: Order, action: Any, **wishes: object) -> None:
    token = client.shop.credentials.control_token
    control.act(client.base_url, token, order.name, action, **wishes)


def read(client: Client, order: Order) -> Any:
    return client.ask(ORDER, id=gid("Order", order.id))["order"]


def statuses(answer: Any) -> list[str]:
    return [each["status"] for each in answer["fulfillmentOrders"]["nodes"]]


def test_a_line_is_removed_and_comes_back(client: Client, order: Order, receiver: Receiver) -> None:
    quantity = order.lines[0].quantity

    act(client, order, "remove_line", line=0)
    removed = read(client, order)
    act(client, order, "restore_line", line=0)
    restored = read(client, order)

    assert removed["lineItems"]["nodes"][0]["currentQuantity"] == 0
    assert removed["lineItems"]["nodes"][0]["quantity"] == quantity
    assert statuses(removed) == ["CLOSED"]
    assert restored["lineItems"]["nodes"][0]["currentQuantity"] == quantity
    assert statuses(restored) == ["CLOSED", "OPEN"]
    first, _, second, _ = receiver.wait(4)
    assert receiver.topics == ["orders/edited", "orders/updated"] * 2
    line = {"id": order.lines[0].id, "delta": quantity}
    assert first.payload["order_edit"]["order_id"] == order.id
    assert first.payload["order_edit"]["line_items"] == {"additions": [], "removals": [line]}
    assert second.payload["order_edit"]["line_items"] == {"additions": [line], "removals": []}


def test_one_of_two_lines_is_removed(client: Client) -> None:
    order = with_lines(client, 2)

    act(client, order, "remove_line", line=1)

    [each] = read(client, order)["fulfillmentOrders"]["nodes"]
    assert each["status"] == "OPEN"
    assert [line["lineItem"]["id"] for line in each["lineItems"]["nodes"]] == [
        gid("LineItem", order.lines[0].id)
    ]


def test_a_quantity_is_raised(client: Client, order: Order) -> None:
    act(client, order, "change_quantity", quantity=9)

    [line] = read(client, order)["lineItems"]["nodes"]
    assert (line["quantity"], line["currentQuantity"], line["unfulfilledQuantity"]) == (9, 9, 9)


def test_a_line_is_added_with_a_photo(client: Client, order: Order) -> None:
    act(client, order, "add_line", sku="PRT-13", photo="owl.jpg", quantity=2)

    answer = read(client, order)
    added = answer["lineItems"]["nodes"][1]
    assert (added["title"], added["currentQuantity"]) == ("Photo print", 2)
    assert added["customAttributes"][0]["value"] == f"{client.base_url}/photos/owl.jpg"
    [each] = answer["fulfillmentOrders"]["nodes"]
    assert each["lineItems"]["nodes"][1]["remainingQuantity"] == 2


@pytest.mark.parametrize("photo", ["owl.jpg", None])
def test_a_photo_is_replaced_on_the_order(
    client: Client, order: Order, receiver: Receiver, photo: str | None
) -> None:
    before = read(client, order)["lineItems"]["nodes"][0]["customAttributes"]

    act(client, order, "replace_photo", **({"photo": photo} if photo else {}))

    after = read(client, order)["lineItems"]["nodes"][0]["customAttributes"]
    assert [each["key"] for each in after] == [each["key"] for each in before]
    changed = [one["value"] for one, other in zip(after, before, strict=True) if one != other]
    assert changed
    assert all(value.startswith(f"{client.base_url}/photos/{photo or ''}") for value in changed)
    [received] = receiver.wait(1)
    assert received.topic == "orders/updated"


def test_a_line_is_refunded_and_the_rest_is_not(client: Client) -> None:
    order = with_lines(client, 2)

    act(client, order, "refund", line=0)
    partly = read(client, order)
    act(client, order, "refund")
    whole = read(client, order)

    assert partly["displayFinancialStatus"] == "PARTIALLY_REFUNDED"
    assert partly["lineItems"]["nodes"][0]["currentQuantity"] == 0
    assert whole["displayFinancialStatus"] == "REFUNDED"
    assert statuses(whole) == ["CLOSED"]


def test_a_fulfillment_order_is_split_unless_it_is_held(client: Client, receiver: Receiver) -> None:
    order = with_lines(client, 2)
    act(client, order, "hold")
    with pytest.raises(httpx.HTTPStatusError, match="422"):
        act(client, order, "split")
    act(client, order, "release")

    act(client, order, "split")

    both = read(client, order)["fulfillmentOrders"]["nodes"]
    [received] = receiver.wait(1)
    assert [[line["lineItem"]["id"] for line in each["lineItems"]["nodes"]] for each in both] == [
        [gid("LineItem", line.id)] for line in order.lines
    ]
    assert received.topic == "fulfillment_orders/split"
    assert received.payload["remaining_fulfillment_order"]["id"] == both[1]["id"]


@pytest.mark.parametrize(("keeps_holds", "status"), [(False, "OPEN"), (True, "ON_HOLD")])
def test_a_move_makes_another_fulfillment_order(
    client: Client, order: Order, receiver: Receiver, keeps_holds: bool, status: str
) -> None:
    [before] = order.fulfillment_orders
    client.ask(HOLD, id=gid("FulfillmentOrder", before.id))

    act(client, order, "move", keeps_holds=keeps_holds)

    answer = read(client, order)
    old, new = answer["fulfillmentOrders"]["nodes"]
    assert (old["status"], new["status"]) == ("CLOSED", status)
    assert len(new["fulfillmentHolds"]) == keeps_holds
    assert old["lineItems"]["nodes"][0]["remainingQuantity"] == 0
    assert old["lineItems"]["nodes"][0]["id"] != new["lineItems"]["nodes"][0]["id"]
    [received] = receiver.wait(1)
    assert received.payload["moved_fulfillment_order"]["id"] == new["id"]
    assert answer["displayFulfillmentStatus"] != "FULFILLED"


def test_what_is_closed_is_not_held(client: Client, order: Order) -> None:
    act(client, order, "move")

    act(client, order, "hold")

    assert statuses(read(client, order)) == ["CLOSED", "ON_HOLD"]


@pytest.mark.parametrize("action", ["add_line", "remove_line", "restore_line", "cancel"])
def test_a_cancelled_order_stays_as_it_is(client: Client, order: Order, action: str) -> None:
    act(client, order, "cancel")
    before = order.model_copy(deep=True)

    with pytest.raises(httpx.HTTPStatusError, match="422"):
        act(client, order, action)

    assert order == before


def test_the_page_says_how_many_are_left_and_who_is_told(
    client: Client, order: Order, receiver: Receiver
) -> None:
    act(client, order, "change_quantity", quantity=9)
    act(client, order, "change_quantity", quantity=4)

    page = client.http.get(client.base_url).text

    assert "4 of 9 ×" in page
    assert receiver.address in page


def test_a_shipped_order_is_fulfilled(client: Client, order: Order) -> None:
    act(client, order, "ship")

    answer = read(client, order)

    assert answer["displayFulfillmentStatus"] == "FULFILLED"
    assert statuses(answer) == ["CLOSED"]


def test_a_deleted_order_is_gone_and_its_number_is_not_given_again(
    client: Client, receiver: Receiver
) -> None:
    token = client.shop.credentials.control_token
    last = client.shop.orders[max(client.shop.orders)]

    act(client, last, "delete")
    [placed] = control.send_orders(client.base_url, token, 1)

    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert client.ask(query, ids=[gid("Order", last.id)])["nodes"] == [None]
    assert placed == f"#{last.number + 1}"
    listed = client.ask("{ orders(first: 250, sortKey: UPDATED_AT) { nodes { name } } }")
    assert last.name not in {order["name"] for order in listed["orders"]["nodes"]}
    deleted = receiver.wait(1)[0]
    assert (deleted.topic, deleted.payload) == ("orders/delete", {"id": last.id})


def test_our_hold_is_removed_by_hand_and_the_merchants_stays(client: Client, order: Order) -> None:
    act(client, order, "hold")
    client.ask(HOLD, id=gid("FulfillmentOrder", order.fulfillment_orders[0].id))

    act(client, order, "remove_app_hold")

    [each] = read(client, order)["fulfillmentOrders"]["nodes"]
    assert each["status"] == "ON_HOLD"
    assert each["fulfillmentHolds"] == [{"handle": None}]


def test_fulfillment_orders_come_late(client: Client, receiver: Receiver) -> None:
    client.go_wrong(late_fulfillment_orders=1)

    control.send_orders(client.base_url, client.shop.credentials.control_token, 3)
    newest = sorted(client.shop.orders)[-3:]
    orders = [client.shop.orders[number] for number in newest]
    at_first = [len(order.fulfillment_orders) for order in orders]

    until(lambda: all(order.fulfillment_orders for order in orders))
    assert at_first == [0, 0, 0]
    assert receiver.wait(3)[0].topic == "fulfillment_orders/order_routing_complete"


@pytest.mark.parametrize(
    ("action", "wishes"),
    [
        ("remove_line", {"line": 7}),
        ("change_quantity", {}),
        ("add_line", {"sku": "GOLD"}),
        ("restore_line", {}),
        ("split", {}),
    ],
)
def test_what_cannot_be_done_is_refused(
    client: Client, order: Order, action: str, wishes: dict[str, object]
) -> None:
    before = order.model_copy(deep=True)

    with pytest.raises(httpx.HTTPStatusError, match="422"):
        act(client, order, action, **wishes)

    assert order == before


def test_a_wish_that_nobody_understands_is_a_mistake_of_the_test(
    client: Client, order: Order
) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        act(client, order, "remove_line", position=0)
    with pytest.raises(httpx.HTTPStatusError, match="404"):
        act(client, order, "uncancel")
