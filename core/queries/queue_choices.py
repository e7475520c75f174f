"""What a view of the queue may be narrowed to, and how many photos that leaves."""

from collections.abc import Mapping
from typing import TypeVar

from sqlalchemy import CTE, ScalarSelect, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from core.models import Photo, PhotoState, Product
from core.queries.queue_view import Queue

#: Counted exactly up to here; beyond, "1,000+" is enough to know.
COUNTED = 1000

Name = TypeVar("Name")


def products(session: Session, *, chosen: str | None = None) -> Mapping[str, tuple[int, ...]]:
    """What photos wait for: of each title, the products; a chosen one is there in any case.

    Shops have several products of one title, which nobody could tell apart.
    """
    awaited, asked = _awaited(), (chosen or "").replace("\0", "")
    rows = session.execute(
        select(Product.title, func.array_agg(aggregate_order_by(Product.id, Product.id)))
        .where(or_(Product.id.in_(select(awaited.c.id)), Product.title == asked))
        .group_by(Product.title)
        .order_by(func.lower(Product.title), Product.title)
    )
    found = {title: tuple(ids) for title, ids in rows}
    if chosen is not None:
        found.setdefault(chosen, ())
    return found


def _awaited() -> CTE:
    """The products that photos in review are for, each by one step in their index."""
    least = select(func.min(Photo.product_id).label("id")).where(Photo.is_in(PhotoState.IN_REVIEW))
    awaited = least.cte("awaited", recursive=True)
    following = least.where(Photo.product_id > awaited.c.id).scalar_subquery()
    return awaited.union_all(select(following).where(awaited.c.id.is_not(None)))


def count(session: Session, views: Mapping[Name, Queue]) -> Mapping[Name, int]:
    """How many photos each view has, in one statement; above `COUNTED`, only that it is more."""
    row = session.execute(select(*map(_counted, views.values()))).one()
    return dict(zip(views, row, strict=True))


def _counted(view: Queue) -> ScalarSelect[int]:
    some = select(Photo.id).where(*view.conditions()).order_by(*view.counted_by())
    return select(func.count()).select_from(some.limit(COUNTED + 1).subquery()).scalar_subquery()
