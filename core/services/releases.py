"""Let an order ship once its photos are approved, or none is left."""

from dataclasses import dataclass

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from core import queue
from core.models import (
    Decision,
    EventName,
    Hold,
    HoldState,
    Order,
    Photo,
    PhotoState,
    Shop,
    WithdrawnBecause,
    utc_now,
)
from core.services import errands, hand_overs, history, marks, shops


@dataclass(frozen=True, slots=True)
class Release:
    """What it takes to let an order go."""

    shop_id: int
    shopify_id: str
    #: Whether it may have a hold of ours, perhaps one whose placing we never heard of.
    may_be_held: bool
    photos: int


is_open = exists().where(
    Photo.order_id == Order.id,
    Photo.state.not_in([PhotoState.APPROVED, PhotoState.WITHDRAWN]),
)
#: Its customer was forgotten before every photo was decided. Nothing that nobody has approved may
#: ship, so it is a person, in Shopify, who lets it go.
stays_held = exists().where(
    Photo.order_id == Order.id, Photo.withdrawn_because == WithdrawnBecause.ERASED
)
_is_held = exists().where(
    Hold.order_id == Order.id, Hold.state.in_([HoldState.PLACED, HoldState.RELEASING])
)


def request_look(session: Session, order_id: int) -> None:
    """Have the order let go, or what Shopify says of it put right, if it is time."""
    if to_release(session, order_id) is not None or marks.to_set(session, order_id) is not None:
        errands.request(session, order_id)


def to_release(session: Session, order_id: int) -> Release | None:
    """Return what to release, once every photo is decided for good and none is open."""
    order = session.get_one(Order, order_id)
    shop = session.get_one(Shop, order.shop_id)
    is_held = bool(session.scalar(select(_is_held).where(Order.id == order_id)))
    # What was held while more orders counted is let go all the same.
    counts = shops.is_live_for(shop, order) or (is_held and shops.is_live(shop))
    if not counts or order.released_at is not None:
        return None
    if not _all_settled(session, order_id):
        return None
    approved = session.scalar(
        select(func.count()).where(Photo.order_id == order_id, Photo.state == PhotoState.APPROVED)
    )
    return Release(shop.id, order.shopify_id, is_held or shop.places_holds, approved or 0)


def begin(session: Session, order_id: int) -> None:
    """Note that holds are about to go, so that nobody else is thought to have removed them."""
    session.execute(
        update(Hold)
        .where(Hold.order_id == order_id, Hold.state == HoldState.PLACED)
        .values(state=HoldState.RELEASING)
    )


def _all_settled(session: Session, order_id: int) -> bool:
    has_photos = exists().where(Photo.order_id == Order.id)
    can_be_undone = exists().where(
        Photo.order_id == Order.id,
        Photo.decision_id == Decision.id,
        Decision.undo_until > queue.now(session),
        (Photo.state == PhotoState.APPROVED)
        | (Photo.withdrawn_because == WithdrawnBecause.SET_ASIDE),
    )
    is_settled = has_photos & ~is_open & ~can_be_undone & ~stays_held
    return bool(session.scalar(select(is_settled).where(Order.id == order_id)))


def released(session: Session, order_id: int) -> bool:
    """Record that the order may ship; False if that was known, or is no longer so."""
    now = utc_now()
    # Locked, as a sync does: it may just have found another photo, and will hold again.
    order = session.get_one(
        Order, order_id, with_for_update={"key_share": True}, populate_existing=True
    )
    # Also one that somebody had removed: should the order be opened again, it is held again.
    session.execute(
        update(Hold)
        .where(Hold.order_id == order_id, Hold.state != HoldState.RELEASED)
        .values(state=HoldState.RELEASED, ended_at=func.coalesce(Hold.ended_at, now))
    )
    if order.released_at is not None:
        return False
    if not _all_settled(session, order_id):
        # Something was undone while Shopify let the order go.
        errands.request(session, order_id)
        return False
    order.released_at = now
    # Handed over before it was opened again, it is to be once more, unless nothing came of that.
    if order.handed_over_at and not hand_overs.covers(session, order_id):
        order.handed_over_at = order.handed_over_by_id = None
    hand_overs.prepare(session, order_id)
    history.record(session, EventName.ORDER_RELEASED, shop_id=order.shop_id, order_id=order_id)
    return True
