"""The issues of orders, and what stands in a mail about them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import SQLColumnExpression, exists, func, select, true
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import NamedFromClause

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
    WhenSilent,
    utc_now,
)
from core.services import deadlines, letters, links, reasons, rounds
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
    told_at: datetime | None  #: When the first one was sent
    has_said_going_on: bool  #: That one said that we go on without an answer
    answer_due_at: datetime | None

    @property
    def is_told(self) -> bool:
        return self.told_at is not None


@dataclass(frozen=True, slots=True)
class IssueLetter:
    letter: Letter
    pictures: Sequence[dict[str, str]]  #: As `Message.pictures`
    announces_going_on: bool


def issues_of(session: Session, orders: Collection[int]) -> Sequence[OpenIssue]:
    """As the lines of each order stand."""
    told = first_told(Decision.id)
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
            exists().where(MessageDecision.decision_id == Decision.id),
            told.c.sent_at,
            func.coalesce(told.c.announces_going_on, False),
            Photo.answer_due_at,
        )
        .join(Decision, Decision.id == Photo.decision_id)
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .outerjoin(Upload, Upload.id == Decision.upload_id)
        .outerjoin(told, true())
        .where(Photo.order_id.in_(orders), Photo.state == PhotoState.REJECTED)
        .order_by(Photo.order_id, LineItem.position, Photo.id)
    )
    return [OpenIssue(*row) for row in rows]


def first_told(decision_id: SQLColumnExpression[Any]) -> NamedFromClause:
    """The mail that its customer first heard of a decision by, as one row to join."""
    return (
        select(Message.sent_at, Message.announces_going_on)
        .join(MessageDecision, MessageDecision.message_id == Message.id)
        .where(
            MessageDecision.decision_id == decision_id,
            Message.kind == MessageKind.PHOTO_ISSUE,
            Message.state == MessageState.SENT,
        )
        .order_by(Message.id)
        .limit(1)
        .lateral()
    )


def write(
    session: Session, kind: MessageKind, shop: Shop, order: Order, issues: Collection[OpenIssue]
) -> IssueLetter:
    decisions = [issue.decision_id for issue in issues]
    reasons_of, comments = _reasons(session, decisions), _comments(session, decisions)
    photos, pictures = [], []
    may_keep, goes_on = False, not order.is_gentle
    for issue in issues:
        given = reasons_of[issue.decision_id]
        cid = None
        if issue.sha256 and all(reason.shows_picture for reason in given):
            cid = f"{issue.sha256[:32]}.{issue.decision_id}@loupe"
            pictures.append({"cid": cid, "sha256": issue.sha256})
        texts = [text for reason in given if (text := _words(reason, order))]
        photos.append(LetterPhoto(issue.product, texts, comments.get(issue.decision_id, ""), cid))
        is_kept = all(reason.may_keep for reason in given)
        may_keep |= is_kept
        goes_on &= is_kept and issue.sha256 is not None and _goes_on(shop, given)
        # A reminder says nothing that the customer has not been told in time.
        goes_on &= issue.has_said_going_on or not issue.is_told
    letter = letters.write(
        kind,
        shop=shop.name,
        order=order.name,
        customer_name=order.customer_name,
        url=links.order_url(order),
        photos=photos,
        may_keep=may_keep,
        when_silent=letters.WhenSilent(_until(shop, issues), goes_on, order.is_gentle),
        round=rounds.of_photos(session, [issue.photo_id for issue in issues]),
    )
    return IssueLetter(letter, pictures, goes_on)


def _reasons(session: Session, decisions: Collection[int]) -> Mapping[int, Sequence[Reason]]:
    rows = session.execute(
        select(DecisionReason.decision_id, Reason)
        .join(Reason, Reason.id == DecisionReason.reason_id)
        .where(DecisionReason.decision_id.in_(decisions))
        .order_by(DecisionReason.decision_id, DecisionReason.position)
    )
    given = defaultdict(list)
    for decision_id, reason in rows:
        given[decision_id].append(reason)
    return given


def _comments(session: Session, decisions: Collection[int]) -> Mapping[int, str]:
    rows = session.execute(
        select(DecisionComment.decision_id, DecisionComment.text).where(
            DecisionComment.decision_id.in_(decisions)
        )
    )
    return dict(rows.all())


def _words(reason: Reason, order: Order) -> str:
    gentle = reasons.gentle_text(reason.code) if order.is_gentle else None
    return reason.customer_text if gentle is None else gentle


def _goes_on(shop: Shop, given: Collection[Reason]) -> bool:
    """The strictest of the reasons counts."""
    return all((each.when_silent or shop.when_silent) is WhenSilent.GO_ON for each in given)


def _until(shop: Shop, issues: Collection[OpenIssue]) -> datetime:
    """When the first of the answers is due, for a mail that leaves now."""
    from_now = deadlines.answer_due(utc_now(), shop)
    until = min(issue.answer_due_at or from_now for issue in issues)
    return until.astimezone(ZoneInfo(shop.time_zone))
