"""The outbox: hand over each mail once, and know how it went."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

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
    Order,
    Photo,
    PhotoState,
    Shop,
    ShopMode,
    utc_now,
)
from core.services import deadlines, decisions, history
from core.services.actors import Actor
from core.services.letters import Letter


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker, and no other, now hands over."""

    message: Message
    shop: Shop


def add(
    session: Session,
    kind: MessageKind,
    order: Order,
    letter: Letter,
    *,
    pictures: Sequence[dict[str, str]] = (),
    actor: Actor | None = None,
) -> int:
    """Queue a mail to the order's address, in the order's thread, and return the message's id."""
    # A thread must not begin with a mail that the customer never got.
    first = session.scalar(
        select(Message.header_id)
        .where(
            Message.order_id == order.id,
            Message.state.not_in([MessageState.DROPPED, MessageState.FAILED]),
        )
        .order_by(Message.id)
        .limit(1)
    )
    message = Message(
        shop_id=order.shop_id,
        order_id=order.id,
        kind=kind,
        to=order.email,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        pictures=list(pictures),
        header_id=f"<{uuid4()}@{_our_host()}>",
        in_reply_to=first,
    )
    session.add(message)
    session.flush()
    history.record(
        session,
        EventName.MESSAGE_QUEUED,
        shop_id=order.shop_id,
        order_id=order.id,
        actor=actor,
        message=message.id,
    )
    defer(session, message.id)
    return message.id


def defer(session: Session, message_id: int) -> None:
    queue.defer(
        session, "send_message", lock=f"message:{message_id}", priority=25, message_id=message_id
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
    """Note that the server has taken it: from now on, the customer's answer is waited for."""
    # Locked before the message and the photos, as erasing does.
    session.execute(
        select(Order.id)
        .join(Message, Message.order_id == Order.id)
        .where(Message.id == message_id)
        .with_for_update(of=Order, key_share=True)
    )
    message = _settle(
        session,
        message_id,
        MessageState.SENT,
        EventName.MESSAGE_SENT,
        # Its worker may have been given up too early: the server's word counts.
        before=(MessageState.SENDING, MessageState.UNCERTAIN),
        sent_at=utc_now(),
        is_captured=is_captured,
    )
    if message is not None and message.sent_at is not None:
        _start_clocks(session, message, message.sent_at)


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


def drop_queued(session: Session, shop_id: int) -> None:
    """Nothing more leaves for this shop: nobody has been told what its mails were about."""
    dropped = session.scalars(
        update(Message)
        .where(Message.shop_id == shop_id, Message.state == MessageState.QUEUED)
        .values(state=MessageState.DROPPED)
        .returning(Message.id)
    ).all()
    session.execute(delete(MessageDecision).where(MessageDecision.message_id.in_(dropped)))


def _can_leave() -> ColumnElement[bool]:
    is_demo = select(Shop.is_demo).where(Shop.id == Message.shop_id).scalar_subquery()
    is_live = exists().where(
        Shop.id == Message.shop_id, Shop.mode == ShopMode.LIVE, Shop.disconnected_at.is_(None)
    )
    is_set_up = settings().smtp_host is not None and settings().public_url is not None
    return (literal(is_set_up) | is_demo) & is_live


def _is_dropped(session: Session, message: Message) -> bool:
    """Drop a message that tells of something answered or taken back meanwhile."""
    told = MessageDecision.message_id == message.id
    is_open = exists().where(
        Photo.decision_id == MessageDecision.decision_id, Photo.state == PhotoState.REJECTED
    )
    if not session.scalar(select(exists().where(told, ~is_open))):
        return False
    message.state = MessageState.DROPPED
    still_open = session.scalars(select(MessageDecision.decision_id).where(told, is_open)).all()
    if still_open and message.order_id is not None:
        # They come in a mail of their own, as if this one had not told of them; but whoever has
        # just answered needs no reminder of the others.
        session.execute(delete(MessageDecision).where(told))
        decisions.follow_up(session, message.order_id)
    return True


def _start_clocks(session: Session, message: Message, sent_at: datetime) -> None:
    """Have answers due about the photos that a message tells of, where none is due yet."""
    time_zone = session.scalars(select(Shop.time_zone).where(Shop.id == message.shop_id)).one()
    told = select(MessageDecision.decision_id).where(MessageDecision.message_id == message.id)
    waiting = (
        select(Photo.id)
        .where(
            Photo.decision_id.in_(told),
            Photo.state == PhotoState.REJECTED,
            Photo.answer_due_at.is_(None),
        )
        .order_by(Photo.id)
        .with_for_update(key_share=True)
    )
    session.execute(
        update(Photo)
        .where(Photo.id.in_(waiting))
        .values(answer_due_at=deadlines.answer_due(sent_at, time_zone)),
        execution_options={"synchronize_session": False},
    )


def _settle(
    session: Session,
    message_id: int,
    state: MessageState,
    event: EventName | None = None,
    *,
    before: Collection[MessageState] = (MessageState.SENDING,),
    error: str | None = None,
    **values: object,
) -> Message | None:
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
    return message


def _our_host() -> str:
    url = settings().public_url
    return url.host if url is not None and url.host else "loupe.invalid"
