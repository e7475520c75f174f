"""Which of the waiting photos somebody looks at, and in which order."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, cast, exists, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from core.findings.finding import Kind
from core.models import (
    UNFLAGGED,
    Order,
    Photo,
    PhotoState,
    Shop,
    UploadFinding,
)

Key = InstrumentedAttribute[Any]


class Whose(Enum):
    EVERYBODYS = "everybodys"
    UNASSIGNED = "unassigned"
    MANAGERS = "managers"  #: Left for a manager


class Sort(Enum):
    DUE = "due"  #: Those whose customers have answered, then the longest waiting
    OLDEST = "oldest"  #: The oldest order
    FLAGGED = "flagged"  #: The worst finding, then the longest waiting


#: By what each order sorts, before the id. Each has its indexes.
_KEYS: Mapping[Sort, Sequence[Key]] = {
    Sort.DUE: (Photo.queue_rank, Photo.waiting_since),
    Sort.OLDEST: (Photo.ordered_at,),
    Sort.FLAGGED: (Photo.flag_rank, Photo.waiting_since),
}


@dataclass(frozen=True, slots=True)
class View:
    """What a page of the queue is a page of."""

    whose: int | Whose = Whose.EVERYBODYS  #: An int is somebody's id
    search: str = ""  #: An order's number, or how a customer's e-mail begins
    product_id: int | None = None
    found: tuple[Kind, ...] = ()  #: Any of these was found; none: whatever was
    is_second_try: bool = False
    is_late: bool = False
    sort: Sort = Sort.DUE

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Over `Photo` alone, so that one of the queue's indexes can be walked in its order."""
        # In so many words: a plan for any state could not use the indexes of those in review.
        yield Photo.state == literal(PhotoState.IN_REVIEW, Photo.state.type, literal_execute=True)
        if isinstance(self.whose, int):
            yield Photo.assignee_id == self.whose
            yield Photo.left_at.is_(None)
        elif self.whose is Whose.UNASSIGNED:
            yield Photo.assignee_id.is_(None)
            yield Photo.left_at.is_(None)
        elif self.whose is Whose.MANAGERS:
            yield Photo.left_at.is_not(None)
        if search := self.search.replace("\0", "").strip():
            yield Photo.order_id.in_(_orders(search))
        if self.product_id is not None:
            yield Photo.product_id == self.product_id
        if self.found:
            yield from _has_finding(self.found)
        if self.is_second_try:
            yield Photo.queue_rank == 0
        if self.is_late:
            yield _is_late()

    def keys(self) -> Sequence[Key]:
        """What tells one place in the queue from another, in the order of an index."""
        return (*_KEYS[self.sort], Photo.id)

    def order(self) -> Sequence[Key]:
        # The same on all of a page; but unless it is said, Postgres sorts what nobody has.
        is_narrow = self.whose not in (Whose.EVERYBODYS, Whose.MANAGERS)
        return (Photo.assignee_id, *self.keys()) if is_narrow else self.keys()


def _orders(search: str) -> Select[int]:
    return select(Order.id).where(
        or_(
            Order.name == search,
            Order.name == f"#{search}",
            func.lower(Order.email).startswith(search.lower(), autoescape=True),
        )
    )


def _has_finding(kinds: tuple[Kind, ...]) -> Iterator[ColumnElement[bool]]:
    # Told without a look at the findings themselves: that is all where any of them will do.
    yield Photo.flag_rank < UNFLAGGED
    if set(kinds) != set(Kind):
        yield exists().where(
            UploadFinding.upload_id == Photo.upload_id, UploadFinding.kind.in_(kinds)
        )


def _is_late() -> ColumnElement[bool]:
    # Years, months, weeks and days come first.
    allowed = func.make_interval(0, 0, 0, 0, cast(Shop.review_hours, Integer))
    return exists().where(Shop.id == Photo.shop_id, Photo.waiting_since < func.now() - allowed)
