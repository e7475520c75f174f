"""Orders whose photos are all approved, and that were let go."""

from sqlalchemy import select

from core.models import Order, Photo, PhotoState
from core.services import releases
from core.services.hand_overs import SeenOrder
from tests.cast import Cast, CastOrder, seen


def released(cast: Cast, *, photos: int = 1, product: str = "Canvas") -> CastOrder:
    """The cast's shop lets nobody wait to take a decision back."""
    placed = cast.order(photos=photos)
    placed.line.title = product
    cast.approve(*placed.photos)
    let_go(cast, placed)
    return placed


def let_go(cast: Cast, placed: CastOrder) -> None:
    assert releases.released(cast.session, placed.id)
    cast.session.flush()
    for each in (placed.order, *placed.photos):
        cast.session.refresh(each)


def as_seen(placed: CastOrder) -> SeenOrder:
    return SeenOrder(placed.id, seen(*placed.photos))


def states(cast: Cast, placed: CastOrder) -> list[PhotoState]:
    rows = select(Photo.state).where(Photo.order_id == placed.id).order_by(Photo.id)
    return list(cast.session.scalars(rows))


def handed_over_by(cast: Cast, placed: CastOrder) -> int | None:
    return cast.session.scalar(select(Order.handed_over_by_id).where(Order.id == placed.id))
