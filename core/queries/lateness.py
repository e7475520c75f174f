"""How many photos have waited too long for their reviewer."""

from datetime import timedelta

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from core.models import Photo, PhotoState, Shop

#: Counted exactly up to here.
COUNTED = 1000


def review_hours(session: Session, shop_id: int) -> int:
    return session.scalars(select(Shop.review_hours).where(Shop.id == shop_id)).one()


def count_late(session: Session, shop_id: int, hours: int) -> int:
    """How many would be late after so many hours; above `COUNTED`, only that it is more."""
    late = (
        select(Photo.id)
        .where(
            # In so many words, for the index of those in review.
            Photo.state == literal(PhotoState.IN_REVIEW, Photo.state.type, literal_execute=True),
            Photo.shop_id == shop_id,
            Photo.waiting_since < func.now() - timedelta(hours=hours),
        )
        .limit(COUNTED + 1)
        .subquery()
    )
    return session.scalars(select(func.count()).select_from(late)).one()
