"""Subscriptions to webhooks, and how changes are told to them."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.demo import control
from core.demo.records import gid
from core.demo.server import open_shop
from tests.core.demo.receiving import SUBSCRIBE, Receiver, receiving
from tests.core.demo.serving import Client
from tests.waiting import until

LIST = """
    query ($topics: [WebhookSubscriptionTopic!], $uri: String) {
      webhookSubscriptions(first: 50, topics: $topics, uri: $uri) {
        nodes { id topic uri format filter includeFields apiVersion { handle } updatedAt }
        pageInfo { hasNextPage endCursor }
      }
    }
"""
UPDATE = """
    mutation ($id: ID!, $sub: WebhookSubscriptionInput!) {
      webhookSubscriptionUpdate(id: $id, webhookSubscription: $sub) {
        webhookSubscription { id topic uri } userErrors { field message }
      }
    }
"""
DELETE = """
    mutation ($id: ID!) {
      webhookSubscriptionDelete(id: $id) {
        deletedWebhookSubscriptionId userErrors { field message }
      }
    }
"""
TAG = 'mutation ($id: ID!) { tagsAdd(id: $id, tags: "x") { userErrors { message } } }'
HOLD = """
    mutation ($id: ID!) {
      fulfillmentOrderHold(id: $id, fulfillmentHold: {reason: OTHER, handle: "photo-review"}) {
        fulfillmentHold { id } userErrors { message }
      }
    }
"""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def listed(client: Client, **wanted: Any) -> list[Any]:
    return list(client.ask(LIST, **wanted)["webhookSubscriptions"]["nodes"])


def tag(client: Client, number: int = 1001) -> None:
    client.ask(TAG, id=gid("Order", client.shop.orders[number].id))


def act(client: Client, action: Any, name: str = "#1001", **wishes: object) -> None:
    control.act(client.base_url, client.shop.credentials.control_token, name, action, **wishes)


def test_subscriptions_are_listed_by_topic_and_address(client: Client) -> None:
    for topic in ("ORDERS_UPDATED", "ORDERS_CREATE"):
        for uri in ("https://one.example/hooks", "https://two.example/hooks"):
            client.ask(SUBSCRIBE, topic=topic, sub={"uri": uri})

    found = listed(client, topics=["ORDERS_UPDATED"], uri="https://two.example/hooks")

    [only] = found
    assert (only["topic"], only["uri"]) == ("ORDERS_UPDATED", "https://two.example/hooks")
    assert only["apiVersion"] == {"handle": "2026-10"}
    assert len(listed(client)) == 4


def test_an_address_is_taken_once_for_a_topic(client: Client) -> None:
    client.ask(SUBSCRIBE, topic="ORDERS_UPDATED", sub={"uri": "https://one.example"})

    again = client.ask(SUBSCRIBE, topic="ORDERS_UPDATED", sub={"uri": "https://one.example"})

    assert again["webhookSubscriptionCreate"] == {
        "webhookSubscription": None,
        "userErrors": [
            {
                "field": ["webhookSubscription", "callbackUrl"],
                "message": "Address for this topic has already been taken",
            }
        ],
    }


@pytest.mark.parametrize(
    ("uri", "is_taken"),
    [
        ("http://127.0.0.1:8000/hooks", True),
        ("http://localhost/hooks", True),
        ("http://shop.example/hooks", False),
        ("http://127.0.0.1.example/hooks", False),
        ("ftp://127.0.0.1/hooks", False),
        ("hooks", False),
    ],
)
def test_plain_http_is_for_this_machine_only(client: Client, uri: str, is_taken: bool) -> None:
    answer = client.ask(SUBSCRIBE, topic="ORDERS_UPDATED", sub={"uri": uri})

    errors = answer["webhookSubscriptionCreate"]["userErrors"]
    assert not errors if is_taken else errors[0]["field"][-1] == "callbackUrl"
    assert len(listed(client)) == is_taken


@pytest.mark.parametrize("name", ["photo desk", "PHOTO-DESK", ""])
def test_a_name_is_plain_and_nobody_elses(client: Client, name: str) -> None:
    sub = {"uri": "https://one.example", "name": "photo-desk"}
    client.ask(SUBSCRIBE, topic="ORDERS_UPDATED", sub=sub)

    answer = client.ask(SUBSCRIBE, topic="ORDERS_CREATE", sub=sub | {"name": name})

    [error] = answer["webhookSubscriptionCreate"]["userErrors"]
    assert error["field"] == ["webhookSubscription", "name"]


def test_a_filter_is_refused_and_not_ignored(client: Client) -> None:
    sub = {"uri": "https://one.example", "filter": "id:*"}

    error = client.refused(SUBSCRIBE, topic="ORDERS_UPDATED", sub=sub)

    assert error["extensions"]["code"] == "NOT_IMPLEMENTED"


def test_a_subscription_is_changed_deleted_and_outlives_the_process(
    client: Client, tmp_path: Path, photographs: dict[str, Path]
) -> None:
    ids = [
        client.ask(SUBSCRIBE, topic=topic, sub={"uri": "https://one.example"})[
            "webhookSubscriptionCreate"
        ]["webhookSubscription"]["id"]
        for topic in ("ORDERS_UPDATED", "ORDERS_CREATE")
    ]

    changed = client.ask(UPDATE, id=ids[0], sub={"uri": "https://two.example"})
    deleted = client.ask(DELETE, id=ids[1])
    again = client.ask(DELETE, id=ids[1])

    assert changed["webhookSubscriptionUpdate"]["webhookSubscription"]["uri"].endswith(
        "two.example"
    )
    assert deleted["webhookSubscriptionDelete"]["deletedWebhookSubscriptionId"] == ids[1]
    assert again["webhookSubscriptionDelete"]["userErrors"][0]["field"] == ["id"]
    with closing(open_shop(tmp_path / "shop", photos=photographs)) as shop:
        assert [each.uri for each in shop.subscriptions.all()] == ["https://two.example"]


def test_a_change_is_told_signed_and_with_its_headers(client: Client, receiver: Receiver) -> None:
    receiver.subscribe(client, "ORDERS_UPDATED", name="photo-desk")

    tag(client)

    [received] = receiver.wait(1)
    secret = client.shop.credentials.client_secret.encode()
    signature = base64.b64encode(hmac.digest(secret, received.body, hashlib.sha256)).decode()
    headers = received.headers
    assert headers["X-Shopify-Hmac-Sha256"] == signature
    assert headers["X-Shopify-Topic"] == "orders/updated"
    assert headers["X-Shopify-Shop-Domain"] == "demo-photo-gifts.myshopify.com"
    assert headers["X-Shopify-API-Version"] == "2026-10"
    assert headers["X-Shopify-Name"] == "photo-desk"
    assert headers["X-Shopify-Triggered-At"].endswith("Z")
    order = client.shop.orders[1001]
    assert received.payload["admin_graphql_api_id"] == gid("Order", order.id)
    assert received.payload["tags"] == "x"


def test_only_the_fields_that_were_asked_for_are_sent(client: Client, receiver: Receiver) -> None:
    wanted = ["id", "admin_graphql_api_id", "updated_at"]
    receiver.subscribe(client, "ORDERS_UPDATED", includeFields=wanted)

    tag(client)

    [received] = receiver.wait(1)
    assert sorted(received.payload) == sorted(wanted)


def test_properties_have_the_addresses_of_the_photographs(
    client: Client, receiver: Receiver
) -> None:
    receiver.subscribe(client, "ORDERS_CREATE")

    control.send_orders(client.base_url, client.shop.credentials.control_token, 20)

    values = [
        each["value"]
        for received in receiver.wait(20)
        for line in received.payload["line_items"]
        for each in line["properties"]
    ]
    # Not each: some apps write several into one value, others something else beside them.
    assert any(value.startswith(f"{client.base_url}/photos/") for value in values)


def test_topics_of_one_change_share_its_event_id(client: Client, receiver: Receiver) -> None:
    receiver.subscribe(client, "ORDERS_CANCELLED", "ORDERS_UPDATED", "FULFILLMENT_ORDERS_CANCELLED")

    act(client, "cancel")

    received = receiver.wait(3)
    assert sorted(receiver.topics) == [
        "fulfillment_orders/cancelled",
        "orders/cancelled",
        "orders/updated",
    ]
    assert len({each.headers["X-Shopify-Event-Id"] for each in received}) == 1
    assert len({each.webhook_id for each in received}) == 3


def test_new_orders_are_told_with_their_fulfillment_orders(
    client: Client, receiver: Receiver
) -> None:
    receiver.subscribe(client, "ORDERS_CREATE", "FULFILLMENT_ORDERS_ORDER_ROUTING_COMPLETE")

    control.send_orders(client.base_url, client.shop.credentials.control_token, 2)

    received = receiver.wait(4)
    routed = [each.payload for each in received if each.topic.startswith("fulfillment")]
    known = {
        gid("FulfillmentOrder", each.id)
        for order in client.shop.orders.values()
        for each in order.fulfillment_orders
    }
    assert len(routed) == 2
    assert {each["fulfillment_order"]["id"] for each in routed} < known


def test_a_hold_is_told_of_its_fulfillment_order_and_not_of_the_order(
    client: Client, receiver: Receiver
) -> None:
    receiver.subscribe(
        client,
        "ORDERS_UPDATED",
        "FULFILLMENT_ORDERS_PLACED_ON_HOLD",
        "FULFILLMENT_HOLDS_ADDED",
        "FULFILLMENT_ORDERS_HOLD_RELEASED",
    )
    [each] = client.shop.orders[1001].fulfillment_orders

    client.ask(HOLD, id=gid("FulfillmentOrder", each.id))
    act(client, "hold")
    act(client, "remove_app_hold")
    act(client, "release")

    # Of two holds, the last one that is gone releases.
    assert [one.topic for one in receiver.wait(5)] == [
        "fulfillment_orders/placed_on_hold",
        "fulfillment_holds/added",
        "fulfillment_orders/placed_on_hold",
        "fulfillment_holds/added",
        "fulfillment_orders/hold_released",
    ]
    first = receiver.received[0].payload
    assert first["fulfillment_order"]["id"] == gid("FulfillmentOrder", each.id)
    assert first["created_fulfillment_hold"]["handle"] == "photo-review"


def test_a_failed_delivery_comes_again_as_it_was(client: Client, receiver: Receiver) -> None:
    receiver.subscribe(client, "ORDERS_UPDATED")
    client.go_wrong(retry_pause=0)
    receiver.status = 500

    tag(client)
    receiver.wait(1)
    receiver.status = 200
    failed = receiver.wait(2)
    tag(client, 1002)

    until(lambda: len({each.webhook_id for each in receiver.received}) == 2)
    assert len({each.webhook_id for each in failed}) == 1
    assert len({each.body for each in failed}) == 1
    assert len(listed(client)) == 1


def test_eight_failures_in_a_row_end_a_subscription(client: Client, receiver: Receiver) -> None:
    receiver.subscribe(client, "ORDERS_UPDATED")
    client.go_wrong(retry_pause=0)
    receiver.status = 503

    for number in (1001, 1002):
        tag(client, number)

    until(lambda: not listed(client))
    assert len(receiver.received) >= 8


def test_nobody_waits_for_a_receiver(client: Client, receiver: Receiver) -> None:
    receiver.subscribe(client, "ORDERS_UPDATED")
    receiver.gate.clear()

    tag(client)
    receiver.wait(1)
    tag(client, 1002)

    assert client.shop.orders[1002].tags == ["x"]
    assert len(receiver.received) == 1
    receiver.gate.set()
    assert len({each.webhook_id for each in receiver.wait(2)}) == 2


def test_any_topic_is_sent_on_command_where_the_app_last_listened(
    client: Client, receiver: Receiver
) -> None:
    token = client.shop.credentials.control_token
    receiver.subscribe(client, "APP_UNINSTALLED")
    control.uninstall(client.base_url, token)
    payload = {"shop_id": 1, "shop_domain": "demo-photo-gifts.myshopify.com"}

    control.send_webhook(client.base_url, token, "shop/redact", payload, webhook_id="again")

    uninstalled, redact = receiver.wait(2)
    assert uninstalled.topic == "app/uninstalled"
    assert uninstalled.payload["myshopify_domain"] == "demo-photo-gifts.myshopify.com"
    assert (redact.topic, redact.webhook_id) == ("shop/redact", "again")
    assert redact.payload == payload


def test_a_shop_that_no_app_listens_to_sends_nothing(client: Client) -> None:
    token = client.shop.credentials.control_token

    with pytest.raises(httpx.HTTPStatusError, match="409"):
        control.send_webhook(client.base_url, token, "shop/redact", {})


def test_an_app_that_was_uninstalled_is_locked_out_until_it_is_back(client: Client) -> None:
    known = client.shop.credentials
    client.ask(SUBSCRIBE, topic="ORDERS_UPDATED", sub={"uri": "https://one.example"})
    wanted = {
        "grant_type": "client_credentials",
        "client_id": known.client_id,
        "client_secret": known.client_secret,
    }

    def token() -> httpx.Response:
        return client.http.post(f"{client.base_url}/admin/oauth/access_token", data=wanted)

    control.uninstall(client.base_url, known.control_token)
    refused = token()
    control.install(client.base_url, known.control_token)

    assert client.post("{ shop { id } }").status_code == 401
    assert refused.status_code == 400
    assert token().status_code == 200
    assert client.shop.subscriptions.all() == []


def test_lost_scopes_are_told(client: Client, receiver: Receiver) -> None:
    receiver.subscribe(client, "APP_SCOPES_UPDATE")

    client.go_wrong(missing_scopes=["read_products"])

    [received] = receiver.wait(1)
    assert set(received.payload["previous"]) - set(received.payload["current"]) == {"read_products"}


@pytest.mark.parametrize("command", ["webhooks", "install", "uninstall"])
def test_only_the_owner_of_the_control_token_commands(client: Client, command: str) -> None:
    answer = client.http.post(f"{client.base_url}/demo/{command}", json={})

    assert answer.status_code == 403
    assert client.ask("{ shop { id } }")
