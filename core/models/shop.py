"""A connected Shopify store, and the managers' list of reasons."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.findings.print_sizes import LengthUnit
from core.models.base import Base, utc_now


class ShopMode(StrEnum):
    WATCH = "watch"  #: Photos come in; no mail, no hold, no tag leaves
    LIVE = "live"  #: Everything happens, for orders placed since `live_from`


class Shop(Base):
    __tablename__ = "shops"

    id: Mapped[int] = mapped_column(primary_key=True)
    domain: Mapped[str] = mapped_column(unique=True)  #: "….myshopify.com"
    name: Mapped[str]
    email: Mapped[str]  #: Where customers' answers to our mail go
    is_demo: Mapped[bool] = mapped_column(default=False)
    mode: Mapped[ShopMode] = mapped_column(default=ShopMode.WATCH)
    live_from: Mapped[datetime | None]
    time_zone: Mapped[str] = mapped_column(default="UTC")

    client_id: Mapped[str]
    client_secret: Mapped[bytes] = mapped_column(LargeBinary)  #: Encrypted
    access_token: Mapped[bytes | None] = mapped_column(LargeBinary)  #: Encrypted
    access_token_renew_at: Mapped[datetime | None]  #: None: it does not end

    #: `updatedAt` of the last order taken over; moved only together with that order.
    orders_cursor: Mapped[datetime | None]

    undo_seconds: Mapped[int] = mapped_column(default=600)
    #: A photo that has waited longer is late.
    review_hours: Mapped[int] = mapped_column(default=24)
    #: For sizes that say no unit; None: nobody has said it, and such sizes are unknown.
    length_unit: Mapped[LengthUnit | None]
    #: Pixels per inch of the print: below, it looks soft; below the hard one, poor.
    minimum_dpi: Mapped[int] = mapped_column(default=150)
    hard_minimum_dpi: Mapped[int] = mapped_column(default=100)
    #: The shortest side, in pixels, of a photo that something is drawn from.
    drawn_pixels: Mapped[int] = mapped_column(default=800)
    #: After so many days a finished order forgets its customer and photos; None: never.
    retention_days: Mapped[int | None]
    trusted_hosts: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class SyncRun(Base):
    """One reading of what changed in the shop, and how far it has come."""

    __tablename__ = "sync_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), index=True)
    orders: Mapped[int] = mapped_column(default=0)  #: Read so far
    photos: Mapped[int] = mapped_column(default=0)  #: Found so far
    error: Mapped[str | None]  #: As `Unavailable.code`
    started_at: Mapped[datetime] = mapped_column(default=utc_now)
    finished_at: Mapped[datetime | None]


class Reason(Base):
    """Why a photo cannot be printed well. Retired rather than deleted: history names it."""

    __tablename__ = "reasons"
    __table_args__ = (UniqueConstraint("shop_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    code: Mapped[str]
    label: Mapped[str]  #: What staff see
    customer_text: Mapped[str]
    may_keep: Mapped[bool]  #: The customer may print the photo as it is
    comment_required: Mapped[bool] = mapped_column(default=False)
    shows_picture: Mapped[bool] = mapped_column(default=True)  #: False: not in a mail
    #: False: only where a finding suggests it.
    is_offered: Mapped[bool] = mapped_column(default=True)
    position: Mapped[int]
    retired_at: Mapped[datetime | None]
