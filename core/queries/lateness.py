"""How many photos have waited too long for their reviewer."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.models import Photo, PhotoState, Shop
from core.queries.queue_choices import COUNTED


def review_hours(session: Session, shop_id: int) -> int:
    return session.scalars(select(Shop.review_hours).where(Shop.id == shop_id)).one()


def count_late(session: Session, shop_id: int, hours: int) -> int:
    """How many would be late after so many hours; above `COUNTED`, only that it is more."""
    late = (
        select(Photo.id)
        .where(
            Photo.is_in(PhotoState.IN_REVIEW),
            Photo.shop_id == shop_id,
            Photo.waiting_since < func.now() - timedelta(hours=hours),
        )
        .limit(COUNTED + 1)
        .subquery()
    )
    return session.scalars(select(func.count()).select_from(late)).one()
