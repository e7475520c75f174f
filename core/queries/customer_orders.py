"""All orders of whoever has signed in, and where each of their photos stands."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from core.models import Decision, Order, Photo, PhotoState, Shop, utc_now
from core.queries import customer_photos
from core.queries.customer_photos import Standing
from core.services import customer_sign_in
from core.services.customer_sign_in import Customer


@dataclass(frozen=True, slots=True)
class OrderedPhoto:
    product: str
    variant: str
    standing: Standing
    is_answered: bool  #: The customer has answered a question about it
    #: None: there is no picture, or not one to be shown.
    sha256: str | None


@dataclass(frozen=True, slots=True)
class OwnOrder:
    id: int
    name: str
    placed_at: datetime
    is_cancelled: bool
    is_shipped: bool
    photos: list[OrderedPhoto] = field(default_factory=list)  #: Withdrawn ones are left out

    @property
    def needs_answer(self) -> bool:
        return any(photo.standing is Standing.NEEDS_ANSWER for photo in self.photos)


@dataclass(frozen=True, slots=True)
class ShopChoice:
    id: int
    name: str
    domain: str
    time_zone: str
    is_demo: bool


def of(session: Session, customer: Customer, *, limit: int) -> Sequence[OwnOrder]:
    """Those with a question first, then the newest: so many at most, in one statement."""
    now = utc_now()
    has_question = exists().where(
        Photo.order_id == Order.id,
        Photo.state == PhotoState.REJECTED,
        Decision.id == Photo.decision_id,
        Decision.undo_until <= now,
    )
    rank = func.row_number().over(
        order_by=(has_question.desc(), Order.placed_at.desc(), Order.id.desc())
    )
    page = (
        select(
            Order.id,
            Order.name,
            Order.placed_at,
            Order.cancelled_at.is_not(None).label("is_cancelled"),
            Order.is_fulfilled,
            rank.label("rank"),
        )
        # What was never to be printed is nothing to look for here.
        .where(
            customer_sign_in.is_theirs(customer),
            exists().where(Photo.order_id == Order.id),
        )
        .order_by(rank)
        .limit(limit)
        .cte("page")
    )
    photos = customer_photos.of_customers(now=now).add_columns(
        Photo.order_id.label("of_order"),
        func.row_number()
        .over(order_by=customer_photos.IN_ORDER, partition_by=Photo.order_id)
        .label("place"),
    )
    seen = photos.order_by(None).where(Photo.order_id.in_(select(page.c.id))).subquery()
    rows = session.execute(
        select(
            page,
            seen.c.title,
            seen.c.variant_title,
            seen.c.standing,
            seen.c.kind,
            seen.c.sha256,
        )
        .outerjoin(seen, seen.c.of_order == page.c.id)
        .order_by(page.c.rank, seen.c.place)
    )
    return _grouped(rows)


def shops(session: Session) -> Sequence[ShopChoice]:
    """Where one may have ordered."""
    rows = session.execute(
        select(Shop.id, Shop.name, Shop.domain, Shop.time_zone, Shop.is_demo)
        .where(Shop.disconnected_at.is_(None))
        .order_by(func.lower(Shop.name), Shop.id)
    )
    return [ShopChoice(*row) for row in rows]


def _grouped(rows: Any) -> Sequence[OwnOrder]:
    orders: dict[int, OwnOrder] = {}
    for id_, name, placed_at, is_cancelled, is_shipped, _, *photo in rows:
        order = orders.setdefault(id_, OwnOrder(id_, name, placed_at, is_cancelled, is_shipped))
        product, variant, standing, answered, sha256 = photo
        if product is not None:
            order.photos.append(
                OrderedPhoto(
                    product, variant or "", Standing(standing), answered is not None, sha256
                )
            )
    return list(orders.values())
