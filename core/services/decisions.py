"""Approve, reject and set aside photos."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select, tuple_, update
from sqlalchemy.orm import Session

from core import queue
from core.errors import NotFound, ReasonRequired, SeveralShops
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
)
from core.services import history, locks, shops
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


def is_as_seen(seen: Collection[PhotoVersion]) -> ColumnElement[bool]:
    return tuple_(Photo.id, Photo.version).in_([(photo.id, photo.version) for photo in seen])


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
    ruling = _rejection(reasons, comment)
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
    ruling = _rejection(reasons, comment)
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


def _rejection(reasons: Sequence[int], comment: str) -> Ruling:
    comment = comment.replace("\0", "").strip()
    return Ruling(Verdict.REJECTED, tuple(dict.fromkeys(reasons)), comment)


def _check_reasons(session: Session, seen: Collection[PhotoVersion], ruling: Ruling) -> None:
    """Raise an `AppError` unless these photos may be rejected so."""
    if not ruling.reasons:
        raise ReasonRequired
    photos = Photo.id.in_([photo.id for photo in seen])
    shop_ids = session.scalars(select(Photo.shop_id).where(photos).distinct()).all()
    if len(shop_ids) > 1:
        raise SeveralShops
    found = session.execute(
        select(Reason.id, Reason.label, Reason.comment_required).where(
            Reason.id.in_(ruling.reasons),
            Reason.retired_at.is_(None),
            Reason.shop_id.in_(shop_ids),
        )
    ).all()
    if len(found) != len(ruling.reasons):
        raise NotFound("One of these reasons no longer exists. Please choose again.")
    for reason in found:
        if reason.comment_required and not ruling.comment:
            raise ReasonRequired(f"“{reason.label}” needs a comment for the customer.")


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
    repeated = _outcome(session, seen, reviewer, batch)
    if repeated is not None:
        return repeated
    if ruling.verdict is Verdict.REJECTED:
        _check_reasons(session, seen, ruling)
    decided = _claim(session, seen, ruling, states)
    # By the clock that says when mail and release are due: ours may be behind.
    now = queue.now(session)
    if not decided:
        # Sent twice at once, it waited here for its first self, which decided all that it may.
        refused = Outcome(batch, [], [photo.id for photo in seen], now)
        return _outcome(session, seen, reviewer, batch) or refused
    until = {
        shop_id: now + timedelta(seconds=shops.undo_seconds(session, shop_id))
        for shop_id in {photo.shop_id for photo in decided}
    }
    made = session.scalars(
        insert(Decision).returning(Decision.id),
        [
            {
                "photo_id": photo.id,
                "upload_id": photo.upload_id,
                "photo_version": photo.version - 1,
                "verdict": ruling.verdict,
                "reviewer_id": reviewer.id,
                "batch": batch,
                "decided_at": now,
                "undo_until": until[photo.shop_id],
            }
            for photo in decided
        ],
    ).all()
    _put_in_force(session, ruling, made)
    for photo in decided:
        history.record_photo(session, _EVENT[ruling.verdict], photo, actor=reviewer)
    for shop_id, at in until.items():
        # What leaves the house waits until nothing can be undone, and then looks again.
        of_shop = {photo.order_id for photo in decided if photo.shop_id == shop_id}
        follow_up(session, *sorted(of_shop), at=at)
    return _outcome(session, seen, reviewer, batch) or Outcome(batch, [], [], now)


def follow_up(session: Session, *orders: int, at: datetime | None = None) -> None:
    """Have orders looked at: is a mail due, or are they ready to be released?"""
    # Without a lock: the jobs of one lock run in turn, and a look in an hour would hold up one
    # that is due now. The order's row is what two looks at once wait for.
    each = [{"order_id": order_id} for order_id in orders]
    queue.defer_each(session, "follow_up_order", each, at=at, priority=25)


def _outcome(
    session: Session, seen: Collection[PhotoVersion], reviewer: Actor, batch: UUID
) -> Outcome | None:
    """Return what this batch did, also when the browser sends it a second time."""
    rows = session.execute(
        select(Decision.photo_id, Decision.undo_until).where(
            Decision.batch == batch, Decision.reviewer_id == reviewer.id
        )
    ).all()
    if not rows:
        return None
    decided = {row.photo_id for row in rows}
    refused = [photo.id for photo in seen if photo.id not in decided]
    return Outcome(batch, sorted(decided), refused, min(row.undo_until for row in rows))


def _claim(
    session: Session,
    seen: Collection[PhotoVersion],
    ruling: Ruling,
    states: Collection[PhotoState],
) -> Sequence[Photo]:
    # Two batches may overlap: one order of locking keeps them from a deadlock.
    locks.photos(session, [photo.id for photo in seen])
    # Two reviewers can have the same photo on screen: the first to decide wins.
    return session.scalars(
        update(Photo)
        .where(is_as_seen(seen), Photo.state.in_(states))
        .values(
            state=_STATE[ruling.verdict],
            version=Photo.version + 1,
            filed_under_id=ruling.reasons[0] if ruling.reasons else None,
            withdrawn_because=(
                WithdrawnBecause.SET_ASIDE if ruling.verdict is Verdict.SET_ASIDE else None
            ),
        )
        .returning(Photo),
        execution_options={"populate_existing": True},
    ).all()


def _put_in_force(session: Session, ruling: Ruling, ids: Sequence[int]) -> None:
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
        .where(Photo.id == Decision.photo_id, Decision.id.in_(ids))
        .values(decision_id=Decision.id),
        execution_options={"synchronize_session": False},
    )
