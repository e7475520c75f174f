"""Reviewers' verdicts, and what they said with them."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, utc_now


class Verdict(StrEnum):
    APPROVED = "approved"
    REJECTED = "rejected"
    SET_ASIDE = "set_aside"  #: Not to be printed; nobody is told


class Decision(Base):
    """One reviewer's verdict on one upload. Never edited: a change of mind is a new row."""

    __tablename__ = "decisions"
    __table_args__ = (
        UniqueConstraint("batch", "photo_id"),
        # What a person can still take back.
        Index("ix_decisions_undoable", "reviewer_id", "undo_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"), index=True)
    #: None: there was no file that opened, and the customer is asked for one.
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("uploads.id"))
    photo_version: Mapped[int]  #: What the reviewer saw
    verdict: Mapped[Verdict]
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    batch: Mapped[UUID]  #: Decided, and undone, together
    decided_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    #: Until then its reviewer may take it back, and nothing leaves the house.
    undo_until: Mapped[datetime]


class DecisionReason(Base):
    """A reason of a rejection. The first one is the photo's folder."""

    __tablename__ = "decision_reasons"

    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), primary_key=True)
    reason_id: Mapped[int] = mapped_column(ForeignKey("reasons.id"), primary_key=True)
    position: Mapped[int]


class DecisionComment(Base):
    """What the customer is told besides the reasons. A row of its own: redaction may blank it."""

    __tablename__ = "decision_comments"

    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), primary_key=True)
    text: Mapped[str]


class Undo(Base):
    """A decision taken back. Statistics ignore what was undone."""

    __tablename__ = "undos"

    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    undone_at: Mapped[datetime] = mapped_column(default=utc_now)
