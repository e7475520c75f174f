"""What staff write about a photo for each other."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.errors import MessageRequired
from core.models import EventName, Photo, PhotoNote, PhotoState, Role
from core.services import decisions, history, locks
from core.services.actors import Actor
from core.services.decisions import PhotoVersion


def leave_for_manager(
    session: Session, seen: Collection[PhotoVersion], *, note: str, actor: Actor, request: UUID
) -> Sequence[int]:
    """Leave photos undecided, with a note, and return the ids of those that are still as seen.

    They stay in review, at a version of their own: nobody decides on one whose note they have
    not seen. Asked a second time by the same `request`, it returns the same.
    """
    actor.require(Role.PROCESSOR)
    note = note.replace("\0", "").strip()
    if not note:
        raise MessageRequired
    locks.photos(session, [photo.id for photo in seen])
    left = session.scalars(
        update(Photo)
        .where(decisions.is_as_seen(seen), Photo.state == PhotoState.IN_REVIEW)
        .values(version=Photo.version + 1)
        .returning(Photo),
        execution_options={"populate_existing": True},
    ).all()
    for photo in left:
        written = PhotoNote(photo_id=photo.id, staff_id=actor.id, text=note, request=request)
        session.add(written)
        session.flush()
        photo.left_note_id, photo.left_at = written.id, written.noted_at
        history.record_photo(session, EventName.PHOTO_LEFT, photo, actor=actor, note=written.id)
    session.flush()
    return session.scalars(
        select(PhotoNote.photo_id)
        .where(PhotoNote.request == request, PhotoNote.staff_id == actor.id)
        .order_by(PhotoNote.photo_id)
    ).all()
