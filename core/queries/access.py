"""What somebody may see."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, select, union_all
from sqlalchemy.orm import Session

from core.models import Draft, Order, Photo, Shop, Upload


@dataclass(frozen=True, slots=True)
class Picture:
    format: str
    order_name: str


def picture(
    session: Session, sha256: str, *, where: ColumnElement[bool] | None = None
) -> Picture | None:
    """Find a picture by its content, on some of the orders or, for staff, on all."""
    files = union_all(
        select(Upload.photo_id, Upload.format).where(Upload.sha256 == sha256),
        select(Draft.photo_id, Draft.format).where(Draft.sha256 == sha256),
    ).subquery()
    found = (
        select(files.c.format, Order.name)
        .join(Photo, Photo.id == files.c.photo_id)
        .join(Order, Order.id == Photo.order_id)
        .limit(1)
    )
    if where is not None:
        found = found.where(where)
    row = session.execute(found).first()
    return Picture(*row) if row else None


def is_demo(session: Session) -> bool:
    """Whether this is one still: it ends when a real shop is connected."""
    return bool(
        session.scalar(select(exists().where(Shop.is_demo, Shop.disconnected_at.is_(None))))
    )
