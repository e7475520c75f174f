"""Files that customers have chosen but not sent."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.errors import UploadsExhausted
from core.integrations.intake import StoredPicture
from core.models import Draft, Photo, utc_now
from core.services import keeping, locks, responses, throttle
from core.services.actors import Guest

LIFETIME = timedelta(days=1)
#: For one order, those that are cut off or refused included: about 60 a day.
_ATTEMPTS = throttle.Limit(60, timedelta(minutes=24))


def order_of(session: Session, photo_id: int) -> int | None:
    return session.scalar(select(Photo.order_id).where(Photo.id == photo_id))


def admit(session: Session, guest: Guest, photo_id: int) -> None:
    """Let a file come in for a photo whose customer is asked for one, or raise an `AppError`."""
    responses.issue_of(session, guest, photo_id)
    if not throttle.take(session, f"uploads:{guest.order_id}", _ATTEMPTS):
        raise UploadsExhausted


def add(session: Session, guest: Guest, photo_id: int, picture: StoredPicture) -> Draft:
    """Note a file that has come in, unless the photo was answered for meanwhile."""
    # Locked first, as erasing does: of somebody who is forgotten, nothing is noted afterwards.
    locks.order(session, guest.order_id)
    responses.issue_of(session, guest, photo_id)
    draft = Draft(photo_id=photo_id, **picture.columns())
    session.add(draft)
    session.flush()
    return draft


def delete_old(session: Session) -> None:
    """Forget files older than a day; their bytes go if nothing else names them."""
    gone = session.scalars(
        delete(Draft).where(Draft.created_at < utc_now() - LIFETIME).returning(Draft.sha256)
    ).all()
    keeping.let_go(session, gone)
