"""Why orders that somebody has just seen as ready may not be printed any more."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import Order


class NotReady(StrEnum):
    DELETED = "deleted"
    CANCELLED = "cancelled"
    FORGOTTEN = "forgotten"  #: Its customer was, and with them the photos
    OPEN = "open"  #: Its photos are looked at again
    SHIPPED = "shipped"
    TAKEN = "taken"  #: Somebody else has handed it over
    CHANGED = "changed"  #: Its photos are others, or none is printed


@dataclass(frozen=True, slots=True)
class LeftOut:
    id: int
    name: str
    why: NotReady


def left_out(session: Session, order_ids: Collection[int]) -> Sequence[LeftOut]:
    """Of orders that are known not to be ready, each with its cause; in the order of their ids."""
    orders = session.scalars(select(Order).where(Order.id.in_(order_ids)).order_by(Order.id))
    return [LeftOut(order.id, order.name, _why(order)) for order in orders]


def _why(order: Order) -> NotReady:
    causes = {
        NotReady.DELETED: order.deleted_at,
        NotReady.CANCELLED: order.cancelled_at,
        NotReady.FORGOTTEN: order.erased_at,
        NotReady.OPEN: order.released_at is None,
        NotReady.SHIPPED: order.is_fulfilled,
        NotReady.TAKEN: order.handed_over_at,
    }
    return next((cause for cause, is_so in causes.items() if is_so), NotReady.CHANGED)
