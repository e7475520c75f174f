"""Orders that are open here, and the shops whose turn it is to have theirs read again."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core.models import Hold, HoldState, Order, Photo, PhotoState, Shop

#: Hours of the shop's own night.
NIGHT = range(1, 6)
_ONE_NIGHT = timedelta(hours=12)
#: Whoever sleeps at night with its computer off is read in the day.
_LATEST = timedelta(hours=36)
#: What was approved so long ago, and has not been handed over, will not be.
_TO_PRINT = timedelta(days=30)
#: What is not shipped for so long was not ours to print.
_TO_SHIP = timedelta(days=60)


def due(session: Session, now: datetime) -> Sequence[int]:
    """The ids of shops to be read again."""
    shops = session.scalars(select(Shop).where(Shop.disconnected_at.is_(None)).order_by(Shop.id))
    return [shop.id for shop in shops if _is_due(shop, now)]


def _is_due(shop: Shop, now: datetime) -> bool:
    since = now - (shop.refreshed_at or shop.created_at)
    is_night = now.astimezone(ZoneInfo(shop.time_zone)).hour in NIGHT
    return since > (_ONE_NIGHT if is_night else _LATEST)


def after(
    session: Session, shop_id: int, order_id: int, now: datetime, *, limit: int
) -> Sequence[tuple[int, str]]:
    """The next ones behind an order: (id, Shopify's id)."""
    has_photos = exists().where(Photo.order_id == Order.id, Photo.state != PhotoState.WITHDRAWN)
    is_held = exists().where(Hold.order_id == Order.id, Hold.state == HoldState.PLACED)
    # By a new rule of the merchant's, photos may be found where there were none.
    may_have = Order.cancelled_at.is_(None) & (Order.placed_at > now - _TO_SHIP)
    is_undecided = Order.released_at.is_(None) & ~Order.is_fulfilled & (has_photos | may_have)
    is_to_print = Order.handed_over_at.is_(None) & (Order.released_at > now - _TO_PRINT)
    rows = session.execute(
        select(Order.id, Order.shopify_id)
        .where(
            Order.shop_id == shop_id,
            Order.id > order_id,
            Order.deleted_at.is_(None),
            Order.erased_at.is_(None),
            is_undecided | is_held | is_to_print,
        )
        .order_by(Order.id)
        .limit(limit)
    ).all()
    return [(row.id, row.shopify_id) for row in rows]
