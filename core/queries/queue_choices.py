"""What a view of the queue may be narrowed to, and how many photos that leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ScalarSelect, exists, func, or_, select
from sqlalchemy.orm import Session

from core.models import Photo, PhotoState, Product
from core.queries.queue_view import View

#: Counted exactly up to here; beyond, "1,000+" is enough to know.
COUNTED = 1000

Name = TypeVar("Name")


@dataclass(frozen=True, slots=True)
class WaitingProduct:
    id: int
    title: str


def products(session: Session, *, chosen: int | None = None) -> Sequence[WaitingProduct]:
    """What photos wait for, by title; a chosen one stays when its last photo has gone."""
    waits = exists().where(Photo.product_id == Product.id, Photo.state == PhotoState.IN_REVIEW)
    rows = session.execute(
        select(Product.id, Product.title)
        .where(or_(waits, Product.id == chosen))
        .order_by(func.lower(Product.title), Product.id)
    )
    return [WaitingProduct(*row) for row in rows]


def count(session: Session, views: Mapping[Name, View]) -> Mapping[Name, int]:
    """How many photos each view has, in one statement; above `COUNTED`, only that it is more."""
    row = session.execute(select(*map(_counted, views.values()))).one()
    return dict(zip(views, row, strict=True))


def _counted(view: View) -> ScalarSelect[int]:
    some = select(Photo.id).where(*view.conditions()).limit(COUNTED + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()
