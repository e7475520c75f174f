"""Approve, reject and set aside photos."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import insert, select, tuple_, update
from sqlalchemy.orm import Session

from core import queue
from core.errors import MessageRequired, NotFound, ReasonRequired
from core.models import (
    Decision,
    DecisionComment,
    DecisionReason,
    EventName,
    Photo,
    PhotoState,
    Reason,
    Role,
    Verdict,
    WithdrawnBecause,
    utc_now,
)
from core.services import history, shops
from core.services.actors import Actor

_STATE = {
    Verdict.APPROVED: PhotoState.APPROVED,
    Verdict.REJECTED: PhotoState.REJECTED,
    Verdict.SET_ASIDE: PhotoState.WITHDRAWN,
}
_EVENT = {
    Verdict.APPROVED: EventName.PHOTO_APPROVED,
    Verdict.REJECTED: EventName.PHOTO_REJECTED,
    Verdict.SET_ASIDE: EventName.PHOTO_SET_ASIDE,
}


@dataclass(frozen=True, slots=True)
class PhotoVersion:
    """A photo as somebody saw it."""

    id: int
    version: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch: `refused` are the ids of photos that were no longer as seen."""

    batch: UUID
    decided: Sequence[int]
    refused: Sequence[int]
    undo_until: datetime


@dataclass(frozen=True, slots=True)
class Ruling:
    """A verdict with all that belongs to it."""

    verdict: Verdict
    reasons: Sequence[int] = field(default=())  #: The first is the photo's folder
    comment: str = ""


def approve(
    session: Session, seen: Collection[PhotoVersion], *, reviewer: Actor, batch: UUID
) -> Outcome:
    return _decide(session, seen, Ruling(Verdict.APPROVED), reviewer=reviewer, batch=batch)


def reject(
    session: Session,
    seen: Collection[PhotoVersion],
    *,
    reasons: Sequence[int],
    comment: str,
    reviewer: Actor,
    batch: UUID,
) -> Outcome:
    """Reject photos; unless it is undone, their customers are asked for other ones."""
    ruling = _rejection(session, reasons, comment)
    return _decide(session, seen, ruling, reviewer=reviewer, batch=batch)


def ask_customer(
    session: Session,
    seen: Collection[PhotoVersion],
    *,
    reasons: Sequence[int],
    comment: str,
    reviewer: Actor,
    batch: UUID,
) -> Outcome:
    """Ask for a photo where none came that could be opened: a person has confirmed it."""
    ruling = _rejection(session, reasons, comment)
    return _decide(
        session, seen, ruling, reviewer=reviewer, batch=batch, states=(PhotoState.TO_CHECK,)
    )


def set_aside(
    session: Session, seen: Collection[PhotoVersion], *, reviewer: Actor, batch: UUID
) -> Outcome:
    """Decide that these are not printed: a spare, a duplicate. Nobody is told.

    Also where no picture came: the product may need none after all.
    """
    return _decide(
        session,
        seen,
        Ruling(Verdict.SET_ASIDE),
        reviewer=reviewer,
        batch=batch,
        states=(PhotoState.IN_REVIEW, PhotoState.TO_CHECK),
    )


def leave_for_manager(
    session: Session, seen: Collection[PhotoVersion], *, note: str, actor: Actor
) -> Sequence[int]:
    """Leave photos undecided, with a note, and return the ids of those that are still as seen.

    They stay in review at their version, and any decision ends it. The same note left again by
    the same person is the same.
    """
    actor.require(Role.PROCESSOR)
    note = note.replace("\0", "").strip()
    if not note:
        raise MessageRequired
    photos = session.scalars(
        select(Photo)
        .where(
            tuple_(Photo.id, Photo.version).in_([(photo.id, photo.version) for photo in seen]),
            Photo.state == PhotoState.IN_REVIEW,
        )
        .order_by(Photo.id)
        .with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).all()
    for photo in photos:
        if (photo.left_note, photo.left_by_id) == (note, actor.id):
            continue
        photo.left_note, photo.left_by_id, photo.left_at = note, actor.id, utc_now()
        history.record(
            session,
            EventName.PHOTO_LEFT,
            shop_id=photo.shop_id,
            order_id=photo.order_id,
            photo_id=photo.id,
            actor=actor,
        )
    return [photo.id for photo in photos]


def _rejection(session: Session, reasons: Sequence[int], comment: str) -> Ruling:
    if not reasons:
        raise ReasonRequired
    comment = comment.replace("\0", "").strip()
    found = session.execute(
        select(Reason.id, Reason.label, Reason.comment_required).where(
            Reason.id.in_(reasons), Reason.retired_at.is_(None)
        )
    ).all()
    if len(found) != len(set(reasons)):
        raise NotFound("One of these reasons no longer exists. Please choose again.")
    for reason in found:
        if reason.comment_required and not comment:
            raise ReasonRequired(f"“{reason.label}” needs a comment for the customer.")
    return Ruling(Verdict.REJECTED, tuple(dict.fromkeys(reasons)), comment)


def _decide(
    session: Session,
    seen: Collection[PhotoVersion],
    ruling: Ruling,
    *,
    reviewer: Actor,
    batch: UUID,
    states: Collection[PhotoState] = (PhotoState.IN_REVIEW,),
) -> Outcome:
    reviewer.require(Role.PROCESSOR)
    repeated = _outcome(session, seen, batch)
    if repeated is not None:
        return repeated
    decided = _claim(session, seen, ruling, states)
    if not decided:
        # Sent twice at once, it waited here for its first self, which decided all that it may.
        refused = Outcome(batch, [], [photo.id for photo in seen], utc_now())
        return _outcome(session, seen, batch) or refused
    now = utc_now()
    until = now + timedelta(seconds=shops.undo_seconds(session, decided[0].shop_id))
    session.execute(
        insert(Decision),
        [
            {
                "photo_id": photo.id,
                "upload_id": photo.upload_id,
                "photo_version": photo.version - 1,
                "verdict": ruling.verdict,
                "reviewer_id": reviewer.id,
                "batch": batch,
                "decided_at": now,
                "undo_until": until,
            }
            for photo in decided
        ],
    )
    _put_in_force(session, ruling, batch)
    for photo in decided:
        history.record(
            session,
            _EVENT[ruling.verdict],
            shop_id=photo.shop_id,
            order_id=photo.order_id,
            photo_id=photo.id,
            actor=reviewer,
        )
    for order_id in dict.fromkeys(photo.order_id for photo in decided):
        # What leaves the house waits until nothing can be undone, and then looks again.
        follow_up(session, order_id, at=until)
    return _outcome(session, seen, batch) or Outcome(batch, [], [], until)


def follow_up(session: Session, order_id: int, *, at: datetime | None = None) -> None:
    """Have the order looked at: is a mail due, or is it ready to be released?"""
    # Without a lock: the jobs of one lock run in turn, and a look in an hour would hold up one
    # that is due now. The order's row is what two looks at once wait for.
    queue.defer(session, "follow_up_order", at=at, priority=5, order_id=order_id)


def _outcome(session: Session, seen: Collection[PhotoVersion], batch: UUID) -> Outcome | None:
    """Return what this batch did, also when the browser sends it a second time."""
    rows = session.execute(
        select(Decision.photo_id, Decision.undo_until).where(Decision.batch == batch)
    ).all()
    if not rows:
        return None
    decided = {row.photo_id for row in rows}
    refused = [photo.id for photo in seen if photo.id not in decided]
    return Outcome(batch, sorted(decided), refused, rows[0].undo_until)


def _claim(
    session: Session,
    seen: Collection[PhotoVersion],
    ruling: Ruling,
    states: Collection[PhotoState],
) -> Sequence[Photo]:
    # Two batches may overlap: locking in the order of the ids keeps them from a deadlock.
    session.execute(
        select(Photo.id)
        .where(Photo.id.in_([photo.id for photo in seen]))
        .order_by(Photo.id)
        .with_for_update(key_share=True)
    )
    # Two reviewers can have the same photo on screen: the first to decide wins.
    return session.scalars(
        update(Photo)
        .where(
            tuple_(Photo.id, Photo.version).in_([(photo.id, photo.version) for photo in seen]),
            Photo.state.in_(states),
        )
        .values(
            state=_STATE[ruling.verdict],
            version=Photo.version + 1,
            filed_under_id=ruling.reasons[0] if ruling.reasons else None,
            left_note=None,
            left_by_id=None,
            left_at=None,
            withdrawn_because=(
                WithdrawnBecause.SET_ASIDE if ruling.verdict is Verdict.SET_ASIDE else None
            ),
        )
        .returning(Photo),
        execution_options={"populate_existing": True},
    ).all()


def _put_in_force(session: Session, ruling: Ruling, batch: UUID) -> None:
    ids = session.scalars(select(Decision.id).where(Decision.batch == batch)).all()
    reasons = [
        {"decision_id": decision, "reason_id": reason, "position": position}
        for decision in ids
        for position, reason in enumerate(ruling.reasons)
    ]
    if reasons:
        session.execute(insert(DecisionReason), reasons)
    if ruling.comment:
        session.execute(
            insert(DecisionComment), [{"decision_id": id_, "text": ruling.comment} for id_ in ids]
        )
    session.execute(
        update(Photo)
        .where(Photo.id == Decision.photo_id, Decision.batch == batch)
        .values(decision_id=Decision.id),
        execution_options={"synchronize_session": False},
    )
