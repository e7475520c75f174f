"""Forget a customer, and keep what the statistics need without the person.

What goes: name, address and language of the order, its note and tags; where its photos came from,
their files with names, fingerprints and other measures; the words of comments, answers and mails,
and where answers came from; with the last of their orders, that they have signed in. What stays:
the order's number and Shopify's id, its products, the photos' states, sizes and findings, the
decisions with their reasons, and when everything happened. Rows that are otherwise never edited
are blanked, not deleted: others name them by their ids.
A picture's SHA-256 tells who has that picture, so it goes, too; what the job that removes the
bytes was told of it is forgotten with the job, within a week.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, delete, func, null, or_, select, update
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.models import (
    DataRequest,
    Decision,
    DecisionComment,
    Draft,
    EventName,
    Message,
    MessageState,
    Order,
    OrderNote,
    Photo,
    PhotoNote,
    PhotoState,
    Response,
    Role,
    Upload,
    WithdrawnBecause,
    utc_now,
)
from core.queries import erasable
from core.services import customer_sign_in, history, keeping
from core.services.actors import Actor
from core.services.staff import CommandLine


@dataclass(frozen=True, slots=True)
class Erased:
    orders: int = 0
    photos: int = 0
    files: int = 0
    messages: int = 0

    def __add__(self, other: "Erased") -> "Erased":
        return Erased(
            self.orders + other.orders,
            self.photos + other.photos,
            self.files + other.files,
            self.messages + other.messages,
        )


def erase_order(session: Session, order_id: int, *, manager: Actor | CommandLine) -> Erased:
    """Forget who ordered and all that they sent; photos that still wait are withdrawn.

    Because of these nothing is released: what nobody has approved must not ship. Somebody cancels
    the order in Shopify, or ends our hold there. One that is erased already stays so. Raises
    `NotFound`.
    """
    actor = manager.require(Role.MANAGER)
    return _erase(session, _locked(session, order_id), actor=actor)


def erase_customer(
    session: Session, shop_id: int, email: str, *, manager: Actor | CommandLine
) -> Erased:
    """Erase all orders of a shop with this address."""
    actor = manager.require(Role.MANAGER)
    _forget_requests(session, shop_id, email)
    return _erase_all(session, shop_id, _is_of(email), actor=actor)


def redact(session: Session, shop_id: int, *, email: str | None, orders: Collection[str]) -> Erased:
    """Erase a customer at Shopify's word: these orders of the shop, and those with the address.

    What still ships is erased, too, and the event says so.
    """
    if email is None:
        return _erase_all(session, shop_id, Order.shopify_id.in_(orders), at_shopifys_word=True)
    _forget_requests(session, shop_id, email)
    theirs = or_(_is_of(email), Order.shopify_id.in_(orders))
    return _erase_all(session, shop_id, theirs, at_shopifys_word=True)


def redact_order(session: Session, order_id: int) -> Erased:
    """Erase an order of a shop that is to be forgotten."""
    return _erase(session, _locked(session, order_id), actor=None, at_shopifys_word=True)


def expire(session: Session, order_id: int) -> Erased:
    """Erase an order whose time is over. Nobody asks for it but the shop's own setting."""
    order = _locked(session, order_id)
    # Since the night's list was made, the order may have changed, or the setting.
    if not erasable.is_expired(session, order_id):
        return Erased()
    return _erase(session, order, actor=None)


def _locked(session: Session, order_id: int) -> Order:
    """Lock it first, as a sync and an answer do: what they write comes before, or never."""
    order = session.get(
        Order, order_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if order is None:
        raise NotFound
    return order


def _is_of(email: str) -> ColumnElement[bool]:
    address = email.strip().lower()
    return (func.lower(Order.email) == address) | (func.lower(Order.mail_to) == address)


def _forget_requests(session: Session, shop_id: int, email: str) -> None:
    session.execute(
        update(DataRequest)
        .where(
            DataRequest.shop_id == shop_id,
            func.lower(DataRequest.email) == email.strip().lower(),
        )
        .values(email=None)
    )


def _erase_all(
    session: Session,
    shop_id: int,
    condition: ColumnElement[bool],
    *,
    actor: Actor | None = None,
    at_shopifys_word: bool = False,
) -> Erased:
    orders = session.scalars(
        select(Order.id).where(Order.shop_id == shop_id, condition).order_by(Order.id)
    ).all()
    erased = (
        _erase(session, _locked(session, id_), actor=actor, at_shopifys_word=at_shopifys_word)
        for id_ in orders
    )
    return sum(erased, Erased())


def _erase(
    session: Session, order: Order, *, actor: Actor | None, at_shopifys_word: bool = False
) -> Erased:
    if order.erased_at is not None:
        return Erased()
    photos = _blank_photos(session, order, actor)
    files = _let_files_go(session, photos)
    _blank_words(session, order, photos)
    messages = _blank_messages(session, order)
    addresses = order.email, order.mail_to
    _blank_order(order)
    session.flush()
    customer_sign_in.forget(session, order.shop_id, *addresses)
    erased = Erased(orders=1, photos=len(photos), files=files, messages=messages)
    history.record(
        session,
        EventName.ORDER_ERASED,
        shop_id=order.shop_id,
        order_id=order.id,
        actor=actor,
        photos=erased.photos,
        files=erased.files,
        messages=erased.messages,
        **(_shopifys_word(order) if at_shopifys_word else {}),
    )
    return erased


def _shopifys_word(order: Order) -> dict[str, Any]:
    is_over = order.is_fulfilled or order.cancelled_at or order.deleted_at
    return {"asked": "shopify", "was_open": not is_over}


def _blank_photos(session: Session, order: Order, actor: Actor | None) -> Sequence[int]:
    photos = session.scalars(
        select(Photo)
        .where(Photo.order_id == order.id)
        .order_by(Photo.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).all()
    withdrawn = [
        photo for photo in photos if photo.state not in (PhotoState.APPROVED, PhotoState.WITHDRAWN)
    ]
    for photo in withdrawn:
        photo.state = PhotoState.WITHDRAWN
        photo.withdrawn_because = WithdrawnBecause.ERASED
        photo.version += 1
        history.record_photo(
            session,
            EventName.PHOTO_WITHDRAWN,
            photo,
            actor=actor,
            because=WithdrawnBecause.ERASED.value,
        )
    for photo in photos:
        # Blank, not None: that means that the order has named no photo.
        photo.url = photo.url and ""
        photo.changed_url = photo.declined_url = photo.check_host = None
        # There is nothing left to look at: no decision in force can be taken back.
        photo.decision_id = photo.filed_under_id = None
    return [photo.id for photo in photos]


def _let_files_go(session: Session, photos: Sequence[int]) -> int:
    of_uploads = session.scalars(select(Upload.sha256).where(Upload.photo_id.in_(photos))).all()
    session.execute(
        update(Upload)
        .where(Upload.photo_id.in_(photos))
        # JSON has a null of its own, which is not meant here.
        .values(sha256="", file_name=None, measures=null())
    )
    of_drafts = session.scalars(
        delete(Draft).where(Draft.photo_id.in_(photos)).returning(Draft.sha256)
    ).all()
    keeping.let_go(session, [*of_uploads, *of_drafts])
    return len(of_uploads) + len(of_drafts)


def _blank_words(session: Session, order: Order, photos: Sequence[int]) -> None:
    of_photos = select(Decision.id).where(Decision.photo_id.in_(photos))
    session.execute(
        update(DecisionComment).where(DecisionComment.decision_id.in_(of_photos)).values(text="")
    )
    session.execute(update(OrderNote).where(OrderNote.order_id == order.id).values(text=""))
    session.execute(update(PhotoNote).where(PhotoNote.photo_id.in_(photos)).values(text=""))
    session.execute(
        update(Response)
        .where(Response.photo_id.in_(photos))
        .values(words_shown=None, message=None, address=None, browser=None)
    )


def _blank_messages(session: Session, order: Order) -> int:
    blanked = session.scalars(
        update(Message)
        .where(Message.order_id == order.id)
        .values(
            state=case(
                (Message.state == MessageState.QUEUED, MessageState.DROPPED), else_=Message.state
            ),
            to="",
            subject="",
            text="",
            html="",
            pictures=[],
            error=None,  # servers repeat the address they refuse
            reply=None,
        )
        .returning(Message.id)
    )
    return len(blanked.all())


def _blank_order(order: Order) -> None:
    order.email = order.mail_to = None
    order.customer_name = order.customer_locale = order.note = None
    order.tags = []
    order.content_hash = None
    order.link_epoch += 1
    order.erased_at = utc_now()
