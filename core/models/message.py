"""E-mails of ours: what was sent, to whom, when, how it went."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, utc_now


class MessageKind(StrEnum):
    PHOTO_ISSUE = "photo_issue"  #: What is wrong with the photos of an order
    REMINDER = "photo_reminder"  #: The customer was told, and has not answered
    ALL_APPROVED = "all_approved"  #: After an issue: every photo is fine now
    NEW_LINK = "new_link"  #: The order's link, asked for again
    SIGN_IN = "sign_in"  #: A link and a code to all orders of one address


class MessageState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"  #: Committed before the server is spoken to
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"  #: Answered or taken back before its turn came
    UNCERTAIN = "uncertain"  #: The connection died after handing over; a person decides


class Message(Base):
    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_sign_in_id", "sign_in_id", postgresql_where="sign_in_id IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), index=True)
    #: None for a mail to sign in with: it is about no order.
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    sign_in_id: Mapped[UUID | None] = mapped_column(ForeignKey("customer_sign_ins.id"))
    kind: Mapped[MessageKind]
    to: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    pictures: Mapped[list[dict[str, Any]]] = mapped_column(default=list)  #: [{"cid", "sha256"}]
    header_id: Mapped[str] = mapped_column(unique=True)  #: Message-ID, the same at each attempt
    in_reply_to: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="en")
    #: It says that the order goes on with the photo as it is if nobody answers.
    announces_going_on: Mapped[bool] = mapped_column(default=False)

    state: Mapped[MessageState] = mapped_column(default=MessageState.QUEUED, index=True)
    is_captured: Mapped[bool] = mapped_column(default=False)  #: Shown on the Mailbox page only
    error: Mapped[str | None]
    reply: Mapped[str | None]  #: What the server said when it took it
    tries: Mapped[int] = mapped_column(default=0)
    #: Since it was last queued by somebody; it is given up some days later.
    first_tried_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    sent_at: Mapped[datetime | None]


class MessageDecision(Base):
    """A rejection that a message tells of."""

    __tablename__ = "message_decisions"

    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True, index=True)
