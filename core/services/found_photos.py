"""Photos as they are found on orders: new, moved, gone, and back again."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import queue
from core.integrations.shopify.order_photos import Source
from core.models import EventName, LineItem, Order, Photo, PhotoState, WithdrawnBecause
from core.services import history, locks, replacements, withdrawals
from core.services.slots import MISSING, Slot


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


def fill(session: Session, wanted: Sequence[tuple[Order, Sequence[Slot]]]) -> Mapping[int, Filled]:
    """Add the photos of orders' slots, unless they are known; the caller holds the orders' rows.

    What nobody has decided leaves with its slot, and comes back with it; what stays is not missed.
    """
    known = _known(session, [order.id for order, _ in wanted])
    changes = [(order, _compare(known[order.id], slots)) for order, slots in wanted]
    for order, its in changes:
        _carry_out(session, order.id, its)
    found = _find(session, changes)
    return {
        order.id: Filled(found[order.id], bool(its.moves), bool(its.returning))
        for order, its in changes
    }


def _known(session: Session, orders: Sequence[int]) -> Mapping[int, Sequence[_Known]]:
    rows = session.execute(
        select(
            Photo.order_id,
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
        .where(Photo.order_id.in_(orders))
        .order_by(Photo.id)
    )
    known: dict[int, list[_Known]] = {order_id: [] for order_id in orders}
    for order_id, *row in rows:
        known[order_id].append(_Known(*row))
    return known


def _compare(rows: Sequence[_Known], wanted: Sequence[Slot]) -> _Changes:
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
    return changes


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


def _carry_out(session: Session, order_id: int, changes: _Changes) -> None:
    """All but the new photos."""
    is_known = any(missed_id for _, missed_id in changes.new)
    if is_known or any((changes.moves, changes.replaced, changes.returning, changes.dropped)):
        locks.photos_on(session, [order_id])
    for photo_id, line_item_id in changes.moves.items():
        session.execute(update(Photo).where(Photo.id == photo_id).values(line_item_id=line_item_id))
    replacements.follow(session, changes.replaced)
    withdrawals.drop(session, order_id, changes.dropped)
    withdrawals.restore(session, order_id, changes.returning)


def _find(session: Session, changes: Sequence[tuple[Order, _Changes]]) -> Counter[int]:
    """Return how many photos are new on each order."""
    new: list[tuple[int, Order]] = []
    to_add: list[tuple[Order, Slot]] = []
    for order, its in changes:
        for slot, missed_id in its.new:
            photo_id = _in_place_of(session, missed_id, slot) if missed_id else None
            if photo_id is None:
                to_add.append((order, slot))
            else:
                new.append((photo_id, order))
    new += _add(session, to_add)
    for photo_id, order in new:
        history.record(
            session,
            EventName.PHOTO_FOUND,
            shop_id=order.shop_id,
            order_id=order.id,
            photo_id=photo_id,
        )
    _fetch(session, [photo_id for photo_id, _ in new])
    return Counter(order.id for _, order in new)


def _fetch(session: Session, photos: Collection[int]) -> None:
    if not photos:
        return
    lock = func.concat("photo:", Photo.id)
    session.execute(
        select(queue.deferred("fetch_photo", lock=lock, photo_id=Photo.id))
        .where(Photo.id.in_(photos), Photo.url.is_not(None))
        .order_by(Photo.id)
    )


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


def _add(session: Session, slots: Sequence[tuple[Order, Slot]]) -> Iterable[tuple[int, Order]]:
    """Return the photos' ids with their orders, but for slots that had one."""
    if not slots:
        return []
    added = session.execute(
        insert(Photo)
        .on_conflict_do_nothing(index_elements=[Photo.line_item_id, Photo.source, Photo.ordinal])
        .returning(Photo.id, Photo.order_id),
        [
            {
                "shop_id": order.shop_id,
                "order_id": order.id,
                "line_item_id": slot.line_item_id,
                "source": slot.source,
                "ordinal": slot.ordinal,
                "url": slot.url,
                "state": PhotoState.FETCHING if slot.url else PhotoState.TO_CHECK,
                "check_code": None if slot.url else MISSING,
                # The longest waiting is the oldest order, whenever we came to read it.
                "waiting_since": order.placed_at,
            }
            for order, slot in slots
        ],
        execution_options={"render_nulls": True},
    )
    orders = {order.id: order for order, _ in slots}
    return [(photo_id, orders[order_id]) for photo_id, order_id in added]
