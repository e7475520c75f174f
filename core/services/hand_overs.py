"""Photos that are taken to be printed: what is made for it beforehand, and who took them when."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import queue
from core.errors import PatternUnfit
from core.models import Event, EventName, Order, Photo, PhotoState, Role, Shop, Upload, utc_now
from core.queries import ready
from core.services import file_names, history
from core.services.actors import Actor
from core.services.decisions import PhotoVersion

PATTERN_LENGTH = 200


@dataclass(frozen=True, slots=True)
class SeenOrder:
    """An order as somebody saw it, with the photos of it that are printed."""

    id: int
    photos: Collection[PhotoVersion]


@dataclass(frozen=True, slots=True)
class Marked:
    done: Sequence[int]
    left: Sequence[int]  #: These have changed since they were seen, or somebody was first


def set_pattern(session: Session, shop_id: int, pattern: str, *, manager: Actor) -> None:
    """Name the files of a shop so from now on."""
    manager.require(Role.MANAGER)
    pattern = pattern.replace("\0", "").strip()
    if not 0 < len(pattern) <= PATTERN_LENGTH or file_names.unknown(pattern):
        raise PatternUnfit
    shop = session.get_one(Shop, shop_id, with_for_update=True)
    if shop.file_name_pattern != pattern:
        shop.file_name_pattern = pattern
        history.record(
            session,
            EventName.SHOP_CHANGED,
            shop_id=shop_id,
            actor=manager,
            file_name_pattern=pattern,
        )


def prepare(session: Session, order_id: int) -> None:
    """Have what is printed of an order made ready, before somebody waits for it."""
    files = session.scalars(
        select(Upload.sha256)
        .join(Photo, Photo.upload_id == Upload.id)
        .where(Photo.order_id == order_id, Photo.state == PhotoState.APPROVED, Upload.sha256 != "")
        .distinct()
    ).all()
    if files:
        each = [{"sha256": sha256} for sha256 in files]
        queue.defer_each(session, "make_print_copy", each, priority=-5)


def mark(session: Session, seen: Collection[SeenOrder], *, actor: Actor) -> Marked:
    """Note that the photos of orders were handed over, as they were seen.

    Asked a second time, it says the same.
    """
    actor.require(Role.PROCESSOR)
    ids = [order.id for order in seen]
    # Locked, as by all that opens an order again: of two people, one sees that it is done.
    orders = session.scalars(
        select(Order)
        .where(Order.id.in_(ids))
        .order_by(Order.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    is_ready = set(session.scalars(select(Order.id).where(Order.id.in_(ids), ready.is_ready())))
    printed = _printed(session, ids)
    wanted = {order.id: {(each.id, each.version) for each in order.photos} for order in seen}
    done = []
    for order in orders:
        photos = printed.get(order.id, {})
        if not photos or set(photos) != wanted[order.id]:
            continue
        if order.id in is_ready:
            _mark(session, order, sorted(photos.values()), actor)
        elif order.released_at is None or order.handed_over_by_id != actor.id:
            continue
        done.append(order.id)
    return Marked(done, [id_ for id_ in ids if id_ not in done])


def covers(session: Session, order_id: int) -> bool:
    """Whether the last hand-over was of just what is approved now."""
    uploads = session.scalar(
        select(Event.ids["uploads"])
        .where(Event.order_id == order_id, Event.name == EventName.ORDER_HANDED_OVER)
        .order_by(Event.id.desc())
        .limit(1)
    )
    return uploads == sorted(_printed(session, [order_id]).get(order_id, {}).values())


def _printed(session: Session, ids: Collection[int]) -> dict[int, dict[tuple[int, int], int]]:
    """By order, the approved photos with their versions, and the upload of each."""
    rows = session.execute(
        select(Photo.order_id, Photo.id, Photo.version, Upload.id)
        .join(Upload, Upload.id == Photo.upload_id)
        .where(Photo.order_id.in_(ids), Photo.state == PhotoState.APPROVED)
    )
    printed: dict[int, dict[tuple[int, int], int]] = {}
    for order_id, id_, version, upload_id in rows:
        printed.setdefault(order_id, {})[id_, version] = upload_id
    return printed


def _mark(session: Session, order: Order, uploads: Sequence[int], actor: Actor) -> None:
    order.handed_over_at = utc_now()
    order.handed_over_by_id = actor.id
    history.record(
        session,
        EventName.ORDER_HANDED_OVER,
        shop_id=order.shop_id,
        order_id=order.id,
        actor=actor,
        uploads=uploads,
    )
