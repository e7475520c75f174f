"""Orders whose customer and photos can be forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, exists, func, literal, select
from sqlalchemy.orm import Session

from core.models import Message, Order, Photo, PhotoState, Shop, Upload

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
    return _matching(session, func.lower(Order.email) == email.strip().lower(), shop)


def expired(session: Session) -> Sequence[int]:
    """Ids of the orders that are finished for longer than their shop keeps them."""
    finished_at = func.coalesce(Order.released_at, Order.updated_at)
    is_finished = (
        Order.released_at.is_not(None) | Order.cancelled_at.is_not(None) | Order.is_fulfilled
    )
    return session.scalars(
        select(Order.id)
        .join(Shop, Shop.id == Order.shop_id)
        .where(
            Order.erased_at.is_(None),
            is_finished,
            ~_is_open,
            finished_at < func.now() - Shop.retention_days * literal(timedelta(days=1)),
        )
        .order_by(Order.id)
    ).all()


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
