"""What a customer is asked about a photo, and how the mail that asks it went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, func, select, true
from sqlalchemy.orm import Session, aliased

from core.models import (
    Decision,
    DecisionComment,
    Message,
    MessageDecision,
    MessageState,
    Order,
    Photo,
    PhotoState,
    Staff,
)
from core.queries import reasons, rejections
from core.services.decisions import PhotoVersion


@dataclass(frozen=True, slots=True)
class Issue:
    reasons: Sequence[str]  #: The first is its folder
    comment: str
    reviewer: str  #: "" for a machine's
    decided_at: datetime
    undo_until: datetime
    rejections: int  #: How often it was rejected, this one counted
    mail: MessageState | None  #: The latest mail's; None: none was due yet
    mail_sent_at: datetime | None
    mail_error: str
    answer_due_at: datetime | None  #: None: the customer has not been told
    may_keep: bool  #: There is a picture, and every reason allows to print it
    email: str  #: Where mail goes; "" where nobody knows
    is_gentle: bool  #: The order is asked about gently


def join_to(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Add to rows of `Photo` and its `Order` what `from_row` needs; all of them are rejected."""
    rejection, reviewer, comment = aliased(Decision), aliased(Staff), aliased(DecisionComment)
    labels = reasons.labels_of(rejection.id)
    mail = (
        select(Message.state, Message.sent_at, Message.error)
        .join(MessageDecision, MessageDecision.message_id == Message.id)
        .where(MessageDecision.decision_id == rejection.id)
        .order_by(Message.id.desc())
        .limit(1)
        .lateral()
    )
    may_keep = Photo.upload_id.is_not(None) & reasons.allow_keeping(rejection.id)
    columns: Mapping[str, ColumnElement[Any]] = {
        "reasons": func.coalesce(labels.c.labels, []),
        "comment": func.coalesce(comment.text, ""),
        "reviewer": func.coalesce(reviewer.name, ""),
        "decided_at": rejection.decided_at.label(None),
        "undo_until": rejection.undo_until.label(None),
        "rejections": _rejections(),
        "mail": mail.c.state,
        "mail_sent_at": mail.c.sent_at,
        "mail_error": func.coalesce(mail.c.error, ""),
        "answer_due_at": Photo.answer_due_at.label(None),
        "may_keep": may_keep,
        "email": func.coalesce(Order.address, ""),
        "is_gentle": Order.is_gentle.label(None),
    }
    return (
        statement.add_columns(*(column.label(f"issue_{name}") for name, column in columns.items()))
        .join(rejection, rejection.id == Photo.decision_id)
        .outerjoin(reviewer, reviewer.id == rejection.reviewer_id)
        .outerjoin(comment, comment.decision_id == rejection.id)
        .outerjoin(labels, true())
        .outerjoin(mail, true())
    )


def from_row(row: RowMapping) -> Issue:
    return Issue(**{field.name: row[f"issue_{field.name}"] for field in fields(Issue)})


def versions(session: Session, order_id: int) -> Sequence[PhotoVersion]:
    """The photos of an order that wait for its customer, as they are now."""
    rows = session.execute(
        select(Photo.id, Photo.version)
        .where(Photo.order_id == order_id, Photo.state == PhotoState.REJECTED)
        .order_by(Photo.id)
    )
    return [PhotoVersion(*row) for row in rows]


def _rejections() -> ColumnElement[int]:
    rejection = aliased(Decision)
    return (
        select(func.count())
        .where(rejection.photo_id == Photo.id, rejections.is_standing(rejection))
        .scalar_subquery()
    )
