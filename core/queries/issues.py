"""What waits for customers, filed by reason; and what waits for somebody to look why."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select, true
from sqlalchemy.orm import Session, aliased

from core.models import (
    Decision,
    DecisionComment,
    LineItem,
    Message,
    MessageDecision,
    MessageState,
    Order,
    Photo,
    PhotoState,
    Reason,
    Response,
    Staff,
    Undo,
    Upload,
    Verdict,
)
from core.queries import reasons

PAGE_SIZE = 24


@dataclass(frozen=True, slots=True)
class Folder:
    reason_id: int
    label: str
    photos: int


@dataclass(frozen=True, slots=True)
class Issue:
    """A photo that waits for its customer."""

    id: int
    version: int
    order_id: int
    order_name: str
    customer: str
    email: str | None
    product: str
    variant: str
    sha256: str | None
    reasons: Sequence[str]  #: The first is its folder
    comment: str
    reviewer: str
    decided_at: datetime
    undo_until: datetime
    cycle: int  #: How often it was rejected
    mail: MessageState | None  #: The latest mail's; None: none was due yet
    mail_sent_at: datetime | None
    mail_error: str
    decision_id: int


@dataclass(frozen=True, slots=True)
class UncheckedPhoto:
    """A photo that could not be fetched or opened."""

    id: int
    version: int
    order_id: int
    order_name: str
    customer: str
    product: str
    variant: str
    shop_id: int
    code: str  #: `Unavailable.code`, `PictureRefused.code` or "missing"
    url: str | None
    host: str | None  #: The one that nobody has trusted yet
    message: str  #: What the customer wrote, asked for a photo
    waiting_since: datetime


def folders(session: Session) -> Sequence[Folder]:
    """Every reason in use or on offer, with its count, in the managers' order."""
    counts = (
        select(Photo.filed_under_id, func.count().label("photos"))
        .where(Photo.state == PhotoState.REJECTED)
        .group_by(Photo.filed_under_id)
        .subquery()
    )
    rows = session.execute(
        select(Reason.id, Reason.label, func.coalesce(counts.c.photos, 0))
        .outerjoin(counts, counts.c.filed_under_id == Reason.id)
        .where((Reason.retired_at.is_(None) & Reason.is_offered) | counts.c.photos.is_not(None))
        .order_by(Reason.shop_id, Reason.position)
    )
    return [Folder(*row) for row in rows]


def page(
    session: Session, reason_id: int | None, *, after: int = 0, limit: int = PAGE_SIZE
) -> Sequence[Issue]:
    """The issues of a folder, or all, longest waiting first; `after` is a decision's id."""
    mail = (
        select(Message.state, Message.sent_at, Message.error)
        .join(MessageDecision, MessageDecision.message_id == Message.id)
        .where(MessageDecision.decision_id == Decision.id)
        .order_by(Message.id.desc())
        .limit(1)
        .lateral()
    )
    labels = reasons.labels_of(Decision.id)
    rejection = aliased(Decision)
    rejections = (
        select(func.count())
        .where(
            rejection.photo_id == Photo.id,
            rejection.verdict == Verdict.REJECTED,
            ~exists().where(Undo.decision_id == rejection.id),
        )
        .scalar_subquery()
    )
    reviewer = aliased(Staff)
    statement = (
        select(
            Photo.id,
            Photo.version,
            Photo.order_id,
            Order.name,
            func.coalesce(Order.customer_name, ""),
            Order.email,
            LineItem.title,
            func.coalesce(LineItem.variant_title, ""),
            Upload.sha256,
            labels.c.labels,
            func.coalesce(DecisionComment.text, ""),
            func.coalesce(reviewer.name, ""),
            Decision.decided_at,
            Decision.undo_until,
            rejections,
            mail.c.state,
            mail.c.sent_at,
            func.coalesce(mail.c.error, ""),
            Decision.id,
        )
        .join(Order, Order.id == Photo.order_id)
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .join(Decision, Decision.id == Photo.decision_id)
        .outerjoin(reviewer, reviewer.id == Decision.reviewer_id)
        .outerjoin(Upload, Upload.id == Photo.upload_id)
        .outerjoin(DecisionComment, DecisionComment.decision_id == Decision.id)
        .outerjoin(labels, true())
        .outerjoin(mail, true())
        .where(Photo.state == PhotoState.REJECTED, Photo.decision_id > after)
    )
    if reason_id is not None:
        statement = statement.where(Photo.filed_under_id == reason_id)
    rows = session.execute(statement.order_by(Photo.decision_id).limit(limit))
    return [Issue(*row) for row in rows]


def to_check(
    session: Session, *, after: int = 0, limit: int = PAGE_SIZE
) -> Sequence[UncheckedPhoto]:
    """Photos that need somebody to look why there is no picture; `after` is a photo's id."""
    rows: Iterable[Any] = session.execute(
        select(
            Photo.id,
            Photo.version,
            Photo.order_id,
            Order.name,
            func.coalesce(Order.customer_name, ""),
            LineItem.title,
            func.coalesce(LineItem.variant_title, ""),
            Photo.shop_id,
            func.coalesce(Photo.check_code, ""),
            Photo.url,
            Photo.check_host,
            func.coalesce(Response.message, ""),
            Photo.waiting_since,
        )
        .join(Order, Order.id == Photo.order_id)
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .outerjoin(Response, Response.id == Photo.response_id)
        .where(Photo.state == PhotoState.TO_CHECK, Photo.id > after)
        .order_by(Photo.id)
        .limit(limit)
    )
    return [UncheckedPhoto(*row) for row in rows]
