"""What a shop sells, as far as it is on orders, and the size that it is printed in."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.findings.print_area import Making
from core.models.base import Base


class Product(Base):
    __tablename__ = "products"
    __table_args__ = (UniqueConstraint("shop_id", "shopify_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"))
    shopify_id: Mapped[str]
    title: Mapped[str]
    making: Mapped[Making] = mapped_column(default=Making.PRINTED)
    bleed: Mapped[float] = mapped_column(default=0)  #: Millimetres, on every side
    #: How many photos a line of it needs; None: nobody has said, and its orders show it.
    photos_needed: Mapped[int | None]

    variants: Mapped[list["Variant"]] = relationship(back_populates="product", lazy="raise")


class Variant(Base):
    """The size is as its titles say, unless a manager has corrected it."""

    __tablename__ = "variants"
    __table_args__ = (UniqueConstraint("product_id", "shopify_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    shopify_id: Mapped[str]
    title: Mapped[str]  #: Empty for a product's only variant
    #: Millimetres; None where the titles do not say.
    width: Mapped[float | None]
    height: Mapped[float | None]
    #: A portrait stays a portrait; otherwise the print is turned as the photo lies.
    is_fixed: Mapped[bool] = mapped_column(default=False)
    is_corrected: Mapped[bool] = mapped_column(default=False)

    product: Mapped[Product] = relationship(back_populates="variants", lazy="raise")
