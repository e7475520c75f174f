"""Our rows of an order and its lines, as Shopify shows them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.integrations.shopify.orders import ShopifyOrder
from core.models import LineItem, Order, Shop
from core.services import locks, products
from core.services.storable import storable


def take_over(
    session: Session,
    shop: Shop,
    seen: ShopifyOrder,
    *,
    read_at: datetime,
    content_hash: bytes | None,
) -> Order | None:
    """Return our order with its row locked; None where we know a newer state of it."""
    customer = seen.customer
    name = " ".join(filter(None, (customer.first_name, customer.last_name))) if customer else None
    values = {
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
        "deleted_at": None,
        "content_hash": content_hash,
    }
    statement = insert(Order).values(shop_id=shop.id, shopify_id=seen.id, **values)
    return session.scalars(
        statement.on_conflict_do_update(
            index_elements=[Order.shop_id, Order.shopify_id],
            set_=values,
            where=(Order.updated_at <= seen.updated_at)
            # It may have been deleted while we were busy with what was read before.
            & (Order.deleted_at.is_(None) | (Order.deleted_at < read_at))
            # Who was erased does not come back.
            & Order.erased_at.is_(None),
        ).returning(Order),
        execution_options={"populate_existing": True},
    ).one_or_none()


def take_over_lines(
    session: Session, shop: Shop, order: Order, seen: ShopifyOrder
) -> tuple[dict[str, LineItem], bool]:
    """Return ours by Shopify's ids, and whether one that we knew is printed otherwise now."""
    session.execute(
        update(LineItem)
        .where(
            LineItem.order_id == order.id,
            LineItem.shopify_id.not_in(line.id for line in seen.lines),
        )
        .values(quantity=0)
    )
    if not seen.lines:
        return {}, False
    variants = products.take_over(session, shop, seen.lines)
    lines = [
        {
            "order_id": order.id,
            "shopify_id": line.id,
            "position": position,
            "title": storable(line.title),
            "variant_title": storable(line.variant_title),
            "shopify_product_id": line.product.id if line.product else None,
            "variant_id": variants[line.id].id if line.id in variants else None,
            "quantity": line.current_quantity,
            "is_fulfilled": line.current_quantity > 0 and line.unfulfilled_quantity == 0,
        }
        for position, line in enumerate(seen.lines)
    ]
    is_other_print = _is_other_print(session, order, lines)
    if is_other_print:
        # The database copies the product of a line to its photos, line by line.
        locks.photos_on(session, [order.id])
    statement = insert(LineItem).values(lines)
    rows = session.scalars(
        statement.on_conflict_do_update(
            index_elements=[LineItem.order_id, LineItem.shopify_id],
            set_={
                "position": statement.excluded.position,
                "title": statement.excluded.title,
                "variant_title": statement.excluded.variant_title,
                "shopify_product_id": func.coalesce(
                    statement.excluded.shopify_product_id, LineItem.shopify_product_id
                ),
                "variant_id": func.coalesce(statement.excluded.variant_id, LineItem.variant_id),
                "quantity": statement.excluded.quantity,
                "is_fulfilled": statement.excluded.is_fulfilled,
            },
        ).returning(LineItem),
        execution_options={"populate_existing": True},
    ).all()
    return {row.shopify_id: row for row in rows}, is_other_print


def _is_other_print(session: Session, order: Order, lines: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the size is told by another variant, or by other titles, than before."""
    told = {line["shopify_id"]: line for line in lines}
    known = session.execute(
        select(
            LineItem.shopify_id, LineItem.variant_id, LineItem.title, LineItem.variant_title
        ).where(LineItem.order_id == order.id, LineItem.shopify_id.in_(told))
    ).all()
    return any(
        (told[id_]["variant_id"] or variant_id, told[id_]["title"], told[id_]["variant_title"])
        != (variant_id, title, variant_title)
        for id_, variant_id, title, variant_title in known
    )
