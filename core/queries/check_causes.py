"""Why photos are to be checked, for those that wait for one cause together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.models import Photo, PhotoState


@dataclass(frozen=True, slots=True)
class Cause:
    code: str  #: `Unavailable.code` or `PictureRefused.code`
    photos: int


def shared(session: Session, shop_id: int | None = None) -> Sequence[Cause]:
    """Causes of two photos and more that can be tried again, the most frequent first."""
    of_shop = [] if shop_id is None else [Photo.shop_id == shop_id]
    rows: Iterable[Any] = session.execute(
        select(Photo.check_code, func.count())
        .where(
            Photo.state == PhotoState.TO_CHECK,
            Photo.url.is_not(None),
            # Trying again does not help: somebody has to trust the host.
            Photo.check_code != "host_not_trusted",
            *of_shop,
        )
        .group_by(Photo.check_code)
        .having(func.count() > 1)
        .order_by(func.count().desc(), Photo.check_code)
    )
    return [Cause(*row) for row in rows]
