"""Pictures that staff have turned or cropped: each is a new upload, and that is what is judged."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.errors import ChangedMeanwhile, NotFound
from core.integrations.intake import StoredPicture
from core.models import EventName, Origin, Photo, PhotoState, Role, Upload
from core.services import findings, history, locks
from core.services.actors import Actor
from core.services.decisions import PhotoVersion


@dataclass(frozen=True, slots=True)
class Wanted:
    """The picture that is to be changed."""

    sha256: str
    file_name: str | None


def wanted(session: Session, seen: PhotoVersion, *, actor: Actor) -> Wanted:
    """Raises `ChangedMeanwhile` unless the photo waits for a reviewer just as it was seen."""
    actor.require(Role.PROCESSOR)
    row = session.execute(
        select(Photo.version, Photo.state, Upload.sha256, Upload.file_name)
        .outerjoin(Upload, Upload.id == Photo.upload_id)
        .where(Photo.id == seen.id)
    ).one_or_none()
    if row is None:
        raise NotFound
    if (row.version, row.state) != (seen.version, PhotoState.IN_REVIEW):
        raise ChangedMeanwhile
    return Wanted(row.sha256, row.file_name)


def record(session: Session, seen: PhotoVersion, picture: StoredPicture, *, actor: Actor) -> None:
    """Put an edited copy in the place of the picture that was seen."""
    actor.require(Role.PROCESSOR)
    photo = _claim(session, seen)
    upload = Upload(photo_id=photo.id, origin=Origin.STAFF, **picture.columns())
    _put(session, photo, upload, EventName.PHOTO_EDITED, actor)


def revert(session: Session, seen: PhotoVersion, *, actor: Actor) -> None:
    """Put the last file that did not come from staff in the place of what they made of it."""
    actor.require(Role.PROCESSOR)
    photo = _claim(session, seen)
    earlier = session.scalars(
        select(Upload)
        .where(Upload.photo_id == photo.id, Upload.origin != Origin.STAFF)
        .order_by(Upload.id.desc())
        .limit(1)
    ).one_or_none()
    if earlier is None or earlier.id == photo.upload_id:
        raise NotFound("This is the picture as it came.")
    # A row of its own: what was found in it, and decided about it, was so at its time.
    upload = Upload(photo_id=photo.id, origin=earlier.origin, **earlier.columns())
    _put(session, photo, upload, EventName.PHOTO_REVERTED, actor)


def _claim(session: Session, seen: PhotoVersion) -> Photo:
    # Before the photo, as a sync does: what is found in a picture concerns its order's others.
    locks.orders_of(session, [seen.id])
    # Somebody may have decided, or edited it, since it was seen: the first wins.
    photo = session.scalars(
        update(Photo)
        .where(
            Photo.id == seen.id,
            Photo.version == seen.version,
            Photo.state == PhotoState.IN_REVIEW,
        )
        .values(version=Photo.version + 1)
        .returning(Photo),
        execution_options={"populate_existing": True},
    ).one_or_none()
    if photo is None:
        raise ChangedMeanwhile
    return photo


def _put(session: Session, photo: Photo, upload: Upload, name: EventName, actor: Actor) -> None:
    session.add(upload)
    session.flush()
    photo.upload_id = upload.id
    findings.note(session, upload)
    history.record_photo(session, name, photo, actor=actor, upload=upload.id)
