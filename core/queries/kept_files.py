"""Which files the rows name, and where a person finds them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import String, func, literal, select, union_all
from sqlalchemy.orm import Session

from core.models import Draft, LineItem, Order, Photo, Upload


@dataclass(frozen=True, slots=True)
class Place:
    """A photo that a file was received for."""

    sha256: str
    order: str
    photo_id: int
    product: str
    source: str  #: "upload" or "draft"


def named(session: Session, folder: str) -> Mapping[str, int]:
    """The bytes that each original should have, of those beginning with these two digits."""
    # After two digits comes a third, which "g" is above.
    rows = union_all(
        *(
            select(table.sha256, table.size).where(table.sha256.between(folder, f"{folder}g"))
            for table in (Upload, Draft)
        )
    ).subquery()
    found = session.execute(
        select(rows.c.sha256, func.max(rows.c.size).label("length")).group_by(rows.c.sha256)
    )
    return {row.sha256: row.length for row in found}


def places(session: Session, sha256s: Collection[str]) -> Sequence[Place]:
    rows = union_all(
        *(
            select(
                table.id, table.sha256, table.photo_id, literal(source, String).label("source")
            ).where(table.sha256.in_(sha256s))
            for table, source in ((Upload, "upload"), (Draft, "draft"))
        )
    ).subquery()
    found = session.execute(
        select(rows.c.sha256, Order.name, Photo.id, LineItem.title, rows.c.source)
        .join(Photo, Photo.id == rows.c.photo_id)
        .join(Order, Order.id == Photo.order_id)
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .order_by(rows.c.sha256, rows.c.source.desc(), rows.c.id)
    )
    return [Place(*row) for row in found]
