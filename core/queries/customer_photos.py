"""What a customer sees of one order: where each photo stands, and what is asked of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Row, and_, case, func, or_, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session, aliased

from core.models import (
    Decision,
    DecisionComment,
    DecisionReason,
    LineItem,
    Order,
    Photo,
    PhotoState,
    Reason,
    Response,
    ResponseBy,
    ResponseKind,
    Shop,
    Upload,
    utc_now,
)


class Standing(StrEnum):
    NEEDS_ANSWER = "needs_answer"
    BEING_CHECKED = "being_checked"
    FINE = "fine"


@dataclass(frozen=True, slots=True)
class CustomerPhoto:
    id: int
    version: int
    standing: Standing
    product: str
    variant: str
    quantity: int
    #: None: there is no picture, or not one to be shown.
    sha256: str | None
    ratio: float  #: Its width by its height
    reasons: Sequence[str]  #: In the words for customers
    comment: str
    may_keep: bool
    response: ResponseKind | None  #: What was answered last
    is_settled_for_them: bool  #: Staff gave that answer
    message: str  #: The customer's own


@dataclass(frozen=True, slots=True)
class CustomerOrder:
    name: str
    shop: str
    customer: str
    photos: Sequence[CustomerPhoto]  #: Those that there was a question about
    others: int  #: That there was none about


def order(session: Session, order_id: int) -> CustomerOrder:
    head = session.execute(
        select(Order.name, Shop.name.label("shop"), Order.customer_name)
        .join(Shop, Shop.id == Order.shop_id)
        .where(Order.id == order_id)
    ).one()
    rows = _rows(session, order_id, now=utc_now())
    photos = [_photo(row) for row in rows if row.told_id is not None]
    return CustomerOrder(
        head.name, head.shop, head.customer_name or "", photos, len(rows) - len(photos)
    )


def _rows(session: Session, order_id: int, *, now: datetime) -> Sequence[Row[tuple[object, ...]]]:
    in_force = aliased(Decision)
    # Until its undo window has passed, a decision is not the customer's business.
    is_public = and_(Photo.decision_id.is_not(None), in_force.undo_until <= now)
    needs_answer = and_(Photo.state == PhotoState.REJECTED, is_public)
    standing = case(
        (needs_answer, Standing.NEEDS_ANSWER.value),
        (and_(Photo.state == PhotoState.APPROVED, is_public), Standing.FINE.value),
        else_=Standing.BEING_CHECKED.value,
    )
    #: The rejection that the customer was told of last.
    told = aliased(Decision)
    reasons = (
        select(
            func.array_agg(aggregate_order_by(Reason.customer_text, DecisionReason.position)).label(
                "texts"
            ),
            func.bool_and(Reason.may_keep).label("may_keep"),
            func.bool_and(Reason.shows_picture).label("shows_picture"),
        )
        .join(DecisionReason, DecisionReason.reason_id == Reason.id)
        .where(DecisionReason.decision_id == told.id)
        .lateral()
    )
    is_shown = or_(
        func.coalesce(reasons.c.shows_picture, True),
        Photo.upload_id.is_distinct_from(told.upload_id),
    )
    return session.execute(
        select(
            Photo.id,
            Photo.version,
            standing.label("standing"),
            LineItem.title,
            LineItem.variant_title,
            LineItem.quantity,
            case((is_shown, Upload.sha256)).label("sha256"),
            Upload.width,
            Upload.height,
            told.id.label("told_id"),
            reasons.c.texts,
            and_(reasons.c.may_keep, Photo.upload_id.is_not(None)).label("may_keep"),
            DecisionComment.text.label("comment"),
            Response.kind,
            Response.by,
            case((Response.by == ResponseBy.CUSTOMER, Response.message)).label("message"),
        )
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .outerjoin(Upload, Upload.id == Photo.upload_id)
        .outerjoin(Response, Response.id == Photo.response_id)
        .outerjoin(in_force, in_force.id == Photo.decision_id)
        .outerjoin(
            told, told.id == case((needs_answer, Photo.decision_id), else_=Response.decision_id)
        )
        .outerjoin(DecisionComment, DecisionComment.decision_id == told.id)
        .outerjoin(reasons, true())
        .where(Photo.order_id == order_id, Photo.state != PhotoState.WITHDRAWN)
        .order_by(LineItem.position, LineItem.id, Photo.ordinal, Photo.id)
    ).all()


def _photo(row: Row[tuple[object, ...]]) -> CustomerPhoto:
    return CustomerPhoto(
        id=row.id,
        version=row.version,
        standing=Standing(row.standing),
        product=row.title,
        variant=row.variant_title or "",
        quantity=row.quantity,
        sha256=row.sha256,
        ratio=row.width / row.height if row.sha256 else 1,
        reasons=tuple(text for text in row.texts or () if text),
        comment=row.comment or "",
        may_keep=bool(row.may_keep),
        response=row.kind,
        is_settled_for_them=row.by is ResponseBy.STAFF,
        message=row.message or "",
    )
