"""The places on an order that hold a photo, or should hold one."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.integrations.shopify.order_photos import OrderPhoto, Source
from core.integrations.shopify.orders import ShopifyOrder
from core.integrations.shopify.photo_roles import Role
from core.models import LineItem, Order, Photo
from core.services import needs
from core.services.needs import Need
from core.services.order_rows import Taken
from core.services.storable import storable

#: `Photo.source` and `Photo.check_code` where an order names no photo for a product that needs one.
MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Slot:
    line_item_id: int
    source: str
    ordinal: int
    url: str | None
    #: A photo that is found once for several lines may be on any of these; a missing one, too.
    shared_by: Collection[int] = ()


def of_orders(
    session: Session, shop_id: int, orders: Sequence[Taken]
) -> Sequence[tuple[Order, Sequence[Slot]]]:
    lines = [line for each in orders for line in each.lines.values()]
    sold = {line.shopify_product_id for line in lines if line.shopify_product_id}
    others = Photo.order_id.not_in([each.order.id for each in orders])
    told = dict(needs.of_products(session, shop_id, sold, others))
    wanted = []
    for each in orders:
        slots = _of_order(each, told)
        wanted.append((each.order, slots))
        # As if its photos were there before the next order is looked at.
        with_photos = {slot.line_item_id for slot in slots if slot.url}
        for line in each.lines.values():
            if line.shopify_product_id and line.id in with_photos:
                told.setdefault(line.shopify_product_id, Need(1, is_said=False))
    return wanted


def _of_order(taken: Taken, told: Mapping[str, Need]) -> Sequence[Slot]:
    seen, lines = taken.seen, taken.lines
    filled = [
        Slot(
            lines[photo.line_id].id,
            storable(f"{photo.source}:{photo.key}"),
            photo.ordinal,
            photo.fetch_url,
            [lines[line_id].id for line_id in _shared_by(seen, photo)],
        )
        for photo in taken.photos.photos
        if photo.role is Role.PHOTO
    ]
    # A photo of a group, or of the whole order, is for all of its lines.
    supplied = Counter(
        line_id for slot in filled for line_id in {slot.line_item_id, *slot.shared_by}
    )
    own = {slot.line_item_id for slot in filled}
    expecting = {lines[each.line_id].id for each in taken.photos.expected} - own
    return [
        *filled,
        *(
            Slot(line.id, MISSING, ordinal, None, bundle)
            for line in sorted(lines.values(), key=lambda line: line.id)
            for bundle in [[lines[id_].id for id_ in _bundle_of(seen, line.shopify_id)]]
            for ordinal in range(_lacking(line, told, supplied[line.id], line.id in expecting))
        ),
    ]


def _lacking(line: LineItem, told: Mapping[str, Need], supplied: int, is_expecting: bool) -> int:
    """How many photos a line should have besides those that were found for it."""
    need = told.get(line.shopify_product_id or "")
    if need is not None and need.is_said:
        return max(0, need.photos - supplied) if line.quantity else 0
    is_printed = need is not None and line.quantity > 0
    return int(is_expecting or (is_printed and not supplied))


def _shared_by(seen: ShopifyOrder, photo: OrderPhoto) -> Sequence[str]:
    """The lines that a photo is for, where it is not for its own only."""
    if photo.source is Source.LINE:
        return []
    if photo.source is Source.ORDER:
        return [line.id for line in seen.lines]
    return _bundle_of(seen, photo.line_id)


def _bundle_of(seen: ShopifyOrder, line_id: str) -> Sequence[str]:
    group = next((line.group for line in seen.lines if line.id == line_id), None)
    return [line.id for line in seen.lines if group and line.group == group]
