"""Take decisions back: at once, or after second thoughts."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import case, select, tuple_, update
from sqlalchemy.orm import Session

from core.errors import NotFound, TooLate
from core.models import (
    Decision,
    EventName,
    Order,
    Photo,
    PhotoState,
    Role,
    Undo,
    WithdrawnBecause,
    utc_now,
)
from core.services import history
from core.services.actors import Actor
from core.services.decisions import PhotoVersion

#: Set aside is a reviewer's own decision; every other withdrawal is the order's.
_is_gone = (Photo.state == PhotoState.WITHDRAWN) & (
    Photo.withdrawn_because != WithdrawnBecause.SET_ASIDE
)


def undo(session: Session, batch: UUID, *, reviewer: Actor) -> Sequence[int]:
    """Take a whole batch back, while its window lasts, and return the photos' ids.

    Without those that were decided again or answered since. Asked a second time, it returns the
    same, also when the window has closed meanwhile.
    """
    reviewer.require(Role.PROCESSOR)
    now = utc_now()
    decisions = session.execute(
        select(Decision.id, Decision.undo_until)
        .where(Decision.batch == batch, Decision.reviewer_id == reviewer.id)
        .order_by(Decision.photo_id)
    ).all()
    if not decisions:
        raise NotFound
    is_open = decisions[0].undo_until > now
    if is_open:
        _back_to_review(
            session,
            [decision.id for decision in decisions],
            EventName.PHOTO_UNDONE,
            actor=reviewer,
            undone=True,
        )
    undone = session.scalars(
        select(Decision.photo_id)
        .join(Undo, Undo.decision_id == Decision.id)
        .where(Decision.batch == batch)
        .order_by(Decision.photo_id)
    ).all()
    if not undone and not is_open:
        raise TooLate
    return undone


def take_back(
    session: Session, seen: Collection[PhotoVersion], *, reviewer: Actor
) -> Sequence[int]:
    """Return rejected photos to review, also after the customer was told."""
    reviewer.require(Role.PROCESSOR)
    decisions = session.scalars(
        select(Photo.decision_id)
        .where(
            tuple_(Photo.id, Photo.version).in_([(photo.id, photo.version) for photo in seen]),
            Photo.state == PhotoState.REJECTED,
        )
        .order_by(Photo.id)
    ).all()
    taken_back = _back_to_review(
        session, [id_ for id_ in decisions if id_], EventName.PHOTO_REOPENED, actor=reviewer
    )
    # Whoever was told already finds their link open, and what has become of it.
    session.execute(
        update(Order)
        .where(Order.id == Photo.order_id, Photo.id.in_(taken_back))
        .values(settled_at=utc_now()),
        execution_options={"synchronize_session": False},
    )
    return taken_back


def _back_to_review(
    session: Session,
    decisions: Sequence[int],
    event: EventName,
    *,
    actor: Actor,
    undone: bool = False,
) -> Sequence[int]:
    # Read under a lock: a decision no longer in force is not taken back a second time.
    taken_back = session.scalars(
        select(Photo.decision_id)
        .where(Photo.decision_id.in_(decisions))
        .order_by(Photo.id)
        .with_for_update(key_share=True)
    ).all()
    photos = session.scalars(
        update(Photo)
        .where(Photo.decision_id.in_(taken_back))
        .values(
            state=case(
                # Cancelled or removed meanwhile: the order decides whether it comes back.
                (_is_gone, PhotoState.WITHDRAWN),
                # A photo without a file was decided in To check, and returns there.
                (Photo.upload_id.is_(None), PhotoState.TO_CHECK),
                else_=PhotoState.IN_REVIEW,
            ),
            version=Photo.version + case((_is_gone, 0), else_=1),
            decision_id=None,
            filed_under_id=None,
            withdrawn_because=case((_is_gone, Photo.withdrawn_because)),
        )
        .returning(Photo),
        execution_options={"populate_existing": True},
    ).all()
    if undone:
        session.add_all(Undo(decision_id=id_, staff_id=actor.id) for id_ in taken_back)
    for photo in photos:
        history.record(
            session,
            event,
            shop_id=photo.shop_id,
            order_id=photo.order_id,
            photo_id=photo.id,
            actor=actor,
        )
    return [photo.id for photo in photos]
