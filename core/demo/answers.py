"""The demo shop's records as GraphQL answers.

An answer is a dictionary of what the shop knows; a field that is missing from it is refused by
name, never guessed. Values that take arguments, or lead on to other records, are functions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core.demo import holds, metafields, shop
from core.demo.catalogue import Product, Variant
from core.demo.courier import Courier, News
from core.demo.faults import Faults
from core.demo.paging import connection
from core.demo.records import (
    PHOTOS,
    Attribute,
    Customer,
    FulfillmentOrder,
    Group,
    Hold,
    Line,
    Metafield,
    Order,
    fulfillment_line_id,
    gid,
    stamp,
)
from core.demo.search import FULFILLMENT_ORDER, matching
from core.demo.threads import Threads

Answer = dict[str, Any]


@dataclass(frozen=True)
class Answers:
    """What one request may see. `base_url` is where the caller reached the shop."""

    shop: shop.DemoShop
    base_url: str
    scopes: frozenset[str]
    faults: Faults
    courier: Courier
    threads: Threads

    def record(self, orders: Iterable[Order], news: Iterable[News]) -> None:
        """Keep the orders as they are now, and tell who wants to hear of it."""
        self.shop.save(orders)
        self.courier.announce(news)

    def order(self, order: Order) -> Answer:
        return {
            "__typename": "Order",
            "id": gid("Order", order.id),
            "legacyResourceId": str(order.id),
            "name": order.name,
            "number": order.number,
            "createdAt": stamp(order.created_at),
            "processedAt": stamp(order.created_at),
            "updatedAt": stamp(order.updated_at),
            "cancelledAt": order.cancelled_at and stamp(order.cancelled_at),
            "closedAt": None,
            "closed": False,
            "confirmed": True,
            "test": False,
            "note": order.note,
            "tags": order.tags,
            "email": None if self.faults.null_emails else order.email,
            "customerLocale": order.customer.locale if order.customer else "en",
            "currencyCode": "EUR",
            "displayFinancialStatus": order.financial_status,
            "displayFulfillmentStatus": order.fulfillment_status,
            "requiresShipping": order.needs_shipping,
            "statusPageUrl": lambda _info, **_audience: f"{self.base_url}/#{order.number}",
            "customAttributes": self._attributes(order.attributes),
            "customer": lambda _info: order.customer and self._customer(order.customer),
            "lineItems": lambda _info, **arguments: connection(
                order.lines,
                lambda line: (line.id, line.id),
                lambda line: self.line(order, line),
                arguments,
            ),
            "fulfillmentOrders": lambda _info, displayable, query=None, **arguments: connection(
                filter(matching(query, FULFILLMENT_ORDER), order.fulfillment_orders),
                lambda each: (each.id, each.id),
                lambda each: self.fulfillment_order(order, each),
                arguments,
            ),
            "metafield": lambda _info, key, namespace=None: self._metafield(order, key, namespace),
            "metafields": lambda _info, namespace=None, keys=None, **arguments: connection(
                (
                    each
                    for each in order.metafields
                    if (not namespace or each.namespace == metafields.own_namespace(namespace))
                    and (not keys or f"{each.namespace}.{each.key}" in keys)
                ),
                lambda each: (each.id, each.id),
                lambda each: self.metafield(order, each),
                arguments,
            ),
        }

    def line(self, order: Order, line: Line) -> Answer:
        variant, product = line.variant, line.variant.product
        group = next((each for each in order.groups if each.id == line.group), None)
        held = any(line.id in each.line_ids and each.holds for each in order.fulfillment_orders)
        unfulfilled = holds.unfulfilled(order, line)
        return {
            "__typename": "LineItem",
            "id": gid("LineItem", line.id),
            "name": f"{product.title} - {variant.title}",
            "title": product.title,
            "variantTitle": variant.title,
            "sku": variant.sku,
            "vendor": shop.NAME,
            "quantity": line.quantity,
            "currentQuantity": line.current_quantity,
            "unfulfilledQuantity": unfulfilled,
            "fulfillableQuantity": 0 if held else unfulfilled,
            "requiresShipping": product.ships,
            "isGiftCard": product.handle == "gift-card",
            "customAttributes": self._attributes(line.attributes),
            "lineItemGroup": group and self._group(group),
            "image": None,
            "product": lambda _info: self._product(product),
            "variant": lambda _info: self._variant(variant),
        }

    def _group(self, group: Group) -> Answer:
        variant = group.variant
        return {
            "id": gid("LineItemGroup", group.id),
            "title": variant.product.title,
            "quantity": group.quantity,
            "productId": gid("Product", variant.product.id),
            "variantId": gid("ProductVariant", variant.id),
            "variantSku": variant.sku,
            "customAttributes": self._attributes(group.attributes),
        }

    def fulfillment_order(self, order: Order, each: FulfillmentOrder) -> Answer:
        return {
            "__typename": "FulfillmentOrder",
            "id": gid("FulfillmentOrder", each.id),
            "orderId": gid("Order", order.id),
            "orderName": order.name,
            "order": lambda _info: self.order(order),
            "orderProcessedAt": stamp(order.created_at),
            "status": each.status,
            "requestStatus": "UNSUBMITTED",
            "createdAt": stamp(order.created_at),
            "updatedAt": stamp(each.updated_at),
            "fulfillAt": stamp(order.created_at),
            "fulfillBy": None,
            "supportedActions": [{"action": action} for action in holds.supported_actions(each)],
            "fulfillmentHolds": lambda _info: [self.hold(hold) for hold in each.holds],
            "lineItems": lambda _info, **arguments: connection(
                (line for line in order.lines if line.id in each.line_ids),
                lambda line: (line.id, line.id),
                lambda line: self._fulfillment_line(order, each, line),
                arguments,
            ),
        }

    def _fulfillment_line(self, order: Order, each: FulfillmentOrder, line: Line) -> Answer:
        return {
            "id": gid("FulfillmentOrderLineItem", fulfillment_line_id(each, line)),
            "totalQuantity": line.quantity,
            "remainingQuantity": line.current_quantity if each.is_open else 0,
            "productTitle": line.variant.product.title,
            "variantTitle": line.variant.title,
            "sku": line.sku,
            "requiresShipping": line.variant.product.ships,
            "lineItem": lambda _info: self.line(order, line),
        }

    def hold(self, hold: Hold) -> Answer:
        return {
            "__typename": "FulfillmentHold",
            "id": gid("FulfillmentHold", hold.id),
            "handle": hold.handle,
            "reason": hold.reason,
            "displayReason": hold.reason.replace("_", " ").capitalize(),
            "reasonNotes": hold.notes,
            "heldByRequestingApp": hold.by_app,
        }

    def _customer(self, customer: Customer) -> Answer:
        hidden = self.faults.null_emails or customer.email is None
        return {
            "__typename": "Customer",
            "id": gid("Customer", customer.id),
            "firstName": customer.first_name,
            "lastName": customer.last_name,
            "displayName": f"{customer.first_name} {customer.last_name}",
            "locale": customer.locale,
            "email": None if hidden else customer.email,
            "defaultEmailAddress": None if hidden else {"emailAddress": customer.email},
        }

    def _product(self, product: Product) -> Answer:
        return {
            "__typename": "Product",
            "id": gid("Product", product.id),
            "legacyResourceId": str(product.id),
            "handle": product.handle,
            "title": product.title,
            "vendor": shop.NAME,
            "isGiftCard": product.handle == "gift-card",
            "productType": product.kind,
            "tags": product.tags,
            "featuredMedia": None,
            "variants": lambda _info, **arguments: connection(
                product.variants, lambda each: (each.id, each.id), self._variant, arguments
            ),
        }

    def _variant(self, variant: Variant) -> Answer:
        return {
            "__typename": "ProductVariant",
            "id": gid("ProductVariant", variant.id),
            "legacyResourceId": str(variant.id),
            "title": variant.title,
            "displayName": f"{variant.product.title} - {variant.title}",
            "sku": variant.sku,
            "image": None,
            "product": lambda _info: self._product(variant.product),
            "media": lambda _info, **arguments: connection(
                (), lambda _: (0, 0), lambda _: {}, arguments
            ),
        }

    def metafield(self, order: Order, each: Metafield) -> Answer:
        return {
            "__typename": "Metafield",
            "id": gid("Metafield", each.id),
            "legacyResourceId": str(each.id),
            "namespace": each.namespace,
            "key": each.key,
            "type": each.type,
            "value": each.value,
            "jsonValue": metafields.json_value(each),
            "compareDigest": metafields.digest(each),
            "createdAt": stamp(each.created_at),
            "updatedAt": stamp(each.updated_at),
            "ownerType": "ORDER",
            "owner": lambda _info: self.order(order),
            "definition": None,
        }

    def _metafield(self, order: Order, key: str, namespace: str | None) -> Answer | None:
        found = metafields.find(order, metafields.own_namespace(namespace), key)
        return self.metafield(order, found) if found else None

    def _attributes(self, attributes: list[Attribute]) -> list[Answer]:
        return [{"key": each.key, "value": self.value(each)} for each in attributes]

    def value(self, attribute: Attribute) -> str | None:
        """What the customer filled in, with our photographs at the address of this request."""
        text = attribute.value
        return text and text.replace(PHOTOS, f"{self.base_url}/photos/")
