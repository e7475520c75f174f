"""What we ask of a shop: its orders, holds on them, and the marks we leave there."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.errors import Unavailable
from core.integrations.shopify.documents import document
from core.integrations.shopify.orders import (
    FULFILLMENT_ORDER,
    HOLD,
    ORDER,
    ShopifyFulfillmentOrder,
    ShopifyHold,
    ShopifyOrder,
    parse,
)
from core.integrations.shopify.transport import Transport

REQUIRED_SCOPES = (
    "read_orders",
    "write_orders",
    "read_customers",
    "read_products",
    "read_merchant_managed_fulfillment_orders",
    "write_merchant_managed_fulfillment_orders",
)
METAFIELD_NAMESPACE = "$app"
METAFIELD_KEY = "photo_review"
FIRST_ORDERS = 25
FIRST_LINES = 50

Json = dict[str, Any]


@dataclass(frozen=True)
class Page:
    orders: tuple[ShopifyOrder, ...]
    #: Ids of orders that are not as the documents say: one of them must not stop the others.
    unreadable: tuple[str, ...]
    #: Whether Shopify had more when it answered.
    has_more: bool


@dataclass(frozen=True)
class Connection:
    name: str
    #: `….myshopify.com`
    domain: str
    #: Where customers know the shop.
    primary_host: str
    time_zone: str
    scopes: frozenset[str]
    #: In the order of `REQUIRED_SCOPES`.
    missing_scopes: tuple[str, ...]


class AdminClient(Transport):
    """Ids are Shopify's global ones (`gid://shopify/Order/1`). See `Transport` for the errors."""

    def orders_updated_since(
        self, since: datetime, *, orders: int = FIRST_ORDERS, lines: int = FIRST_LINES
    ) -> Iterator[Page]:
        """Read the orders changed at or after a time, the longest unchanged first.

        A page holds `orders`, each with its first `lines` in the same request, or fewer where
        Shopify finds that too dear. An order that changes meanwhile comes again at the end.
        Shopify stops after 25,000: begin again at the last `updated_at`.
        """
        variables: Json = {
            "query": f"updated_at:>='{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'",
            "first": orders,
            "lines": lines,
            "after": None,
        }
        while True:
            connection = self.affordable("orders_since", variables)["orders"]
            info = connection["pageInfo"]
            read, unreadable = [], []
            for node in connection["nodes"]:
                try:
                    read.append(self._whole_order(node))
                except Unavailable as error:
                    if error.code != "bad_answer":
                        raise
                    unreadable.append(str(node.get("id")))
            yield Page(tuple(read), tuple(unreadable), info["hasNextPage"])
            if not info["hasNextPage"]:
                return
            variables["after"] = info["endCursor"]

    def order(self, order_id: str) -> ShopifyOrder | None:
        """The order as it is now; None once it is deleted, or too old for our scopes."""
        node = self.affordable("order_by_id", {"id": order_id, "lines": FIRST_LINES})["order"]
        return self._whole_order(node) if node else None

    def fulfillment_orders(self, order_id: str) -> list[ShopifyFulfillmentOrder]:
        """Closed ones too. Empty right after an order was placed: Shopify makes them later."""
        variables: Json = {"id": order_id, "first": 10, "after": None}
        found: list[ShopifyFulfillmentOrder] = []
        while True:
            order = self.run("fulfillment_orders", variables)["order"]
            if order is None:
                return found
            connection = order["fulfillmentOrders"]
            found += [self._whole_fulfillment_order(node) for node in connection["nodes"]]
            if not connection["pageInfo"]["hasNextPage"]:
                return found
            variables["after"] = connection["pageInfo"]["endCursor"]

    def fulfillment_order(self, fulfillment_order_id: str) -> ShopifyFulfillmentOrder | None:
        data = self.run("fulfillment_order", {"id": fulfillment_order_id})
        node = data["fulfillmentOrder"]
        return self._whole_fulfillment_order(node) if node else None

    def hold(
        self, fulfillment_order_id: str, *, handle: str, note: str, external_id: str
    ) -> ShopifyHold:
        """Hold the whole fulfillment order, once: our hold of this handle is returned if there."""
        hold = {
            "reason": "OTHER",
            "handle": handle,
            "reasonNotes": note,
            "externalId": external_id,
        }
        answer = self.run("hold", {"id": fulfillment_order_id, "hold": hold})
        payload = answer["fulfillmentOrderHold"]
        errors = payload["userErrors"]
        if any(error["code"] == "DUPLICATE_FULFILLMENT_HOLD_HANDLE" for error in errors):
            holder = self.fulfillment_order(fulfillment_order_id)
            existing = holder.own_hold(handle) if holder else None
            if existing is not None:
                return existing
        raise_user_errors(errors)
        return parse(HOLD, payload["fulfillmentHold"])

    def release(self, fulfillment_order_id: str, hold_ids: Collection[str]) -> bool:
        """Release these holds and nobody else's; False if none of them was there any more."""
        holder = self.fulfillment_order(fulfillment_order_id)
        present = [hold.id for hold in holder.holds if hold.id in hold_ids] if holder else []
        # Without ids Shopify releases everybody's holds.
        if not present:
            return False
        answer = self.run("release", {"id": fulfillment_order_id, "holdIds": present})
        raise_user_errors(answer["fulfillmentOrderReleaseHold"]["userErrors"])
        return True

    def set_tags(
        self, order_id: str, *, add: Collection[str] = (), remove: Collection[str] = ()
    ) -> None:
        """Add and remove tags without touching others. A tag holds no comma: Shopify splits it."""
        if any("," in tag for tag in (*add, *remove)):
            raise ValueError("a tag must not contain a comma")
        if not add and not remove:
            return
        variables = {
            "id": order_id,
            "add": list(add),
            "remove": list(remove),
            "adds": bool(add),
            "removes": bool(remove),
        }
        for payload in self.run("tags", variables).values():
            raise_user_errors(payload["userErrors"])

    def set_metafield(self, order_id: str, value: Json) -> None:
        """Write the order's state where only this app may: `$app.photo_review`."""
        metafield = {
            "ownerId": order_id,
            "namespace": METAFIELD_NAMESPACE,
            "key": METAFIELD_KEY,
            "type": "json",
            "value": json.dumps(value),
        }
        answer = self.run("metafields_set", {"metafields": [metafield]})
        raise_user_errors(answer["metafieldsSet"]["userErrors"])

    def check(self) -> Connection:
        data = self.run("check", {})
        shop = data["shop"]
        scopes = {each["handle"] for each in data["currentAppInstallation"]["accessScopes"]}
        # Whoever may write may read.
        scopes |= {scope.replace("write_", "read_", 1) for scope in scopes}
        return Connection(
            name=shop["name"],
            domain=shop["myshopifyDomain"],
            primary_host=shop["primaryDomain"]["host"],
            time_zone=shop["ianaTimezone"],
            scopes=frozenset(scopes),
            missing_scopes=tuple(scope for scope in REQUIRED_SCOPES if scope not in scopes),
        )

    def run(self, name: str, variables: Json) -> Json:
        """Execute one of `documents`, and return its data."""
        return self.execute(document(name), variables)

    def affordable(self, name: str, variables: Json) -> Json:
        """Run it, with half the orders, then half the lines, while Shopify finds it too dear.

        What was affordable stays in `variables` for the next page.
        """
        while True:
            try:
                return self.run(name, variables)
            except Unavailable as error:
                if error.code != "too_costly":
                    raise
                halved = [size for size in ("first", "lines") if variables.get(size, 1) > 1]
                if not halved:
                    raise
                variables[halved[0]] //= 2

    def _whole_order(self, node: Json) -> ShopifyOrder:
        return parse(ORDER, self._with_all_lines(node, "order_lines", "order"))

    def _whole_fulfillment_order(self, node: Json) -> ShopifyFulfillmentOrder:
        whole = self._with_all_lines(node, "fulfillment_order_lines", "fulfillmentOrder")
        return parse(FULFILLMENT_ORDER, whole)

    def _with_all_lines(self, node: Json, name: str, root: str) -> Json:
        page = node["lineItems"]
        lines = list(page["nodes"])
        while page["pageInfo"]["hasNextPage"]:
            variables: Json = {
                "id": node["id"],
                "first": 100,
                "after": page["pageInfo"]["endCursor"],
            }
            owner = self.affordable(name, variables)[root]
            if owner is None:
                # Deleted while we read it: what we have of it is not the order.
                raise Unavailable("bad_answer", "gone while being read")
            page = owner["lineItems"]
            lines += page["nodes"]
        return {**node, "lineItems": lines}


def raise_user_errors(errors: list[Json]) -> None:
    if errors:
        said = [f"{error.get('code') or 'ERROR'}: {error['message']}" for error in errors]
        raise Unavailable("refused", "; ".join(said)[:300], permanent=True)
