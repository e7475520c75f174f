"""Orders as Shopify tells them."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from core.integrations.shopify.order_photos import find_on_order
from core.integrations.shopify.orders import (
    Attribute,
    ShopifyGroup,
    ShopifyLine,
    ShopifyOrder,
    ShopifyProduct,
)
from core.models import utc_now
from core.services import order_intake
from core.services.order_rows import Sighting
from tests.cast import Cast

CDN = "https://cdn.shopify.com/s/files/1/0000/0000/0001/uploads"
_numbers = count(5001)


def attributes(**values: str) -> tuple[Attribute, ...]:
    return tuple(Attribute(key, value) for key, value in values.items())


def line(*names: str, product: str = "mug", **changes: Any) -> ShopifyLine:
    """A line printed with these photos."""
    number = next(_numbers)
    fields: dict[str, Any] = {
        "id": f"gid://shopify/LineItem/{number}",
        "name": "Mug - White",
        "title": "Mug",
        "variant_title": "White",
        "sku": None,
        "quantity": 1,
        "current_quantity": 1,
        "unfulfilled_quantity": 1,
        "requires_shipping": True,
        "attributes": tuple(Attribute("Photo", f"{CDN}/{name}.jpg") for name in names),
        "product": ShopifyProduct(
            id=f"gid://shopify/Product/{product}", title=product, product_type="", tags=()
        ),
    }
    return ShopifyLine(**(fields | changes))


def bundle(*names: str) -> ShopifyGroup:
    photos = tuple(Attribute("Photo", f"{CDN}/{name}.jpg") for name in names)
    return ShopifyGroup(id=f"group-{next(_numbers)}", title="Box", quantity=1, attributes=photos)


def shopify_order(*lines: ShopifyLine, **changes: Any) -> ShopifyOrder:
    number, now = next(_numbers), utc_now() - timedelta(hours=1)
    fields: dict[str, Any] = {
        "id": f"gid://shopify/Order/{number}",
        "name": f"#{number}",
        "created_at": now,
        "processed_at": now,
        "updated_at": now,
        "cancelled_at": None,
        "closed_at": None,
        "test": False,
        "tags": (),
        "note": None,
        "email": "carl@example.org",
        "customer_locale": None,
        "display_financial_status": "PAID",
        "display_fulfillment_status": "UNFULFILLED",
        "attributes": (),
        "customer": None,
        "lines": lines,
    }
    return ShopifyOrder(**(fields | changes))


def changed(order: ShopifyOrder, *lines: ShopifyLine, **changes: Any) -> ShopifyOrder:
    """The order a minute later."""
    later = {"updated_at": order.updated_at + timedelta(minutes=1)}
    return replace(order, lines=lines or order.lines, **(later | changes))


def refunded(line: ShopifyLine) -> ShopifyLine:
    return replace(line, current_quantity=0)


def sighting(order: ShopifyOrder) -> Sighting:
    return Sighting(order, find_on_order(order), utc_now())


def record(session: Session, cast: Cast, order: ShopifyOrder) -> int:
    return order_intake.record(session, cast.shop.id, [sighting(order)])
