"""Holds, tags and metafields, as recorded at a real store."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from core.demo.control import act
from core.demo.records import FulfillmentOrder, Order, gid
from tests.core.demo.serving import Client

HOLD = """
    mutation ($id: ID!, $hold: FulfillmentOrderHoldInput!) {
      fulfillmentOrderHold(id: $id, fulfillmentHold: $hold) {
        fulfillmentHold { id handle reason reasonNotes heldByRequestingApp }
        fulfillmentOrder {
          status supportedActions { action } order { displayFulfillmentStatus }
        }
        userErrors { field message code }
      }
    }
"""
RELEASE = """
    mutation ($id: ID!, $holdIds: [ID!]) {
      fulfillmentOrderReleaseHold(id: $id, holdIds: $holdIds) {
        fulfillmentOrder {
          status supportedActions { action } fulfillmentHolds { handle heldByRequestingApp }
        }
        userErrors { field message code }
      }
    }
"""
TAG = """
    mutation ($id: ID!, $add: [String!]!, $remove: [String!]!) {
      tagsRemove(id: $id, tags: $remove) { node { id } userErrors { field message } }
      tagsAdd(id: $id, tags: $add) {
        node { ... on Order { tags } } userErrors { field message }
      }
    }
"""
SET = """
    mutation ($metafields: [MetafieldsSetInput!]!) {
      metafieldsSet(metafields: $metafields) {
        metafields { id namespace key value compareDigest }
        userErrors { field message code elementIndex }
      }
    }
"""


@pytest.fixture
def order(client: Client) -> Order:
    order = client.shop.orders[1001]
    # Changed long ago, so that a change now can be seen in whole seconds.
    order.updated_at = order.fulfillment_orders[0].updated_at = order.created_at
    return order


def fulfillment_order(order: Order) -> FulfillmentOrder:
    [only] = order.fulfillment_orders
    return only


def hold(client: Client, order: Order, **wanted: Any) -> Any:
    wanted = {"reason": "OTHER", "handle": "photo-review", **wanted}
    number = fulfillment_order(order).id
    answer = client.ask(HOLD, id=gid("FulfillmentOrder", number), hold=wanted)
    return answer["fulfillmentOrderHold"]


def release(client: Client, order: Order, hold_ids: list[str] | None) -> Any:
    number = fulfillment_order(order).id
    answer = client.ask(RELEASE, id=gid("FulfillmentOrder", number), holdIds=hold_ids)
    return answer["fulfillmentOrderReleaseHold"]


def actions(answer: Any) -> list[str]:
    return [each["action"] for each in answer["fulfillmentOrder"]["supportedActions"]]


def set_metafield(client: Client, order: Order, **wanted: Any) -> Any:
    field = {"ownerId": gid("Order", order.id), "namespace": "$app", "key": "photo_review"}
    answer = client.ask(SET, metafields=[{**field, "type": "json", **wanted}])
    return answer["metafieldsSet"]


def test_a_hold_stops_the_fulfillment_order(client: Client, order: Order) -> None:
    answer = hold(client, order, reasonNotes="Photos are being checked")

    assert answer["userErrors"] == []
    assert answer["fulfillmentHold"]["heldByRequestingApp"]
    assert answer["fulfillmentHold"]["reasonNotes"] == "Photos are being checked"
    assert answer["fulfillmentOrder"]["status"] == "ON_HOLD"
    assert answer["fulfillmentOrder"]["order"]["displayFulfillmentStatus"] == "ON_HOLD"
    assert actions(answer) == ["RELEASE_HOLD", "HOLD", "MOVE"]


def test_a_hold_moves_the_time_of_the_fulfillment_order_only(client: Client, order: Order) -> None:
    hold(client, order)

    assert fulfillment_order(order).updated_at - order.updated_at > timedelta(hours=1)


def test_a_second_hold_with_the_same_handle_is_refused(client: Client, order: Order) -> None:
    hold(client, order)

    answer = hold(client, order)

    assert answer["fulfillmentHold"] is None
    [error] = answer["userErrors"]
    assert error["code"] == "DUPLICATE_FULFILLMENT_HOLD_HANDLE"
    assert error["field"] == ["fulfillmentHold", "handle"]


def test_an_app_places_at_most_ten_holds(client: Client, order: Order) -> None:
    answers = [hold(client, order, handle=f"hold-{number}") for number in range(11)]

    assert actions(answers[9]) == ["RELEASE_HOLD", "MOVE"]
    [error] = answers[10]["userErrors"]
    assert error["code"] == "FULFILLMENT_ORDER_HOLD_LIMIT_REACHED"


def test_releasing_one_of_two_holds_leaves_the_other(client: Client, order: Order) -> None:
    first = hold(client, order)["fulfillmentHold"]["id"]
    second = hold(client, order, handle="other")["fulfillmentHold"]["id"]

    still_held = release(client, order, [first])
    released = release(client, order, [second])

    assert still_held["fulfillmentOrder"]["status"] == "ON_HOLD"
    assert released["fulfillmentOrder"]["status"] == "OPEN"
    assert actions(released) == ["CREATE_FULFILLMENT", "REPORT_PROGRESS", "MOVE", "HOLD", "SPLIT"]


def test_releasing_our_hold_leaves_the_merchants(client: Client, order: Order) -> None:
    act(client.base_url, client.shop.credentials.control_token, order.name, "hold")
    ours = hold(client, order)["fulfillmentHold"]["id"]

    answer = release(client, order, [ours])

    [left] = answer["fulfillmentOrder"]["fulfillmentHolds"]
    assert not left["heldByRequestingApp"]
    assert answer["fulfillmentOrder"]["status"] == "ON_HOLD"


def test_releasing_without_ids_releases_everybodys_holds(client: Client, order: Order) -> None:
    act(client.base_url, client.shop.credentials.control_token, order.name, "hold")
    hold(client, order)

    answer = release(client, order, None)

    assert answer["fulfillmentOrder"]["fulfillmentHolds"] == []
    assert answer["fulfillmentOrder"]["status"] == "OPEN"


def test_a_part_of_what_is_held_cannot_be_held(client: Client, order: Order) -> None:
    hold(client, order)
    part = [{"id": gid("FulfillmentOrderLineItem", order.lines[0].id), "quantity": 1}]

    answer = hold(client, order, handle="part", fulfillmentOrderLineItems=part)

    assert answer["userErrors"][0]["code"] == "FULFILLMENT_ORDER_NOT_SPLITTABLE"


def test_a_missing_fulfillment_order_cannot_be_held(client: Client) -> None:
    answer = client.ask(HOLD, id=gid("FulfillmentOrder", 7), hold={"reason": "OTHER"})

    [error] = answer["fulfillmentOrderHold"]["userErrors"]
    assert error["code"] == "FULFILLMENT_ORDER_NOT_FOUND"


def test_a_reason_that_shopify_does_not_know_is_refused(client: Client, order: Order) -> None:
    number = gid("FulfillmentOrder", fulfillment_order(order).id)

    error = client.refused(HOLD, id=number, hold={"reason": "PHOTO"})

    assert error["extensions"]["code"] == "INVALID_VARIABLE"
    assert fulfillment_order(order).status == "OPEN"


def test_a_hold_is_denied_without_its_scope(client: Client, order: Order) -> None:
    client.go_wrong(missing_scopes=["write_merchant_managed_fulfillment_orders"])
    number = gid("FulfillmentOrder", fulfillment_order(order).id)

    error = client.refused(HOLD, id=number, hold={"reason": "OTHER"})

    assert error["extensions"]["code"] == "ACCESS_DENIED"
    assert fulfillment_order(order).status == "OPEN"


def test_tags_are_split_at_commas_and_sorted(client: Client, order: Order) -> None:
    answer = client.ask(
        TAG, id=gid("Order", order.id), add=["photos-ok, zebra", "Apple"], remove=[]
    )

    assert answer["tagsAdd"]["node"]["tags"] == ["Apple", "photos-ok", "zebra"]
    assert order.updated_at > order.created_at


def test_a_tag_is_exchanged_for_another(client: Client, order: Order) -> None:
    client.ask(TAG, id=gid("Order", order.id), add=["photos-waiting"], remove=[])

    answer = client.ask(
        TAG, id=gid("Order", order.id), add=["photos-ok"], remove=["PHOTOS-WAITING"]
    )

    assert answer["tagsAdd"]["node"]["tags"] == ["photos-ok"]


def test_tags_on_a_missing_order_are_refused(client: Client) -> None:
    answer = client.ask(TAG, id=gid("Order", 7), add=["x"], remove=[])

    assert answer["tagsAdd"] == {
        "node": None,
        "userErrors": [{"field": ["id"], "message": "Order does not exist"}],
    }


def test_an_apps_metafield_is_read_back(client: Client, order: Order) -> None:
    answer = set_metafield(client, order, value='{"state": "approved"}')

    [metafield] = answer["metafields"]
    assert metafield["namespace"].startswith("app--")
    read = client.ask(
        """query ($id: ID!) { order(id: $id) {
            mine: metafield(namespace: "$app", key: "photo_review") { jsonValue compareDigest }
            default: metafield(key: "photo_review") { id }
            other: metafield(namespace: "custom", key: "photo_review") { id }
        } }""",
        id=gid("Order", order.id),
    )["order"]
    assert read["mine"]["jsonValue"] == {"state": "approved"}
    assert read["mine"]["compareDigest"] == metafield["compareDigest"]
    assert read["default"] == {"id": metafield["id"]}
    assert read["other"] is None


def test_a_metafield_is_only_set_over_what_its_writer_has_seen(
    client: Client, order: Order
) -> None:
    [seen] = set_metafield(client, order, value="1")["metafields"]
    set_metafield(client, order, value="2", compareDigest=seen["compareDigest"])

    late = set_metafield(client, order, value="3", compareDigest=seen["compareDigest"])

    assert late["metafields"] is None
    assert late["userErrors"][0]["code"] == "STALE_OBJECT"
    assert order.metafields[0].value == "2"


def test_a_null_digest_means_that_there_is_none_yet(client: Client, order: Order) -> None:
    first = set_metafield(client, order, value="1", compareDigest=None)
    second = set_metafield(client, order, value="2", compareDigest=None)

    assert first["userErrors"] == []
    assert second["userErrors"][0]["code"] == "STALE_OBJECT"


def test_metafields_are_set_all_or_none(client: Client, order: Order) -> None:
    field = {"ownerId": gid("Order", order.id), "namespace": "$app", "type": "json"}

    answer = client.ask(
        SET,
        metafields=[
            {**field, "key": "good", "value": "1"},
            {**field, "key": "bad", "value": "no json"},
        ],
    )["metafieldsSet"]

    [error] = answer["userErrors"]
    assert error["field"] == ["metafields", "1", "value"]
    assert error["code"] == "INVALID_VALUE"
    assert order.metafields == []


def test_an_orders_attributes_are_overwritten_as_a_whole(client: Client, order: Order) -> None:
    update = """mutation ($input: OrderInput!) { orderUpdate(input: $input) {
        order { note customAttributes { key value } } userErrors { field message } } }"""
    both = [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]
    number = gid("Order", order.id)
    client.ask(update, input={"id": number, "customAttributes": both, "note": "Hello"})

    answer = client.ask(update, input={"id": number, "customAttributes": both[1:]})
    nothing = client.ask(update, input={"id": number})

    assert answer["orderUpdate"]["order"] == {"note": "Hello", "customAttributes": both[1:]}
    assert nothing["orderUpdate"]["userErrors"] == [
        {"field": None, "message": "No valid update parameters have been provided"}
    ]


@pytest.mark.parametrize(("action", "status"), [("cancel", "CANCELLED"), ("ship", "CLOSED")])
def test_the_merchant_ends_an_order(client: Client, order: Order, action: Any, status: str) -> None:
    hold(client, order)

    act(client.base_url, client.shop.credentials.control_token, order.name, action)

    assert fulfillment_order(order).status == status
    assert fulfillment_order(order).holds == []
    assert order.updated_at > order.created_at
    assert hold(client, order)["userErrors"][0]["field"] == ["id"]


def test_only_the_owner_of_the_control_token_acts_as_the_merchant(
    client: Client, order: Order
) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="403"):
        act(client.base_url, "guessed", order.name, "cancel")

    assert order.cancelled_at is None
