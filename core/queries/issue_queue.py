"""The photos that wait for their customers, as the grid shows them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Select,
    exists,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import Session, aliased

from core.models import (
    ANSWER_DUE,
    REJECTION,
    Decision,
    Message,
    MessageDecision,
    MessageState,
    Order,
    Photo,
    PhotoState,
)
from core.queries import open_issue, review_queue
from core.queries.queue_view import Key, is_of_order_found
from core.queries.review_queue import PAGE_SIZE, GridPhoto, Place


class IssueSort(Enum):
    WAITING = "waiting"  #: Rejected the longest ago
    DEADLINE = "deadline"  #: The answer due the soonest; those who have not been told come last


#: By what each order sorts, before the id. Each has its indexes.
_KEY: Mapping[IssueSort, Key] = {
    IssueSort.WAITING: literal_column(REJECTION, BigInteger()).label("rejection"),
    IssueSort.DEADLINE: literal_column(ANSWER_DUE, DateTime(timezone=True)).label("answer_due"),
}


@dataclass(frozen=True, slots=True)
class IssueView:
    """What a page of the issues is a page of."""

    folder: int | None = None  #: A reason's id; None: every folder
    search: str = ""  #: An order's number, or how a customer's e-mail begins
    sort: IssueSort = IssueSort.WAITING
    is_unreached: bool = False  #: No address, or the latest mail failed or is uncertain
    is_overdue: bool = False  #: The day that the customer was told is over
    shop_id: int | None = None  #: None: whichever

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        yield Photo.is_in(PhotoState.REJECTED)
        if self.folder is not None:
            yield Photo.filed_under_id == self.folder
        if self.shop_id is not None:
            yield Photo.shop_id == self.shop_id
        if search := self.search.replace("\0", "").strip():
            yield is_of_order_found(search)
        if self.is_unreached:
            yield _is_final()
            yield _has_no_address() | _mail_went_astray()
        if self.is_overdue:
            yield literal_column(ANSWER_DUE, DateTime(timezone=True)) <= func.now()

    def keys(self) -> Sequence[Key]:
        return (_KEY[self.sort], Photo.id)

    def order(self) -> Sequence[Key]:
        # The same on all of a page; but unless it is said, Postgres sorts what lies in the folder.
        return self.keys() if self.folder is None else (Photo.filed_under_id, *self.keys())

    def counted_by(self) -> Sequence[Key]:
        return ()


def page(
    session: Session, view: IssueView, *, after: Place | None = None, limit: int = PAGE_SIZE
) -> Sequence[GridPhoto]:
    """The photos after a place."""
    statement, keys = _statement(view, after, limit)
    rows = session.execute(statement).mappings()
    return [
        replace(
            review_queue.photo(row, tuple(row[key] for key in keys)),
            issue=open_issue.from_row(row),
        )
        for row in rows
    ]


# Kept, since Postgres is quicker at answering it than we are at putting it together.
@lru_cache(maxsize=256)
def _statement(
    view: IssueView, after: Place | None, limit: int
) -> tuple[Select[*tuple[Any, ...]], Sequence[ColumnElement[Any]]]:
    """The page, and its columns that make a place."""
    page = review_queue.places(view, after, limit)
    rows = open_issue.join_to(review_queue.rows(page, is_pictured=False))
    return rows.order_by(*page.c), tuple(page.c)


def _is_final() -> ColumnElement[bool]:
    """Nobody has been written to about what can still be undone."""
    is_over = Decision.undo_until <= func.clock_timestamp()
    return exists().where(Decision.id == Photo.decision_id, is_over)


def _has_no_address() -> ColumnElement[bool]:
    return exists().where(Order.id == Photo.order_id, Order.address.is_(None))


def _mail_went_astray() -> ColumnElement[bool]:
    """Read from the few mails that did: the question is asked of every photo that waits."""
    later = aliased(MessageDecision)
    astray = (
        select(MessageDecision.decision_id)
        .join(Message, Message.id == MessageDecision.message_id)
        .where(
            Message.state.in_([MessageState.FAILED, MessageState.UNCERTAIN]),
            ~exists().where(
                later.decision_id == MessageDecision.decision_id,
                later.message_id > MessageDecision.message_id,
            ),
        )
    )
    return Photo.decision_id.in_(astray)
