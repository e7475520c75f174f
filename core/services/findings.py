"""Judge uploads for what they will be printed on, and note what is worth a look."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    case,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Session, contains_eager

from core import queue
from core.findings import judgement, measures
from core.findings.finding import Finding, Kind, Level
from core.models import (
    UNFLAGGED,
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
from core.queries.print_areas import area_of, quality_of

#: What has been approved keeps the findings that its reviewer saw.
_OPEN = (PhotoState.IN_REVIEW, PhotoState.REJECTED)


def judge(session: Session, photo_id: int, file: PictureFile) -> Sequence[Finding]:
    """What is worth a look in a file that would be printed for a photo, the worst first."""
    shop, photo, order, line, variant = session.execute(
        _printed().where(Photo.id == photo_id)
    ).one()
    found = judgement.judge(
        measures.from_row(file.measures),
        width=file.width,
        height=file.height,
        area=area_of(shop, line, variant),
        quality=quality_of(shop),
        known=known_pictures.like(session, photo, line, order, file.sha256),
    )
    return [finding for finding in found if finding.level is not Level.FINE]


def judge_for_customer(session: Session, photo_id: int, file: PictureFile) -> Sequence[Finding]:
    """As `judge`, without likenesses to photos that this customer was not asked about."""
    asked_about = session.scalar(select(Photo.upload_id).where(Photo.id == photo_id))
    return [
        found
        for found in judge(session, photo_id, file)
        if found.kind is not Kind.REJECTED_BEFORE or found.details["id"] == asked_about
    ]


def note(session: Session, upload: Upload) -> None:
    """Judge a new upload, and keep what was found; the caller holds the order's row.

    By then it is its photo's upload: the queue's flags follow, those of the order's others too.
    """
    _forget_likeness(session, upload)
    _keep(session, [_row(upload.id, found) for found in judge(session, upload.photo_id, upload)])
    _flag(session, Photo.order_id == _order_of(upload))


def follow(session: Session, upload: Upload) -> None:
    """The same for one that was judged before, and is its photo's upload again."""
    _forget_likeness(session, upload)
    _flag(session, Photo.order_id == _order_of(upload))


def request(
    session: Session,
    shop_id: int,
    *,
    product_id: int | None = None,
    order_id: int | None = None,
    after: int = 0,
) -> None:
    """Have a worker `judge_again`."""
    queue.defer(
        session,
        "judge_photos",
        # One at a time: two would note the same findings.
        lock=f"judge:{shop_id}",
        shop_id=shop_id,
        product_id=product_id,
        order_id=order_id,
        after=after,
    )


def judge_again(
    session: Session,
    shop_id: int,
    *,
    product_id: int | None = None,
    order_id: int | None = None,
    after: int = 0,
    at_once: int = 500,
) -> int | None:
    """Judge open photos anew, since a print size or a limit has changed.

    Those of one product, of one order, or all. Takes the next few after a photo; returns the last
    one's id to go on from, None at the end.
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
    if order_id is not None:
        statement = statement.where(Photo.order_id == order_id)
    rows: Sequence[Any] = session.execute(statement).all()
    noted = []
    for shop, _, _, line, variant, upload in rows:
        area, quality = area_of(shop, line, variant), quality_of(shop)
        for found in judgement.judge_print(upload.width, upload.height, area, quality):
            if found.level is not Level.FINE:
                noted.append(_row(upload.id, found))
    _forget(
        session,
        UploadFinding.upload_id.in_([upload.id for *_, upload in rows]),
        UploadFinding.kind.in_(judgement.OF_THE_PRINT),
    )
    _keep(session, noted)
    _flag(session, Photo.id.in_([row.Photo.id for row in rows]))
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


def _forget(session: Session, *which: ColumnElement[bool]) -> None:
    session.execute(
        delete(UploadFinding).where(*which), execution_options={"synchronize_session": False}
    )


def _flag(session: Session, which: ColumnElement[bool]) -> None:
    """Have photos sorted by what was found in their uploads."""
    worst = case((UploadFinding.level == Level.POOR, 0), (UploadFinding.level == Level.LOOK, 1))
    rank = (
        select(func.coalesce(func.min(worst), UNFLAGGED))
        .where(UploadFinding.upload_id == Photo.upload_id)
        .correlate(Photo)
        .scalar_subquery()
    )
    # Locked in the order of the ids, as a batch of decisions does: neither waits for the other.
    changed = (
        select(Photo.id)
        .where(which, Photo.flag_rank != rank)
        .order_by(Photo.id)
        .with_for_update(key_share=True)
    )
    session.execute(
        update(Photo).where(Photo.id.in_(changed)).values(flag_rank=rank),
        execution_options={"synchronize_session": False},
    )


def _order_of(upload: Upload) -> ScalarSelect[int]:
    return select(Photo.order_id).where(Photo.id == upload.photo_id).scalar_subquery()


def _forget_likeness(session: Session, new: Upload) -> None:
    """What took the earlier pictures of this photo for theirs: they are on the order no more."""
    earlier = select(Upload.id).where(Upload.photo_id == new.photo_id, Upload.id != new.id)
    on_order = select(Photo.upload_id).where(Photo.order_id == _order_of(new))
    _forget(
        session,
        UploadFinding.upload_id.in_(on_order),
        UploadFinding.kind == Kind.DUPLICATE,
        UploadFinding.details["id"].as_integer().in_(earlier),
    )
