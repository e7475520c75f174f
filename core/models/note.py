"""What staff write about a photo for each other."""

from datetime import datetime
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
