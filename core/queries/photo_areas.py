"""What one photo is printed on."""

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from core.findings.print_area import PrintArea
from core.models import LineItem, Photo, Product, Shop, Variant
from core.queries.print_areas import area_of


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
