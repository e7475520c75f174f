"""What reviewers have decided lately: who was first, and what can still be taken back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from core.models import (
    Decision,
    Order,
    Photo,
    PhotoState,
    Response,
    ResponseUndo,
    Staff,
    Verdict,
    WithdrawnBecause,
    utc_now,
)

#: Of one person's actions, a batch being one.
MOST_UNDOS = 10


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a photo stands that somebody wanted to decide, and who was first."""

    id: int
    order_name: str
    state: PhotoState
    withdrawn_because: WithdrawnBecause | None
    reviewer: str
    decided_at: datetime | None
    is_asked_again: bool  #: The customer had answered, and has taken that back


@dataclass(frozen=True, slots=True)
class Batch:
    """An action of a reviewer's that can still be taken back."""

    id: UUID
    verdict: Verdict
    photos: int  #: Those whose decision is in force: others were decided again
    undo_until: datetime


def standings(session: Session, ids: Collection[int]) -> Sequence[Standing]:
    if not ids:
        return []
    rows = session.execute(
        select(
            Photo.id,
            Order.name,
            Photo.state,
            Photo.withdrawn_because,
            func.coalesce(Staff.name, ""),
            Decision.decided_at,
            exists().where(
                Response.decision_id == Photo.decision_id, ResponseUndo.response_id == Response.id
            ),
        )
        .join(Order, Order.id == Photo.order_id)
        .outerjoin(Decision, Decision.id == Photo.decision_id)
        .outerjoin(Staff, Staff.id == Decision.reviewer_id)
        .where(Photo.id.in_(ids))
        .order_by(Photo.id)
    )
    return [Standing(*row) for row in rows]


def undoable(session: Session, reviewer_id: int) -> Sequence[Batch]:
    """The reviewer's last actions, the newest first."""
    rows = session.execute(
        select(
            Decision.batch,
            Decision.verdict,
            func.count(),
            # Each shop has its own window.
            func.min(Decision.undo_until),
        )
        # Only what is still in force: a batch is gone once it was undone.
        .join(Photo, Photo.decision_id == Decision.id)
        .where(Decision.reviewer_id == reviewer_id, Decision.undo_until > utc_now())
        .group_by(Decision.batch, Decision.verdict)
        .order_by(func.max(Decision.decided_at).desc())
        .limit(MOST_UNDOS)
    )
    return [Batch(*row) for row in rows]
