"""Bring our copy of an order up to date: its lines, and the photos found on it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import queue
from core.integrations.shopify.order_photos import OrderPhotos
from core.integrations.shopify.orders import ShopifyOrder
from core.models import (
    EventName,
    LineItem,
    Order,
    Shop,
    SyncRun,
    utc_now,
)
from core.services import assignments, history, holds, products, slots, withdrawals
from core.services.storable import storable


def start(session: Session, shop_id: int) -> int:
    """Open a run, unless one is under way, and have a worker do it. Return the run's id."""
    # Locked, so that two people who click at once start one run.
    session.execute(select(Shop.id).where(Shop.id == shop_id).with_for_update(key_share=True))
    running = session.scalar(
        select(SyncRun.id)
        .where(SyncRun.shop_id == shop_id, SyncRun.finished_at.is_(None))
        .order_by(SyncRun.id.desc())
        .limit(1)
    )
    if running is not None:
        return running
    run = SyncRun(shop_id=shop_id)
    session.add(run)
    session.flush()
    queue.defer(session, "sync_orders", lock=f"sync:{shop_id}", priority=10, run_id=run.id)
    return run.id


def finish(session: Session, run_id: int, *, error: str | None = None) -> None:
    session.execute(
        update(SyncRun)
        .where(SyncRun.id == run_id, SyncRun.finished_at.is_(None))
        .values(finished_at=utc_now(), error=error)
    )


def close_abandoned(session: Session) -> None:
    """End runs whose job is gone, so that another one can begin."""
    session.execute(
        update(SyncRun)
        .where(
            SyncRun.finished_at.is_(None), ~queue.is_pending("sync_orders", "run_id", SyncRun.id)
        )
        .values(finished_at=utc_now(), error="stopped"),
        execution_options={"synchronize_session": False},
    )


def forget_old(session: Session, *, before: datetime) -> None:
    """Forget runs that nobody asks for; the latest of each shop stays."""
    latest = select(func.max(SyncRun.id)).group_by(SyncRun.shop_id)
    session.execute(
        delete(SyncRun).where(SyncRun.finished_at < before, SyncRun.id.not_in(latest)),
        execution_options={"synchronize_session": False},
    )


def record_page(
    session: Session, run_id: int, page: Sequence[tuple[ShopifyOrder, OrderPhotos]]
) -> None:
    """Take a page of orders over and move the cursor behind them, in one transaction."""
    shop = session.scalars(
        select(Shop)
        .join(SyncRun, SyncRun.shop_id == Shop.id)
        .where(SyncRun.id == run_id)
        .with_for_update(of=Shop, key_share=True)
    ).one()
    found = sum(record_order(session, shop, order, photos) for order, photos in page)
    if page:
        newest = max(order.updated_at for order, _ in page)
        shop.orders_cursor = max(newest, shop.orders_cursor or newest)
    session.execute(
        update(SyncRun)
        .where(SyncRun.id == run_id)
        .values(orders=SyncRun.orders + len(page), photos=SyncRun.photos + found)
    )


def record_order(session: Session, shop: Shop, seen: ShopifyOrder, photos: OrderPhotos) -> int:
    """Take over one order as Shopify shows it now; return how many photos are new.

    Doing it again changes nothing, and an older state never overwrites a newer one.
    """
    order = _upsert_order(session, shop, seen)
    if order is None:
        return 0
    lines = _upsert_lines(session, shop, order, seen)
    found = [
        slot
        for slot in slots.of_order(session, order, seen, photos, lines)
        if slots.fill(session, order, slot)
    ]
    if found:
        history.record(
            session, EventName.ORDER_SYNCED, shop_id=shop.id, order_id=order.id, photos=len(found)
        )
        assignments.assign(session, order)
    returned = withdrawals.follow(session, order)
    if found or returned:
        holds.request(session, shop, order)
    return len(found)


def _upsert_order(session: Session, shop: Shop, seen: ShopifyOrder) -> Order | None:
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
    }
    statement = insert(Order).values(shop_id=shop.id, shopify_id=seen.id, **values)
    return session.scalars(
        statement.on_conflict_do_update(
            index_elements=[Order.shop_id, Order.shopify_id],
            set_=values,
            # Who was erased does not come back.
            where=(Order.updated_at <= seen.updated_at) & Order.erased_at.is_(None),
        ).returning(Order),
        execution_options={"populate_existing": True},
    ).one_or_none()


def _upsert_lines(
    session: Session, shop: Shop, order: Order, seen: ShopifyOrder
) -> dict[str, LineItem]:
    session.execute(
        update(LineItem)
        .where(
            LineItem.order_id == order.id,
            LineItem.shopify_id.not_in(line.id for line in seen.lines),
        )
        .values(quantity=0)
    )
    if not seen.lines:
        return {}
    variants = products.take_over(session, shop, seen.lines)
    statement = insert(LineItem).values(
        [
            {
                "order_id": order.id,
                "shopify_id": line.id,
                "position": position,
                "title": storable(line.title),
                "variant_title": storable(line.variant_title),
                "shopify_product_id": line.product.id if line.product else None,
                "variant_id": variants[line.id].id if line.id in variants else None,
                "quantity": line.current_quantity,
            }
            for position, line in enumerate(seen.lines)
        ]
    )
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
            },
        ).returning(LineItem),
        execution_options={"populate_existing": True},
    ).all()
    return {row.shopify_id: row for row in rows}
