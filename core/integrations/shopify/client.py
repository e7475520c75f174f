"""What we ask of a shop: its orders, holds on them, and the marks we leave there."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from core.errors import Unavailable
from core.integrations.shopify.order_reader import OrderReader
from core.integrations.shopify.orders import HOLD, ShopifyHold, parse

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

Json = dict[str, Any]


@dataclass(frozen=True)
class Connection:
    """A shop that has answered, and what it lets us do."""

    name: str
    #: Where Shopify, and so customers, reach the merchant.
    email: str
    #: `….myshopify.com`
    domain: str
    time_zone: str
    scopes: frozenset[str]
    #: In the order of `REQUIRED_SCOPES`.
    missing_scopes: tuple[str, ...]
    #: The version that answered: not the one we asked for, once that is too old.
    served_version: str | None
    supported_versions: tuple[str, ...]


class AdminClient(OrderReader):
    """Ids are Shopify's global ones (`gid://shopify/Order/1`). See `Transport` for the errors."""

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
            email=shop["email"],
            domain=shop["myshopifyDomain"],
            time_zone=shop["ianaTimezone"],
            scopes=frozenset(scopes),
            missing_scopes=tuple(scope for scope in REQUIRED_SCOPES if scope not in scopes),
            served_version=self.served_version,
            supported_versions=tuple(
                each["handle"] for each in data["publicApiVersions"] if each["supported"]
            ),
        )


def raise_user_errors(errors: list[Json]) -> None:
    if errors:
        said = [f"{error.get('code') or 'ERROR'}: {error['message']}" for error in errors]
        raise Unavailable("refused", "; ".join(said)[:300], permanent=True)
