"""Our mail to customers, as it was sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import Message, MessageState, Order


@dataclass(frozen=True, slots=True)
class Letter:
    id: int
    order_name: str
    to: str
    subject: str
    text: str
    html: str
    pictures: Sequence[dict[str, str]]
    state: MessageState
    error: str | None
    created_at: datetime
    sent_at: datetime | None


def captured(session: Session, *, before: int | None = None, limit: int = 50) -> Sequence[Letter]:
    """What the demo would have sent, the newest first; `before` is a message's id."""
    statement = (
        select(
            Message.id,
            Order.name,
            Message.to,
            Message.subject,
            Message.text,
            Message.html,
            Message.pictures,
            Message.state,
            Message.error,
            Message.created_at,
            Message.sent_at,
        )
        .join(Order, Order.id == Message.order_id)
        .where(Message.is_captured)
        .order_by(Message.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(Message.id < before)
    return [Letter(*row) for row in session.execute(statement)]
