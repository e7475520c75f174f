"""Customers who sign in by e-mail: all that we know of them is an address on orders."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, utc_now


class CustomerSignIn(Base):
    """One request for a link and a code. Both are computed from the id, and stored nowhere."""

    __tablename__ = "customer_sign_ins"
    __table_args__ = (Index("ix_customer_sign_ins_address", "shop_id", "email"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    email: Mapped[str]  #: In small letters
    #: SHA-256 of what the asking browser was given: the code counts only there.
    browser_hash: Mapped[bytes] = mapped_column(LargeBinary, index=True)
    tries: Mapped[int] = mapped_column(default=0)  #: Codes typed
    created_at: Mapped[datetime] = mapped_column(default=utc_now, index=True)
    expires_at: Mapped[datetime]
    #: When it let somebody in, or a newer one took its place.
    used_at: Mapped[datetime | None]


class CustomerSession(Base):
    """Opens the orders of one address with one shop."""

    __tablename__ = "customer_sessions"

    #: SHA-256 of the cookie; 256 random bits need no slower hash.
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    email: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
