"""What Shopify is to do for an order: asked for, refused, and asked for again."""

from typing import Any

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from core import queue
from core.errors import NotFound
from core.models import EventName, Order, Role, utc_now
from core.services import history
from core.services.actors import Actor

#: Above all readings: in a rush of orders, what is held last may be shipped by then.
_PRIORITY = 15


def request(session: Session, order_id: int) -> None:
    """Have the order held or let go in Shopify, and marked, as is due by then."""
    # One at a time and in order: what is to be released was held before.
    queue.defer(
        session, "tell_shopify", lock=f"order:{order_id}", priority=_PRIORITY, order_id=order_id
    )


def requested() -> Any:
    """SQL that does the same for each order that it is selected with."""
    lock = func.concat("order:", Order.id)
    return queue.deferred("tell_shopify", lock=lock, priority=_PRIORITY, order_id=Order.id)


def try_again(session: Session, order_id: int, *, actor: Actor) -> None:
    """Ask Shopify once more for what it refused."""
    actor.require(Role.PROCESSOR)
    if session.get(Order, order_id) is None:
        raise NotFound
    request(session, order_id)


def refused(session: Session, order_id: int, refusal: str) -> None:
    """Show on the order what Shopify does not do for it."""
    order = session.get_one(Order, order_id, with_for_update={"key_share": True})
    if order.refusal != refusal:
        history.record(session, EventName.ORDER_REFUSED, shop_id=order.shop_id, order_id=order_id)
    order.refusal, order.refused_at = refusal, utc_now()


def accepted(session: Session, order_id: int) -> None:
    session.execute(
        update(Order)
        .where(Order.id == order_id, Order.refusal.is_not(None))
        .values(refusal=None, refused_at=None)
    )
