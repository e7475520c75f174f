"""What staff write for each other, about a photo or an order."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, utc_now


class PhotoNote(Base):
    """A note to a manager. Never edited; its text is blanked when the customer is forgotten."""

    __tablename__ = "photo_notes"
    __table_args__ = (UniqueConstraint("photo_id", "request"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    text: Mapped[str]
    request: Mapped[UUID]  #: Made by the browser: sent again, it is the same note
    noted_at: Mapped[datetime] = mapped_column(default=utc_now)


class OrderNoteKind(StrEnum):
    NOTE = "note"
    PHONED = "phoned"  #: The customer was spoken to on the telephone
    CHATTED = "chatted"  #: Written to outside Loupe, perhaps with the order's link


class OrderNote(Base):
    """What was done about an order outside Loupe. Never edited; blanked as `PhotoNote` is."""

    __tablename__ = "order_notes"
    __table_args__ = (UniqueConstraint("order_id", "request"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[OrderNoteKind] = mapped_column(default=OrderNoteKind.NOTE)
    text: Mapped[str]
    request: Mapped[UUID]  #: Made by the page: sent again, it is the same note
    noted_at: Mapped[datetime] = mapped_column(default=utc_now)
