"""What may be printed and has not been handed over, and what was handed over lately."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    distinct,
    exists,
    func,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.selectable import LateralFromClause

from core.models import Event, EventName, LineItem, Order, Photo, PhotoState, Shop, Staff, Upload
from core.queries.shops import is_shown

#: Orders on a page, and in one archive.
MOST = 100


@dataclass(frozen=True, slots=True)
class ReadyPhoto:
    id: int
    version: int
    product: str
    variant: str
    quantity: int
    sha256: str
    is_changed: bool  #: Another picture than the one that was handed over
    is_outdated: bool  #: The order names another one since, and nobody has said which counts


@dataclass(frozen=True, slots=True)
class ReadyOrder:
    id: int
    name: str
    customer: str
    shop: str
    note: str  #: The customer's, or of the shop's staff in Shopify
    released_at: datetime
    handed_over_before: datetime | None  #: And opened again since
    photos: Sequence[ReadyPhoto]


@dataclass(frozen=True, slots=True)
class ReadyProduct:
    title: str
    orders: int
    photos: int


@dataclass(frozen=True, slots=True)
class HandedOver:
    id: int
    name: str
    customer: str
    photos: int  #: As many as were handed over, whatever became of them since
    by: str
    handed_over_at: datetime
    is_open_again: bool  #: Its photos are being looked at once more: it cannot be downloaded


@dataclass(frozen=True, slots=True)
class NamePattern:
    """How a shop's files are named."""

    shop_id: int
    shop: str
    pattern: str


@dataclass(frozen=True, slots=True)
class PrintFile:
    """A photo of an order that was let go, with all that its files are named after."""

    order_id: int
    order: str
    customer: str
    placed_at: datetime
    product: str
    variant: str
    quantity: int
    number: int  #: From 1, among those of its order that are printed
    sha256: str
    format: str
    width: int  #: Pixels, upright
    height: int
    file_name: str  #: As the customer's own device called it; "" where nobody knows
    pattern: str  #: The shop's, of the names
    time_zone: str  #: The shop's


#: Approved for good, and still the shop's to ship.
_is_released = (
    Order.released_at.is_not(None)
    & Order.cancelled_at.is_(None)
    & Order.deleted_at.is_(None)
    & Order.erased_at.is_(None)
)


def is_ready() -> ColumnElement[bool]:
    is_printed = (
        exists()
        .where(Photo.order_id == Order.id, Photo.is_in(PhotoState.APPROVED))
        # Also of a statement that reads photos itself.
        .correlate(Order)
    )
    return _is_released & Order.handed_over_at.is_(None) & ~Order.is_fulfilled & is_printed


def products(session: Session, *, shop_id: int | None = None) -> Sequence[ReadyProduct]:
    """By their titles, in the order of the alphabet."""
    rows = session.execute(
        select(LineItem.title, func.count(distinct(Order.id)), func.count(Photo.id))
        .join(Photo, Photo.line_item_id == LineItem.id)
        .join(Order, Order.id == Photo.order_id)
        .where(is_shown(shop_id), is_ready(), Photo.is_in(PhotoState.APPROVED))
        .group_by(LineItem.title)
        .order_by(func.lower(LineItem.title), LineItem.title)
    )
    return [ReadyProduct(*row) for row in rows]


def orders(
    session: Session,
    *,
    product: str | None = None,
    shop_id: int | None = None,
    limit: int = MOST,
) -> Sequence[ReadyOrder]:
    """Whole orders, those that wait the longest first; `product` is on each of them."""
    oldest = Order.released_at, Order.id
    page = select(Order.id).where(is_shown(shop_id), is_ready()).order_by(*oldest).limit(limit)
    if product is not None:
        page = page.where(
            exists().where(
                Photo.order_id == Order.id,
                Photo.is_in(PhotoState.APPROVED),
                Photo.line_item_id == LineItem.id,
                LineItem.title == product,
            )
        )
    before = _latest_hand_over()
    rows = session.execute(
        select(Order, Photo, LineItem, Upload, Shop.name.label("shop"), before)
        .join(Photo, Photo.order_id == Order.id)
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .join(Upload, Upload.id == Photo.upload_id)
        .join(Shop, Shop.id == Order.shop_id)
        .outerjoin(before, true())
        .where(Order.id.in_(page), Photo.is_in(PhotoState.APPROVED))
        .order_by(*oldest, LineItem.position, Photo.ordinal, Photo.id)
    )
    return [_order(list(of_order)) for _, of_order in groupby(rows, key=lambda row: row.Order.id)]


def _latest_hand_over() -> LateralFromClause:
    return (
        select(Event.happened_at.label("before"), Event.ids["uploads"].label("uploads"))
        .where(Event.order_id == Order.id, Event.name == EventName.ORDER_HANDED_OVER)
        .order_by(Event.id.desc())
        .limit(1)
        .lateral()
    )


def _order(rows: Sequence[Row[Any]]) -> ReadyOrder:
    order: Order = rows[0].Order
    return ReadyOrder(
        id=order.id,
        name=order.name,
        customer=order.customer_name or "",
        shop=rows[0].shop,
        note=order.note or "",
        released_at=order.released_at or order.placed_at,
        handed_over_before=rows[0].before,
        photos=[
            ReadyPhoto(
                id=row.Photo.id,
                version=row.Photo.version,
                product=row.LineItem.title,
                variant=row.LineItem.variant_title or "",
                quantity=row.LineItem.quantity,
                sha256=row.Upload.sha256,
                is_changed=row.before is not None and row.Upload.id not in (row.uploads or ()),
                is_outdated=row.Photo.changed_url not in (None, row.Photo.declined_url),
            )
            for row in rows
        ],
    )


def lately(session: Session, *, limit: int = 20) -> Sequence[HandedOver]:
    """The newest first."""
    latest = _latest_hand_over()
    rows = session.execute(
        select(
            Order.id,
            Order.name,
            func.coalesce(Order.customer_name, ""),
            func.jsonb_array_length(latest.c.uploads),
            func.coalesce(Staff.name, ""),
            Order.handed_over_at,
            Order.released_at.is_(None),
        )
        .select_from(Order)
        .join(latest, true())
        .outerjoin(Staff, Staff.id == Order.handed_over_by_id)
        .where(Order.handed_over_at.is_not(None), Order.erased_at.is_(None))
        .order_by(Order.handed_over_at.desc(), Order.id.desc())
        .limit(limit)
    )
    return [HandedOver(*row) for row in rows]


def patterns(session: Session) -> Sequence[NamePattern]:
    rows = session.execute(
        select(Shop.id, Shop.name, Shop.file_name_pattern).order_by(Shop.name, Shop.id)
    )
    return [NamePattern(*row) for row in rows]


def files(session: Session, order_ids: Collection[int]) -> Sequence[PrintFile]:
    """What is printed of these orders, without those that may not be; in the order they came in."""
    file = aliased(Upload)
    number = func.row_number(type_=BigInteger()).over(
        partition_by=Order.id, order_by=(LineItem.position, Photo.ordinal, Photo.id)
    )
    rows: Iterable[Sequence[Any]] = session.execute(
        select(
            Order.id,
            Order.name,
            func.coalesce(Order.customer_name, ""),
            Order.placed_at,
            LineItem.title,
            func.coalesce(LineItem.variant_title, ""),
            LineItem.quantity,
            number,
            file.sha256,
            file.format,
            file.width,
            file.height,
            func.coalesce(file.file_name, ""),
            Shop.file_name_pattern,
            Shop.time_zone,
        )
        .join(Photo, Photo.order_id == Order.id)
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .join(file, file.id == Photo.upload_id)
        .join(Shop, Shop.id == Order.shop_id)
        .where(Order.id.in_(order_ids), _is_released, Photo.is_in(PhotoState.APPROVED))
        .order_by(Order.placed_at, Order.id, number)
    )
    return [PrintFile(*row) for row in rows]
