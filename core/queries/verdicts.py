"""What reviewers have decided lately: who was first, and what can still be taken back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.models import (
    Decision,
    Order,
    Photo,
    PhotoState,
    Staff,
    Verdict,
    WithdrawnBecause,
    utc_now,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a photo stands that somebody wanted to decide, and who was first."""

    id: int
    order_name: str
    state: PhotoState
    withdrawn_because: WithdrawnBecause | None
    reviewer: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Batch:
    """A reviewer's last action that can still be taken back."""

    id: UUID
    verdict: Verdict
    photos: int
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
        )
        .join(Order, Order.id == Photo.order_id)
        .outerjoin(Decision, Decision.id == Photo.decision_id)
        .outerjoin(Staff, Staff.id == Decision.reviewer_id)
        .where(Photo.id.in_(ids))
        .order_by(Photo.id)
    )
    return [Standing(*row) for row in rows]


def undoable(session: Session, reviewer_id: int) -> Batch | None:
    row = session.execute(
        select(Decision.batch, Decision.verdict, func.count(), Decision.undo_until)
        # Only what is still in force: a batch is gone once it was undone.
        .join(Photo, Photo.decision_id == Decision.id)
        .where(Decision.reviewer_id == reviewer_id, Decision.undo_until > utc_now())
        .group_by(Decision.batch, Decision.verdict, Decision.undo_until)
        .order_by(Decision.undo_until.desc())
        .limit(1)
    ).one_or_none()
    return Batch(*row) if row else None
