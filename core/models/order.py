"""Shopify's orders and line items as we last saw them, and our holds on them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    func,
    literal_column,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.models.base import Base, utc_now


class Order(Base):
    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("shop_id", "shopify_id"),
        # A customer's other orders.
        Index("ix_orders_customer", "shop_id", text("lower(email)")),
        Index(
            "ix_orders_mail_to",
            "shop_id",
            text("lower(mail_to)"),
            postgresql_where="mail_to IS NOT NULL",
        ),
        # What the search of the queue begins with.
        Index("ix_orders_name", "name"),
        Index("ix_orders_placed", "placed_at", "id"),
        Index("ix_orders_refused", "id", postgresql_where="refusal IS NOT NULL"),
        # What may be printed and has not been handed over.
        Index(
            "ix_orders_ready",
            "released_at",
            "id",
            postgresql_where="released_at IS NOT NULL AND handed_over_at IS NULL",
        ),
        Index(
            "ix_orders_handed_over",
            "handed_over_at",
            "id",
            postgresql_where="handed_over_at IS NOT NULL",
        ),
        Index(
            "ix_orders_email",
            func.lower(literal_column("email")).label("address"),
            postgresql_ops={"address": "text_pattern_ops"},
        ),
        # What the search of orders asks, as with titles.
        Index("ix_orders_customer_words", text("words(customer_name)"), postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    shopify_id: Mapped[str]  #: "gid://shopify/Order/…"
    name: Mapped[str]  #: "#1001"
    email: Mapped[str | None]
    customer_name: Mapped[str | None]
    customer_locale: Mapped[str | None]
    note: Mapped[str | None]
    tags: Mapped[list[str]] = mapped_column(default=list)
    placed_at: Mapped[datetime]
    updated_at: Mapped[datetime]  #: Shopify's; an older state never overwrites a newer one
    #: SHA-256 of all that was taken over last; the same again is left alone.
    content_hash: Mapped[bytes | None]
    cancelled_at: Mapped[datetime | None]
    is_fulfilled: Mapped[bool] = mapped_column(default=False)
    fulfilled_at: Mapped[datetime | None]  #: None also of what had been shipped before we saw it
    #: Shopify's words: "PAID", "UNFULFILLED".
    financial_status: Mapped[str | None]
    fulfillment_status: Mapped[str | None]
    deleted_at: Mapped[datetime | None]  #: In Shopify

    #: Who its photos are waiting for.
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    #: Raised to revoke every link to the order's page.
    link_epoch: Mapped[int] = mapped_column(default=0)
    #: Where its mail goes instead, since staff have corrected the address.
    mail_to: Mapped[str | None]
    #: One of the shop's gentle words stands on it, or somebody said so.
    is_gentle: Mapped[bool] = mapped_column(default=False)
    #: Who has said it, or that it is not: a later reading of the order leaves that alone.
    gentle_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    #: When its customer asked for more time to answer.
    more_time_at: Mapped[datetime | None]
    #: When its last issue was settled; the order's link works for 14 days more.
    settled_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    #: The state that Shopify was last told, by tag and metafield.
    told_state: Mapped[str | None]
    #: What Shopify refused to do for this order, until it was done: a code, and its own words.
    refusal: Mapped[str | None]
    refused_at: Mapped[datetime | None]
    #: When its photos were last taken to be printed.
    handed_over_at: Mapped[datetime | None]
    handed_over_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    #: Since then it names nobody; what Shopify says of its customer is not taken over any more.
    erased_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    line_items: Mapped[list["LineItem"]] = relationship(back_populates="order", lazy="raise")

    @hybrid_property
    def address(self) -> str | None:
        """Where its mail goes."""
        return self.mail_to or self.email

    @address.inplace.expression
    @classmethod
    def _address(cls) -> ColumnElement[str | None]:
        return func.coalesce(cls.mail_to, cls.email)


class LineItem(Base):
    __tablename__ = "line_items"
    __table_args__ = (
        UniqueConstraint("order_id", "shopify_id"),
        # A product's latest lines.
        Index("ix_line_items_product", "shopify_product_id", "id"),
        Index("ix_line_items_words", text("words(title)"), postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    shopify_id: Mapped[str]
    position: Mapped[int]
    title: Mapped[str]
    variant_title: Mapped[str | None]
    shopify_product_id: Mapped[str | None]
    #: None for what was typed into the order by hand, or has been deleted.
    variant_id: Mapped[int | None] = mapped_column(ForeignKey("variants.id"), index=True)
    quantity: Mapped[int]  #: As it is now, edits and refunds taken off
    is_fulfilled: Mapped[bool] = mapped_column(default=False)  #: All of it has been shipped

    order: Mapped[Order] = relationship(back_populates="line_items", lazy="raise")


class FulfillmentOrder(Base):
    """What Shopify ships together, as we last saw it."""

    __tablename__ = "fulfillment_orders"
    __table_args__ = (
        UniqueConstraint("order_id", "shopify_id"),
        # Webhooks name nothing else.
        Index("ix_fulfillment_orders_shopify_id", "shopify_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    shopify_id: Mapped[str]
    status: Mapped[str]  #: Shopify's word: "OPEN", "ON_HOLD", "CLOSED"
    line_ids: Mapped[list[str]]  #: Shopify's ids of the line items in it
    is_held_by_others: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime]  #: Shopify's; an older state never overwrites a newer one


class HoldState(StrEnum):
    PLACED = "placed"
    RELEASING = "releasing"  #: We ask Shopify to release it, and have not heard whether it did
    RELEASED = "released"  #: By us
    REMOVED = "removed"  #: By somebody in Shopify; never placed again by itself


class Hold(Base):
    """Shopify's fulfillment hold, ours by its handle."""

    __tablename__ = "holds"
    __table_args__ = (
        UniqueConstraint("order_id", "fulfillment_order_id"),
        Index("ix_holds_placed", "order_id", postgresql_where="state = 'placed'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    fulfillment_order_id: Mapped[str]
    shopify_id: Mapped[str]
    line_ids: Mapped[list[str]] = mapped_column(default=list)  #: What it kept from shipping
    state: Mapped[HoldState] = mapped_column(default=HoldState.PLACED)
    placed_at: Mapped[datetime] = mapped_column(default=utc_now)
    ended_at: Mapped[datetime | None]
