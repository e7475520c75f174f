"""The places on an order that hold a photo, or should hold one."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import queue
from core.integrations.shopify.order_photos import OrderPhoto, OrderPhotos, Source
from core.integrations.shopify.orders import ShopifyOrder
from core.integrations.shopify.photo_roles import Role
from core.models import EventName, LineItem, Order, Photo, PhotoState, WithdrawnBecause
from core.services import history, locks, needs, replacements, withdrawals
from core.services.needs import Need
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
    told = needs.of_products(
        session,
        order.shop_id,
        {line.shopify_product_id for line in lines.values() if line.shopify_product_id},
        Photo.order_id != order.id,
    )
    # A photo of a group, or of the whole order, is for all of its lines.
    supplied = Counter(
        line_id for slot in filled for line_id in {slot.line_item_id, *slot.shared_by}
    )
    own = {slot.line_item_id for slot in filled}
    expecting = {lines[each.line_id].id for each in photos.expected} - own
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


class Filled(NamedTuple):
    found: int  #: How many photos are new
    has_moved: bool  #: Whether one that was known is on another line now
    has_returned: bool  #: Whether one is found again


class _Known(NamedTuple):
    id: int
    line_item_id: int
    source: str
    ordinal: int
    state: PhotoState
    withdrawn_because: WithdrawnBecause | None
    url: str | None
    quantity: int
    is_decided: bool

    @property
    def stays(self) -> bool:
        """Whatever is found on the order: somebody has decided, and nobody has undone it."""
        if self.state is PhotoState.WITHDRAWN:
            return self.withdrawn_because is WithdrawnBecause.SET_ASIDE
        return self.is_decided or self.state not in withdrawals.UNDECIDED

    def fills(self, missing: Slot) -> bool:
        if self.source.startswith(f"{Source.ORDER}:") or self.line_item_id == missing.line_item_id:
            return True
        return self.source.startswith(f"{Source.GROUP}:") and self.line_item_id in missing.shared_by


@dataclass(slots=True)
class _Changes:
    new: list[tuple[Slot, int | None]] = field(default_factory=list)
    moves: dict[int, int] = field(default_factory=dict)
    replaced: dict[int, str] = field(default_factory=dict)
    returning: list[int] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)


def fill(session: Session, order: Order, wanted: Sequence[Slot]) -> Filled:
    """Add the photos of slots, unless they are known; the caller holds the order's row.

    What nobody has decided leaves with its slot, and comes back with it; what stays is not missed.
    """
    rows = _known(session, order)
    changes = _Changes()
    missed = defaultdict(list)
    for row in rows:
        if row.source == MISSING:
            missed[row.line_item_id].append(row)
    left = _match_found(rows, [slot for slot in wanted if slot.url], missed, changes)
    changes.dropped += [row.id for row in left if _may_be_dropped(row)]
    missing = [slot for slot in wanted if not slot.url]
    lacking = Counter(slot.line_item_id for slot in missing)
    for line_id, slot in {slot.line_item_id: slot for slot in missing}.items():
        instead = sum(row.stays and row.fills(slot) for row in left)
        lacking[line_id] = max(0, lacking[line_id] - instead)
    for line_id in {*missed, *lacking}:
        _match_missing(line_id, lacking[line_id], missed[line_id], changes)
    return _carry_out(session, order, changes)


def _known(session: Session, order: Order) -> Sequence[_Known]:
    rows = session.execute(
        select(
            Photo.id,
            Photo.line_item_id,
            Photo.source,
            Photo.ordinal,
            Photo.state,
            Photo.withdrawn_because,
            func.coalesce(Photo.changed_url, Photo.url),
            LineItem.quantity,
            withdrawals.is_decided,
        )
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .where(Photo.order_id == order.id)
        .order_by(Photo.id)
    )
    return [_Known(*row) for row in rows]


def _match_found(
    rows: Sequence[_Known],
    wanted: Sequence[Slot],
    missed: Mapping[int, list[_Known]],
    changes: _Changes,
) -> Sequence[_Known]:
    """Return what was found once, and is not any more."""
    known = {(row.line_item_id, row.source, row.ordinal): row for row in rows}
    matched = set()
    for slot in wanted:
        lines = [slot.line_item_id, *slot.shared_by]
        places = [(line_id, slot.source, slot.ordinal) for line_id in lines]
        photo = next((known[place] for place in places if place in known), None)
        if photo is None:
            waiting = [row for row in missed[slot.line_item_id] if row.state is PhotoState.TO_CHECK]
            if waiting:
                missed[slot.line_item_id].remove(waiting[-1])
            changes.new.append((slot, waiting[-1].id if waiting else None))
            continue
        matched.add(photo.id)
        if slot.url and slot.url != photo.url:
            changes.replaced[photo.id] = slot.url
        if photo.withdrawn_because is WithdrawnBecause.NO_LONGER_FOUND:
            changes.returning.append(photo.id)
        if photo.quantity == 0 and photo.line_item_id != slot.line_item_id:
            # A shared photo stays where it is for as long as that line is ordered.
            changes.moves[photo.id] = slot.line_item_id
    return [row for row in rows if row.source != MISSING and row.id not in matched]


def _match_missing(line_id: int, lacking: int, missed: Sequence[_Known], changes: _Changes) -> None:
    """Have so many on the line; which of them does not matter, as long as an answered one stays."""
    gone = [row for row in missed if row.withdrawn_because is WithdrawnBecause.NO_LONGER_FOUND]
    surplus = len(missed) - len(gone) - lacking
    if surplus > 0:
        changes.dropped += [row.id for row in missed if _may_be_dropped(row)][-surplus:]
    if surplus < 0:
        changes.returning += [row.id for row in gone[:-surplus]]
        used = {row.ordinal for row in missed}
        free = (ordinal for ordinal in count() if ordinal not in used)
        for _ in range(-surplus - len(gone)):
            changes.new.append((Slot(line_id, MISSING, next(free), None), None))


def _may_be_dropped(row: _Known) -> bool:
    return row.quantity > 0 and row.state in withdrawals.UNDECIDED and not row.is_decided


def _carry_out(session: Session, order: Order, changes: _Changes) -> Filled:
    is_known = any(missed_id for _, missed_id in changes.new)
    if is_known or any((changes.moves, changes.replaced, changes.returning, changes.dropped)):
        locks.photos_on(session, [order.id])
    for photo_id, line_item_id in changes.moves.items():
        session.execute(update(Photo).where(Photo.id == photo_id).values(line_item_id=line_item_id))
    replacements.follow(session, changes.replaced)
    withdrawals.drop(session, order.id, changes.dropped)
    withdrawals.restore(session, order.id, changes.returning)
    found = sum(_find(session, order, slot, missed_id) for slot, missed_id in changes.new)
    return Filled(found, bool(changes.moves), bool(changes.returning))


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
    return _bundle_of(seen, photo.line_id)


def _bundle_of(seen: ShopifyOrder, line_id: str) -> Sequence[str]:
    group = next((line.group for line in seen.lines if line.id == line_id), None)
    return [line.id for line in seen.lines if group and line.group == group]


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
