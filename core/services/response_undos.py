"""Answers that their customers take back before anybody has looked at them."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.orm import Session

from core.errors import AlreadyReviewed, NoIssue
from core.models import (
    Decision,
    DecisionReason,
    EventName,
    Message,
    MessageDecision,
    MessageState,
    Photo,
    PhotoState,
    Response,
    ResponseBy,
    ResponseUndo,
    Upload,
    utc_now,
)
from core.services import decisions, findings, history, locks
from core.services.actors import Guest
from core.services.decisions import PhotoVersion

#: Whoever has just thought again is not told in the same minute that it is too late.
_TIME_AT_LEAST = timedelta(days=1)


def undo(session: Session, guest: Guest, photo: PhotoVersion) -> None:
    """Ask again what was asked before, about the picture of before.

    Asked a second time, it is done. Raises `NoIssue` and `AlreadyReviewed`.
    """
    # Locked as for an answer: whoever has the order first, the customer or a reviewer, wins.
    locks.order(session, guest.order_id)
    locks.photos_on(session, [guest.order_id])
    is_theirs = exists().where(Photo.id == photo.id, Photo.order_id == guest.order_id)
    if not session.scalar(select(is_theirs)):
        raise NoIssue
    if _is_undone(session, photo):
        return
    row = session.execute(
        select(Response, Decision)
        .join(Photo, Photo.response_id == Response.id)
        .join(Decision, Decision.id == Response.decision_id)
        .where(Photo.id == photo.id, Photo.version == photo.version, is_open())
    ).one_or_none()
    if row is None:
        raise AlreadyReviewed
    response, issue = row
    session.add(ResponseUndo(response_id=response.id))
    again = _ask_again(session, response, issue)
    if issue.upload_id is not None and response.upload_id != issue.upload_id:
        findings.follow(session, session.get_one(Upload, issue.upload_id))
    history.record_photo(
        session, EventName.PHOTO_ANSWER_UNDONE, again, decision=issue.id, response=response.id
    )
    _tell_again(session, issue)
    # What Shopify says of it has changed.
    decisions.follow_up(session, guest.order_id)


def is_open() -> ColumnElement[bool]:
    """Of `Photo` and its `Response`: nothing has become of the answer yet."""
    return (
        (Response.by == ResponseBy.CUSTOMER)
        # Every look at it that leaves a trace raises the version: a decision, an edit, a note.
        & (Photo.version == Response.photo_version + 1)
        & Photo.state.in_([PhotoState.IN_REVIEW, PhotoState.TO_CHECK])
    )


def _is_undone(session: Session, photo: PhotoVersion) -> bool:
    undone = exists().where(
        ResponseUndo.response_id == Response.id,
        Response.photo_id == photo.id,
        Response.photo_version == photo.version - 1,
    )
    return bool(session.scalar(select(undone)))


def _ask_again(session: Session, response: Response, issue: Decision) -> Photo:
    earlier = session.scalar(
        select(func.max(Response.id)).where(
            Response.photo_id == response.photo_id,
            Response.id < response.id,
            ~exists().where(ResponseUndo.response_id == Response.id),
        )
    )
    folder = select(DecisionReason.reason_id).where(
        DecisionReason.decision_id == issue.id, DecisionReason.position == 0
    )
    return session.scalars(
        update(Photo)
        .where(Photo.id == response.photo_id)
        .values(
            state=PhotoState.REJECTED,
            version=Photo.version + 1,
            decision_id=issue.id,
            filed_under_id=folder.scalar_subquery(),
            upload_id=issue.upload_id,
            response_id=earlier,
            queue_rank=1 if earlier is None else 0,
            answer_due_at=_due_again(response.was_due_at),
        )
        .returning(Photo),
        execution_options={"populate_existing": True},
    ).one()


def _due_again(was_due_at: datetime | None) -> datetime | None:
    return was_due_at and max(was_due_at, utc_now() + _TIME_AT_LEAST)


def _tell_again(session: Session, issue: Decision) -> None:
    """Have a mail leave after all, where one was dropped because of the answer."""
    dropped = select(Message.id).where(Message.state == MessageState.DROPPED)
    session.execute(
        delete(MessageDecision).where(
            MessageDecision.decision_id == issue.id, MessageDecision.message_id.in_(dropped)
        ),
        execution_options={"synchronize_session": False},
    )
