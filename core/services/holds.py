"""Keep an order from shipping until its photos are approved, and let it go then."""

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import queue
from core.integrations.shopify.orders import ShopifyFulfillmentOrder
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
    ShopMode,
    WithdrawnBecause,
    utc_now,
)
from core.services import history, shops

#: Unique per app and fulfillment order: placing a hold twice places one.
HANDLE = "photo-review"
#: On the order in Shopify, also as the state in our metafield.
APPROVED_TAG = "photos approved"
#: The state in our metafield while photos are missing or undecided.
WAITING = "awaiting photos"


@dataclass(frozen=True, slots=True)
class HoldOrder:
    """What it takes to hold an order: Shopify's ids."""

    shop_id: int
    shopify_id: str
    line_ids: Set[str]  #: Those with photos
    #: Fulfillment orders that have our hold, or had it until somebody removed it in Shopify.
    known: Collection[str]
    says_approved: bool  #: In Shopify, from an earlier release

    def concerns(self, fulfillment_order: ShopifyFulfillmentOrder) -> bool:
        """Whether it ships something with a photo, and has not had our hold."""
        lines = {line.line_id for line in fulfillment_order.lines}
        return fulfillment_order.id not in self.known and bool(self.line_ids & lines)


@dataclass(frozen=True, slots=True)
class Release:
    """What it takes to let an order go."""

    shop_id: int
    shopify_id: str
    holds: Sequence[tuple[str, str]]  #: (fulfillment order, hold)
    photos: int


_is_open = exists().where(
    Photo.order_id == Order.id,
    Photo.state.not_in([PhotoState.APPROVED, PhotoState.WITHDRAWN]),
)
#: Its customer was forgotten before every photo was decided. Nothing that nobody has approved may
#: ship, so it is a person, in Shopify, who lets it go.
_stays_held = exists().where(
    Photo.order_id == Order.id, Photo.withdrawn_because == WithdrawnBecause.ERASED
)


def request(session: Session, shop: Shop, order: Order) -> None:
    """Have the order held, if it counts: it has photos that nobody has approved yet.

    One that was let go before is held again: it has got another photo.
    """
    if not shops.is_live_for(shop, order) or order.cancelled_at or order.is_fulfilled:
        return
    session.flush()
    if session.scalar(select(_is_open).where(Order.id == order.id)):
        order.released_at = None
        _defer(session, "hold_order", order.id)


def request_release(session: Session, order_id: int) -> None:
    """Have the order let go, if it is ready."""
    if to_release(session, order_id) is not None:
        _defer(session, "release_order", order_id)


def _defer(session: Session, task: str, order_id: int) -> None:
    # One at a time and in order: what is to be released was held before.
    queue.defer(session, task, lock=f"order:{order_id}", priority=5, order_id=order_id)


def to_place(session: Session, order_id: int) -> HoldOrder | None:
    order = session.get_one(Order, order_id)
    shop = session.get_one(Shop, order.shop_id)
    if not shops.is_live_for(shop, order) or order.released_at or order.cancelled_at:
        return None
    line_ids = session.scalars(
        select(LineItem.shopify_id)
        .join(Photo, Photo.line_item_id == LineItem.id)
        .where(
            LineItem.order_id == order_id,
            (Photo.state != PhotoState.WITHDRAWN)
            | (Photo.withdrawn_because == WithdrawnBecause.ERASED),
        )
        .distinct()
    ).all()
    if not line_ids:
        return None
    known = session.scalars(
        select(Hold.fulfillment_order_id).where(
            Hold.order_id == order_id, Hold.state != HoldState.RELEASED
        )
    ).all()
    says_approved = APPROVED_TAG in order.tags
    return HoldOrder(shop.id, order.shopify_id, set(line_ids), known, says_approved)


def placed(session: Session, order_id: int, *, fulfillment_order_id: str, hold_id: str) -> None:
    hold = insert(Hold).values(
        order_id=order_id, fulfillment_order_id=fulfillment_order_id, shopify_id=hold_id
    )
    added = session.scalar(
        hold.on_conflict_do_update(
            index_elements=[Hold.order_id, Hold.fulfillment_order_id],
            set_={
                "shopify_id": hold.excluded.shopify_id,
                "state": HoldState.PLACED,
                "placed_at": utc_now(),
                "ended_at": None,
            },
            where=Hold.state == HoldState.RELEASED,
        ).returning(Hold.id)
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
    if not shops.is_live_for(shop, order) or order.released_at is not None:
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
    has_photos = exists().where(Photo.order_id == Order.id)
    can_be_undone = exists().where(
        Photo.order_id == Order.id,
        Photo.decision_id == Decision.id,
        Decision.undo_until > queue.now(session),
        (Photo.state == PhotoState.APPROVED)
        | (Photo.withdrawn_because == WithdrawnBecause.SET_ASIDE),
    )
    is_settled = has_photos & ~_is_open & ~can_be_undone & ~_stays_held
    return bool(session.scalar(select(is_settled).where(Order.id == order_id)))


def released(session: Session, order_id: int) -> bool:
    """Record that the order may ship; False if that was known, or is no longer so."""
    now = utc_now()
    # Locked, as a sync does: it may just have found another photo, and will hold again.
    order = session.scalars(
        select(Order)
        .where(Order.id == order_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    session.execute(
        update(Hold)
        .where(Hold.order_id == order_id, Hold.state == HoldState.PLACED)
        .values(state=HoldState.RELEASED, ended_at=now)
    )
    if order.released_at is not None:
        return False
    if not _all_settled(session, order_id):
        # Something was undone while Shopify let the order go.
        _defer(session, "hold_order", order_id)
        return False
    order.released_at = now
    history.record(session, EventName.ORDER_RELEASED, shop_id=order.shop_id, order_id=order_id)
    return True


def recover(session: Session, *, limit: int = 200) -> None:
    """Ask again for holds and releases whose job has given up, as after a long outage."""
    neglected = (
        select(Order, Shop)
        .join(Shop, Shop.id == Order.shop_id)
        .where(
            Shop.mode == ShopMode.LIVE,
            Order.placed_at >= Shop.live_from,
            Order.released_at.is_(None),
            exists().where(Photo.order_id == Order.id),
            ~_stays_held,
            *(
                ~queue.is_pending(task, "order_id", Order.id)
                for task in ("hold_order", "release_order")
            ),
        )
        .order_by(Order.id)
    )
    is_held = exists().where(Hold.order_id == Order.id, Hold.state != HoldState.RELEASED)
    for order, shop in session.execute(neglected.where(_is_open, ~is_held).limit(limit)):
        request(session, shop, order)
    for order, _ in session.execute(neglected.where(~_is_open).limit(limit)):
        request_release(session, order.id)
