"""The outbox: hand over each mail once, and know how it went."""

from dataclasses import dataclass

from sqlalchemy import func, literal, select, update
from sqlalchemy.orm import Session

from core import queue
from core.config import settings
from core.models import (
    EventName,
    Message,
    MessageDecision,
    MessageKind,
    MessageState,
    Photo,
    PhotoState,
    Shop,
    utc_now,
)
from core.services import history


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker, and no other, now hands over."""

    message: Message
    shop: Shop


def defer(session: Session, message_id: int) -> None:
    queue.defer(
        session, "send_message", lock=f"message:{message_id}", priority=5, message_id=message_id
    )


def claim(session: Session, message_id: int) -> Claimed | None:
    """Take a queued message over for sending; commit before the server is spoken to.

    A real shop's mail stays queued until there is a server to send it, and an address that the
    link in it can lead to.
    """
    is_demo = select(Shop.is_demo).where(Shop.id == Message.shop_id).scalar_subquery()
    can_leave = settings().smtp_host is not None and settings().public_url is not None
    message = session.scalars(
        update(Message)
        .where(
            Message.id == message_id,
            Message.state == MessageState.QUEUED,
            literal(can_leave) | is_demo,
        )
        .values(state=MessageState.SENDING)
        .returning(Message)
    ).one_or_none()
    if message is None:
        return None
    if _is_outdated(session, message):
        message.state = MessageState.DROPPED
        return None
    return Claimed(message, session.get_one(Shop, message.shop_id))


def sent(session: Session, message_id: int, *, is_captured: bool = False) -> None:
    _settle(session, message_id, MessageState.SENT, sent_at=utc_now(), is_captured=is_captured)
    _record(session, message_id, EventName.MESSAGE_SENT)


def put_back(session: Session, message_id: int, error: str) -> None:
    """The server certainly did not take it: the next attempt may."""
    _settle(session, message_id, MessageState.QUEUED, error=error)


def failed(session: Session, message_id: int, error: str) -> None:
    _settle(session, message_id, MessageState.FAILED, error=error)
    _record(session, message_id, EventName.MESSAGE_FAILED)


def uncertain(session: Session, message_id: int, error: str) -> None:
    """Nobody knows whether the server took it. It is not sent again by itself."""
    _settle(session, message_id, MessageState.UNCERTAIN, error=error)
    _record(session, message_id, EventName.MESSAGE_UNCERTAIN)


def recover(session: Session) -> None:
    """Look after messages whose job is gone: a worker was killed at a bad moment."""
    orphans = session.execute(
        select(Message.id, Message.state)
        .where(
            Message.state.in_([MessageState.QUEUED, MessageState.SENDING]),
            ~queue.is_pending("send_message", "message_id", Message.id),
        )
        .limit(200)
    ).all()
    for message_id, state in orphans:
        if state is MessageState.SENDING:
            uncertain(session, message_id, "The worker stopped while sending.")
        else:
            defer(session, message_id)


def _is_outdated(session: Session, message: Message) -> bool:
    """Whether all that the message tells of was answered or taken back meanwhile."""
    if message.kind is not MessageKind.PHOTO_ISSUE:
        return False
    still_open = session.scalar(
        select(func.count())
        .select_from(MessageDecision)
        .join(Photo, Photo.decision_id == MessageDecision.decision_id)
        .where(MessageDecision.message_id == message.id, Photo.state == PhotoState.REJECTED)
    )
    return not still_open


def _settle(session: Session, message_id: int, state: MessageState, **values: object) -> None:
    session.execute(
        update(Message)
        .where(
            Message.id == message_id,
            Message.state.in_([MessageState.QUEUED, MessageState.SENDING]),
        )
        .values(state=state, **{"error": None, **values})
    )


def _record(session: Session, message_id: int, name: EventName) -> None:
    message = session.get_one(Message, message_id)
    history.record(
        session, name, shop_id=message.shop_id, order_id=message.order_id, message=message_id
    )
