"""What a customer sees of one order: where each photo stands, and what is asked of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, and_, case, exists, func, or_, select, true
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
    ResponseUndo,
    Shop,
    Upload,
    utc_now,
)
from core.queries.reasons import allow_going_on
from core.services import response_undos
from core.services.issue_letters import first_told
from core.services.reasons import gentle_text

#: As they stand on their order.
IN_ORDER = (LineItem.position, LineItem.id, Photo.ordinal, Photo.id)


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
    reasons: Mapping[str, str]  #: In the words for customers, by their codes
    comment: str
    may_keep: bool
    answers: int  #: Given to earlier questions about it
    due_at: datetime | None  #: When the answer is; None: nobody has been written to
    goes_on: bool  #: After that it is printed as it is, and the mail has said so
    response: ResponseKind | None  #: What was answered last
    is_settled_for_them: bool  #: It was not they who gave that answer
    may_undo: bool  #: They may take it back
    message: str  #: The customer's own


@dataclass(frozen=True, slots=True)
class CustomerOrder:
    name: str
    shop: str
    shop_email: str
    time_zone: str
    customer: str
    is_gentle: bool
    has_more_time: bool  #: They have asked for it
    photos: Sequence[CustomerPhoto]  #: Those that there was a question about
    others: int  #: That there was none about


def order(session: Session, order_id: int) -> CustomerOrder:
    head = session.execute(
        select(Order, Shop).join(Shop, Shop.id == Order.shop_id).where(Order.id == order_id)
    ).one()
    rows = session.execute(of_customers(now=utc_now()).where(Photo.order_id == order_id)).all()
    is_gentle = head.Order.is_gentle
    photos = [_photo(row, is_gentle=is_gentle) for row in rows if row.told_id is not None]
    return CustomerOrder(
        name=head.Order.name,
        shop=head.Shop.name,
        shop_email=head.Shop.email,
        time_zone=head.Shop.time_zone,
        customer=head.Order.customer_name or "",
        is_gentle=is_gentle,
        has_more_time=head.Order.more_time_at is not None,
        photos=photos,
        others=len(rows) - len(photos),
    )


def of_customers(*, now: datetime) -> Select[Any]:
    """Photos as their customers see them; the caller says which."""
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
            func.array_agg(aggregate_order_by(Reason.code, DecisionReason.position)).label("codes"),
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
    earlier = aliased(Response)
    answers = (
        select(func.count(earlier.decision_id.distinct()))
        .where(
            earlier.photo_id == Photo.id,
            earlier.by == ResponseBy.CUSTOMER,
            earlier.decision_id.is_distinct_from(told.id),
            ~exists().where(ResponseUndo.response_id == earlier.id),
        )
        .scalar_subquery()
    )
    mail = first_told(told.id)
    goes_on = (
        func.coalesce(mail.c.announces_going_on, False)
        & allow_going_on(told.id, Shop.when_silent)
        & ~Order.is_gentle
        & Photo.upload_id.is_not(None)
    )
    return (
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
            reasons.c.codes,
            reasons.c.texts,
            and_(reasons.c.may_keep, Photo.upload_id.is_not(None)).label("may_keep"),
            DecisionComment.text.label("comment"),
            answers.label("answers"),
            Photo.answer_due_at,
            goes_on.label("goes_on"),
            response_undos.is_open().label("may_undo"),
            Response.kind,
            Response.by,
            case((Response.by == ResponseBy.CUSTOMER, Response.message)).label("message"),
        )
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .join(Order, Order.id == Photo.order_id)
        .join(Shop, Shop.id == Photo.shop_id)
        .outerjoin(Upload, Upload.id == Photo.upload_id)
        .outerjoin(Response, Response.id == Photo.response_id)
        .outerjoin(in_force, in_force.id == Photo.decision_id)
        .outerjoin(
            told, told.id == case((needs_answer, Photo.decision_id), else_=Response.decision_id)
        )
        .outerjoin(DecisionComment, DecisionComment.decision_id == told.id)
        .outerjoin(reasons, true())
        .outerjoin(mail, true())
        .where(Photo.state != PhotoState.WITHDRAWN)
        .order_by(*IN_ORDER)
    )


def _photo(row: Row[tuple[object, ...]], *, is_gentle: bool) -> CustomerPhoto:
    words = dict(zip(row.codes or (), row.texts or (), strict=True))
    if is_gentle:
        words = {code: gentle_text(code) or text for code, text in words.items()}
    return CustomerPhoto(
        id=row.id,
        version=row.version,
        standing=Standing(row.standing),
        product=row.title,
        variant=row.variant_title or "",
        quantity=row.quantity,
        sha256=row.sha256,
        ratio=row.width / row.height if row.sha256 else 1,
        reasons={code: text for code, text in words.items() if text},
        comment=row.comment or "",
        may_keep=bool(row.may_keep),
        answers=row.answers,
        due_at=row.answer_due_at,
        goes_on=row.goes_on,
        response=row.kind,
        is_settled_for_them=row.by is not ResponseBy.CUSTOMER,
        may_undo=bool(row.may_undo),
        message=row.message or "",
    )
