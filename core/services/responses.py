"""The answers to issues: another photo, the same photo, or a message; also given for customers."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select, tuple_, update
from sqlalchemy.orm import Session

from core.errors import (
    AlreadyAnswered,
    CannotKeep,
    ChangedMeanwhile,
    DraftGone,
    MessageRequired,
    MessageTooLong,
    NoIssue,
)
from core.integrations.intake import StoredPicture
from core.models import (
    Decision,
    Draft,
    EventName,
    Order,
    Origin,
    Photo,
    PhotoState,
    Response,
    ResponseBy,
    ResponseKind,
    Role,
    Upload,
    utc_now,
)
from core.queries import reasons
from core.services import assignments, decisions, findings, history, locks
from core.services.actors import Actor, Guest
from core.services.decisions import PhotoVersion, is_as_seen

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
    issue, claimed, given = _take_up(session, guest, photo)
    draft = session.scalars(
        delete(Draft).where(Draft.id == draft_id, Draft.photo_id == photo.id).returning(Draft)
    ).one_or_none()
    if draft is None:
        raise DraftGone
    upload = Upload(photo_id=photo.id, origin=Origin.CUSTOMER, **draft.columns())
    _put_in_place(session, claimed, upload)
    _answer(session, [(issue, claimed)], ResponseKind.REPLACED, **given)


def keep(session: Session, guest: Guest, photo: PhotoVersion, *, words_shown: str) -> None:
    """Have the photo printed as it is; `words_shown` are what the customer agreed to."""
    issue, claimed, given = _take_up(session, guest, photo)
    may_keep = select(Decision.id).where(
        Decision.id == issue.id, reasons.allow_keeping(Decision.id)
    )
    if claimed.upload_id is None or session.scalar(may_keep) is None:
        raise CannotKeep
    kept = given | {"words_shown": words_shown}
    _answer(session, [(issue, claimed)], ResponseKind.KEPT, **kept)


def ask(session: Session, guest: Guest, photo: PhotoVersion, *, message: str) -> None:
    """Hand the customer's message to whoever reviews the photo."""
    message = _readable(message)
    issue, claimed, given = _take_up(session, guest, photo)
    asked = given | {"message": message}
    _answer(session, [(issue, claimed)], ResponseKind.ASKED, **asked)


def decide_for_customer(
    session: Session, seen: Collection[PhotoVersion], *, why: str, actor: Actor
) -> Sequence[int]:
    """Keep photos as they are in their customers' place, and return the photos' ids.

    Without those that were answered or taken back meanwhile, that have no picture, or that one of
    their reasons forbids to keep. Asked a second time, it returns the same.
    """
    actor.require(Role.PROCESSOR)
    why = _readable(why)
    may_keep = reasons.allow_keeping(Decision.id)
    issues = _take_up_for_customers(session, seen, Photo.upload_id.is_not(None), may_keep)
    kept = _by_staff(actor) | {"message": why}
    _answer(session, issues, ResponseKind.KEPT, actor=actor, **kept)
    done = _answered_by(seen, actor, Response.kind == ResponseKind.KEPT)
    return session.scalars(select(Photo.id).where(done).order_by(Photo.id)).all()


def go_on(session: Session, seen: Collection[PhotoVersion]) -> None:
    """Put photos whose customers stay silent back to review as they are, by the shop's policy.

    No words were shown, and nobody agreed to anything.
    """
    issues = _take_up_for_customers(session, seen, Photo.upload_id.is_not(None))
    _answer(session, issues, ResponseKind.KEPT, by=ResponseBy.POLICY)


def admit(session: Session, seen: PhotoVersion, *, actor: Actor) -> None:
    """Let a picture come in that may be attached, or raise `ChangedMeanwhile`."""
    actor.require(Role.PROCESSOR)
    is_open = (Photo.version == seen.version) & (Photo.state == PhotoState.REJECTED)
    # Its answer may have been lost, and now it is sent again.
    is_done = _answered_by([seen], actor, Response.kind == ResponseKind.REPLACED)
    if not session.scalar(select(exists().where(Photo.id == seen.id, is_open | is_done))):
        raise ChangedMeanwhile


def attach(
    session: Session, seen: PhotoVersion, picture: StoredPicture, *, actor: Actor
) -> PhotoVersion:
    """Put a picture that the customer has sent by e-mail in the place of the current one.

    Return the photo as it is now, also when asked a second time. Raises `ChangedMeanwhile`.
    """
    actor.require(Role.PROCESSOR)
    issues = _take_up_for_customers(session, [seen])
    for _, photo in issues:
        # The customer's, whoever handed it in: of staff is what they made of a picture.
        upload = Upload(photo_id=photo.id, origin=Origin.CUSTOMER, **picture.columns())
        _put_in_place(session, photo, upload)
    _answer(session, issues, ResponseKind.REPLACED, actor=actor, **_by_staff(actor))
    is_same = exists().where(Upload.id == Response.upload_id, Upload.sha256 == picture.sha256)
    done = _answered_by([seen], actor, Response.kind == ResponseKind.REPLACED, is_same)
    row = session.execute(select(Photo.id, Photo.version).where(done)).one_or_none()
    if row is None:
        raise ChangedMeanwhile
    return PhotoVersion(*row)


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


def _take_up(
    session: Session, guest: Guest, photo: PhotoVersion
) -> tuple[Decision, Photo, dict[str, Any]]:
    """The last are what is recorded of an answer, whatever it is."""
    # Locked first, as a sync does: of two answers at once, one sees that it is the last.
    locks.order(session, guest.order_id)
    locks.photos_on(session, [guest.order_id])
    issue = issue_of(session, guest, photo.id)
    due_at = session.scalar(select(Photo.answer_due_at).where(Photo.id == photo.id))
    # The same page can be open twice, and staff may take the photo back: the first wins.
    claimed = _claim(session, Photo.id == photo.id, Photo.version == photo.version)
    if not claimed:
        raise AlreadyAnswered
    return issue, claimed[0], _by_guest(guest) | {"was_due_at": due_at}


def _take_up_for_customers(
    session: Session, seen: Collection[PhotoVersion], *which: ColumnElement[bool]
) -> Sequence[tuple[Decision, Photo]]:
    """Take up those that are as they were seen."""
    orders = locks.orders_of(session, [photo.id for photo in seen])
    locks.photos_on(session, orders)
    issues = session.scalars(
        select(Decision)
        .join(Photo, Photo.decision_id == Decision.id)
        .where(is_as_seen(seen), *which)
        .order_by(Photo.id)
    ).all()
    claimed = _claim(session, Photo.decision_id.in_([issue.id for issue in issues]))
    photos = {photo.id: photo for photo in claimed}
    return [(issue, photos[issue.photo_id]) for issue in issues if issue.photo_id in photos]


def _claim(session: Session, *which: ColumnElement[bool]) -> Sequence[Photo]:
    """Put photos that wait for their customers before all that nobody has answered for."""
    return session.scalars(
        update(Photo)
        .where(*which, Photo.state == PhotoState.REJECTED)
        .values(
            state=PhotoState.IN_REVIEW,
            version=Photo.version + 1,
            decision_id=None,
            filed_under_id=None,
            queue_rank=0,
            waiting_since=utc_now(),
            # What somebody asked a manager was about the photo before.
            left_note_id=None,
            left_at=None,
        )
        .returning(Photo),
        execution_options={"populate_existing": True},
    ).all()


def _put_in_place(session: Session, photo: Photo, upload: Upload) -> None:
    session.add(upload)
    session.flush()
    photo.upload_id = upload.id
    findings.note(session, upload)


def _readable(message: str) -> str:
    message = message.replace("\0", "").strip()
    if not message:
        raise MessageRequired
    if len(message) > MESSAGE_LENGTH:
        raise MessageTooLong
    return message


def _by_guest(guest: Guest) -> dict[str, Any]:
    return {
        "by": ResponseBy.CUSTOMER,
        "address": guest.address or None,
        "browser": guest.browser[:_BROWSER_LENGTH] or None,
    }


def _by_staff(actor: Actor) -> dict[str, Any]:
    return {"by": ResponseBy.STAFF, "staff_id": actor.id}


def _answered_by(
    seen: Collection[PhotoVersion], actor: Actor, *how: ColumnElement[bool]
) -> ColumnElement[bool]:
    """Whether a photo's latest answer is this person's to these versions."""
    return exists().where(
        Response.id == Photo.response_id,
        Response.staff_id == actor.id,
        tuple_(Photo.id, Response.photo_version).in_([(photo.id, photo.version) for photo in seen]),
        *how,
    )


def _answer(
    session: Session,
    issues: Sequence[tuple[Decision, Photo]],
    kind: ResponseKind,
    *,
    actor: Actor | None = None,
    **columns: Any,
) -> None:
    responses = [
        Response(
            photo_id=photo.id,
            decision_id=issue.id,
            upload_id=photo.upload_id,
            photo_version=photo.version - 1,
            kind=kind,
            **columns,
        )
        for issue, photo in issues
    ]
    session.add_all(responses)
    session.flush()
    for response, (issue, photo) in zip(responses, issues, strict=True):
        photo.response_id = response.id
        if photo.upload_id is None:
            # Without a picture there is nothing to approve: whoever looks reads the message there.
            photo.state = PhotoState.TO_CHECK
        history.record_photo(
            session, _EVENT[kind], photo, actor=actor, decision=issue.id, response=response.id
        )
    _follow(session, {photo.order_id: issue.reviewer_id for issue, photo in issues})


def _follow(session: Session, reviewers: Mapping[int, int | None]) -> None:
    """Give each order back to whoever asked, and note whether that was its last open issue."""
    session.flush()
    for order_id, reviewer_id in reviewers.items():
        order = session.get_one(Order, order_id, populate_existing=True)
        if reviewer_id is not None:
            assignments.give_to(session, order, reviewer_id)
        is_open = exists().where(Photo.order_id == order_id, Photo.state == PhotoState.REJECTED)
        if not session.scalar(select(is_open)):
            order.settled_at = utc_now()
    # What Shopify says of them has changed.
    decisions.follow_up(session, *reviewers)
