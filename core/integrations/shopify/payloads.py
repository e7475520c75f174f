"""What webhooks say, as far as it is used: who is meant, and never how things stand.

Whatever cannot be read is `Unavailable`, "bad_payload", and will be so each time.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import Unavailable

_GLOBAL_ID = re.compile(r"gid://shopify/(?P<kind>\w+)/[0-9]{1,20}", re.ASCII)

Json = dict[str, Any]

_OF_ORDERS = frozenset({"line_items", "order_edit", "order_id"})
_OF_CUSTOMERS = frozenset({"customer", "data_request", "orders_requested", "orders_to_redact"})
#: By topic, what names the shop, what is said beside it, and what only others say.
_SIGNS = {
    "app/uninstalled": ("myshopify_domain", frozenset[str](), _OF_ORDERS | _OF_CUSTOMERS),
    "customers/data_request": (
        "shop_domain",
        frozenset({"customer", "data_request"}),
        frozenset({"orders_to_redact"}),
    ),
    "customers/redact": (
        "shop_domain",
        frozenset({"customer", "orders_to_redact"}),
        frozenset({"data_request", "orders_requested"}),
    ),
    "shop/redact": ("shop_domain", frozenset[str](), _OF_ORDERS | _OF_CUSTOMERS),
}


@dataclass(frozen=True)
class Concerned:
    """A customer of a topic of privacy, and those of their orders that it is about."""

    email: str | None
    #: Global ids.
    orders: tuple[str, ...]


def parse(body: bytes) -> Json:
    try:
        payload = json.loads(body)
    # Deeper than we can follow is nothing that Shopify sends.
    except (ValueError, RecursionError):
        payload = None
    if not isinstance(payload, dict):
        raise _bad()
    return payload


def order_id(payload: Json) -> str:
    """The global id. Plain numbers may have been rounded, and stand behind it."""
    edit = payload.get("order_edit")
    named = edit | {"id": None} if isinstance(edit, dict) else payload
    for name in ("admin_graphql_api_id", "admin_graphql_api_order_id", "order_id", "id"):
        if found := _global_id("Order", named.get(name)):
            return found
    raise _bad()


def fulfillment_order_ids(payload: Json) -> Sequence[str]:
    """All that are named, wherever: splits, moves and mergers name several."""
    found = {text for text in _texts(payload) if _is_global_id("FulfillmentOrder", text)}
    if not found:
        raise _bad()
    return sorted(found)


def bulk_operation_id(payload: Json) -> str:
    if found := _global_id("BulkOperation", payload.get("admin_graphql_api_id")):
        return found
    raise _bad()


def is_of(payload: Json, topic: str, domain: str) -> bool:
    """Whether the payload itself is of this topic and shop: the topic beside it is not signed."""
    shop, needed, foreign = _SIGNS[topic]
    said = payload.get(shop)
    return (
        isinstance(said, str)
        and said.lower() == domain
        and needed <= payload.keys()
        and foreign.isdisjoint(payload)
    )


def request_id(payload: Json) -> str:
    request = payload.get("data_request")
    found = request.get("id") if isinstance(request, dict) else None
    if isinstance(found, bool) or not isinstance(found, int):
        raise _bad()
    return str(found)


def concerned(payload: Json, orders: str) -> Concerned:
    """`orders` is what the topic calls the list of them."""
    customer, named = payload.get("customer"), payload.get(orders) or []
    if not isinstance(customer, dict) or not isinstance(named, list):
        raise _bad()
    ids = (_global_id("Order", each) for each in named)
    email = customer.get("email")
    return Concerned(
        email.strip() or None if isinstance(email, str) else None,
        tuple(id_ for id_ in ids if id_ is not None),
    )


def _global_id(kind: str, value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**20:
        return f"gid://shopify/{kind}/{value}"
    return value if isinstance(value, str) and _is_global_id(kind, value) else None


def _is_global_id(kind: str, text: str) -> bool:
    found = _GLOBAL_ID.fullmatch(text)
    return found is not None and found["kind"] == kind


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def _bad() -> Unavailable:
    return Unavailable("bad_payload", permanent=True)
