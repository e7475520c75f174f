"""The outbox: hand over each mail once, and know how it went."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, delete, exists, literal, null, select, update
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
from core.services import decisions, history


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
    message = session.scalars(
        update(Message)
        .where(
            Message.id == message_id,
            Message.state == MessageState.QUEUED,
            _can_leave(),
        )
        .values(state=MessageState.SENDING)
        .returning(Message),
        execution_options={"populate_existing": True},
    ).one_or_none()
    if message is None or _is_dropped(session, message):
        return None
    return Claimed(message, session.get_one(Shop, message.shop_id))


def sent(session: Session, message_id: int, *, is_captured: bool = False) -> None:
    _settle(
        session,
        message_id,
        MessageState.SENT,
        EventName.MESSAGE_SENT,
        # Its worker may have been given up too early: the server's word counts.
        before=(MessageState.SENDING, MessageState.UNCERTAIN),
        sent_at=utc_now(),
        is_captured=is_captured,
    )


def put_back(session: Session, message_id: int, error: str) -> None:
    """The server certainly did not take it: the next attempt may."""
    _settle(session, message_id, MessageState.QUEUED, error=error)


def failed(session: Session, message_id: int, error: str) -> None:
    _settle(session, message_id, MessageState.FAILED, EventName.MESSAGE_FAILED, error=error)


def uncertain(session: Session, message_id: int, error: str) -> None:
    """Nobody knows whether the server took it. It is not sent again by itself."""
    _settle(session, message_id, MessageState.UNCERTAIN, EventName.MESSAGE_UNCERTAIN, error=error)


def recover(session: Session) -> None:
    """Look after messages whose job is gone: a worker was killed at a bad moment."""
    orphans = session.execute(
        select(Message.id, Message.state)
        .where(
            Message.state.in_([MessageState.QUEUED, MessageState.SENDING]),
            ~queue.is_pending("send_message", "message_id", Message.id),
            (Message.state == MessageState.SENDING) | _can_leave(),
        )
        .order_by(Message.id)
        .limit(200)
    ).all()
    for message_id, state in orphans:
        if state is MessageState.SENDING:
            uncertain(session, message_id, "The worker stopped while sending.")
        else:
            defer(session, message_id)


def _can_leave() -> ColumnElement[bool]:
    is_demo = select(Shop.is_demo).where(Shop.id == Message.shop_id).scalar_subquery()
    is_set_up = settings().smtp_host is not None and settings().public_url is not None
    return literal(is_set_up) | is_demo


def _is_dropped(session: Session, message: Message) -> bool:
    """Drop a message that tells of something answered or taken back meanwhile."""
    if message.kind is not MessageKind.PHOTO_ISSUE:
        return False
    told = MessageDecision.message_id == message.id
    is_open = exists().where(
        Photo.decision_id == MessageDecision.decision_id, Photo.state == PhotoState.REJECTED
    )
    if not session.scalar(select(exists().where(told, ~is_open))):
        return False
    message.state = MessageState.DROPPED
    still_open = session.scalars(select(MessageDecision.decision_id).where(told, is_open)).all()
    if still_open:
        # They come in a mail of their own, as if no mail had told of them.
        session.execute(delete(MessageDecision).where(told))
        decisions.follow_up(session, message.order_id)
    return True


def _settle(
    session: Session,
    message_id: int,
    state: MessageState,
    event: EventName | None = None,
    *,
    before: Collection[MessageState] = (MessageState.SENDING,),
    error: str | None = None,
    **values: object,
) -> None:
    # The row itself says so: an order that is erased at this very moment would not show it yet.
    is_erased = Message.to == ""
    ends = MessageState.DROPPED if state is MessageState.QUEUED else state
    message = session.scalars(
        update(Message)
        .where(Message.id == message_id, Message.state.in_(before))
        .values(
            state=case((is_erased, ends), else_=state),
            error=case((is_erased, null()), else_=error),  # servers repeat the address
            **values,
        )
        .returning(Message),
        execution_options={"populate_existing": True},
    ).one_or_none()
    if message is not None and event is not None:
        history.record(
            session, event, shop_id=message.shop_id, order_id=message.order_id, message=message_id
        )
