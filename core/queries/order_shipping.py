"""What Shopify ships of an order together, and our holds on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.models import FulfillmentOrder, Hold, HoldState


@dataclass(frozen=True, slots=True)
class StoryHold:
    fulfillment_order_id: str
    state: HoldState
    placed_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoryFulfillment:
    shopify_id: str
    status: str  #: Shopify's word
    is_empty: bool  #: All that was in it has moved to another
    is_held_by_others: bool


def holds(session: Session, order_id: int) -> Sequence[StoryHold]:
    rows = session.execute(
        select(Hold.fulfillment_order_id, Hold.state, Hold.placed_at, Hold.ended_at)
        .where(Hold.order_id == order_id)
        .order_by(Hold.id)
    )
    return [StoryHold(*row) for row in rows]


def fulfillments(session: Session, order_id: int) -> Sequence[StoryFulfillment]:
    each = FulfillmentOrder
    rows = session.execute(
        select(
            each.shopify_id,
            each.status,
            func.cardinality(each.line_ids) == 0,
            each.is_held_by_others,
        )
        .where(each.order_id == order_id)
        .order_by(each.id)
    )
    return [StoryFulfillment(*row) for row in rows]
