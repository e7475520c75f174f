"""Customers who ask what is known of them, and all that we hold of one."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Executable,
    String,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from core.models import (
    DataRequest,
    Decision,
    DecisionComment,
    Draft,
    LineItem,
    Message,
    Order,
    Photo,
    PhotoNote,
    Response,
    Upload,
)
from core.queries import reasons

_Told = TypeVar("_Told")


@dataclass(frozen=True, slots=True)
class OpenRequest:
    id: int
    number: str  #: Shopify's
    email: str | None
    orders: int  #: That are known here
    received_at: datetime


@dataclass(frozen=True, slots=True)
class File:
    name: str | None
    origin: str
    format: str
    bytes: int
    width: int
    height: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """Who reviewed is left out: that is somebody else's data."""

    verdict: str
    reasons: Sequence[str] | None
    comment: str | None
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    kind: str
    by: str
    message: str | None
    agreed_to: str | None
    address: str | None
    browser: str | None
    responded_at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class Mail:
    kind: str
    to: str
    subject: str
    text: str
    state: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class HeldPhoto:
    product: str
    variant: str | None
    state: str
    source: str
    url: str | None
    files: Sequence[File]
    verdicts: Sequence[Verdict]
    answers: Sequence[Answer]
    notes: Sequence[Note]


@dataclass(frozen=True, slots=True)
class HeldOrder:
    name: str
    shopify_id: str
    placed_at: datetime
    customer_name: str | None
    email: str | None
    language: str | None
    note: str | None
    tags: Sequence[str]
    photos: Sequence[HeldPhoto]
    mails: Sequence[Mail]


@dataclass(frozen=True, slots=True)
class Held:
    request: str  #: Shopify's number
    orders: Sequence[HeldOrder]


def still_open(session: Session, shop_id: int) -> Sequence[OpenRequest]:
    """The longest waiting first."""
    known = select(func.count()).select_from(Order).where(_is_asked_for()).correlate(DataRequest)
    rows = session.execute(
        select(
            DataRequest.id,
            DataRequest.shopify_id,
            DataRequest.email,
            known.scalar_subquery(),
            DataRequest.received_at,
        )
        .where(DataRequest.shop_id == shop_id, DataRequest.answered_at.is_(None))
        .order_by(DataRequest.received_at, DataRequest.id)
    )
    return [OpenRequest(*row) for row in rows]


def held(session: Session, request_id: int) -> Held | None:
    """The orders that are asked for by their ids, and the others with the customer's address.

    A fixed number of statements. None for a request that is answered.
    """
    is_it = (DataRequest.id == request_id) & DataRequest.answered_at.is_(None)
    number = session.scalar(select(DataRequest.shopify_id).where(is_it))
    if number is None:
        return None
    orders: Sequence[Any] = session.execute(
        select(
            Order.id,
            Order.name,
            Order.shopify_id,
            Order.placed_at,
            Order.customer_name,
            Order.email,
            Order.customer_locale,
            Order.note,
            Order.tags,
        )
        .join(DataRequest, _is_asked_for())
        .where(is_it)
        .order_by(Order.id)
    ).all()
    ids = [order.id for order in orders]
    parts = [part(session, ids) for part in (_photos, _mails)]
    return Held(number, [HeldOrder(*told, *(part[id_] for part in parts)) for id_, *told in orders])


def _is_asked_for() -> ColumnElement[bool]:
    return (Order.shop_id == DataRequest.shop_id) & or_(
        Order.shopify_id == func.any(DataRequest.orders),
        func.lower(Order.email) == func.lower(DataRequest.email),
    )


def _photos(session: Session, orders: Sequence[int]) -> Mapping[int, Sequence[HeldPhoto]]:
    rows: Sequence[Any] = session.execute(
        select(
            Photo.order_id,
            Photo.id,
            LineItem.title,
            LineItem.variant_title,
            Photo.state,
            Photo.source,
            Photo.url,
        )
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .where(Photo.order_id.in_(orders))
        .order_by(Photo.order_id, Photo.id)
    ).all()
    ids = [row.id for row in rows]
    parts = [part(session, ids) for part in (_files, _verdicts, _answers, _notes)]
    found = defaultdict(list)
    for order_id, id_, *told in rows:
        found[order_id].append(HeldPhoto(*told, *(part[id_] for part in parts)))
    return found


def _files(session: Session, photos: Sequence[int]) -> Mapping[int, Sequence[File]]:
    """Those that were chosen and not sent, too."""
    tables = (
        (Upload, cast(Upload.origin, String), Upload.received_at),
        (Draft, literal("draft", String), Draft.created_at),
    )
    received = union_all(
        *(
            select(
                table.photo_id,
                table.file_name,
                origin.label("origin"),
                table.format,
                table.size,
                table.width,
                table.height,
                at.label("at"),
            ).where(table.photo_id.in_(photos))
            for table, origin, at in tables
        )
    ).subquery()
    return _by_first(session, select(received).order_by(received.c.at), File)


def _verdicts(session: Session, photos: Sequence[int]) -> Mapping[int, Sequence[Verdict]]:
    labels = reasons.labels_of(Decision.id)
    statement = (
        select(
            Decision.photo_id,
            Decision.verdict,
            labels.c.labels,
            DecisionComment.text,
            Decision.decided_at,
        )
        .select_from(Decision)
        .join(labels, true())
        .outerjoin(DecisionComment, DecisionComment.decision_id == Decision.id)
        .where(Decision.photo_id.in_(photos))
        .order_by(Decision.id)
    )
    return _by_first(session, statement, Verdict)


def _answers(session: Session, photos: Sequence[int]) -> Mapping[int, Sequence[Answer]]:
    statement = (
        select(
            Response.photo_id,
            Response.kind,
            Response.by,
            Response.message,
            Response.words_shown,
            Response.address,
            Response.browser,
            Response.responded_at,
        )
        .where(Response.photo_id.in_(photos))
        .order_by(Response.id)
    )
    return _by_first(session, statement, Answer)


def _notes(session: Session, photos: Sequence[int]) -> Mapping[int, Sequence[Note]]:
    statement = (
        select(PhotoNote.photo_id, PhotoNote.text, PhotoNote.noted_at)
        .where(PhotoNote.photo_id.in_(photos))
        .order_by(PhotoNote.id)
    )
    return _by_first(session, statement, Note)


def _mails(session: Session, orders: Sequence[int]) -> Mapping[int, Sequence[Mail]]:
    statement = (
        select(
            Message.order_id,
            Message.kind,
            Message.to,
            Message.subject,
            Message.text,
            Message.state,
            Message.created_at,
            Message.sent_at,
        )
        .where(Message.order_id.in_(orders))
        .order_by(Message.id)
    )
    return _by_first(session, statement, Mail)


def _by_first(
    session: Session, statement: Executable, make: Callable[..., _Told]
) -> Mapping[int, Sequence[_Told]]:
    found = defaultdict(list)
    for owner, *told in session.execute(statement):
        found[owner].append(make(*told))
    return found
