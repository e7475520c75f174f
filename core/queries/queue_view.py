"""Which of the waiting photos somebody looks at, and in which order."""

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Label,
    any_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
)
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

Key = InstrumentedAttribute[Any] | Label[Any]
T = TypeVar("T")

#: From so many on, what is searched for may be how an e-mail address begins.
LETTERS = 3


class Queue(Protocol):
    """Some of the photos, in an order of their own."""

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Over `Photo` alone, so that an index can be walked in the queue's order."""

    def keys(self) -> Sequence[Key]:
        """What tells one place in the queue from another, in the order of an index."""

    def order(self) -> Sequence[Key]: ...

    def counted_by(self) -> Sequence[Key]:
        """The order to count in, where Postgres would look at all for the few that there are."""


class Whose(Enum):
    EVERYBODYS = "everybodys"
    UNASSIGNED = "unassigned"
    MANAGERS = "managers"  #: Left for a manager


class Sort(Enum):
    DUE = "due"  #: Those whose customers have answered, then the longest waiting
    OLDEST = "oldest"  #: The oldest order, then the longest waiting
    FLAGGED = "flagged"  #: The worst finding, then the longest waiting


#: By what each order sorts, before the id. Each has its indexes.
_KEYS: Mapping[Sort, Sequence[Key]] = {
    Sort.DUE: (Photo.queue_rank, Photo.waiting_since),
    Sort.OLDEST: (Photo.ordered_at, Photo.waiting_since),
    Sort.FLAGGED: (Photo.flag_rank, Photo.waiting_since),
}


@dataclass(frozen=True, slots=True)
class View:
    """What a page of the queue is a page of."""

    whose: int | Whose = Whose.EVERYBODYS  #: An int is somebody's id
    search: str = ""  #: An order's number, or how a customer's e-mail begins
    product_ids: tuple[int, ...] | None = None  #: Of any of these; None: whatever it is for
    found: tuple[Kind, ...] = ()  #: Any of these was found; none: whatever was
    is_second_try: bool = False
    is_late: bool = False
    sort: Sort = Sort.DUE
    shop_id: int | None = None  #: None: whichever

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        yield Photo.is_in(PhotoState.IN_REVIEW)
        if isinstance(self.whose, int):
            yield Photo.assignee_id == self.whose
            yield Photo.left_at.is_(None)
        elif self.whose is Whose.UNASSIGNED:
            yield Photo.assignee_id.is_(None)
            yield Photo.left_at.is_(None)
        elif self.whose is Whose.MANAGERS:
            yield Photo.left_at.is_not(None)
        if self.shop_id is not None:
            yield Photo.shop_id.in_(_in_so_many_words([self.shop_id]))
        if search := self.search.replace("\0", "").strip():
            yield is_of_order_found(search)
        if self.product_ids is not None:
            yield Photo.product_id.in_(_in_so_many_words(self.product_ids))
        if self.found:
            yield from _has_finding(self.found)
        if self.is_second_try:
            yield Photo.queue_rank == literal(0, literal_execute=True)
        if self.is_late:
            yield from _is_late()

    def keys(self) -> Sequence[Key]:
        return (*_KEYS[self.sort], Photo.id)

    def order(self) -> Sequence[Key]:
        # The same on all of a page; but unless it is said, Postgres sorts what nobody has.
        is_narrow = self.whose not in (Whose.EVERYBODYS, Whose.MANAGERS)
        return (Photo.assignee_id, *self.keys()) if is_narrow else self.keys()

    def counted_by(self) -> Sequence[Key]:
        # How many are late it cannot know before; how many have a finding, it does.
        return self.order() if self.is_late and not self.found else ()


def is_of_order_found(search: str) -> ColumnElement[bool]:
    """By number, or by how a customer's e-mail begins."""
    found = select(Order.id).where(is_named(search))
    # Found first: with a plan for any search, Postgres would walk the queue and try each photo.
    return Photo.order_id == any_(func.array(found.scalar_subquery()))


def is_named(search: str) -> ColumnElement[bool]:
    """The same of an order."""
    known = [Order.name == search, Order.name == f"#{search}"]
    if len(search) >= LETTERS:
        known.append(begins(func.lower(Order.email), search.lower()))
    return or_(*known)


def begins(text: ColumnElement[str], beginning: str) -> ColumnElement[bool]:
    # As a range, for the index that compares letters as bytes: a plan that is kept for any
    # beginning could not use it for LIKE.
    last = beginning + chr(sys.maxunicode)
    return text.bool_op("~>=~")(beginning) & text.bool_op("~<=~")(last)


def _in_so_many_words(values: Collection[T]) -> BindParameter[Collection[T]]:
    # A plan for any of them would not know how rare these are.
    return bindparam(None, values, expanding=True, literal_execute=True)


def _has_finding(kinds: tuple[Kind, ...]) -> Iterator[ColumnElement[bool]]:
    # Told without a look at the findings themselves: that is all where any of them will do.
    yield Photo.flag_rank < literal(UNFLAGGED, literal_execute=True)
    if set(kinds) != set(Kind):
        yield exists().where(
            UploadFinding.upload_id == Photo.upload_id,
            UploadFinding.kind.in_(_in_so_many_words(kinds)),
        )


def _is_late() -> Iterator[ColumnElement[bool]]:
    # Years, months, weeks and days come first.
    allowed = func.make_interval(0, 0, 0, 0, cast(Shop.review_hours, Integer))
    latest = func.now() - allowed
    # No shop's allows for more: an index can be asked that, where no photo is late.
    yield Photo.waiting_since < select(func.max(latest)).scalar_subquery()
    yield exists().where(Shop.id == Photo.shop_id, Photo.waiting_since < latest)
