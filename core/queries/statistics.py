"""Where photos fail and why: each figure one statement over the decisions that stand.

A decision that was undone is not counted, nor is one that nobody can see any more.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    SQLColumnExpression,
    cast,
    exists,
    func,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased

from core.models import (
    Decision,
    DecisionReason,
    Order,
    Photo,
    PhotoState,
    Reason,
    Undo,
    Verdict,
)


@dataclass(frozen=True, slots=True)
class ReasonCount:
    label: str
    rejections: int


@dataclass(frozen=True, slots=True)
class FirstPass:
    """Photos decided for the first time in the period, and how many passed at once."""

    decided: int
    passed: int

    @property
    def rate(self) -> float | None:
        """Between 0 and 1; None where nothing was decided."""
        return self.passed / self.decided if self.decided else None


@dataclass(frozen=True, slots=True)
class Waiting:
    in_review: int
    to_check: int
    for_customers: int
    fetching: int


@dataclass(frozen=True, slots=True)
class Turnaround:
    """From the order being placed to all of its photos approved, for orders released."""

    orders: int
    median: timedelta | None
    ninth_decile: timedelta | None


#: Of these shops; None: of all.
Shops = Collection[int] | None


def rejections_by_reason(
    session: Session, since: datetime, shops: Shops = None
) -> Sequence[ReasonCount]:
    """The most frequent first. A rejection with two reasons counts for both."""
    rejections = func.count().label("rejections")
    rows = session.execute(
        select(Reason.label, rejections)
        .join(DecisionReason, DecisionReason.reason_id == Reason.id)
        .join(Decision, Decision.id == DecisionReason.decision_id)
        .where(
            Decision.verdict == Verdict.REJECTED,
            Decision.decided_at >= since,
            _stands(),
            _is_of(Reason.shop_id, shops),
        )
        .group_by(Reason.id)
        .order_by(rejections.desc(), Reason.label)
    )
    return [ReasonCount(*row) for row in rows]


def first_pass(session: Session, since: datetime, shops: Shops = None) -> FirstPass:
    earlier, undone = aliased(Decision), aliased(Undo)
    is_first = ~exists().where(
        earlier.photo_id == Decision.photo_id,
        earlier.id < Decision.id,
        ~exists().where(undone.decision_id == earlier.id),
    )
    row = session.execute(
        select(
            func.count(),
            func.count().filter(Decision.verdict == Verdict.APPROVED),
        )
        .join(Photo, Photo.id == Decision.photo_id)
        .where(
            _is_of(Photo.shop_id, shops),
            Decision.decided_at >= since,
            Decision.verdict.in_([Verdict.APPROVED, Verdict.REJECTED]),
            _stands(),
            is_first,
        )
    ).one()
    return FirstPass(*row)


def waiting(session: Session, shops: Shops = None) -> Waiting:
    def number(state: PhotoState) -> ColumnElement[int]:
        return func.count().filter(Photo.state == state)

    row = session.execute(
        select(
            number(PhotoState.IN_REVIEW),
            number(PhotoState.TO_CHECK),
            number(PhotoState.REJECTED),
            number(PhotoState.FETCHING),
        ).where(_is_of(Photo.shop_id, shops))
    ).one()
    return Waiting(*row)


def turnaround(session: Session, since: datetime, shops: Shops = None) -> Turnaround:
    seconds = cast(func.extract("epoch", Order.released_at - Order.placed_at), Float)
    orders, median, ninth_decile = session.execute(_percentiles(seconds, since, shops)).one()
    return Turnaround(orders, _duration(median), _duration(ninth_decile))


def _percentiles(
    seconds: ColumnElement[float], since: datetime, shops: Shops
) -> Select[int, float | None, float | None]:
    approved = exists().where(Photo.order_id == Order.id, Photo.state == PhotoState.APPROVED)
    return select(
        func.count(),
        func.percentile_cont(0.5).within_group(seconds),
        func.percentile_cont(0.9).within_group(seconds),
    ).where(Order.released_at >= since, approved, _is_of(Order.shop_id, shops))


def _duration(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _is_of(shop_id: SQLColumnExpression[int], shops: Shops) -> ColumnElement[bool]:
    return true() if shops is None else shop_id.in_(shops)


def _stands() -> ColumnElement[bool]:
    return ~exists().where(Undo.decision_id == Decision.id)
