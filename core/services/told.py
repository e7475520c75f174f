"""What a mail tells of: whether that still stands, and until when its answer is waited for."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from core.models import (
    CustomerSignIn,
    Message,
    MessageDecision,
    MessageState,
    Photo,
    PhotoState,
    Shop,
)
from core.services import deadlines

_ARRIVED = (MessageState.SENT, MessageState.UNCERTAIN)


def is_over(session: Session, message: Message) -> bool:
    """Whether a part of it was answered or taken back meanwhile, or nobody can sign in by it."""
    if message.sign_in_id is not None:
        lets_in = exists().where(
            CustomerSignIn.id == message.sign_in_id,
            CustomerSignIn.used_at.is_(None),
            CustomerSignIn.expires_at > func.now(),
        )
        return not session.scalar(select(lets_in))
    return bool(session.scalar(select(exists().where(_by(message), ~_is_open()))))


def still_open(session: Session, message: Message) -> Sequence[int]:
    """The decisions that it tells of, and that wait for an answer."""
    return session.scalars(
        select(MessageDecision.decision_id).where(_by(message), _is_open())
    ).all()


def is_told_later(session: Session, message: Message) -> bool:
    """Whether another mail, that leaves or has left, tells of the same."""
    mine = aliased(MessageDecision)
    return bool(
        session.scalar(
            select(
                exists().where(
                    mine.message_id == message.id,
                    MessageDecision.decision_id == mine.decision_id,
                    Message.id == MessageDecision.message_id,
                    Message.id > message.id,
                    Message.state.not_in([MessageState.FAILED, MessageState.DROPPED]),
                )
            )
        )
    )


def thread(session: Session, message: Message) -> Sequence[str]:
    """The names of the mails about its order that its customer got before, the oldest first."""
    if message.order_id is None:
        return []
    return session.scalars(
        select(Message.header_id)
        .where(
            Message.order_id == message.order_id,
            Message.id != message.id,
            Message.state.in_(_ARRIVED),
        )
        .order_by(Message.tried_at.nulls_first(), Message.id)
    ).all()


def start_clocks(session: Session, message: Message, sent_at: datetime) -> None:
    """Have answers due about the photos that a message tells of, where none is due yet."""
    shop = session.get_one(Shop, message.shop_id)
    told = select(MessageDecision.decision_id).where(_by(message))
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
        .values(answer_due_at=deadlines.answer_due(sent_at, shop)),
        execution_options={"synchronize_session": False},
    )


def _by(message: Message) -> ColumnElement[bool]:
    return MessageDecision.message_id == message.id


def _is_open() -> ColumnElement[bool]:
    return exists().where(
        Photo.decision_id == MessageDecision.decision_id, Photo.state == PhotoState.REJECTED
    )
