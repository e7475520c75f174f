"""An order and the shop in the shape that webhooks have, which is older than GraphQL's.

What the demo shop does not know (prices, addresses, what was clicked) stands in `payloads.json`.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from core.demo import holds, shop
from core.demo.answers import Answers
from core.demo.records import (
    Attribute,
    Customer,
    FulfillmentOrder,
    Hold,
    Line,
    Order,
    gid,
    stamp,
)

Json = dict[str, Any]

SHOP_ID = 1
_FULFILLMENT_STATUS = {"FULFILLED": "fulfilled", "PARTIALLY_FULFILLED": "partial"}


@cache
def _unknown() -> dict[str, Json]:
    constants: dict[str, Json] = json.loads(Path(__file__).with_name("payloads.json").read_text())
    return constants


def order(answers: Answers, order: Order) -> Json:
    known = answers.order(order)
    return _unknown()["order"] | {
        "id": order.id,
        "admin_graphql_api_id": known["id"],
        "name": order.name,
        "number": order.number - 1000,
        "order_number": order.number,
        "created_at": known["createdAt"],
        "processed_at": known["processedAt"],
        "updated_at": known["updatedAt"],
        "cancelled_at": known["cancelledAt"],
        "cancel_reason": "customer" if order.cancelled_at else None,
        "email": known["email"] or "",
        "contact_email": known["email"],
        "customer_locale": known["customerLocale"],
        "financial_status": order.financial_status.lower(),
        "fulfillment_status": _FULFILLMENT_STATUS.get(order.fulfillment_status),
        "note": order.note,
        "tags": ", ".join(order.tags),
        "order_status_url": f"{answers.base_url}/#{order.number}",
        "note_attributes": _attributes(answers, order.attributes),
        "billing_address": _unknown()["address"],
        "shipping_address": _unknown()["address"],
        "customer": order.customer and _customer(answers, order.customer),
        "line_items": [_line(answers, order, line) for line in order.lines],
    }


def _line(answers: Answers, order: Order, line: Line) -> Json:
    known = answers.line(order, line)
    return _unknown()["line"] | {
        "id": line.id,
        "admin_graphql_api_id": known["id"],
        "name": known["name"],
        "title": known["title"],
        "variant_title": known["variantTitle"],
        "sku": known["sku"],
        "vendor": known["vendor"],
        "quantity": line.quantity,
        "current_quantity": line.current_quantity,
        "fulfillable_quantity": known["fulfillableQuantity"],
        "fulfillment_status": None if holds.unfulfilled(order, line) else "fulfilled",
        "requires_shipping": known["requiresShipping"],
        "gift_card": known["isGiftCard"],
        "product_id": line.variant.product.id,
        "variant_id": line.variant.id,
        "sales_line_item_group_id": line.group,
        "properties": _attributes(answers, line.attributes),
    }


def _customer(answers: Answers, customer: Customer) -> Json:
    names = {"first_name": customer.first_name, "last_name": customer.last_name}
    address = (
        _unknown()["address"]
        | names
        | {
            "id": customer.id,
            "customer_id": customer.id,
            "name": f"{customer.first_name} {customer.last_name}",
            "country_name": "Germany",
            "default": True,
        }
    )
    return (
        _unknown()["customer"]
        | names
        | {
            "id": customer.id,
            "admin_graphql_api_id": gid("Customer", customer.id),
            "email": None if answers.faults.null_emails else customer.email,
            "default_address": address,
        }
    )


def _attributes(answers: Answers, attributes: list[Attribute]) -> list[Json]:
    return [{"name": each.key, "value": answers.value(each)} for each in attributes]


def fulfillment_order(each: FulfillmentOrder) -> Json:
    return {"id": gid("FulfillmentOrder", each.id), "status": each.status.lower()}


def hold(hold: Hold, app_id: int) -> Json:
    return {
        "id": gid("FulfillmentHold", hold.id),
        "reason": hold.reason.lower(),
        "reason_notes": hold.notes,
        "held_by_requesting_app": hold.by_app,
        "handle": hold.handle,
        "held_by_app": {"id": gid("App", app_id)} if hold.by_app else None,
    }


def location(each: FulfillmentOrder) -> str:
    return gid("Location", each.location)


def demo_shop() -> Json:
    return _unknown()["shop"] | {
        "id": SHOP_ID,
        "name": shop.NAME,
        "email": "hello@example.com",
        "customer_email": "hello@example.com",
        "myshopify_domain": shop.DOMAIN,
        "iana_timezone": shop.TIME_ZONE,
    }


def of_order_edit(
    edit_id: int, order: Order, added: dict[int, int], removed: dict[int, int]
) -> Json:
    """How many more, and how many fewer, of which lines."""
    at = stamp(order.updated_at)
    return {
        "order_edit": {
            "id": edit_id,
            "app_id": None,
            "created_at": at,
            "committed_at": at,
            "notify_customer": False,
            "order_id": order.id,
            "staff_note": "",
            "user_id": None,
            "line_items": {"additions": _deltas(added), "removals": _deltas(removed)},
            "discounts": {"line_item": {"additions": [], "removals": []}},
            "shipping_lines": {"additions": [], "removals": []},
        }
    }


def _deltas(changes: dict[int, int]) -> list[Json]:
    return [{"id": line_id, "delta": delta} for line_id, delta in changes.items()]
