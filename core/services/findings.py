"""Judge uploads for what they will be printed on, and note what is worth a look."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Select, delete, insert, select
from sqlalchemy.orm import Session, contains_eager

from core.findings import judgement, measures, resolution, shape
from core.findings.finding import Finding, Kind, Level
from core.models import (
    LineItem,
    Order,
    Photo,
    PhotoState,
    PictureFile,
    Product,
    Shop,
    Upload,
    UploadFinding,
    Variant,
)
from core.queries import known_pictures
from core.queries.print_areas import area_of
from core.services import products

#: What has been approved keeps the findings that its reviewer saw.
_OPEN = (PhotoState.IN_REVIEW, PhotoState.REJECTED)
#: What depends on the print, and not on the picture alone.
_OF_THE_PRINT = (Kind.RESOLUTION, Kind.SHAPE)


def judge(session: Session, photo_id: int, file: PictureFile) -> Sequence[Finding]:
    """What is worth a look in a file that would be printed for a photo, the worst first."""
    shop, photo, order, line, variant = session.execute(
        _printed().where(Photo.id == photo_id)
    ).one()
    found = judgement.judge(
        measures.from_row(file.measures) if file.measures else None,
        width=file.width,
        height=file.height,
        area=area_of(shop, line, variant),
        quality=products.quality_of(shop),
        known=known_pictures.like(session, photo, line, order, file.sha256),
    )
    return [finding for finding in found if finding.level is not Level.FINE]


def note(session: Session, upload: Upload) -> None:
    """Judge a new upload, and keep what was found."""
    _keep(session, [_row(upload.id, found) for found in judge(session, upload.photo_id, upload)])


def judge_again(
    session: Session,
    shop_id: int,
    *,
    product_id: int | None = None,
    after: int = 0,
    at_once: int = 500,
) -> int | None:
    """Judge open photos anew, since a print size or a limit has changed.

    Takes the next few after a photo; returns the last one's id to go on from, None at the end.
    """
    statement = (
        _printed()
        .add_columns(Upload)
        .join(Upload, Upload.id == Photo.upload_id)
        .where(Photo.shop_id == shop_id, Photo.state.in_(_OPEN), Photo.id > after)
        .order_by(Photo.id)
        .limit(at_once)
    )
    if product_id is not None:
        statement = statement.where(Variant.product_id == product_id)
    rows: Sequence[Any] = session.execute(statement).all()
    noted = []
    for shop, _, _, line, variant, upload in rows:
        area, quality = area_of(shop, line, variant), products.quality_of(shop)
        for found in (
            resolution.judge(upload.width, upload.height, area, quality),
            shape.judge(upload.width, upload.height, area),
        ):
            if found is not None and found.level is not Level.FINE:
                noted.append(_row(upload.id, found))
    _forget(session, [upload.id for *_, upload in rows], _OF_THE_PRINT)
    _keep(session, noted)
    return rows[-1].Photo.id if len(rows) == at_once else None


def _printed() -> Select[Shop, Photo, Order, LineItem, Variant | None]:
    return (
        select(Shop, Photo, Order, LineItem, Variant)
        .join(Photo, Photo.shop_id == Shop.id)
        .join(Order, Order.id == Photo.order_id)
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .outerjoin(Variant, Variant.id == LineItem.variant_id)
        .outerjoin(Product, Product.id == Variant.product_id)
        .options(contains_eager(Variant.product))
    )


def _row(upload_id: int, found: Finding) -> Mapping[str, Any]:
    return {"upload_id": upload_id, **asdict(found)}


def _keep(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        session.execute(insert(UploadFinding), rows)


def _forget(session: Session, uploads: Collection[int], kinds: Collection[Kind]) -> None:
    session.execute(
        delete(UploadFinding).where(
            UploadFinding.upload_id.in_(uploads), UploadFinding.kind.in_(kinds)
        ),
        execution_options={"synchronize_session": False},
    )
