"""Photos for which their order names another file than before."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core import queue
from core.errors import ChangedMeanwhile
from core.models import Event, EventName, Origin, Photo, PhotoState, Role, Upload
from core.services import history, locks, reversals
from core.services.actors import Actor
from core.services.decisions import PhotoVersion


@dataclass(frozen=True, slots=True)
class SeenChange(PhotoVersion):
    """A photo with the other file that its order names, as somebody had it before them."""

    url: str
    is_declined: bool = False


def follow(session: Session, changes: Mapping[int, str]) -> None:
    """Fetch the new files; where somebody has decided, answered or edited, only note them.

    The photos by their ids, all of them locked.
    """
    if not changes:
        return
    rows = session.execute(
        select(Photo, Upload.origin)
        .outerjoin(Upload, Upload.id == Photo.upload_id)
        .where(Photo.id.in_(changes))
        .order_by(Photo.id),
        execution_options={"populate_existing": True},
    ).all()
    for photo, origin in rows:
        url = changes[photo.id]
        if url == photo.url:
            photo.changed_url = None  # as it was before
            continue
        if _is_untouched(photo, origin):
            _fetch(session, photo, url)
        else:
            photo.changed_url = url
        history.record_photo(session, EventName.PHOTO_CHANGED, photo)


def _is_untouched(photo: Photo, origin: Origin | None) -> bool:
    match photo.state:
        case PhotoState.FETCHING | PhotoState.TO_CHECK:
            return True
        case PhotoState.IN_REVIEW:
            return origin is Origin.ORDER and photo.response_id is None
        case PhotoState.WITHDRAWN:
            return photo.upload_id is None
        case _:
            return False


def _fetch(session: Session, photo: Photo, url: str) -> None:
    photo.url, photo.changed_url, photo.declined_url = url, None, None
    photo.check_code = photo.check_host = None
    photo.version += 1
    # One that is withdrawn is fetched when it returns.
    if photo.state is not PhotoState.WITHDRAWN:
        photo.state = PhotoState.FETCHING
        queue.defer(session, "fetch_photo", lock=f"photo:{photo.id}", photo_id=photo.id)


def use_new(session: Session, seen: SeenChange, *, actor: Actor) -> None:
    """Fetch what the order names now; a decision on what was there before is taken back.

    Who may take it back is as without a new file. Asked a second time, it is under way. Raises
    `ChangedMeanwhile`, also where somebody has kept the old one meanwhile.
    """
    actor.require(Role.PROCESSOR)
    locks.photos_on(session, locks.orders_of(session, [seen.id]))
    if _was_asked(session, seen, actor):
        return
    photo = _as_seen(session, seen)
    if photo is not None and photo.state in (PhotoState.APPROVED, PhotoState.WITHDRAWN):
        reversals.reopen(session, [seen], manager=actor)
        photo = _as_seen(session, PhotoVersion(seen.id, seen.version + 1))
    elif photo is not None and photo.state is PhotoState.REJECTED:
        reversals.take_back(session, [seen], reviewer=actor)
        photo = _as_seen(session, PhotoVersion(seen.id, seen.version + 1))
    undecided = (PhotoState.IN_REVIEW, PhotoState.TO_CHECK)
    if photo is None or photo.changed_url != seen.url or photo.state not in undecided:
        raise ChangedMeanwhile
    if (photo.declined_url == seen.url) != seen.is_declined:
        raise ChangedMeanwhile
    _fetch(session, photo, seen.url)
    history.record_photo(
        session, EventName.PHOTO_RETRIED, photo, actor=actor, replaced=seen.version
    )


def keep(session: Session, seen: SeenChange, *, actor: Actor) -> None:
    """Leave the photo as it is and ask no more, until the order names yet another file.

    It may still be used. Said by several, it is done once. Raises `ChangedMeanwhile`.
    """
    actor.require(Role.PROCESSOR)
    locks.photos_on(session, locks.orders_of(session, [seen.id]))
    photo = _as_seen(session, seen)
    if photo is None or photo.changed_url != seen.url or photo.upload_id is None:
        raise ChangedMeanwhile
    if photo.declined_url == seen.url:
        return
    photo.declined_url = seen.url
    history.record_photo(session, EventName.CHANGE_DECLINED, photo, actor=actor)


def _as_seen(session: Session, seen: PhotoVersion) -> Photo | None:
    session.flush()
    return session.scalars(
        select(Photo).where(Photo.id == seen.id, Photo.version == seen.version),
        execution_options={"populate_existing": True},
    ).one_or_none()


def _was_asked(session: Session, seen: PhotoVersion, actor: Actor) -> bool:
    asked = exists().where(
        Event.photo_id == seen.id,
        Event.name == EventName.PHOTO_RETRIED,
        Event.staff_id == actor.id,
        Event.ids["replaced"].as_integer() == seen.version,
    )
    return bool(session.scalar(select(asked)))
