"""The link that lets a customer in to one order. It is computed, and stored nowhere."""

import base64
import binascii
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from sqlalchemy import exists, func, or_, select, update
from sqlalchemy.orm import Session

from core.config import settings
from core.models import Message, MessageKind, Order, Photo, PhotoState
from core.sealing import derived_key

#: A link goes on working this long after the order's last issue was settled.
LIFE = timedelta(days=14)
_ID_BYTES = 8
_MAC_BYTES = 16
_TOKEN_LENGTH = 32  # in base64, without padding


#: The customer has something to answer, or to wait for, or had until lately.
_is_open = or_(
    exists().where(
        Photo.order_id == Order.id,
        or_(
            Photo.state == PhotoState.REJECTED,
            Photo.state.in_([PhotoState.IN_REVIEW, PhotoState.TO_CHECK])
            & Photo.response_id.is_not(None),
        ),
    ),
    Order.settled_at.is_not(None) & (Order.settled_at > func.now() - LIFE),
    exists().where(
        Message.order_id == Order.id,
        Message.kind == MessageKind.NEW_LINK,
        Message.created_at > func.now() - LIFE,
    ),
)


@dataclass(frozen=True, slots=True)
class OrderLink:
    """A genuine link. An expired one only lets its holder ask for a new one."""

    order_id: int
    is_expired: bool


def order_url(order: Order) -> str:
    return f"{settings().address}/o/{order_token(order)}"


def order_urls(session: Session, order_ids: Iterable[int]) -> dict[int, str]:
    """The link of each order, in one statement."""
    orders = session.scalars(select(Order).where(Order.id.in_(order_ids)))
    return {order.id: order_url(order) for order in orders}


def order_token(order: Order) -> str:
    """The same until the order's link epoch rises."""
    return _token(order.shop_id, order.id, order.link_epoch)


def order_of(session: Session, token: str) -> OrderLink | None:
    return next(iter(orders_of(session, [token])), None)


def orders_of(session: Session, tokens: Iterable[str]) -> Sequence[OrderLink]:
    """Return what the genuine ones among the tokens open, in one statement."""
    claimed = {order_id: token for token in tokens if (order_id := _claimed_order(token))}
    if not claimed:
        return []
    rows = session.execute(
        select(Order.id, Order.shop_id, Order.link_epoch, _is_open).where(Order.id.in_(claimed))
    )
    return [
        OrderLink(order_id, is_expired=not is_open)
        for order_id, shop_id, epoch, is_open in rows
        if hmac.compare_digest(_token(shop_id, order_id, epoch), claimed[order_id])
    ]


def renew(session: Session, link: OrderLink) -> Order | None:
    """End every link to the order; the one that `order_url` now gives works for 14 days.

    The caller queues the `NEW_LINK` message in the same transaction: the days count from it.
    None: somebody else has just asked, or the link works after all, or no mail can be sent.
    """
    return session.scalar(
        update(Order)
        .where(Order.id == link.order_id, Order.address.is_not(None), ~_is_open)
        .values(link_epoch=Order.link_epoch + 1)
        .returning(Order)
    )


def _token(shop_id: int, order_id: int, epoch: int) -> str:
    signed = hmac.digest(_signing_key(), f"{shop_id}:{order_id}:{epoch}".encode(), "sha256")
    return base64.urlsafe_b64encode(order_id.to_bytes(_ID_BYTES) + signed[:_MAC_BYTES]).decode()


def _claimed_order(token: str) -> int | None:
    if len(token) != _TOKEN_LENGTH or not token.isascii():
        return None
    try:
        order_id = int.from_bytes(base64.urlsafe_b64decode(token)[:_ID_BYTES])
    except binascii.Error:
        return None
    return order_id if order_id < 2**63 else None  # more than Postgres takes for an id


@cache
def _signing_key() -> bytes:
    return derived_key("order links")
