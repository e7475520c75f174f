"""A connected Shopify store, and the managers' list of reasons."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.findings.print_sizes import LengthUnit
from core.models.base import Base, utc_now


class ShopMode(StrEnum):
    WATCH = "watch"  #: Photos come in; no mail, no hold, no tag leaves
    LIVE = "live"  #: Everything happens, for orders placed since `live_from`


class WhenSilent(StrEnum):
    """What becomes of an issue that its customer has not answered until the deadline."""

    WAIT = "wait"  #: The order stays held, and a manager is told
    GO_ON = "go_on"  #: The current photo goes back to review, if the first mail has said so


#: In an order's product, tags or note; what was bought in grief is asked about more gently.
GENTLE_WORDS = ("memorial", "in memory", "in loving memory", "rainbow bridge", "sympathy", "urn")


class Shop(Base):
    __tablename__ = "shops"

    id: Mapped[int] = mapped_column(primary_key=True)
    domain: Mapped[str] = mapped_column(unique=True)  #: "….myshopify.com"
    name: Mapped[str]
    email: Mapped[str]  #: Where customers' answers to our mail go
    is_demo: Mapped[bool] = mapped_column(default=False)
    mode: Mapped[ShopMode] = mapped_column(default=ShopMode.WATCH)
    live_from: Mapped[datetime | None]  #: The first order that counts was placed then
    #: When it was switched on: what was rejected before was said to nobody, and is not by itself.
    went_live_at: Mapped[datetime | None]
    time_zone: Mapped[str] = mapped_column(default="UTC")

    client_id: Mapped[str]  #: Empty where a token was given that does not end
    client_secret: Mapped[bytes] = mapped_column(LargeBinary)  #: Encrypted
    #: Encrypted. After a change of secrets, webhooks come signed with the old one for a while.
    old_client_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    old_secret_until: Mapped[datetime | None]
    access_token: Mapped[bytes | None] = mapped_column(LargeBinary)  #: Encrypted
    access_token_renew_at: Mapped[datetime | None]  #: None: it does not end
    #: The last time; what is said of its leaving before is of a connection that is over.
    connected_at: Mapped[datetime | None]
    #: Since then we neither ask it nor believe its webhooks.
    disconnected_at: Mapped[datetime | None]

    #: What Shopify said when the connection was last looked at.
    granted_scopes: Mapped[list[str]] = mapped_column(default=list)
    served_version: Mapped[str | None]
    checked_at: Mapped[datetime | None]
    connection_error: Mapped[str | None]  #: As `Unavailable.code`
    #: Topics that it sends us, as last looked at.
    webhook_topics: Mapped[list[str]] = mapped_column(default=list)
    webhooks_checked_at: Mapped[datetime | None]

    #: `updatedAt` of the last order taken over; moved only together with that order.
    orders_cursor: Mapped[datetime | None]
    #: The same for fulfillment orders.
    fulfillments_cursor: Mapped[datetime | None]
    #: When all that is open was last read again.
    refreshed_at: Mapped[datetime | None]

    places_holds: Mapped[bool] = mapped_column(default=True)
    sets_tags: Mapped[bool] = mapped_column(default=True)
    sets_metafield: Mapped[bool] = mapped_column(default=True)
    #: Names of properties whose pictures are photos, or never are, whatever they look like.
    taken_properties: Mapped[list[str]] = mapped_column(default=list)
    ignored_properties: Mapped[list[str]] = mapped_column(default=list)
    #: Of the files in what is handed over.
    file_name_pattern: Mapped[str] = mapped_column(
        default="{order}-{product}-{variant}-{quantity}x-{number}"
    )

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

    #: Calendar days after the mail that asks: the reminders, and when the answer is due.
    reminder_days: Mapped[list[int]] = mapped_column(default=lambda: [2, 5])
    answer_days: Mapped[int] = mapped_column(default=7)
    when_silent: Mapped[WhenSilent] = mapped_column(default=WhenSilent.WAIT)
    gentle_words: Mapped[list[str]] = mapped_column(default=lambda: list(GENTLE_WORDS))
    accent_color: Mapped[str | None]  #: "#1f5f4a", on mails and the customers' page
    created_at: Mapped[datetime] = mapped_column(default=utc_now)


class ShopLogo(Base):
    """What customers see above mails and their page: made from a manager's file."""

    __tablename__ = "shop_logos"

    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), primary_key=True)
    sha256: Mapped[str]
    png: Mapped[bytes] = mapped_column(LargeBinary)
    width: Mapped[int]  #: Pixels
    height: Mapped[int]


class SyncKind(StrEnum):
    POLL = "poll"  #: What changed since the last one
    IMPORT = "import"  #: All that was ordered before, by a bulk operation
    REFRESH = "refresh"  #: All that is open here, whatever changed


class SyncRun(Base):
    """One reading of the shop, and how far it has come."""

    __tablename__ = "sync_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), index=True)
    kind: Mapped[SyncKind] = mapped_column(default=SyncKind.POLL)
    bulk_operation_id: Mapped[str | None]
    expected: Mapped[int | None]  #: Orders, where it is known
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
    #: After the deadline; None: as the shop has it. Of several reasons the strictest counts.
    when_silent: Mapped[WhenSilent | None]
    #: The customer is told only after a manager has looked.
    manager_first: Mapped[bool] = mapped_column(default=False)
    #: `customer_text` in other languages: {"de": "…"}.
    translations: Mapped[dict[str, Any]] = mapped_column(default=dict)
    position: Mapped[int]
    retired_at: Mapped[datetime | None]
