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
    CustomerSession,
    CustomerSignIn,
    DataRequest,
    Decision,
    DecisionComment,
    Draft,
    LineItem,
    Message,
    Order,
    OrderNote,
    Photo,
    PhotoNote,
    Response,
    ResponseUndo,
    Upload,
)
from core.queries import reasons
from core.queries.held import (
    Answer,
    File,
    Held,
    HeldOrder,
    HeldPhoto,
    Mail,
    Note,
    SignIn,
    Verdict,
    Visit,
)

_Told = TypeVar("_Told")


@dataclass(frozen=True, slots=True)
class OpenRequest:
    id: int
    number: str  #: Shopify's
    email: str | None
    orders: int  #: That are known here
    received_at: datetime


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
            Order.mail_to,
            Order.customer_locale,
            Order.note,
            Order.tags,
        )
        .join(DataRequest, _is_asked_for())
        .where(is_it)
        .order_by(Order.id)
    ).all()
    ids = [order.id for order in orders]
    parts = [part(session, ids) for part in (_photos, _mails, _order_notes)]
    return Held(
        number,
        [HeldOrder(*told, *(part[id_] for part in parts)) for id_, *told in orders],
        _sign_ins(session, request_id),
        _visits(session, request_id),
    )


def _is_asked_for() -> ColumnElement[bool]:
    return (Order.shop_id == DataRequest.shop_id) & or_(
        Order.shopify_id == func.any(DataRequest.orders),
        func.lower(Order.email) == func.lower(DataRequest.email),
        func.lower(Order.mail_to) == func.lower(DataRequest.email),
    )


def _sign_ins(session: Session, request_id: int) -> Sequence[SignIn]:
    rows = session.execute(
        select(CustomerSignIn.created_at, Message.to)
        .join(DataRequest, _is_by_asker(CustomerSignIn))
        .outerjoin(Message, Message.sign_in_id == CustomerSignIn.id)
        .where(DataRequest.id == request_id)
        .order_by(CustomerSignIn.created_at)
    )
    return [SignIn(*row) for row in rows]


def _visits(session: Session, request_id: int) -> Sequence[Visit]:
    ends_at = func.coalesce(CustomerSession.ended_at, CustomerSession.expires_at)
    rows = session.execute(
        select(CustomerSession.created_at, ends_at)
        .join(DataRequest, _is_by_asker(CustomerSession))
        .where(DataRequest.id == request_id)
        .order_by(CustomerSession.created_at)
    )
    return [Visit(*row) for row in rows]


def _is_by_asker(table: type[CustomerSignIn | CustomerSession]) -> ColumnElement[bool]:
    return (table.shop_id == DataRequest.shop_id) & (table.email == func.lower(DataRequest.email))


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
            ResponseUndo.undone_at,
        )
        .outerjoin(ResponseUndo, ResponseUndo.response_id == Response.id)
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


def _order_notes(session: Session, orders: Sequence[int]) -> Mapping[int, Sequence[Note]]:
    statement = (
        select(OrderNote.order_id, OrderNote.text, OrderNote.noted_at)
        .where(OrderNote.order_id.in_(orders))
        .order_by(OrderNote.id)
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
