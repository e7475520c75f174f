"""Our mail to customers: as it was sent, how that went, and what needs a person."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from core.models import (
    Message,
    MessageDecision,
    MessageKind,
    MessageState,
    Order,
    Photo,
    PhotoState,
    Shop,
)
from core.queries.queue_view import LETTERS, begins, is_named
from core.queries.shops import has_left

PAGE_SIZE = 25
#: No more are counted.
COUNTED = 1000


class Folder(Enum):
    ALL = "all"
    NEEDS_PERSON = "needs_person"  #: Failed or uncertain, and the customer is still to hear of it
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    DROPPED = "dropped"


_STATES: Mapping[Folder, Sequence[MessageState]] = {
    Folder.ALL: (),
    Folder.NEEDS_PERSON: (MessageState.FAILED, MessageState.UNCERTAIN),
    Folder.WAITING: (MessageState.QUEUED, MessageState.SENDING),
    Folder.SENT: (MessageState.SENT,),
    Folder.FAILED: (MessageState.FAILED,),
    Folder.UNCERTAIN: (MessageState.UNCERTAIN,),
    Folder.DROPPED: (MessageState.DROPPED,),
}


@dataclass(frozen=True, slots=True)
class MailView:
    """What a page of the mail log is a page of."""

    folder: Folder = Folder.ALL
    search: str = ""  #: An order's number, or how an address begins
    shop_id: int | None = None  #: None: whichever

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        if states := _STATES[self.folder]:
            yield Message.state.in_(states)
        if self.folder is Folder.NEEDS_PERSON:
            yield _needs_person()
        if self.shop_id is not None:
            yield Message.shop_id == self.shop_id
        else:
            yield Message.shop_id.not_in(select(Shop.id).where(has_left()))
        if search := self.search.replace("\0", "").strip():
            yield _is_found(search)


@dataclass(frozen=True, slots=True)
class MailRow:
    """A message without its words."""

    id: int
    kind: MessageKind
    order_id: int | None
    order_name: str | None
    shop: str
    time_zone: str
    to: str  #: "" once its customer is forgotten
    subject: str
    state: MessageState
    error: str | None
    reply: str | None
    tries: int
    is_captured: bool
    created_at: datetime
    tried_at: datetime | None
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Letter:
    id: int
    to: str
    subject: str
    text: str
    html: str
    pictures: Sequence[dict[str, str]]
    sign_in_id: UUID | None
    is_captured: bool


def page(
    session: Session, view: MailView, *, before: int | None = None, limit: int = PAGE_SIZE
) -> Sequence[MailRow]:
    """The newest first; `before` is a message's id."""
    statement = (
        select(
            *(Message.id, Message.kind, Message.order_id, Order.name, Shop.name),
            Shop.time_zone,
            *(Message.to, Message.subject, Message.state, Message.error, Message.reply),
            *(Message.tries, Message.is_captured),
            *(Message.created_at, Message.tried_at, Message.sent_at),
        )
        .join(Shop, Shop.id == Message.shop_id)
        .outerjoin(Order, Order.id == Message.order_id)
        .where(*view.conditions())
        .order_by(Message.id.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(Message.id < before)
    rows: Iterable[Any] = session.execute(statement)
    return [MailRow(*row) for row in rows]


def letter(session: Session, message_id: int) -> Letter | None:
    row: Any = session.execute(_letters().where(Message.id == message_id)).one_or_none()
    return Letter(*row) if row else None


def captured(session: Session, *, limit: int) -> Sequence[Letter]:
    """What the demo would have sent, the newest first."""
    newest = _letters().where(Message.is_captured).order_by(Message.id.desc()).limit(limit)
    return [Letter(*row) for row in session.execute(newest)]


def count(session: Session, shop_id: int | None = None) -> Mapping[Folder, int]:
    """How many mails wait for something, in one statement; none is counted beyond `COUNTED`."""
    folders = (Folder.NEEDS_PERSON, Folder.WAITING, Folder.FAILED, Folder.UNCERTAIN)
    counts = (_counted(MailView(folder, shop_id=shop_id)) for folder in folders)
    row = session.execute(select(*counts)).one()
    return dict(zip(folders, row, strict=True))


def _counted(view: MailView) -> Any:
    some = select(Message.id).where(*view.conditions()).limit(COUNTED + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _letters() -> Select[Any]:
    return select(
        *(Message.id, Message.to, Message.subject),
        *(Message.text, Message.html, Message.pictures),
        *(Message.sign_in_id, Message.is_captured),
    )


def _needs_person() -> ColumnElement[bool]:
    """Whether its customer still waits for it: no later mail says the same."""
    told, later = aliased(MessageDecision), aliased(Message)
    goes = later.state.not_in([MessageState.FAILED, MessageState.DROPPED])
    again = exists().where(
        told.decision_id == MessageDecision.decision_id,
        told.message_id > Message.id,
        later.id == told.message_id,
        goes,
    )
    is_open = exists().where(
        MessageDecision.message_id == Message.id,
        Photo.decision_id == MessageDecision.decision_id,
        Photo.state == PhotoState.REJECTED,
        ~again,
    )
    tells_nothing = ~exists().where(MessageDecision.message_id == Message.id)
    was_written_later = exists().where(
        later.order_id == Message.order_id, later.id > Message.id, goes
    )
    return (Message.to != "") & or_(
        is_open, tells_nothing & Message.order_id.is_not(None) & ~was_written_later
    )


def _is_found(search: str) -> ColumnElement[bool]:
    of_orders = Message.order_id.in_(select(Order.id).where(is_named(search)))
    # What was sent to an address that has been corrected since, or to sign in.
    is_address = len(search) >= LETTERS and not search.startswith("#")
    to = begins(func.lower(Message.to), search.lower()) if is_address else false()
    return or_(of_orders, to)
