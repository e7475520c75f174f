"""The orders that Loupe knows, and where each of them stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, distinct, exists, func, or_, select, true, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import LateralFromClause

from core.models import Hold, HoldState, LineItem, Order, Photo, PhotoState, Shop
from core.queries.queue_view import LETTERS, is_named
from core.queries.shops import is_shown

PAGE_SIZE = 25

#: Where a page ends and the next one begins.
Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class OrderRow:
    id: int
    name: str
    customer: str
    email: str
    shop: str
    placed_at: datetime
    products: Sequence[str]  #: Those with photos, or all if none has
    photos: int  #: Without those that are not printed
    approved: int
    fetching: int
    to_check: int
    in_review: int
    rejected: int  #: Waiting for the customer
    is_held: bool
    was_hold_removed: bool  #: By somebody in Shopify
    is_refused: bool  #: Shopify did not do what we asked for it
    cancelled_at: datetime | None
    deleted_at: datetime | None
    erased_at: datetime | None
    is_fulfilled: bool
    released_at: datetime | None
    handed_over_at: datetime | None

    @property
    def place(self) -> Place:
        return self.placed_at, self.id


def page(
    session: Session,
    *,
    search: str = "",
    shop_id: int | None = None,
    after: Place | None = None,
    limit: int = PAGE_SIZE,
) -> Sequence[OrderRow]:
    """The newest first."""
    newest = Order.placed_at.desc(), Order.id.desc()
    which = select(Order.id).where(is_shown(shop_id)).order_by(*newest).limit(limit)
    if search := search.replace("\0", "").strip():
        which = which.where(_is_found(search))
    if after is not None:
        which = which.where(tuple_(Order.placed_at, Order.id) < after)
    photos, products = _photos(), _products()
    rows = session.execute(
        select(
            Order.id,
            Order.name,
            func.coalesce(Order.customer_name, ""),
            func.coalesce(Order.email, ""),
            Shop.name,
            Order.placed_at,
            func.coalesce(products.c.printed, products.c.all, []),
            *photos.c,
            _has_hold(HoldState.PLACED),
            _has_hold(HoldState.REMOVED),
            Order.refusal.is_not(None),
            Order.cancelled_at,
            Order.deleted_at,
            Order.erased_at,
            Order.is_fulfilled,
            Order.released_at,
            Order.handed_over_at,
        )
        .join(Shop, Shop.id == Order.shop_id)
        .join(photos, true())
        .join(products, true())
        .where(Order.id.in_(which))
        .order_by(*newest)
    )
    return [OrderRow(*row) for row in rows]


def _is_found(search: str) -> ColumnElement[bool]:
    """By number, by how an e-mail begins, or by part of a customer's name or a product's title."""
    # Where it can be nothing else, all the names and titles need not be looked at.
    if len(search) < LETTERS or search.startswith("#") or "@" in search:
        return is_named(search)
    of_product = select(LineItem.order_id).where(LineItem.title.icontains(search, autoescape=True))
    return or_(
        is_named(search),
        Order.customer_name.icontains(search, autoescape=True),
        Order.id.in_(of_product),
    )


def _photos() -> LateralFromClause:
    def number(*states: PhotoState) -> ColumnElement[int]:
        return func.count().filter(Photo.state.in_(states))

    return (
        select(
            func.count().filter(Photo.state != PhotoState.WITHDRAWN).label("photos"),
            number(PhotoState.APPROVED).label("approved"),
            number(PhotoState.FETCHING).label("fetching"),
            number(PhotoState.TO_CHECK).label("to_check"),
            number(PhotoState.IN_REVIEW).label("in_review"),
            number(PhotoState.REJECTED).label("rejected"),
        )
        .where(Photo.order_id == Order.id)
        .lateral()
    )


def _products() -> LateralFromClause:
    title = distinct(LineItem.title)
    has_photo = exists().where(Photo.line_item_id == LineItem.id)
    return (
        select(
            func.array_agg(title).filter(has_photo).label("printed"),
            func.array_agg(title).label("all"),
        )
        .where(LineItem.order_id == Order.id)
        .lateral()
    )


def _has_hold(state: HoldState) -> ColumnElement[bool]:
    return exists().where(Hold.order_id == Order.id, Hold.state == state)
