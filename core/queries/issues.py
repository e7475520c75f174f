"""The folders of what waits for customers; and what waits for somebody to look why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.models import (
    LineItem,
    Order,
    Photo,
    PhotoState,
    Reason,
    Response,
    Shop,
)
from core.queries.shops import has_left

PAGE_SIZE = 24


@dataclass(frozen=True, slots=True)
class Folder:
    reason_id: int
    label: str
    photos: int
    shop_id: int
    shop: str


@dataclass(frozen=True, slots=True)
class UncheckedPhoto:
    """A photo that could not be fetched or opened."""

    id: int
    version: int
    order_id: int
    order_name: str
    customer: str
    product: str
    variant: str
    shop_id: int
    code: str  #: `Unavailable.code`, `PictureRefused.code` or "missing"
    url: str | None
    host: str | None  #: The one that nobody has trusted yet
    message: str  #: What the customer wrote, asked for a photo
    waiting_since: datetime


def folders(session: Session, shop_id: int | None = None) -> Sequence[Folder]:
    """Every reason in use or on offer, with its count, in the managers' order."""
    of_shop = [] if shop_id is None else [Reason.shop_id == shop_id]
    counts = (
        select(Photo.filed_under_id, func.count().label("photos"))
        .where(Photo.is_in(PhotoState.REJECTED))
        .group_by(Photo.filed_under_id)
        .subquery()
    )
    rows = session.execute(
        select(Reason.id, Reason.label, func.coalesce(counts.c.photos, 0), Shop.id, Shop.name)
        .join(Shop, Shop.id == Reason.shop_id)
        .outerjoin(counts, counts.c.filed_under_id == Reason.id)
        .where(
            (Reason.retired_at.is_(None) & Reason.is_offered) | counts.c.photos.is_not(None),
            ~has_left(),
            *of_shop,
        )
        .order_by(Reason.shop_id, Reason.position)
    )
    return [Folder(*row) for row in rows]


def to_check(
    session: Session, *, after: int = 0, limit: int = PAGE_SIZE, shop_id: int | None = None
) -> Sequence[UncheckedPhoto]:
    """Photos that need somebody to look why there is no picture; `after` is a photo's id."""
    of_shop = [] if shop_id is None else [Photo.shop_id == shop_id]
    rows: Iterable[Any] = session.execute(
        select(
            Photo.id,
            Photo.version,
            Photo.order_id,
            Order.name,
            func.coalesce(Order.customer_name, ""),
            LineItem.title,
            func.coalesce(LineItem.variant_title, ""),
            Photo.shop_id,
            func.coalesce(Photo.check_code, ""),
            Photo.url,
            Photo.check_host,
            func.coalesce(Response.message, ""),
            Photo.waiting_since,
        )
        .join(Order, Order.id == Photo.order_id)
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .outerjoin(Response, Response.id == Photo.response_id)
        .where(Photo.state == PhotoState.TO_CHECK, Photo.id > after, *of_shop)
        .order_by(Photo.id)
        .limit(limit)
    )
    return [UncheckedPhoto(*row) for row in rows]
