"""Record what happened."""

from typing import Any

from sqlalchemy.orm import Session

from core.models import Event, EventName, Photo
from core.services.actors import Actor


def record(
    session: Session,
    name: EventName,
    *,
    shop_id: int | None = None,
    order_id: int | None = None,
    photo_id: int | None = None,
    actor: Actor | None = None,
    **ids: Any,
) -> None:
    """Add an event to the caller's transaction. `ids` hold numbers and codes, no personal data."""
    session.add(
        Event(
            name=name,
            shop_id=shop_id,
            order_id=order_id,
            photo_id=photo_id,
            staff_id=actor.id if actor else None,
            ids=ids,
        )
    )


def record_photo(
    session: Session, name: EventName, photo: Photo, *, actor: Actor | None = None, **ids: Any
) -> None:
    """The same of something that happened to a photo."""
    record(
        session,
        name,
        shop_id=photo.shop_id,
        order_id=photo.order_id,
        photo_id=photo.id,
        actor=actor,
        **ids,
    )
