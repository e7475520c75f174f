"""What is locked before it is changed, always in the same order, so that nobody waits in a ring."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import Order, Photo


def order(session: Session, order_id: int) -> None:
    session.execute(select(Order.id).where(Order.id == order_id).with_for_update(key_share=True))


def orders_of(session: Session, photos: Collection[int]) -> Sequence[int]:
    """Lock the orders of photos, and return them; the photos come after, as in a sync."""
    ids = select(Photo.order_id).where(Photo.id.in_(photos))
    return session.scalars(
        select(Order.id).where(Order.id.in_(ids)).order_by(Order.id).with_for_update(key_share=True)
    ).all()


def photos_on(session: Session, orders: Collection[int]) -> None:
    """Lock all photos of orders that are locked: for what changes several of them in turn.

    Whoever gives an order to somebody else does: the database copies that to its photos.
    """
    session.execute(
        select(Photo.id)
        .where(Photo.order_id.in_(orders))
        .order_by(Photo.id)
        .with_for_update(key_share=True)
    )


def photos(session: Session, ids: Collection[int]) -> None:
    """Lock photos in the order of their ids, as everybody does."""
    session.execute(
        select(Photo.id).where(Photo.id.in_(ids)).order_by(Photo.id).with_for_update(key_share=True)
    )
