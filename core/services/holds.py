"""Keep an order from shipping until its photos are approved."""

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import and_, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import queue
from core.errors import HoldNotNeeded
from core.integrations.shopify.orders import ShopifyFulfillmentOrder
from core.models import (
    EventName,
    Hold,
    HoldState,
    LineItem,
    Order,
    Photo,
    PhotoState,
    Role,
    Shop,
    ShopMode,
    WithdrawnBecause,
    utc_now,
)
from core.services import errands, fulfillments, history, locks, releases, shops
from core.services.actors import Actor
from core.services.fulfillments import HANDLE

#: Without it, Shopify does not show what a third party ships for the shop.
SHIPPED_BY_OTHERS = "read_third_party_fulfillment_orders"


@dataclass(frozen=True, slots=True)
class HoldOrder:
    """What it takes to hold an order: Shopify's ids."""

    shop_id: int
    shopify_id: str
    line_ids: Set[str]  #: Those with photos
    #: Those whose hold somebody removed in Shopify: it is not placed again by itself.
    let_go: Set[str]
    held: Collection[str]  #: Fulfillment orders that have our hold
    shows_all: bool  #: Also what others ship for the shop

    def misses(self, seen: Sequence[ShopifyFulfillmentOrder]) -> bool:
        """Whether something with a photo is shipped by others, whom Shopify does not show us."""
        shown = {line.line_id for each in seen for line in each.lines}
        return not self.shows_all and bool(self.line_ids - self.let_go - shown)

    def concerns(self, fulfillment_order: ShopifyFulfillmentOrder) -> bool:
        """Whether it ships something with a photo that nobody has let go."""
        lines = {line.line_id for line in fulfillment_order.lines}
        return fulfillment_order.is_open and bool((self.line_ids - self.let_go) & lines)

    def is_astray(self, fulfillment_order: ShopifyFulfillmentOrder) -> bool:
        """Whether its hold is not as we know it, or as it should be."""
        is_held = fulfillment_order.own_hold(HANDLE) is not None
        if fulfillment_order.id in self.held:
            return not is_held
        return self.concerns(fulfillment_order)


def request(session: Session, shop: Shop, *orders: Order) -> None:
    """Have orders held that count: they have photos that nobody has approved yet.

    One that was let go before is held again: it has got another photo.
    """
    counting = {
        order.id
        for order in orders
        if shops.is_live_for(shop, order) and not (order.cancelled_at or order.is_fulfilled)
    }
    if not counting:
        return
    session.flush()
    open_ = set(session.scalars(select(Order.id).where(Order.id.in_(counting), releases.is_open)))
    for order in orders:
        if order.id in open_:
            order.released_at = None
    session.execute(select(errands.requested()).where(Order.id.in_(open_)).order_by(Order.id))


def follow(session: Session, order: Order, seen: Sequence[ShopifyFulfillmentOrder]) -> None:
    """Note what Shopify ships together, and have holds looked after that are not as they should be.

    The caller holds the order's row.
    """
    fulfillments.take_over(session, order.id, seen)
    plan = to_place(session, order.id)
    # Only the job looks closer: no other one of this order runs beside it, so that a hold which
    # is just being placed or released is not taken for one that somebody removed.
    if plan is not None and any(plan.is_astray(each) for each in seen):
        errands.request(session, order.id)


def hold_again(session: Session, order_id: int, *, actor: Actor) -> None:
    """Place the hold that somebody removed in Shopify."""
    actor.require(Role.PROCESSOR)
    locks.order(session, order_id)
    if to_place(session, order_id) is None:
        raise HoldNotNeeded
    removed = session.scalars(
        update(Hold)
        .where(Hold.order_id == order_id, Hold.state == HoldState.REMOVED)
        .values(state=HoldState.RELEASED)
        .returning(Hold.id)
    ).all()
    # Asked a second time, it is under way.
    if removed:
        order = session.get_one(Order, order_id)
        history.record(
            session, EventName.HOLD_ASKED, shop_id=order.shop_id, order_id=order_id, actor=actor
        )
        errands.request(session, order_id)


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
    if not line_ids or not shop.places_holds:
        return None
    rows = session.scalars(
        select(Hold).where(Hold.order_id == order_id, Hold.state != HoldState.RELEASED)
    ).all()
    removed = [hold.line_ids for hold in rows if hold.state is HoldState.REMOVED]
    held = [hold.fulfillment_order_id for hold in rows if hold.state is HoldState.PLACED]
    return HoldOrder(
        shop.id,
        order.shopify_id,
        set(line_ids),
        set(chain(*removed)),
        held,
        shows_all=SHIPPED_BY_OTHERS in shop.granted_scopes,
    )


def look(
    session: Session, order_id: int, seen: Sequence[ShopifyFulfillmentOrder]
) -> Sequence[ShopifyFulfillmentOrder]:
    """Note which holds are gone, and return what is to be held now.

    For the one job of the order that runs, of what it has just read.
    """
    locks.order(session, order_id)
    fulfillments.take_over(session, order_id, seen)
    by_id = {each.id: each for each in seen}
    known = session.scalars(
        select(Hold).where(
            Hold.order_id == order_id,
            Hold.state.in_([HoldState.PLACED, HoldState.RELEASING]),
        )
    ).all()
    for hold in known:
        each = by_id.get(hold.fulfillment_order_id)
        if each is None or each.own_hold(HANDLE) is None:
            _has_ended(session, hold, each)
        else:
            hold.state = HoldState.PLACED
    session.flush()
    plan = to_place(session, order_id)
    if plan is None:
        return []
    return [each for each in seen if each.id not in plan.held and plan.concerns(each)]


def _has_ended(session: Session, hold: Hold, each: ShopifyFulfillmentOrder | None) -> None:
    hold.ended_at = utc_now()
    is_ours = hold.state is HoldState.RELEASING
    if is_ours or each is None or not each.is_open:
        # Or with its fulfillment order: shipped, cancelled, or moved under a new id.
        hold.state = HoldState.RELEASED
        return
    hold.state = HoldState.REMOVED
    # What is split off later has been let go, too.
    hold.line_ids = sorted({*hold.line_ids, *(line.line_id for line in each.lines)})
    shop_id = session.scalar(select(Order.shop_id).where(Order.id == hold.order_id))
    history.record(
        session,
        EventName.HOLD_REMOVED,
        shop_id=shop_id,
        order_id=hold.order_id,
        hold=hold.shopify_id,
    )


def placed(
    session: Session,
    order_id: int,
    *,
    fulfillment_order_id: str,
    hold_id: str,
    line_ids: Collection[str] = (),
) -> None:
    hold = insert(Hold).values(
        order_id=order_id,
        fulfillment_order_id=fulfillment_order_id,
        shopify_id=hold_id,
        line_ids=sorted(line_ids),
    )
    added = session.scalar(
        hold.on_conflict_do_update(
            index_elements=[Hold.order_id, Hold.fulfillment_order_id],
            set_={
                "shopify_id": hold.excluded.shopify_id,
                "line_ids": hold.excluded.line_ids,
                "state": HoldState.PLACED,
                "placed_at": utc_now(),
                "ended_at": None,
            },
            where=Hold.state != HoldState.PLACED,
        ).returning(Hold.id)
    )
    if added is not None:
        shop_id = session.scalar(select(Order.shop_id).where(Order.id == order_id))
        history.record(
            session, EventName.ORDER_HELD, shop_id=shop_id, order_id=order_id, hold=hold_id
        )


def recover(session: Session) -> None:
    """Ask again for what a job has given up, as after a long outage; in one statement."""
    counts = (
        Shop.mode == ShopMode.LIVE,
        Shop.disconnected_at.is_(None),
        Order.deleted_at.is_(None),
        ~queue.is_pending("tell_shopify", "order_id", Order.id),
    )
    neglected = (
        Order.released_at.is_(None),
        ~Order.is_fulfilled,
        exists().where(Photo.order_id == Order.id),
        ~releases.stays_held,
    )
    # In any state, so that one which somebody removed is not placed again.
    was_held = exists().where(Hold.order_id == Order.id, Hold.state != HoldState.RELEASED)
    is_unheld = releases.is_open & ~was_held & Shop.places_holds & (Order.cancelled_at.is_(None))
    is_to_go = ~releases.is_open & ((Order.placed_at >= Shop.live_from) | was_held)
    due = and_(*neglected, (is_unheld & (Order.placed_at >= Shop.live_from)) | is_to_go)
    session.execute(
        select(errands.requested())
        .join(Shop, Shop.id == Order.shop_id)
        .where(*counts, due | Order.refusal.is_not(None))
    )
