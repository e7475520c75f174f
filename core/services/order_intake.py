"""Take over an order as Shopify shows it: its lines, the photos found on it, what ships it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.integrations.shopify.order_photos import OrderPhotos
from core.integrations.shopify.orders import ShopifyFulfillmentOrder, ShopifyOrder
from core.models import EventName, Order, Shop, SyncRun, utc_now
from core.services import (
    assignments,
    findings,
    gentle,
    history,
    holds,
    needs,
    order_rows,
    slots,
    withdrawals,
)
from core.services.needs import Need

#: Shopify shows older orders only to apps with this scope, and others as if they were deleted.
SHOWN_FOR = timedelta(days=60)
ALL_ORDERS = "read_all_orders"


@dataclass(frozen=True, slots=True)
class Sighting:
    """An order as Shopify showed it, and the photos found on it."""

    order: ShopifyOrder
    photos: OrderPhotos
    content_hash: bytes
    read_at: datetime


def news(
    session: Session,
    shop_id: int,
    page: Sequence[tuple[ShopifyOrder, OrderPhotos]],
    *,
    read_at: datetime,
) -> Sequence[Sighting]:
    """Leave out what was taken over just as it is: it costs no lock, and no look at its photos."""
    known = session.execute(
        select(Order.shopify_id, Order.content_hash).where(
            Order.shop_id == shop_id, Order.shopify_id.in_([order.id for order, _ in page])
        )
    ).all()
    hashes = {row.shopify_id: row.content_hash for row in known}
    named = {line.product.id for order, _ in page for line in order.lines if line.product}
    needed = needs.of_products(session, shop_id, named)
    seen = [
        Sighting(order, photos, _hash(order, photos, needed), read_at) for order, photos in page
    ]
    return [each for each in seen if hashes.get(each.order.id) != each.content_hash]


def _hash(order: ShopifyOrder, photos: OrderPhotos, needed: Mapping[str, Need]) -> bytes:
    """Of all that decides what is taken over of an order."""
    # Since then, a product may have shown on other orders that it needs a photo.
    each = [needed.get(line.product.id) if line.product else None for line in order.lines]
    return hashlib.sha256(repr((order, photos, each)).encode()).digest()


def record(
    session: Session, shop_id: int, sighting: Sighting, *, run_id: int | None = None
) -> None:
    """Take over one order, as part of a run or for itself."""
    shop = session.get_one(Shop, shop_id, with_for_update={"key_share": True})
    found = record_order(
        session,
        shop,
        sighting.order,
        sighting.photos,
        read_at=sighting.read_at,
        content_hash=sighting.content_hash,
    )
    if found and run_id is not None:
        session.execute(
            update(SyncRun).where(SyncRun.id == run_id).values(photos=SyncRun.photos + found)
        )


def record_order(
    session: Session,
    shop: Shop,
    seen: ShopifyOrder,
    photos: OrderPhotos,
    *,
    read_at: datetime | None = None,
    content_hash: bytes | None = None,
) -> int:
    """Take over one order as Shopify showed it then; return how many photos are new.

    Doing it again changes nothing, and an older state never overwrites a newer one. The caller
    holds the shop's row.
    """
    order = order_rows.take_over(
        session, shop, seen, read_at=read_at or utc_now(), content_hash=content_hash
    )
    if order is None:
        return 0
    gentle.flag(shop, order, [line.title for line in seen.lines])
    lines, is_other_print = order_rows.take_over_lines(session, shop, order, seen)
    found, has_moved, has_returned = slots.fill(
        session, order, slots.of_order(session, order, seen, photos, lines)
    )
    if found:
        history.record(
            session, EventName.ORDER_SYNCED, shop_id=shop.id, order_id=order.id, photos=found
        )
        assignments.assign(session, [order.id])
    returned = withdrawals.follow(session, [order.id]) or has_returned
    if returned:
        assignments.assign(session, [order.id])
    if found or returned:
        holds.request(session, shop, order)
    if is_other_print or has_moved or returned:
        findings.request(session, shop.id, order_id=order.id)
    return found


def record_fulfillments(
    session: Session, shop_id: int, shopify_id: str, seen: Sequence[ShopifyFulfillmentOrder]
) -> None:
    """Follow what ships an order that was taken over."""
    order = _locked(session, shop_id, shopify_id)
    if order is not None and order.erased_at is None:
        holds.follow(session, order, seen)


def record_gone(session: Session, shop_id: int, shopify_id: str, *, read_at: datetime) -> None:
    """Note that Shopify shows an order no more: nothing of it is to be printed."""
    order = _locked(session, shop_id, shopify_id)
    if order is None or order.deleted_at is not None:
        return
    shop = session.get_one(Shop, shop_id)
    # A day less, for whatever clock Shopify counts by: a deleted one is asked for again.
    is_recent = order.placed_at > read_at - SHOWN_FOR + timedelta(days=1)
    if not is_recent and ALL_ORDERS not in shop.granted_scopes:
        return
    order.deleted_at = read_at
    # Should it come back just as it was, that is news.
    order.content_hash = None
    history.record(session, EventName.ORDER_DELETED, shop_id=shop_id, order_id=order.id)
    withdrawals.follow(session, [order.id])


def _locked(session: Session, shop_id: int, shopify_id: str) -> Order | None:
    return session.scalars(
        select(Order)
        .where(Order.shop_id == shop_id, Order.shopify_id == shopify_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
