"""Photos that need no print any more, and their return."""

from collections.abc import Collection, Sequence, Set

from sqlalchemy import ColumnElement, case, exists, select, type_coerce, update
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
from core.services import decisions, history, locks

#: Why an order asks for a photo no more; none while it does.
_because = type_coerce(
    case(
        (
            Order.cancelled_at.is_not(None) | Order.deleted_at.is_not(None),
            WithdrawnBecause.CANCELLED,
        ),
        (LineItem.quantity == 0, WithdrawnBecause.REMOVED),
        (
            (Order.is_fulfilled | LineItem.is_fulfilled) & (Photo.state != PhotoState.APPROVED),
            WithdrawnBecause.FULFILLED,
        ),
    ),
    Photo.withdrawn_because.type,
)
#: What the order's state has no say in.
_OTHERS = WithdrawnBecause.SET_ASIDE, WithdrawnBecause.NO_LONGER_FOUND
_is_astray = (Photo.withdrawn_because.is_(None) | Photo.withdrawn_because.not_in(_OTHERS)) & (
    _because.is_not(None) != (Photo.state == PhotoState.WITHDRAWN)
)

#: States before anybody's verdict.
UNDECIDED = PhotoState.FETCHING, PhotoState.TO_CHECK, PhotoState.IN_REVIEW
is_decided = exists().where(
    Decision.photo_id == Photo.id, ~exists().where(Undo.decision_id == Decision.id)
)


def follow(session: Session, orders: Collection[int]) -> Set[int]:
    """Withdraw what orders no longer ask for, and bring back what they ask for again.

    The caller holds the orders' rows. Return the orders to which something came back.
    """
    session.flush()
    astray = (
        select(Photo, _because)
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .join(Order, Order.id == Photo.order_id)
        .where(Photo.order_id.in_(orders), _is_astray)
        .order_by(Photo.id)
    )
    # Locked only where something is to be done: most orders change in what we do not print.
    if not session.scalar(select(exists(astray))):
        return set()
    locks.photos_on(session, orders)
    rows = session.execute(astray, execution_options={"populate_existing": True}).all()
    # Their customers may have been told: the links go on working for a while.
    settled = {photo.order_id for photo, _ in rows if photo.state is PhotoState.REJECTED}
    if settled:
        session.execute(update(Order).where(Order.id.in_(settled)).values(settled_at=utc_now()))
    for photo, because in rows:
        if because is None:
            _bring_back(session, photo)
        else:
            _withdraw(session, photo, because)
    # The last photo in question may be gone: what is left decides about hold and mail.
    decisions.follow_up(session, *dict.fromkeys(photo.order_id for photo, _ in rows))
    return {photo.order_id for photo, because in rows if because is None}


def withdraw_all(session: Session, shop_id: int, because: WithdrawnBecause) -> None:
    """Withdraw every photo of a shop, whatever its orders say."""
    open_ = Photo.shop_id == shop_id, Photo.state != PhotoState.WITHDRAWN
    orders = session.scalars(
        select(Order.id)
        .where(exists().where(Photo.order_id == Order.id, *open_))
        .order_by(Order.id)
        .with_for_update(key_share=True)
    ).all()
    locks.photos_on(session, orders)
    photos = select(Photo).where(Photo.order_id.in_(orders), *open_).order_by(Photo.id)
    for photo in session.scalars(photos, execution_options={"populate_existing": True}):
        _withdraw(session, photo, because)


def drop(session: Session, order_id: int, photos: Collection[int]) -> None:
    """Withdraw what is not found on the order any more, unless somebody has decided on it.

    The caller holds the order's photos.
    """
    rows = _those(session, photos, Photo.state.in_(UNDECIDED), ~is_decided)
    for photo in rows:
        _withdraw(session, photo, WithdrawnBecause.NO_LONGER_FOUND)
    if rows:
        decisions.follow_up(session, order_id)


def restore(session: Session, order_id: int, photos: Collection[int]) -> None:
    """Bring back what is found on the order again; the caller holds the order's photos."""
    rows = _those(session, photos, Photo.withdrawn_because == WithdrawnBecause.NO_LONGER_FOUND)
    for photo in rows:
        _bring_back(session, photo)
    if rows:
        decisions.follow_up(session, order_id)


def _those(
    session: Session, photos: Collection[int], *which: ColumnElement[bool]
) -> Sequence[Photo]:
    if not photos:
        return []
    return session.scalars(
        select(Photo).where(Photo.id.in_(photos), *which).order_by(Photo.id),
        execution_options={"populate_existing": True},
    ).all()


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
    history.record_photo(session, name, photo, because=because.value if because else None)
