"""How many photos a product needs."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from sqlalchemy import ColumnElement, Text, column, exists, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from core.models import LineItem, Photo, Product

#: A product that never has a photo may stand on a hundred thousand orders.
_LATEST_LINES = 200


class Need(NamedTuple):
    photos: int
    is_said: bool  #: By a manager


def of_products(
    session: Session, shop_id: int, products: Collection[str], *which: ColumnElement[bool]
) -> Mapping[str, Need]:
    """How many a line of each needs: as managers said, or one where others came with a photo.

    By Shopify's ids; of what came with orders `which` photos count.
    """
    if not products:
        return {}
    named = (
        func.unnest(literal(list(products), ARRAY(Text)))
        .table_valued(column("id", Text))
        .render_derived("named")
    )
    latest = (
        select(LineItem.id)
        .where(LineItem.shopify_product_id == named.c.id)
        .order_by(LineItem.id.desc())
        .limit(_LATEST_LINES)
        .correlate(named)
    )
    came_with_one = exists().where(
        Photo.line_item_id.in_(latest),
        Photo.shop_id == shop_id,
        Photo.url.is_not(None),
        *which,
    )
    is_sold = (Product.shop_id == shop_id) & (Product.shopify_id == named.c.id)
    rows = session.execute(
        select(named.c.id, Product.photos_needed, came_with_one)
        .select_from(named)
        .outerjoin(Product, is_sold)
    )
    needs: dict[str, Need] = {}
    for product, said, came in rows:
        if said is not None:
            needs[product] = Need(said, is_said=True)
        elif came:
            needs[product] = Need(1, is_said=False)
    return needs
