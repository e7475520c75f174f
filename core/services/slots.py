"""The places on an order that hold a photo, or should hold one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import ColumnElement, Text, exists, func, literal, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from core import queue
from core.integrations.shopify.order_photos import OrderPhoto, OrderPhotos, Source
from core.integrations.shopify.orders import ShopifyOrder
from core.integrations.shopify.photo_roles import Role
from core.models import EventName, LineItem, Order, Photo, PhotoState
from core.services import history, locks
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


class Filled(NamedTuple):
    found: int  #: How many photos are new
    has_moved: bool  #: Whether one that was known is on another line now


def fill(session: Session, order: Order, wanted: Sequence[Slot]) -> Filled:
    """Add the photos of slots, unless they are known; the caller holds the order's row."""
    rows = session.execute(
        select(Photo.id, Photo.line_item_id, Photo.source, Photo.ordinal, LineItem.quantity)
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .where(Photo.order_id == order.id)
        .order_by(Photo.id)
    ).all()
    known = {(row.line_item_id, row.source, row.ordinal): row for row in rows}
    new: list[tuple[Slot, int | None]] = []
    moves: dict[int, int] = {}
    for slot in wanted:
        lines = [slot.line_item_id, *slot.shared_by]
        places = [(line_id, slot.source, slot.ordinal) for line_id in lines]
        photo = next((known[place] for place in places if place in known), None)
        if photo is None:
            missed = known.get((slot.line_item_id, MISSING, 0)) if slot.url else None
            new.append((slot, missed and missed.id))
        elif photo.quantity == 0 and photo.line_item_id != slot.line_item_id:
            # A shared photo stays where it is for as long as that line is ordered.
            moves[photo.id] = slot.line_item_id
    if moves or any(missed_id for _, missed_id in new):
        locks.photos_on(session, [order.id])
    for photo_id, line_item_id in moves.items():
        session.execute(update(Photo).where(Photo.id == photo_id).values(line_item_id=line_item_id))
    found = sum(_find(session, order, slot, missed_id) for slot, missed_id in new)
    return Filled(found, bool(moves))


def _find(session: Session, order: Order, slot: Slot, missed_id: int | None) -> bool:
    photo_id = _in_place_of(session, missed_id, slot) if missed_id else None
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


def printed(
    session: Session, shop_id: int, products: Collection[str], *which: ColumnElement[bool]
) -> set[str]:
    """Which of these products, by Shopify's ids, came with a photo; `which` photos count."""
    named = func.unnest(literal(list(products), ARRAY(Text))).column_valued("named")
    has_photo = exists().where(
        LineItem.shopify_product_id == named,
        Photo.line_item_id == LineItem.id,
        Photo.shop_id == shop_id,
        Photo.url.is_not(None),
        *which,
    )
    return set(session.scalars(select(named).where(has_photo))) if products else set()


def _known_to_need_one(session: Session, order: Order, lines: Collection[LineItem]) -> set[int]:
    """Which lines have a product that came with a photo on another order of this shop."""
    products = {
        line.shopify_product_id for line in lines if line.shopify_product_id and line.quantity
    }
    needing = printed(session, order.shop_id, products, Photo.order_id != order.id)
    return {line.id for line in lines if line.quantity and line.shopify_product_id in needing}


def _in_place_of(session: Session, missed_id: int, slot: Slot) -> int | None:
    """Some apps write the photo on the order only after we have missed it."""
    return session.scalar(
        update(Photo)
        .where(Photo.id == missed_id, Photo.source == MISSING, Photo.state == PhotoState.TO_CHECK)
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
