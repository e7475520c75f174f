"""What a photo is printed on."""

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from core.findings import print_sizes
from core.findings.print_area import Making, PrintArea
from core.findings.resolution import Quality
from core.models import LineItem, Photo, Product, Shop, Variant


def area_of(shop: Shop, line: LineItem, variant: Variant | None) -> PrintArea | None:
    """None where nobody has said how large. Reads `Variant.product`.

    What was typed into an order by hand has no variant: its titles may still tell the size.
    """
    if variant is None:
        size = print_sizes.read(line.variant_title or "", line.title, unit=shop.length_unit)
        return PrintArea(size.width, size.height, is_fixed=size.is_fixed) if size else None
    product = variant.product
    if variant.width is None or variant.height is None:
        return PrintArea(0, 0, making=product.making) if product.making is Making.DRAWN else None
    return PrintArea(variant.width, variant.height, product.bleed, variant.is_fixed, product.making)


def quality_of(shop: Shop) -> Quality:
    return Quality(shop.minimum_dpi, shop.hard_minimum_dpi, shop.drawn_pixels)


def of_photo(session: Session, photo_id: int) -> PrintArea | None:
    """None where nobody has said how large."""
    row = session.execute(
        select(Shop, LineItem, Variant)
        .join(Photo, Photo.shop_id == Shop.id)
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .outerjoin(Variant, Variant.id == LineItem.variant_id)
        .outerjoin(Product, Product.id == Variant.product_id)
        .options(contains_eager(Variant.product))
        .where(Photo.id == photo_id)
    ).one()
    return area_of(*row)
