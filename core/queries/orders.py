"""The orders that Loupe knows, and where each of them stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    any_,
    distinct,
    exists,
    func,
    select,
    true,
    tuple_,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute, Session
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
        # Found first: else Postgres might walk through all orders, and try each.
        which = which.where(Order.id == any_(func.array(_found(search).scalar_subquery())))
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


def _found(search: str) -> Select[int] | CompoundSelect[int]:
    """By number, by how an e-mail begins, or by how words of a customer or a product begin.

    Of those words, neither accents nor their case need be known.
    """
    named = select(Order.id).where(is_named(search))
    # Where it can be nothing else, names and titles need not be looked at.
    if len(search) < LETTERS or search.startswith("#") or "@" in search:
        return named
    # One after the other: asked for any of them at once, Postgres would read all orders.
    return union(
        named,
        select(Order.id).where(_has_words(Order.customer_name, search)),
        select(LineItem.order_id).where(_has_words(LineItem.title, search)),
    )


def _has_words(text: InstrumentedAttribute[Any], search: str) -> ColumnElement[bool]:
    # Functions of ours, see migration 0016. What is sought is kept from the planner, which would
    # cut the words of every row anew rather than ask the index for what most of them have.
    sought = select(func.beginnings(search)).scalar_subquery()
    return func.words(text).bool_op("@@")(sought)


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
