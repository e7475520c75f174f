"""All that is known of one order: how it stands, and what it has been through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session, aliased, contains_eager

from core.findings.finding import Finding
from core.findings.print_area import PrintArea
from core.models import (
    Decision,
    DecisionComment,
    Event,
    EventName,
    LineItem,
    Message,
    MessageKind,
    MessageState,
    OrderNote,
    OrderNoteKind,
    Photo,
    PhotoNote,
    PhotoState,
    Product,
    Response,
    ResponseBy,
    ResponseKind,
    ResponseUndo,
    Shop,
    Staff,
    Undo,
    Upload,
    Variant,
    Verdict,
    WithdrawnBecause,
)
from core.queries import findings, order_head, order_shipping, reasons
from core.queries.order_head import Head
from core.queries.order_shipping import StoryFulfillment, StoryHold
from core.queries.print_areas import area_of
from core.services.slots import MISSING

#: The newest of them; an order with more has been changed in Shopify for months.
EVENTS = 500


@dataclass(frozen=True, slots=True)
class StoryPhoto:
    id: int
    version: int
    number: int  #: On its order, from 1
    state: PhotoState
    withdrawn_because: WithdrawnBecause | None
    check_code: str  #: Why it is to be checked; "" where it is not
    is_missing: bool  #: None came with the order, for a product that needs one
    product: str
    variant: str
    quantity: int
    sha256: str  #: "" without a picture
    width: int
    height: int
    area: PrintArea | None
    findings: Sequence[Finding]  #: The worst first
    is_decided: bool  #: A decision is in force, which may be taken back
    changed_url: str  #: The other file that the order has come to name; "" if none
    is_change_declined: bool  #: Staff said not to use that


@dataclass(frozen=True, slots=True)
class StoryDecision:
    photo_id: int
    verdict: Verdict
    reasons: Sequence[str]
    comment: str
    reviewer: str  #: "" for a machine's
    decided_at: datetime
    is_undone: bool


@dataclass(frozen=True, slots=True)
class StoryResponse:
    photo_id: int
    kind: ResponseKind
    by: ResponseBy
    staff: str
    message: str
    responded_at: datetime
    is_undone: bool


@dataclass(frozen=True, slots=True)
class StoryMessage:
    id: int
    kind: MessageKind
    to: str
    state: MessageState
    is_captured: bool
    error: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class StoryEvent:
    name: EventName
    photo_id: int | None
    staff: str
    ids: Mapping[str, Any]
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class StoryNote:
    kind: OrderNoteKind
    text: str


@dataclass(frozen=True, slots=True)
class Story:
    head: Head
    photos: Sequence[StoryPhoto]
    decisions: Sequence[StoryDecision]  #: These and the rest in the order that they happened in
    responses: Sequence[StoryResponse]
    messages: Sequence[StoryMessage]
    holds: Sequence[StoryHold]
    fulfillments: Sequence[StoryFulfillment]
    events: Sequence[StoryEvent]
    notes: Mapping[int, str]  #: What staff wrote for a manager, by the note's id
    order_notes: Mapping[int, StoryNote]  #: What they did outside Loupe, by the note's id
    staff: Mapping[int, str]  #: Names


def of_order(session: Session, order_id: int) -> Story | None:
    """None where there is no such order. Eleven statements, however long its story is."""
    found = order_head.of_order(session, order_id)
    if found is None:
        return None
    return Story(
        head=found,
        photos=_photos(session, order_id),
        decisions=_decisions(session, order_id),
        responses=_responses(session, order_id),
        messages=_messages(session, order_id),
        holds=order_shipping.holds(session, order_id),
        fulfillments=order_shipping.fulfillments(session, order_id),
        events=_events(session, order_id),
        notes=_notes(session, order_id),
        order_notes=_order_notes(session, order_id),
        staff={row.id: row.name for row in session.execute(select(Staff.id, Staff.name))},
    )


def _photos(session: Session, order_id: int) -> Sequence[StoryPhoto]:
    found = findings.of_upload(Upload.id)
    rows = session.execute(
        select(Photo, LineItem, Variant, Upload, Shop, found.c.findings)
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .join(Shop, Shop.id == Photo.shop_id)
        .outerjoin(Variant, Variant.id == LineItem.variant_id)
        .outerjoin(Product, Product.id == Variant.product_id)
        .outerjoin(Upload, Upload.id == Photo.upload_id)
        .outerjoin(found, true())
        .options(contains_eager(Variant.product))
        .where(Photo.order_id == order_id)
        .order_by(LineItem.position, LineItem.id, Photo.ordinal, Photo.id)
    ).all()
    return [
        StoryPhoto(
            id=row.Photo.id,
            version=row.Photo.version,
            number=number,
            state=row.Photo.state,
            withdrawn_because=row.Photo.withdrawn_because,
            check_code=row.Photo.check_code or "",
            is_missing=row.Photo.source == MISSING,
            product=row.LineItem.title,
            variant=row.LineItem.variant_title or "",
            quantity=row.LineItem.quantity,
            sha256=row.Upload.sha256 if row.Upload else "",
            width=row.Upload.width if row.Upload else 0,
            height=row.Upload.height if row.Upload else 0,
            area=area_of(row.Shop, row.LineItem, row.Variant),
            findings=findings.from_json(row.findings),
            is_decided=row.Photo.decision_id is not None,
            changed_url=row.Photo.changed_url or "",
            is_change_declined=bool(row.Photo.changed_url)
            and row.Photo.changed_url == row.Photo.declined_url,
        )
        for number, row in enumerate(rows, start=1)
    ]


def _decisions(session: Session, order_id: int) -> Sequence[StoryDecision]:
    labels = reasons.labels_of(Decision.id)
    rows = session.execute(
        select(
            Decision.photo_id,
            Decision.verdict,
            func.coalesce(labels.c.labels, []),
            func.coalesce(DecisionComment.text, ""),
            func.coalesce(Staff.name, ""),
            Decision.decided_at,
            Undo.decision_id.is_not(None),
        )
        .join(Photo, Photo.id == Decision.photo_id)
        .outerjoin(labels, true())
        .outerjoin(DecisionComment, DecisionComment.decision_id == Decision.id)
        .outerjoin(Staff, Staff.id == Decision.reviewer_id)
        .outerjoin(Undo, Undo.decision_id == Decision.id)
        .where(Photo.order_id == order_id)
        .order_by(Decision.id)
    )
    return [StoryDecision(*row) for row in rows]


def _responses(session: Session, order_id: int) -> Sequence[StoryResponse]:
    rows = session.execute(
        select(
            Response.photo_id,
            Response.kind,
            Response.by,
            func.coalesce(Staff.name, ""),
            func.coalesce(Response.message, ""),
            Response.responded_at,
            ResponseUndo.response_id.is_not(None),
        )
        .join(Photo, Photo.id == Response.photo_id)
        .outerjoin(ResponseUndo, ResponseUndo.response_id == Response.id)
        .outerjoin(Staff, Staff.id == Response.staff_id)
        .where(Photo.order_id == order_id)
        .order_by(Response.id)
    )
    return [StoryResponse(*row) for row in rows]


def _messages(session: Session, order_id: int) -> Sequence[StoryMessage]:
    rows = session.execute(
        select(
            Message.id,
            Message.kind,
            Message.to,
            Message.state,
            Message.is_captured,
            func.coalesce(Message.error, ""),
            Message.created_at,
            Message.sent_at,
        )
        .where(Message.order_id == order_id)
        .order_by(Message.id)
    )
    return [StoryMessage(*row) for row in rows]


def _events(session: Session, order_id: int) -> Sequence[StoryEvent]:
    newest = (
        select(Event)
        .where(Event.order_id == order_id)
        .order_by(Event.id.desc())
        .limit(EVENTS)
        .subquery()
    )
    event = aliased(Event, newest)
    rows = session.execute(
        select(
            event.name,
            event.photo_id,
            func.coalesce(Staff.name, ""),
            event.ids,
            event.happened_at,
        )
        .outerjoin(Staff, Staff.id == event.staff_id)
        .order_by(event.id)
    )
    return [StoryEvent(*row) for row in rows]


def _notes(session: Session, order_id: int) -> Mapping[int, str]:
    rows = session.execute(
        select(PhotoNote.id, PhotoNote.text)
        .join(Photo, Photo.id == PhotoNote.photo_id)
        .where(Photo.order_id == order_id)
    )
    return {row.id: row.text for row in rows}


def _order_notes(session: Session, order_id: int) -> Mapping[int, StoryNote]:
    rows = session.execute(
        select(OrderNote.id, OrderNote.kind, OrderNote.text).where(OrderNote.order_id == order_id)
    )
    return {row.id: StoryNote(row.kind, row.text) for row in rows}
