"""The places on an order that hold a photo, or should hold one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from core import queue
from core.integrations.shopify.order_photos import OrderPhoto, OrderPhotos, Source
from core.integrations.shopify.orders import ShopifyOrder
from core.integrations.shopify.photo_roles import Role
from core.models import EventName, LineItem, Order, Photo, PhotoState
from core.services import history
from core.services.storable import storable

#: `Photo.source` and `Photo.check_code` where an order names no photo for a product that needs one.
MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Slot:
    line_item_id: int
    source: str
    ordinal: int
    url: str | None
    #: A photo that is found once for several lines may be on any of these.
    shared_by: Collection[int] = ()


def of_order(
    session: Session,
    order: Order,
    seen: ShopifyOrder,
    photos: OrderPhotos,
    lines: dict[str, LineItem],
) -> Sequence[Slot]:
    """`lines` are ours, by Shopify's ids."""
    filled = [
        Slot(
            lines[photo.line_id].id,
            storable(f"{photo.source}:{photo.key}"),
            photo.ordinal,
            photo.fetch_url,
            [lines[line_id].id for line_id in _shared_by(seen, photo)],
        )
        for photo in photos.photos
        if photo.role is Role.PHOTO
    ]
    # A photo of a group, or of the whole order, is for all of its lines.
    supplied = {id_ for slot in filled for id_ in (slot.line_item_id, *slot.shared_by)}
    lacking = _known_to_need_one(session, order, lines.values()) - supplied
    lacking |= {lines[expected.line_id].id for expected in photos.expected}
    lacking -= {slot.line_item_id for slot in filled}
    return [*filled, *(Slot(id_, MISSING, 0, None) for id_ in sorted(lacking))]


def fill(session: Session, order: Order, slot: Slot) -> bool:
    """Add the photo of a slot, unless it is known. Return whether it is new."""
    if slot.shared_by and _is_on_another_line(session, slot):
        return False
    photo_id = _in_place_of_missing(session, slot) if slot.url else None
    photo_id = photo_id or _add(session, order, slot)
    if photo_id is None:
        return False
    history.record(
        session,
        EventName.PHOTO_FOUND,
        shop_id=order.shop_id,
        order_id=order.id,
        photo_id=photo_id,
    )
    if slot.url:
        queue.defer(session, "fetch_photo", lock=f"photo:{photo_id}", photo_id=photo_id)
    return True


def _shared_by(seen: ShopifyOrder, photo: OrderPhoto) -> Sequence[str]:
    """The lines that a photo is for, where it is not for its own only."""
    if photo.source is Source.LINE:
        return []
    if photo.source is Source.ORDER:
        return [line.id for line in seen.lines]
    group = next(line.group for line in seen.lines if line.id == photo.line_id)
    return [line.id for line in seen.lines if line.group == group]


def _known_to_need_one(session: Session, order: Order, lines: Collection[LineItem]) -> set[int]:
    """Which lines have a product that came with a photo on another order of this shop."""
    products = {
        line.shopify_product_id for line in lines if line.shopify_product_id and line.quantity
    }
    if not products:
        return set()
    printed = session.scalars(
        select(LineItem.shopify_product_id)
        .join(Photo, Photo.line_item_id == LineItem.id)
        .where(
            LineItem.shopify_product_id.in_(products),
            Photo.shop_id == order.shop_id,
            Photo.order_id != order.id,
            Photo.url.is_not(None),
        )
        .distinct()
    ).all()
    return {line.id for line in lines if line.quantity and line.shopify_product_id in printed}


def _is_on_another_line(session: Session, slot: Slot) -> bool:
    """Find a shared photo where it is; it moves only if that line is not ordered any more."""
    known = session.execute(
        select(Photo, LineItem.quantity)
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .where(
            Photo.line_item_id.in_(slot.shared_by),
            Photo.source == slot.source,
            Photo.ordinal == slot.ordinal,
        )
        .with_for_update(of=Photo, key_share=True)
    ).first()
    if known is None:
        return False
    photo, quantity = known
    if quantity == 0:
        photo.line_item_id = slot.line_item_id
        session.flush()
    return True


def _in_place_of_missing(session: Session, slot: Slot) -> int | None:
    """Some apps write the photo on the order only after we have missed it."""
    known = aliased(Photo)
    return session.scalar(
        update(Photo)
        .where(
            Photo.line_item_id == slot.line_item_id,
            Photo.source == MISSING,
            Photo.state == PhotoState.TO_CHECK,
            ~exists().where(
                known.line_item_id == slot.line_item_id,
                known.source == slot.source,
                known.ordinal == slot.ordinal,
            ),
        )
        .values(
            source=slot.source,
            ordinal=slot.ordinal,
            url=slot.url,
            state=PhotoState.FETCHING,
            check_code=None,
            version=Photo.version + 1,
        )
        .returning(Photo.id)
    )


def _add(session: Session, order: Order, slot: Slot) -> int | None:
    return session.scalar(
        insert(Photo)
        .values(
            shop_id=order.shop_id,
            order_id=order.id,
            line_item_id=slot.line_item_id,
            source=slot.source,
            ordinal=slot.ordinal,
            url=slot.url,
            state=PhotoState.FETCHING if slot.url else PhotoState.TO_CHECK,
            check_code=None if slot.url else MISSING,
            # The longest waiting is the oldest order, whenever we came to read it.
            waiting_since=order.placed_at,
        )
        .on_conflict_do_nothing(index_elements=[Photo.line_item_id, Photo.source, Photo.ordinal])
        .returning(Photo.id)
    )
