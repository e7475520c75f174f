"""From which order on a shop counts, and what switching it on would do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.models import Order, Photo, PhotoState, Shop, utc_now

#: More than a person looks through. An older one is hardly worth holding.
OFFERED = 500

_is_open = Photo.state.not_in([PhotoState.APPROVED, PhotoState.WITHDRAWN])


@dataclass(frozen=True, slots=True)
class FirstOrder:
    """An order that may be the first that counts."""

    id: int
    name: str
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    holds: int  #: Orders that will be held
    approved: int  #: Orders whose photos were all approved while watching
    rejected: int  #: Photos rejected while watching: nobody is told by itself


def orders(session: Session, shop_id: int) -> Sequence[FirstOrder]:
    """Those that have not shipped and have photos, the newest first."""
    rows = session.execute(
        select(Order.id, Order.name, Order.placed_at)
        .where(*_waiting(shop_id))
        .order_by(Order.placed_at.desc(), Order.id.desc())
        .limit(OFFERED)
    )
    return [FirstOrder(*row) for row in rows]


def named(session: Session, shop_id: int, name: str) -> int:
    """The id of an order, by its number."""
    found = session.scalar(
        select(Order.id)
        .where(Order.shop_id == shop_id, Order.name.in_([name, f"#{name}"]))
        .order_by(Order.id.desc())
        .limit(1)
    )
    if found is None:
        raise NotFound(f"There is no order {name} in this shop, as far as it has been read.")
    return found


def placed_at(session: Session, shop_id: int, first: int | None) -> datetime | None:
    """When the first order was placed; None if it is the next one."""
    if first is None:
        return None
    found = session.scalar(
        select(Order.placed_at).where(Order.id == first, Order.shop_id == shop_id)
    )
    if found is None:
        raise NotFound
    return found


def orders_that_count(shop_id: int, since: datetime) -> Sequence[ColumnElement[bool]]:
    """Of those placed since, the ones that could still ship too early."""
    return [*_waiting(shop_id), Order.placed_at >= since]


def preview(session: Session, shop_id: int, first: int | None) -> Preview:
    since = placed_at(session, shop_id, first) or utc_now()
    counting = orders_that_count(shop_id, since)
    has_open = exists().where(Photo.order_id == Order.id, _is_open)
    places_holds = select(Shop.places_holds).where(Shop.id == shop_id).scalar_subquery()
    rejected = (
        select(func.count())
        .select_from(Photo)
        .join(Order, Order.id == Photo.order_id)
        .where(Photo.is_in(PhotoState.REJECTED), *counting)
        .correlate(None)
        .scalar_subquery()
    )
    row = session.execute(
        select(
            func.count().filter(has_open & places_holds),
            func.count().filter(~has_open),
            rejected,
        )
        .select_from(Order)
        .where(*counting)
    ).one()
    return Preview(*row)


def _waiting(shop_id: int) -> Iterator[ColumnElement[bool]]:
    yield Order.shop_id == shop_id
    yield Order.cancelled_at.is_(None)
    yield Order.deleted_at.is_(None)
    yield Order.is_fulfilled.is_(False)
    is_printed = exists().where(Photo.order_id == Order.id, Photo.state != PhotoState.WITHDRAWN)
    # Also where photos are counted: it asks of any photo of the order.
    yield is_printed.correlate(Order)
