"""Customers' answers, and those that staff gave for them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, utc_now


class ResponseKind(StrEnum):
    REPLACED = "replaced"  #: A new photo was sent
    KEPT = "kept"  #: Print it as it is, with the words shown recorded
    ASKED = "asked"  #: A message to the shop


class ResponseBy(StrEnum):
    CUSTOMER = "customer"
    STAFF = "staff"
    POLICY = "policy"


class Response(Base):
    """The answer to an issue. Never edited."""

    __tablename__ = "responses"

    id: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"), index=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), index=True)
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("uploads.id"))
    photo_version: Mapped[int]
    kind: Mapped[ResponseKind]
    by: Mapped[ResponseBy]
    #: Who answered for the customer.
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    words_shown: Mapped[str | None]  #: What a customer who keeps a photo agreed to
    message: Mapped[str | None]  #: The customer's; or why staff answered for them
    address: Mapped[str | None]
    browser: Mapped[str | None]
    #: When it was due, and is again if its customer takes it back.
    was_due_at: Mapped[datetime | None]
    responded_at: Mapped[datetime] = mapped_column(default=utc_now)


class ResponseUndo(Base):
    """An answer that its customer took back before anybody had reviewed it."""

    __tablename__ = "response_undos"

    response_id: Mapped[int] = mapped_column(ForeignKey("responses.id"), primary_key=True)
    undone_at: Mapped[datetime] = mapped_column(default=utc_now)
