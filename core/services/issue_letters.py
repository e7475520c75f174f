"""The issues of orders, and what stands in a mail about them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from core.models import (
    Decision,
    DecisionComment,
    DecisionReason,
    LineItem,
    Message,
    MessageDecision,
    MessageKind,
    MessageState,
    Order,
    Photo,
    PhotoState,
    Reason,
    Shop,
    Upload,
)
from core.services import letters, links
from core.services.letters import Letter, LetterPhoto


@dataclass(frozen=True, slots=True)
class OpenIssue:
    """A rejection that its customer is to hear of."""

    photo_id: int
    version: int
    order_id: int
    decision_id: int
    decided_at: datetime
    undo_until: datetime
    product: str
    sha256: str | None
    is_mailed: bool  #: There is a mail about it, however it went
    is_told: bool  #: One was sent


@dataclass(frozen=True, slots=True)
class IssueLetter:
    letter: Letter
    pictures: Sequence[dict[str, str]]  #: As `Message.pictures`


def issues_of(session: Session, orders: Collection[int]) -> Sequence[OpenIssue]:
    """As the lines of each order stand."""
    rows: Iterable[Any] = session.execute(
        select(
            Photo.id,
            Photo.version,
            Photo.order_id,
            Decision.id,
            Decision.decided_at,
            Decision.undo_until,
            LineItem.title,
            Upload.sha256,
            _has_mail(),
            _has_mail(Message.state == MessageState.SENT),
        )
        .join(Decision, Decision.id == Photo.decision_id)
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .outerjoin(Upload, Upload.id == Decision.upload_id)
        .where(Photo.order_id.in_(orders), Photo.state == PhotoState.REJECTED)
        .order_by(Photo.order_id, LineItem.position, Photo.id)
    )
    return [OpenIssue(*row) for row in rows]


def write(
    session: Session, kind: MessageKind, shop: Shop, order: Order, issues: Collection[OpenIssue]
) -> IssueLetter:
    decisions = [issue.decision_id for issue in issues]
    reasons = session.execute(
        select(DecisionReason.decision_id, Reason)
        .join(Reason, Reason.id == DecisionReason.reason_id)
        .where(DecisionReason.decision_id.in_(decisions))
        .order_by(DecisionReason.decision_id, DecisionReason.position)
    ).all()
    comments = dict(
        session.execute(
            select(DecisionComment.decision_id, DecisionComment.text).where(
                DecisionComment.decision_id.in_(decisions)
            )
        ).all()
    )
    photos, pictures = [], []
    may_keep = False
    for issue in issues:
        given = [reason for decision_id, reason in reasons if decision_id == issue.decision_id]
        cid = None
        if issue.sha256 and all(reason.shows_picture for reason in given):
            cid = f"{issue.sha256[:32]}.{issue.decision_id}@loupe"
            pictures.append({"cid": cid, "sha256": issue.sha256})
        texts = [reason.customer_text for reason in given if reason.customer_text]
        photos.append(LetterPhoto(issue.product, texts, comments.get(issue.decision_id, ""), cid))
        may_keep |= all(reason.may_keep for reason in given)
    letter = letters.write(
        kind,
        shop=shop.name,
        order=order.name,
        customer_name=order.customer_name,
        url=links.order_url(order),
        photos=photos,
        may_keep=may_keep,
    )
    return IssueLetter(letter, pictures)


def _has_mail(*how: ColumnElement[bool]) -> ColumnElement[bool]:
    about_it = MessageDecision.decision_id == Decision.id
    return exists().where(about_it, Message.id == MessageDecision.message_id, *how)
