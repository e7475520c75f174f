"""Photos' files as they arrive from orders, or fail to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from core import queue
from core.integrations.intake import StoredPicture
from core.models import (
    EventName,
    Order,
    Origin,
    Photo,
    PhotoState,
    Role,
    Shop,
    Upload,
    utc_now,
)
from core.services import findings, history, locks, shops
from core.services.actors import Actor
from core.services.decisions import PhotoVersion, is_as_seen

_NEW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A photo whose file is to be fetched."""

    photo_id: int
    version: int
    url: str
    hosts: Collection[str]  #: That the shop trusts besides the built-in ones
    is_new: bool = False  #: Just ordered: the upload app may not be done with the file yet

    @property
    def file_name(self) -> str:
        name = PurePosixPath(unquote(urlsplit(self.url).path)).name
        return "".join(filter(str.isprintable, name))[:200]


def wanted(session: Session, photo_id: int) -> Wanted | None:
    row = session.execute(
        select(Photo.version, Photo.url, Shop.domain, Shop.trusted_hosts, Order.placed_at)
        .join(Shop, Shop.id == Photo.shop_id)
        .join(Order, Order.id == Photo.order_id)
        .where(Photo.id == photo_id, Photo.state == PhotoState.FETCHING, Photo.url.is_not(None))
    ).one_or_none()
    if row is None:
        return None
    return Wanted(
        photo_id,
        row.version,
        row.url,
        [row.domain, *row.trusted_hosts],
        is_new=row.placed_at > utc_now() - _NEW,
    )


def arrived(session: Session, photo: Wanted, picture: StoredPicture) -> None:
    """Put the photo before a reviewer, unless something happened to it meanwhile."""
    # Locked first, as a sync does: of two copies on one order, one sees the other.
    locks.orders_of(session, [photo.photo_id])
    upload = Upload(photo_id=photo.photo_id, origin=Origin.ORDER, **picture.columns())
    with session.begin_nested() as attempt:
        session.add(upload)
        session.flush()
        moved = _move(
            session,
            photo,
            state=PhotoState.IN_REVIEW,
            upload_id=upload.id,
            left_note_id=None,
            left_at=None,
        )
        if moved is None:
            attempt.rollback()
            return
    findings.note(session, upload)
    history.record_photo(session, EventName.PHOTO_ARRIVED, moved, upload=upload.id)


def unavailable(session: Session, photo: Wanted, code: str, *, host: str | None = None) -> None:
    """Put the photo before staff, who find out why there is no picture.

    `host` is the one that a manager may trust, if that is what it takes.
    """
    moved = _move(session, photo, state=PhotoState.TO_CHECK, check_code=code, check_host=host)
    if moved is not None:
        history.record_photo(session, EventName.PHOTO_UNAVAILABLE, moved, code=code)


def give_up(session: Session) -> Sequence[int]:
    """Put photos before staff whose job has died for good, and return their ids."""
    ids = session.scalars(
        select(Photo.id)
        .where(
            Photo.state == PhotoState.FETCHING,
            ~queue.is_pending("fetch_photo", "photo_id", Photo.id),
        )
        .limit(200)
    ).all()
    for photo_id in ids:
        photo = wanted(session, photo_id)
        if photo is not None:
            unavailable(session, photo, "gave_up")
    return ids


def try_again(session: Session, seen: Collection[PhotoVersion], *, actor: Actor) -> Sequence[int]:
    """Fetch once more what could not be fetched, and return the ids of these photos."""
    actor.require(Role.PROCESSOR)
    return _fetch_again(session, is_as_seen(seen), actor=actor)


def try_all_again(
    session: Session, code: str, *, actor: Actor, shop_id: int | None = None
) -> Sequence[int]:
    """Fetch once more all that waits for this one cause, in one shop or in every."""
    actor.require(Role.PROCESSOR)
    of_shop = [] if shop_id is None else [Photo.shop_id == shop_id]
    return _fetch_again(session, Photo.check_code == code, *of_shop, actor=actor)


def trust_host(session: Session, shop_id: int, host: str, *, manager: Actor) -> Sequence[int]:
    """Trust a host from now on, and fetch all that was refused because nobody did."""
    shops.trust_host(session, shop_id, host, manager=manager)
    return _fetch_again(session, Photo.shop_id == shop_id, Photo.check_host == host, actor=manager)


def _fetch_again(session: Session, *which: ColumnElement[bool], actor: Actor) -> Sequence[int]:
    photos = session.scalars(
        update(Photo)
        .where(*which, Photo.state == PhotoState.TO_CHECK, Photo.url.is_not(None))
        .values(
            state=PhotoState.FETCHING,
            check_code=None,
            check_host=None,
            version=Photo.version + 1,
        )
        .returning(Photo),
        execution_options={"populate_existing": True},
    ).all()
    for photo in photos:
        history.record_photo(session, EventName.PHOTO_RETRIED, photo, actor=actor)
    for photo in photos:
        queue.defer(session, "fetch_photo", lock=f"photo:{photo.id}", photo_id=photo.id)
    return [photo.id for photo in photos]


def _move(session: Session, photo: Wanted, **values: object) -> Photo | None:
    return session.scalars(
        update(Photo)
        .where(
            Photo.id == photo.photo_id,
            Photo.version == photo.version,
            Photo.state == PhotoState.FETCHING,
        )
        .values(version=Photo.version + 1, **{"check_code": None, **values})
        .returning(Photo),
        execution_options={"populate_existing": True},
    ).one_or_none()
