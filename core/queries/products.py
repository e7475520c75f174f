"""What the shop sells, and how large it is printed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from core.findings.print_area import Making
from core.findings.print_sizes import LengthUnit
from core.findings.resolution import Quality
from core.models import LineItem, Photo, Product, Shop, Variant
from core.queries.shops import has_left

#: More products than a person reads through; the search finds the others.
SHOWN = 100

#: Gift cards and wrapping have no size, and need none.
_has_photos = (
    exists()
    .where(LineItem.variant_id == Variant.id, Photo.line_item_id == LineItem.id)
    .correlate(Variant)
)


@dataclass(frozen=True, slots=True)
class PrintedVariant:
    id: int
    title: str
    width: float | None  #: Millimetres
    height: float | None
    is_fixed: bool
    is_corrected: bool


@dataclass(frozen=True, slots=True)
class PrintedProduct:
    id: int
    title: str
    making: Making
    bleed: float
    photos_needed: int | None
    variants: Sequence[PrintedVariant]


@dataclass(frozen=True, slots=True)
class PrintRules:
    """What prints well in a shop."""

    shop_id: int
    shop: str
    unit: LengthUnit | None  #: None: nobody has said it
    quality: Quality
    unknown: int  #: Variants sold with photos whose size nobody has said


def printed(
    session: Session, shop_id: int, *, search: str = "", only_unknown: bool = False
) -> Sequence[PrintedProduct]:
    """What photos were ordered for, by title; what nobody has said the size of comes first."""
    sold = (
        select(Variant.id, Variant.product_id, Variant.title, Variant.width)
        .join(Product, Product.id == Variant.product_id)
        .where(Product.shop_id == shop_id, _has_photos)
        .cte("sold")
    )
    of_product = sold.c.product_id == Product.id
    # Correlated by hand: the outer statement reads what is sold, too.
    unknown = exists().where(of_product, sold.c.width.is_(None)).correlate(Product)
    some = select(Product.id).where(exists().where(of_product))
    if search := search.replace("\0", "").strip():
        has_variant = exists().where(of_product, sold.c.title.icontains(search, autoescape=True))
        some = some.where(or_(Product.title.icontains(search, autoescape=True), has_variant))
    if only_unknown:
        some = some.where(unknown)
    some = some.order_by(unknown.desc(), func.lower(Product.title), Product.id).limit(SHOWN)
    rows = session.execute(
        select(Product, Variant, unknown)
        .join(sold, of_product)
        .join(Variant, Variant.id == sold.c.id)
        .where(Product.id.in_(some))
        .order_by(unknown.desc(), func.lower(Product.title), Product.id, Variant.id)
    )
    variants: dict[Product, list[PrintedVariant]] = {}
    for product, variant, _ in rows:
        variants.setdefault(product, []).append(
            PrintedVariant(
                variant.id,
                variant.title,
                variant.width,
                variant.height,
                variant.is_fixed,
                variant.is_corrected,
            )
        )
    return [
        PrintedProduct(
            product.id, product.title, product.making, product.bleed, product.photos_needed, own
        )
        for product, own in variants.items()
    ]


def rules(session: Session) -> Sequence[PrintRules]:
    """Of every shop, by name."""
    unknown = (
        select(func.count())
        .select_from(Variant)
        .join(Product, Product.id == Variant.product_id)
        .where(Product.shop_id == Shop.id, Variant.width.is_(None), _has_photos)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            Shop.id,
            Shop.name,
            Shop.length_unit,
            Shop.minimum_dpi,
            Shop.hard_minimum_dpi,
            Shop.drawn_pixels,
            unknown,
        )
        .where(~has_left())
        .order_by(Shop.name)
    )
    return [
        PrintRules(id_, name, unit, Quality(*quality), unknown)
        for id_, name, unit, *quality, unknown in rows
    ]
