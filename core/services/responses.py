"""Customers' answers to an issue: another photo, the same photo, or a message."""

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session

from core.errors import (
    AlreadyAnswered,
    CannotKeep,
    DraftGone,
    MessageRequired,
    MessageTooLong,
    NoIssue,
)
from core.models import (
    Decision,
    DecisionReason,
    Draft,
    EventName,
    Order,
    Origin,
    Photo,
    PhotoState,
    Reason,
    Response,
    ResponseBy,
    ResponseKind,
    Upload,
    utc_now,
)
from core.services import assignments, findings, history
from core.services.actors import Guest
from core.services.decisions import PhotoVersion

MESSAGE_LENGTH = 2000
#: What a browser says of itself is kept for the record of a consent, not in any length.
_BROWSER_LENGTH = 500

_EVENT = {
    ResponseKind.REPLACED: EventName.PHOTO_REPLACED,
    ResponseKind.KEPT: EventName.PHOTO_KEPT,
    ResponseKind.ASKED: EventName.PHOTO_ASKED,
}


def replace(session: Session, guest: Guest, photo: PhotoVersion, *, draft_id: int) -> None:
    """Put the file that the customer has chosen in the place of the current one."""
    issue, claimed = _take_up(session, guest, photo)
    draft = session.scalars(
        delete(Draft).where(Draft.id == draft_id, Draft.photo_id == photo.id).returning(Draft)
    ).one_or_none()
    if draft is None:
        raise DraftGone
    upload = Upload(photo_id=photo.id, origin=Origin.CUSTOMER, **draft.columns())
    session.add(upload)
    session.flush()
    claimed.upload_id = upload.id
    findings.note(session, upload)
    _answer(session, guest, issue, claimed, ResponseKind.REPLACED)


def keep(session: Session, guest: Guest, photo: PhotoVersion, *, words_shown: str) -> None:
    """Have the photo printed as it is; `words_shown` are what the customer agreed to."""
    issue, claimed = _take_up(session, guest, photo)
    if claimed.upload_id is None or not _may_keep(session, issue):
        raise CannotKeep
    _answer(session, guest, issue, claimed, ResponseKind.KEPT, words_shown=words_shown)


def ask(session: Session, guest: Guest, photo: PhotoVersion, *, message: str) -> None:
    """Hand the customer's message to whoever reviews the photo."""
    message = message.replace("\0", "").strip()
    if not message:
        raise MessageRequired
    if len(message) > MESSAGE_LENGTH:
        raise MessageTooLong
    issue, claimed = _take_up(session, guest, photo)
    _answer(session, guest, issue, claimed, ResponseKind.ASKED, message=message)


def issue_of(session: Session, guest: Guest, photo_id: int) -> Decision:
    """Return the rejection that waits for this guest. Raises `NoIssue` and `AlreadyAnswered`.

    It is the guest's business only when it cannot be undone any more.
    """
    row = session.execute(
        select(Photo.state, Photo.response_id, Decision)
        .outerjoin(Decision, Decision.id == Photo.decision_id)
        .where(Photo.id == photo_id, Photo.order_id == guest.order_id)
    ).one_or_none()
    if row is None:
        raise NoIssue
    state, response_id, decision = row
    if state is not PhotoState.REJECTED:
        raise AlreadyAnswered if response_id is not None else NoIssue
    if decision is None or decision.undo_until > utc_now():
        raise NoIssue
    return decision


def _take_up(session: Session, guest: Guest, photo: PhotoVersion) -> tuple[Decision, Photo]:
    # Locked first, as a sync does: of two answers at once, one sees that it is the last.
    session.execute(
        select(Order.id).where(Order.id == guest.order_id).with_for_update(key_share=True)
    )
    issue = issue_of(session, guest, photo.id)
    # The same page can be open twice, and staff may take the photo back: the first wins.
    claimed = session.scalars(
        update(Photo)
        .where(
            Photo.id == photo.id,
            Photo.version == photo.version,
            Photo.state == PhotoState.REJECTED,
        )
        .values(
            state=PhotoState.IN_REVIEW,
            version=Photo.version + 1,
            decision_id=None,
            filed_under_id=None,
            queue_rank=0,
            waiting_since=utc_now(),
        )
        .returning(Photo),
        execution_options={"populate_existing": True},
    ).one_or_none()
    if claimed is None:
        raise AlreadyAnswered
    return issue, claimed


def _may_keep(session: Session, issue: Decision) -> bool:
    """The strictest of its reasons counts; without any reason nothing speaks for keeping."""
    return bool(
        session.scalar(
            select(func.coalesce(func.bool_and(Reason.may_keep), False))
            .join(DecisionReason, DecisionReason.reason_id == Reason.id)
            .where(DecisionReason.decision_id == issue.id)
        )
    )


def _answer(
    session: Session,
    guest: Guest,
    issue: Decision,
    photo: Photo,
    kind: ResponseKind,
    *,
    words_shown: str | None = None,
    message: str | None = None,
) -> None:
    response = Response(
        photo_id=photo.id,
        decision_id=issue.id,
        upload_id=photo.upload_id,
        photo_version=photo.version - 1,
        kind=kind,
        by=ResponseBy.CUSTOMER,
        words_shown=words_shown,
        message=message,
        address=guest.address or None,
        browser=guest.browser[:_BROWSER_LENGTH] or None,
    )
    session.add(response)
    session.flush()
    photo.response_id = response.id
    if photo.upload_id is None:
        # Without a picture there is nothing to approve: whoever looks reads the message there.
        photo.state = PhotoState.TO_CHECK
    history.record(
        session,
        _EVENT[kind],
        shop_id=photo.shop_id,
        order_id=photo.order_id,
        photo_id=photo.id,
        decision=issue.id,
        response=response.id,
    )
    _follow(session, photo.order_id, reviewer_id=issue.reviewer_id)


def _follow(session: Session, order_id: int, *, reviewer_id: int | None) -> None:
    """Give the order back to whoever asked, and note whether that was its last open issue."""
    session.flush()
    order = session.get_one(Order, order_id, populate_existing=True)
    if reviewer_id is not None:
        assignments.give_to(session, order, reviewer_id)
    is_open = exists().where(Photo.order_id == order_id, Photo.state == PhotoState.REJECTED)
    if not session.scalar(select(is_open)):
        order.settled_at = utc_now()
