"""Take over an order as Shopify shows it: its lines, the photos found on it, what ships it."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.integrations.shopify.order_photos import OrderPhotos
from core.integrations.shopify.orders import ShopifyFulfillmentOrder, ShopifyOrder
from core.models import EventName, Order, Shop, SyncRun
from core.services import (
    assignments,
    findings,
    found_photos,
    gentle,
    history,
    holds,
    needs,
    order_rows,
    slots,
    withdrawals,
)
from core.services.needs import Need
from core.services.order_rows import Sighting

#: Shopify shows older orders only to apps with this scope, and others as if they were deleted.
SHOWN_FOR = timedelta(days=60)
ALL_ORDERS = "read_all_orders"


def news(
    session: Session,
    shop_id: int,
    page: Sequence[tuple[ShopifyOrder, OrderPhotos]],
    *,
    read_at: datetime,
) -> Sequence[Sequence[Sighting]]:
    """Leave out what was taken over just as it is: it costs no lock, and no look at its photos.

    New orders are together, to be taken over in one transaction, since nobody can wait for them.
    Each of the others is alone.
    """
    known = session.execute(
        select(Order.shopify_id, Order.content_hash).where(
            Order.shop_id == shop_id, Order.shopify_id.in_([order.id for order, _ in page])
        )
    ).all()
    hashes = {row.shopify_id: row.content_hash for row in known}
    named = {line.product.id for order, _ in page for line in order.lines if line.product}
    needed = needs.of_products(session, shop_id, named)
    seen = [
        Sighting(order, photos, read_at, _hash(order, photos, needed)) for order, photos in page
    ]
    new = [each for each in seen if each.order.id not in hashes]
    changed = [
        [each]
        for each in seen
        if each.order.id in hashes and hashes[each.order.id] != each.content_hash
    ]
    return [new, *changed] if new else changed


def _hash(order: ShopifyOrder, photos: OrderPhotos, needed: Mapping[str, Need]) -> bytes:
    """Of all that decides what is taken over of an order."""
    # Since then, a product may have shown on other orders that it needs a photo.
    each = [needed.get(line.product.id) if line.product else None for line in order.lines]
    return hashlib.sha256(repr((order, photos, each)).encode()).digest()


def record(
    session: Session, shop_id: int, seen: Sequence[Sighting], *, run_id: int | None = None
) -> int:
    """Take over orders, as part of a run or for themselves; return how many photos are new.

    One order at least, all of one reading. Doing it again changes nothing, and an older state
    never overwrites a newer one.
    """
    shop = session.get_one(Shop, shop_id, with_for_update={"key_share": True})
    taken = order_rows.take_over(session, shop, seen)
    if not taken:
        return 0
    for each in taken:
        gentle.flag(shop, each.order, [line.title for line in each.seen.lines])
    filled = found_photos.fill(session, slots.of_orders(session, shop_id, taken))
    with_new = [order_id for order_id, its in filled.items() if its.found]
    for order_id in with_new:
        photos = filled[order_id].found
        history.record(
            session, EventName.ORDER_SYNCED, shop_id=shop_id, order_id=order_id, photos=photos
        )
    assignments.assign(session, with_new)
    returned = {order_id for order_id, its in filled.items() if its.has_returned}
    returned |= withdrawals.follow(session, filled)
    assignments.assign(session, returned)
    to_hold = {*with_new, *returned}
    to_judge = returned | {each.order.id for each in taken if each.is_other_print}
    holds.request(session, shop, *(each.order for each in taken if each.order.id in to_hold))
    for order_id, its in filled.items():
        if its.has_moved or order_id in to_judge:
            findings.request(session, shop_id, order_id=order_id)
    found = sum(its.found for its in filled.values())
    if found and run_id is not None:
        session.execute(
            update(SyncRun).where(SyncRun.id == run_id).values(photos=SyncRun.photos + found)
        )
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
