"""Our rows of orders and their lines, as Shopify shows them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, null, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from core.integrations.shopify.order_photos import OrderPhotos
from core.integrations.shopify.orders import ShopifyOrder
from core.models import LineItem, Order, Shop
from core.services import locks, products
from core.services.storable import storable

Row = Mapping[str, Any]

#: What Shopify always tells of a line.
_OF_LINES = ("position", "title", "variant_title", "quantity", "is_fulfilled")


@dataclass(frozen=True, slots=True)
class Sighting:
    """An order as Shopify showed it, and the photos found on it."""

    order: ShopifyOrder
    photos: OrderPhotos
    read_at: datetime
    content_hash: bytes | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """An order that was taken over, its row locked."""

    order: Order
    seen: ShopifyOrder
    photos: OrderPhotos
    lines: Mapping[str, LineItem]  #: By Shopify's ids
    is_other_print: bool  #: Whether a line that we knew is printed otherwise now


def take_over(session: Session, shop: Shop, sightings: Sequence[Sighting]) -> Sequence[Taken]:
    """Bring our rows up to date, but for orders of which we know a newer state.

    The caller holds the shop's row.
    """
    orders = _take_over_orders(session, shop, sightings)
    seen = {orders[each.order.id].id: each.order for each in sightings if each.order.id in orders}
    if not seen:
        return []
    lines, reprinted = _take_over_lines(session, shop, seen)
    return [
        Taken(order, each.order, each.photos, lines[order.id], order.id in reprinted)
        for each in sightings
        if (order := orders.get(each.order.id))
    ]


def _take_over_orders(
    session: Session, shop: Shop, sightings: Sequence[Sighting]
) -> Mapping[str, Order]:
    told = insert(Order)
    taken = [name for name in _order(shop, sightings[0]) if name not in ("shop_id", "shopify_id")]
    read_at = min(each.read_at for each in sightings)
    rows = session.scalars(
        told.on_conflict_do_update(
            index_elements=[Order.shop_id, Order.shopify_id],
            set_={"deleted_at": null(), "fulfilled_at": _fulfilled_at(told.excluded)}
            | {name: told.excluded[name] for name in taken},
            where=(Order.updated_at <= told.excluded.updated_at)
            # It may have been deleted while we were busy with what was read before.
            & (Order.deleted_at.is_(None) | (Order.deleted_at < read_at))
            # Who was erased does not come back.
            & Order.erased_at.is_(None),
        ).returning(Order),
        [_order(shop, each) for each in sightings],
        execution_options={"populate_existing": True, "render_nulls": True},
    )
    return {row.shopify_id: row for row in rows}


def _fulfilled_at(seen: ReadOnlyColumnCollection[str, Any]) -> ColumnElement[datetime | None]:
    """When Shopify first told of it: Shopify says of no order when it was."""
    since = func.coalesce(Order.fulfilled_at, case((~Order.is_fulfilled, seen["updated_at"])))
    return case((seen["is_fulfilled"], since))


def _order(shop: Shop, sighting: Sighting) -> Row:
    seen, customer = sighting.order, sighting.order.customer
    name = " ".join(filter(None, (customer.first_name, customer.last_name))) if customer else None
    return {
        "shop_id": shop.id,
        "shopify_id": seen.id,
        "name": storable(seen.name),
        "email": storable(seen.contact),
        "customer_name": storable(name) or None,
        "customer_locale": seen.customer_locale,
        "note": storable(seen.note),
        "tags": [storable(tag) for tag in seen.tags],
        "placed_at": seen.processed_at,
        "updated_at": seen.updated_at,
        "cancelled_at": seen.cancelled_at,
        "is_fulfilled": seen.display_fulfillment_status == "FULFILLED",
        "financial_status": seen.display_financial_status,
        "fulfillment_status": seen.display_fulfillment_status,
        "content_hash": sighting.content_hash,
    }


def _take_over_lines(
    session: Session, shop: Shop, seen: Mapping[int, ShopifyOrder]
) -> tuple[Mapping[int, Mapping[str, LineItem]], Collection[int]]:
    """Return ours by the orders' ids and Shopify's, and orders where one is printed otherwise."""
    named = [line.id for order in seen.values() for line in order.lines]
    session.execute(
        update(LineItem)
        .where(LineItem.order_id.in_(seen), LineItem.shopify_id.not_in(named))
        .values(quantity=0)
    )
    lines: dict[int, dict[str, LineItem]] = defaultdict(dict)
    if not named:
        return lines, []
    rows = _lines(session, shop, seen)
    reprinted = _printed_otherwise(session, rows)
    if reprinted:
        # The database copies the product of a line to its photos, line by line.
        locks.photos_on(session, reprinted)
    told = insert(LineItem)
    keep = {
        name: func.coalesce(told.excluded[name], getattr(LineItem, name))
        for name in ("shopify_product_id", "variant_id")
    }
    for line in session.scalars(
        told.on_conflict_do_update(
            index_elements=[LineItem.order_id, LineItem.shopify_id],
            set_={name: told.excluded[name] for name in _OF_LINES} | keep,
        ).returning(LineItem),
        rows,
        execution_options={"populate_existing": True, "render_nulls": True},
    ):
        lines[line.order_id][line.shopify_id] = line
    return lines, reprinted


def _lines(session: Session, shop: Shop, seen: Mapping[int, ShopifyOrder]) -> Sequence[Row]:
    sold = [line for order in seen.values() for line in order.lines]
    variants = products.take_over(session, shop, sold)
    return [
        {
            "order_id": order_id,
            "shopify_id": line.id,
            "position": position,
            "title": storable(line.title),
            "variant_title": storable(line.variant_title),
            "shopify_product_id": line.product.id if line.product else None,
            "variant_id": variants[line.id].id if line.id in variants else None,
            "quantity": line.current_quantity,
            "is_fulfilled": line.current_quantity > 0 and line.unfulfilled_quantity == 0,
        }
        for order_id, order in seen.items()
        for position, line in enumerate(order.lines)
    ]


def _printed_otherwise(session: Session, rows: Sequence[Row]) -> Collection[int]:
    """Orders with a size that is told by another variant, or by other titles, than before."""
    told = {(row["order_id"], row["shopify_id"]): row for row in rows}
    known = session.execute(
        select(
            LineItem.order_id,
            LineItem.shopify_id,
            LineItem.variant_id,
            LineItem.title,
            LineItem.variant_title,
        ).where(
            LineItem.order_id.in_({row["order_id"] for row in rows}),
            LineItem.shopify_id.in_([row["shopify_id"] for row in rows]),
        )
    )
    return {
        order_id
        for order_id, id_, variant_id, title, variant_title in known
        for now in [told[order_id, id_]]
        if (now["variant_id"] or variant_id, now["title"], now["variant_title"])
        != (variant_id, title, variant_title)
    }
