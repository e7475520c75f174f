"""Take decisions back: at once, or after second thoughts."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import case, exists, select, tuple_, update
from sqlalchemy.orm import Session

from core import queue
from core.errors import AlreadyShipped, NotFound, TooLate
from core.models import (
    Decision,
    Event,
    EventName,
    LineItem,
    Order,
    Photo,
    PhotoState,
    Role,
    Shop,
    Undo,
    WithdrawnBecause,
    utc_now,
)
from core.services import assignments, history, holds, locks, withdrawals
from core.services.actors import Actor
from core.services.decisions import PhotoVersion, follow_up, is_as_seen

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
    own = Decision.batch == batch, Decision.reviewer_id == reviewer.id
    photos = session.scalars(select(Decision.photo_id).where(*own)).all()
    if not photos:
        raise NotFound
    # Mail and release look at an order under its lock: whoever has it first goes first.
    locks.photos_on(session, locks.orders_of(session, photos))
    # Asked only now, since to wait for a lock may have taken the rest of the window.
    open_ = session.scalars(
        select(Decision.id).where(*own, Decision.undo_until > queue.now(session))
    ).all()
    _back_to_review(session, open_, EventName.PHOTO_UNDONE, actor=reviewer, undone=True)
    session.flush()
    undone = session.scalars(
        select(Decision.photo_id)
        .join(Undo, Undo.decision_id == Decision.id)
        .where(*own)
        .order_by(Decision.photo_id)
    ).all()
    if not undone and not open_:
        raise TooLate
    return undone


def take_back(
    session: Session, seen: Collection[PhotoVersion], *, reviewer: Actor
) -> Sequence[int]:
    """Return rejected photos to review, also after the customer was told, and return their ids.

    Asked a second time, it returns the same.
    """
    reviewer.require(Role.PROCESSOR)
    locks.photos_on(session, locks.orders_of(session, [photo.id for photo in seen]))
    decisions = session.scalars(
        select(Photo.decision_id)
        .where(is_as_seen(seen), Photo.state == PhotoState.REJECTED)
        .order_by(Photo.id)
    ).all()
    taken_back = _back_to_review(
        session, [id_ for id_ in decisions if id_], EventName.PHOTO_REOPENED, actor=reviewer
    )
    orders = select(Photo.order_id).where(Photo.id.in_(taken_back)).distinct()
    follow_up(session, *session.scalars(orders))
    # Whoever was told already finds their link open, and what has become of it.
    session.execute(
        update(Order)
        .where(Order.id == Photo.order_id, Photo.id.in_(taken_back))
        .values(settled_at=utc_now()),
        execution_options={"synchronize_session": False},
    )
    session.flush()
    return _reopened(session, seen, reviewer)


def reopen(session: Session, seen: Collection[PhotoVersion], *, manager: Actor) -> Sequence[int]:
    """Return decided photos to review after all was over, have their orders held again, and return
    the photos' ids.

    Raises `AlreadyShipped`. Asked a second time, it returns the same.
    """
    manager.require(Role.MANAGER)
    orders = locks.orders_of(session, [photo.id for photo in seen])
    locks.photos_on(session, orders)
    has_shipped = exists().where(
        Photo.id.in_([photo.id for photo in seen]),
        LineItem.id == Photo.line_item_id,
        Order.id == Photo.order_id,
        Order.is_fulfilled | LineItem.is_fulfilled,
    )
    if session.scalar(select(has_shipped)):
        raise AlreadyShipped
    is_over = (Photo.state == PhotoState.APPROVED) | (
        Photo.withdrawn_because == WithdrawnBecause.SET_ASIDE
    )
    decisions = session.scalars(
        select(Photo.decision_id).where(is_as_seen(seen), is_over).order_by(Photo.id)
    ).all()
    _back_to_review(
        session, [id_ for id_ in decisions if id_], EventName.PHOTO_REOPENED, actor=manager
    )
    for order_id in orders:
        order = session.get_one(Order, order_id, populate_existing=True)
        holds.request(session, session.get_one(Shop, order.shop_id), order)
    session.flush()
    return _reopened(session, seen, manager)


def _reopened(session: Session, seen: Collection[PhotoVersion], actor: Actor) -> Sequence[int]:
    """Which of these versions this person has brought back."""
    return session.scalars(
        select(Photo.id)
        .join(Event, Event.photo_id == Photo.id)
        .where(
            Event.name == EventName.PHOTO_REOPENED,
            Event.staff_id == actor.id,
            tuple_(Photo.id, Event.ids["version"].as_integer()).in_(
                [(photo.id, photo.version + 1) for photo in seen]
            ),
        )
        .order_by(Photo.id)
    ).all()


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
        history.record_photo(session, event, photo, actor=actor, version=photo.version)
    # The order may have been cancelled or shipped since, and whoever had it may have left.
    orders = {photo.order_id for photo in photos}
    withdrawals.follow(session, orders)
    assignments.assign(session, orders)
    return [photo.id for photo in photos]
