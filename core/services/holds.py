"""Keep an order from shipping until its photos are approved, and let it go then."""

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import queue
from core.models import (
    Decision,
    EventName,
    Hold,
    HoldState,
    LineItem,
    Order,
    Photo,
    PhotoState,
    Shop,
    WithdrawnBecause,
    utc_now,
)
from core.services import history, shops

#: Unique per app and fulfillment order: placing a hold twice places one.
HANDLE = "photo-review"
#: On the order in Shopify, also as the state in our metafield.
APPROVED_TAG = "photos approved"


@dataclass(frozen=True, slots=True)
class HoldOrder:
    """What it takes to hold an order: Shopify's ids."""

    shop_id: int
    shopify_id: str
    line_ids: Set[str]  #: Those with photos
    known: Collection[str]  #: Fulfillment orders that have had our hold: it is placed once


@dataclass(frozen=True, slots=True)
class Release:
    """What it takes to let an order go."""

    shop_id: int
    shopify_id: str
    holds: Sequence[tuple[str, str]]  #: (fulfillment order, hold)
    photos: int


def request(session: Session, shop: Shop, order: Order) -> None:
    """Have the order held, if it counts: it has photos that nobody has approved yet."""
    if not shops.is_live_for(shop, order) or order.cancelled_at or order.is_fulfilled:
        return
    queue.defer(session, "hold_order", lock=f"order:{order.id}", priority=5, order_id=order.id)


def to_place(session: Session, order_id: int) -> HoldOrder | None:
    order = session.get_one(Order, order_id)
    shop = session.get_one(Shop, order.shop_id)
    if not shops.is_live_for(shop, order) or order.released_at or order.cancelled_at:
        return None
    line_ids = session.scalars(
        select(LineItem.shopify_id)
        .join(Photo, Photo.line_item_id == LineItem.id)
        .where(LineItem.order_id == order_id, Photo.state != PhotoState.WITHDRAWN)
        .distinct()
    ).all()
    if not line_ids:
        return None
    known = session.scalars(
        select(Hold.fulfillment_order_id).where(Hold.order_id == order_id)
    ).all()
    return HoldOrder(shop.id, order.shopify_id, set(line_ids), known)


def placed(session: Session, order_id: int, *, fulfillment_order_id: str, hold_id: str) -> None:
    added = session.scalar(
        insert(Hold)
        .values(order_id=order_id, fulfillment_order_id=fulfillment_order_id, shopify_id=hold_id)
        .on_conflict_do_nothing(index_elements=[Hold.order_id, Hold.fulfillment_order_id])
        .returning(Hold.id)
    )
    if added is not None:
        shop_id = session.scalar(select(Order.shop_id).where(Order.id == order_id))
        history.record(
            session, EventName.ORDER_HELD, shop_id=shop_id, order_id=order_id, hold=hold_id
        )


def to_release(session: Session, order_id: int) -> Release | None:
    """Return what to release, once every photo is decided for good and none is open."""
    order = session.get_one(Order, order_id)
    shop = session.get_one(Shop, order.shop_id)
    if not shops.is_live_for(shop, order) or order.released_at:
        return None
    if not _all_settled(session, order_id):
        return None
    held = session.execute(
        select(Hold.fulfillment_order_id, Hold.shopify_id).where(
            Hold.order_id == order_id, Hold.state == HoldState.PLACED
        )
    ).all()
    approved = session.scalar(
        select(func.count()).where(Photo.order_id == order_id, Photo.state == PhotoState.APPROVED)
    )
    return Release(
        shop.id,
        order.shopify_id,
        [(row.fulfillment_order_id, row.shopify_id) for row in held],
        approved or 0,
    )


def _all_settled(session: Session, order_id: int) -> bool:
    has_photos = exists().where(Photo.order_id == order_id)
    is_open = exists().where(
        Photo.order_id == order_id,
        Photo.state.not_in([PhotoState.APPROVED, PhotoState.WITHDRAWN]),
    )
    can_be_undone = exists().where(
        Photo.order_id == order_id,
        Photo.decision_id == Decision.id,
        Decision.undo_until > utc_now(),
        (Photo.state == PhotoState.APPROVED)
        | (Photo.withdrawn_because == WithdrawnBecause.SET_ASIDE),
    )
    return bool(session.scalar(select(has_photos & ~is_open & ~can_be_undone)))


def released(session: Session, order_id: int) -> bool:
    """Record that the order may ship; False if that was known."""
    now = utc_now()
    shop_id = session.scalar(
        update(Order)
        .where(Order.id == order_id, Order.released_at.is_(None))
        .values(released_at=now)
        .returning(Order.shop_id)
    )
    if shop_id is None:
        return False
    session.execute(
        update(Hold)
        .where(Hold.order_id == order_id, Hold.state == HoldState.PLACED)
        .values(state=HoldState.RELEASED, ended_at=now)
    )
    history.record(session, EventName.ORDER_RELEASED, shop_id=shop_id, order_id=order_id)
    return True
