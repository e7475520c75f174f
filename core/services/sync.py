"""Bring our copy of an order up to date: its lines, and the photos found on it."""

import hashlib
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

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
from core.services import (
    assignments,
    findings,
    history,
    holds,
    locks,
    products,
    slots,
    withdrawals,
)
from core.services.storable import storable


@dataclass(frozen=True, slots=True)
class Sighting:
    """An order as Shopify shows it now, and the photos found on it."""

    order: ShopifyOrder
    photos: OrderPhotos
    content_hash: bytes


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


def news(
    session: Session, run_id: int, page: Sequence[tuple[ShopifyOrder, OrderPhotos]]
) -> Sequence[Sighting]:
    """Leave out what was taken over just as it is: it costs no lock, and no look at its photos."""
    shop_id = session.scalars(select(SyncRun.shop_id).where(SyncRun.id == run_id)).one()
    known = session.execute(
        select(Order.shopify_id, Order.content_hash).where(
            Order.shop_id == shop_id, Order.shopify_id.in_([order.id for order, _ in page])
        )
    ).all()
    hashes = {row.shopify_id: row.content_hash for row in known}
    named = {line.product.id for order, _ in page for line in order.lines if line.product}
    printed = slots.printed(session, shop_id, named)
    seen = [Sighting(order, photos, _hash(order, photos, printed)) for order, photos in page]
    return [each for each in seen if hashes.get(each.order.id) != each.content_hash]


def _hash(order: ShopifyOrder, photos: OrderPhotos, printed: Set[str]) -> bytes:
    """Of all that decides what is taken over of an order."""
    # Since then, a product may have shown on other orders that it needs a photo.
    needs_one = [line.product is not None and line.product.id in printed for line in order.lines]
    return hashlib.sha256(repr((order, photos, needs_one)).encode()).digest()


def record(session: Session, run_id: int, sighting: Sighting) -> None:
    """Take over one order of a run."""
    shop = session.scalars(
        select(Shop)
        .join(SyncRun, SyncRun.shop_id == Shop.id)
        .where(SyncRun.id == run_id)
        .with_for_update(of=Shop, key_share=True)
    ).one()
    found = record_order(
        session, shop, sighting.order, sighting.photos, content_hash=sighting.content_hash
    )
    if found:
        session.execute(
            update(SyncRun).where(SyncRun.id == run_id).values(photos=SyncRun.photos + found)
        )


def move_on(session: Session, run_id: int, page: Sequence[ShopifyOrder]) -> None:
    """Move the cursor behind a page, once all of its orders are taken over."""
    if not page:
        return
    newest = max(order.updated_at for order in page)
    shop_id = select(SyncRun.shop_id).where(SyncRun.id == run_id).scalar_subquery()
    session.execute(
        update(Shop)
        .where(Shop.id == shop_id)
        .values(orders_cursor=func.greatest(Shop.orders_cursor, newest)),
        execution_options={"synchronize_session": False},
    )
    session.execute(
        update(SyncRun).where(SyncRun.id == run_id).values(orders=SyncRun.orders + len(page))
    )


def record_order(
    session: Session,
    shop: Shop,
    seen: ShopifyOrder,
    photos: OrderPhotos,
    *,
    content_hash: bytes | None = None,
) -> int:
    """Take over one order as Shopify shows it now; return how many photos are new.

    Doing it again changes nothing, and an older state never overwrites a newer one.
    """
    order = _upsert_order(session, shop, seen, content_hash)
    if order is None:
        return 0
    lines, is_other_print = _upsert_lines(session, shop, order, seen)
    found, has_moved = slots.fill(
        session, order, slots.of_order(session, order, seen, photos, lines)
    )
    if found:
        history.record(
            session, EventName.ORDER_SYNCED, shop_id=shop.id, order_id=order.id, photos=found
        )
        assignments.assign(session, [order.id])
    returned = withdrawals.follow(session, [order.id])
    if returned:
        assignments.assign(session, [order.id])
    if found or returned:
        holds.request(session, shop, order)
    if is_other_print or has_moved or returned:
        findings.request(session, shop.id, order_id=order.id)
    return found


def _upsert_order(
    session: Session, shop: Shop, seen: ShopifyOrder, content_hash: bytes | None
) -> Order | None:
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
        "content_hash": content_hash,
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
