"""Say on an order in Shopify where its photos stand: by one tag of ours and a metafield."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from core import queue
from core.models import Decision, Order, Photo, PhotoState, Shop
from core.services import shops


class Standing(StrEnum):
    """As merchants read it, and as other apps may rely on it."""

    AWAITED = "awaiting photos"  #: Missing, or not decided on
    ASKED = "customer asked"
    APPROVED = "photos approved"


@dataclass(frozen=True, slots=True)
class Mark:
    """What it takes to say it; without a standing, what was said is taken away."""

    shop_id: int
    shopify_id: str
    standing: Standing | None
    approved: int  #: Photos
    sets_tags: bool
    sets_metafield: bool

    @property
    def outdated(self) -> Sequence[str]:
        return [each.value for each in Standing if each is not self.standing]


def to_set(session: Session, order_id: int) -> Mark | None:
    """Return what is to be said, unless it has been."""
    order = session.get_one(Order, order_id)
    shop = session.get_one(Shop, order.shop_id)
    if not shops.is_live_for(shop, order) or order.deleted_at is not None:
        return None
    if not (shop.sets_tags or shop.sets_metafield):
        return None
    standing = _standing(session, order)
    if standing == order.told_state:
        return None
    approved = session.scalar(
        select(func.count()).where(Photo.order_id == order_id, Photo.state == PhotoState.APPROVED)
    )
    return Mark(
        shop.id, order.shopify_id, standing, approved or 0, shop.sets_tags, shop.sets_metafield
    )


def was_set(session: Session, order_id: int, mark: Mark) -> None:
    session.execute(update(Order).where(Order.id == order_id).values(told_state=mark.standing))


def _standing(session: Session, order: Order) -> Standing | None:
    # What can still be undone has not happened yet, as far as anybody outside knows.
    is_asked = exists().where(
        Photo.order_id == order.id,
        Photo.state == PhotoState.REJECTED,
        Photo.decision_id == Decision.id,
        Decision.undo_until <= queue.now(session),
    )
    to_print = Photo.order_id == order.id, Photo.state != PhotoState.WITHDRAWN
    if not session.scalar(select(exists().where(*to_print))):
        return None
    if order.released_at is not None:
        return Standing.APPROVED
    return Standing.ASKED if session.scalar(select(is_asked)) else Standing.AWAITED
