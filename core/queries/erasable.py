"""Orders whose customer and photos can be forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    exists,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Session

from core.models import Message, Order, Photo, PhotoState, Shop, Upload

#: Counted exactly up to here; beyond, "1,000+" is enough to know.
COUNTED = 1000

_is_open = exists().where(
    Photo.order_id == Order.id,
    Photo.state.not_in([PhotoState.APPROVED, PhotoState.WITHDRAWN]),
)


@dataclass(frozen=True, slots=True)
class Erasable:
    order_id: int
    shop_id: int
    shop: str  #: Its domain
    name: str
    photos: int
    files: int
    messages: int
    is_open: bool  #: Some of its photos are not decided yet


def by_name(session: Session, name: str, *, shop: str | None = None) -> Sequence[Erasable]:
    """Orders that are called so, in all shops or in the one with this domain."""
    return _matching(session, Order.name == name, shop)


def by_email(session: Session, email: str, *, shop: str | None = None) -> Sequence[Erasable]:
    address = email.strip().lower()
    is_theirs = (func.lower(Order.email) == address) | (func.lower(Order.mail_to) == address)
    return _matching(session, is_theirs, shop)


def expired(session: Session) -> Sequence[int]:
    """Ids of the orders that are finished for longer than their shop keeps them."""
    return session.scalars(_expired().order_by(Order.id)).all()


def is_expired(session: Session, order_id: int) -> bool:
    return session.scalar(_expired().where(Order.id == order_id)) is not None


def _expired() -> Select[int]:
    return (
        select(Order.id).join(Shop, Shop.id == Order.shop_id).where(_is_over(Shop.retention_days))
    )


def retention_days(session: Session, shop_id: int) -> int | None:
    return session.scalars(select(Shop.retention_days).where(Shop.id == shop_id)).one()


def count_expired(session: Session, shop_id: int, days: int) -> int:
    """How many would be `expired` with so many days; above `COUNTED`, only that it is more."""
    some = (
        select(Order.id)
        .where(Order.shop_id == shop_id, _is_over(literal(days)))
        .limit(COUNTED + 1)
        .subquery()
    )
    return session.scalars(select(func.count()).select_from(some)).one()


def _is_over(
    days: SQLColumnExpression[int] | SQLColumnExpression[int | None],
) -> ColumnElement[bool]:
    kept = days * literal(timedelta(days=1))
    finished_at = func.coalesce(Order.released_at, Order.updated_at)
    is_finished = (
        Order.released_at.is_not(None) | Order.cancelled_at.is_not(None) | Order.is_fulfilled
    )
    return and_(Order.erased_at.is_(None), is_finished, ~_is_open, finished_at < func.now() - kept)


def _matching(
    session: Session, condition: ColumnElement[bool], shop: str | None
) -> Sequence[Erasable]:
    photos = select(func.count()).where(Photo.order_id == Order.id)
    files = photos.join(Upload, Upload.photo_id == Photo.id).select_from(Photo)
    messages = select(func.count()).where(Message.order_id == Order.id)
    statement = (
        select(
            Order.id,
            Shop.id,
            Shop.domain,
            Order.name,
            photos.scalar_subquery(),
            files.scalar_subquery(),
            messages.scalar_subquery(),
            _is_open,
        )
        .join(Shop, Shop.id == Order.shop_id)
        .where(condition, Order.erased_at.is_(None))
        .order_by(Order.id)
    )
    if shop is not None:
        statement = statement.where(Shop.domain == shop)
    return [Erasable(*row) for row in session.execute(statement)]
