"""Photos that need no print any more, and their return."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import queue
from core.models import (
    Decision,
    EventName,
    LineItem,
    Order,
    Photo,
    PhotoState,
    Undo,
    Verdict,
    WithdrawnBecause,
    utc_now,
)
from core.services import decisions, history


def follow(session: Session, order: Order) -> bool:
    """Withdraw what the order no longer asks for, and bring back what it asks for again.

    Return whether something came back.
    """
    session.flush()
    rows = session.execute(
        select(Photo, LineItem.quantity)
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .where(Photo.order_id == order.id)
        .order_by(Photo.id)
        .with_for_update(of=Photo, key_share=True)
    ).all()
    withdrawn, returned = [], []
    for photo, quantity in rows:
        if photo.withdrawn_because is WithdrawnBecause.SET_ASIDE:
            continue
        because = _because(order, quantity, photo)
        if because is not None and photo.state is not PhotoState.WITHDRAWN:
            if photo.state is PhotoState.REJECTED:
                # Its customer may have been told: their link goes on working for a while.
                order.settled_at = utc_now()
            _withdraw(session, photo, because)
            withdrawn.append(photo)
        elif because is None and photo.state is PhotoState.WITHDRAWN:
            _bring_back(session, photo)
            returned.append(photo)
    if withdrawn or returned:
        # The last photo in question may be gone: what is left decides about hold and mail.
        decisions.follow_up(session, order.id)
    return bool(returned)


def _because(order: Order, quantity: int, photo: Photo) -> WithdrawnBecause | None:
    if order.cancelled_at is not None:
        return WithdrawnBecause.CANCELLED
    if quantity == 0:
        return WithdrawnBecause.REMOVED
    if order.is_fulfilled and photo.state is not PhotoState.APPROVED:
        return WithdrawnBecause.FULFILLED
    return None


def _withdraw(session: Session, photo: Photo, because: WithdrawnBecause) -> None:
    photo.state = PhotoState.WITHDRAWN
    photo.withdrawn_because = because
    photo.version += 1
    _record(session, photo, EventName.PHOTO_WITHDRAWN)


def _bring_back(session: Session, photo: Photo) -> None:
    photo.withdrawn_because = None
    photo.version += 1
    if photo.upload_id is None:
        photo.state = PhotoState.FETCHING if photo.url else PhotoState.TO_CHECK
        if photo.url:
            queue.defer(session, "fetch_photo", lock=f"photo:{photo.id}", photo_id=photo.id)
    elif _is_approved(session, photo):
        photo.state = PhotoState.APPROVED
    else:
        photo.state = PhotoState.IN_REVIEW
        photo.decision_id = photo.filed_under_id = None
    _record(session, photo, EventName.PHOTO_RETURNED)


def _is_approved(session: Session, photo: Photo) -> bool:
    """Whether the last standing verdict on the current upload was an approval."""
    verdict = session.scalar(
        select(Decision.verdict)
        .outerjoin(Undo, Undo.decision_id == Decision.id)
        .where(Decision.upload_id == photo.upload_id, Undo.decision_id.is_(None))
        .order_by(Decision.id.desc())
        .limit(1)
    )
    return verdict is Verdict.APPROVED


def _record(session: Session, photo: Photo, name: EventName) -> None:
    because = photo.withdrawn_because
    history.record(
        session,
        name,
        shop_id=photo.shop_id,
        order_id=photo.order_id,
        photo_id=photo.id,
        because=because.value if because else None,
    )
