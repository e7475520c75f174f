"""What Shopify tells us by itself: deliveries as they came, and customers' requests among them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, utc_now


class WebhookDelivery(Base):
    """Kept until it is worked off, and then without its body for as long as it may come again."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("shop_id", "topic", "webhook_id"),
        Index("ix_webhook_deliveries_open", "id", postgresql_where="processed_at IS NULL"),
        Index("ix_webhook_deliveries_received_at", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    topic: Mapped[str]  #: "orders/updated"
    webhook_id: Mapped[str]  #: The same for each try of one delivery
    triggered_at: Mapped[datetime | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)  #: As it was signed
    received_at: Mapped[datetime] = mapped_column(default=utc_now)
    processed_at: Mapped[datetime | None]


class DataRequest(Base):
    """A customer asks the merchant, through Shopify, what is known of them."""

    __tablename__ = "data_requests"
    __table_args__ = (UniqueConstraint("shop_id", "shopify_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    shopify_id: Mapped[str]  #: Of the request
    email: Mapped[str | None]
    orders: Mapped[list[str]]  #: Shopify's ids
    received_at: Mapped[datetime] = mapped_column(default=utc_now)
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
