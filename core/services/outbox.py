"""The outbox: hand over each mail once, and know how it went."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import case, delete, null, select, update
from sqlalchemy.orm import Session

from core import queue
from core.config import settings
from core.errors import ChangedMeanwhile, MailNotNeeded, NotFound
from core.models import (
    CustomerSignIn,
    EventName,
    Message,
    MessageDecision,
    MessageKind,
    MessageState,
    Order,
    Role,
    Shop,
    utc_now,
)
from core.services import decisions, history, mail_pace, shops, told
from core.services.actors import Actor
from core.services.letters import Letter

#: Priorities of the jobs that send.
USUAL, URGENT = 25, 75


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that this worker, and no other, now hands over."""

    message: Message
    shop: Shop
    thread: Sequence[str]  #: The order's mails that were sent before, the oldest first


def add(
    session: Session,
    kind: MessageKind,
    order: Order,
    letter: Letter,
    *,
    pictures: Sequence[dict[str, str]] = (),
    announces_going_on: bool = False,
    actor: Actor | None = None,
) -> int:
    """Queue a mail to the order's address, in the order's thread, and return the message's id."""
    message = Message(
        shop_id=order.shop_id,
        order_id=order.id,
        kind=kind,
        to=order.address,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        pictures=list(pictures),
        announces_going_on=announces_going_on,
        header_id=f"<{uuid4()}@{_our_host()}>",
    )
    return _queue(session, message, actor=actor)


def add_sign_in(session: Session, sign_in: CustomerSignIn, letter: Letter) -> int:
    """Queue the mail to sign in with, before all others: somebody waits for it.

    It goes where they say they read mail, not to what an order has: databases differ in which
    letters they take for the same, and then an order could be somebody else's.
    """
    message = Message(
        shop_id=sign_in.shop_id,
        sign_in_id=sign_in.id,
        kind=MessageKind.SIGN_IN,
        to=sign_in.email,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        header_id=f"<{uuid4()}@{_our_host()}>",
    )
    return _queue(session, message, priority=URGENT)


def _queue(
    session: Session, message: Message, *, actor: Actor | None = None, priority: int = USUAL
) -> int:
    session.add(message)
    session.flush()
    _record(session, EventName.MESSAGE_QUEUED, message, actor=actor)
    defer(session, message.id, priority=priority)
    return message.id


def defer(session: Session, message_id: int, *, priority: int = USUAL) -> None:
    queue.defer(
        session,
        "send_message",
        lock=f"message:{message_id}",
        priority=priority,
        message_id=message_id,
    )


def claim(session: Session, message_id: int) -> Claimed | None:
    """Take a queued message over for sending; commit before the server is spoken to.

    A real shop's mail stays queued until there is a server to send it, and an address that the
    link in it can lead to; it raises `Unavailable` where its turn has not come.
    """
    message = session.scalars(
        update(Message)
        .where(
            Message.id == message_id,
            Message.state == MessageState.QUEUED,
            mail_pace.can_leave(),
        )
        .values(state=MessageState.SENDING)
        .returning(Message),
        execution_options={"populate_existing": True},
    ).one_or_none()
    if message is None or _is_dropped(session, message):
        return None
    shop = session.get_one(Shop, message.shop_id)
    if not shop.is_demo:
        mail_pace.begin(session, message)
    message.tries += 1
    message.tried_at = utc_now()
    message.first_tried_at = message.first_tried_at or message.tried_at
    # A thread must not hang on a mail that the customer never got.
    thread = told.thread(session, message)
    message.in_reply_to = thread[-1] if thread else None
    return Claimed(message, shop, thread)


def sent(
    session: Session, message_id: int, *, reply: str | None = None, is_captured: bool = False
) -> None:
    """Note that the server has taken it: from now on, the customer's answer is waited for."""
    _lock_order(session, message_id)
    message = _settle(
        session,
        message_id,
        MessageState.SENT,
        EventName.MESSAGE_SENT,
        # Its worker may have been given up too early: the server's word counts.
        before=(MessageState.SENDING, MessageState.UNCERTAIN),
        reply=reply,
        sent_at=utc_now(),
        is_captured=is_captured,
    )
    if message is not None and message.sent_at is not None:
        told.start_clocks(session, message, message.sent_at)


def send_again(session: Session, message_id: int, *, actor: Actor) -> None:
    """Queue a mail once more that failed, or of which nobody knows; it keeps its Message-ID.

    One that failed goes to the address that the order has now.
    """
    actor.require(Role.PROCESSOR)
    message = _locked(session, message_id, MessageState.FAILED, MessageState.UNCERTAIN)
    shop = session.get_one(Shop, message.shop_id)
    if message.sign_in_id is not None or told.is_over(session, message):
        raise MailNotNeeded
    if told.is_told_later(session, message):
        raise MailNotNeeded("A later mail tells of the same, so this one is not sent again.")
    if not shops.is_live(shop):
        raise MailNotNeeded("Nothing leaves for this shop: it is not live.")
    if message.state is MessageState.FAILED:
        to = session.get_one(Order, message.order_id).address
        if not to:
            raise MailNotNeeded("This order has no e-mail address. Copy the link instead.")
        message.to = to
    message.state = MessageState.QUEUED
    message.error = message.first_tried_at = None
    _record(session, EventName.MESSAGE_QUEUED, message, actor=actor)
    defer(session, message.id)


def take_as_sent(session: Session, message_id: int, *, actor: Actor) -> None:
    """A person says that an uncertain mail arrived: answers are due as from its handing over."""
    actor.require(Role.PROCESSOR)
    message = _locked(session, message_id, MessageState.UNCERTAIN)
    message.state = MessageState.SENT
    message.error = None
    message.sent_at = message.tried_at or message.created_at
    _record(session, EventName.MESSAGE_SETTLED, message, actor=actor)
    session.flush()
    told.start_clocks(session, message, message.sent_at)


def put_back(session: Session, message_id: int, error: str) -> None:
    """The server certainly did not take it: the next attempt may."""
    _settle(session, message_id, MessageState.QUEUED, error=error)


def failed(session: Session, message_id: int, error: str) -> None:
    _settle(session, message_id, MessageState.FAILED, EventName.MESSAGE_FAILED, error=error)


def uncertain(session: Session, message_id: int, error: str) -> None:
    """Nobody knows whether the server took it. It is not sent again by itself."""
    _settle(session, message_id, MessageState.UNCERTAIN, EventName.MESSAGE_UNCERTAIN, error=error)


def recover(session: Session) -> None:
    """Look after messages whose job is gone: a worker was killed at a bad moment."""
    orphans = session.execute(
        select(Message.id, Message.state)
        .where(
            Message.state.in_([MessageState.QUEUED, MessageState.SENDING]),
            ~queue.is_pending("send_message", "message_id", Message.id),
            (Message.state == MessageState.SENDING) | mail_pace.can_leave(),
        )
        .order_by(Message.id)
        .limit(200)
    ).all()
    for message_id, state in orphans:
        if state is MessageState.SENDING:
            uncertain(session, message_id, "The worker stopped while sending.")
        else:
            defer(session, message_id)


def drop_queued(session: Session, shop_id: int) -> None:
    """Nothing more leaves for this shop: nobody has been told what its mails were about."""
    dropped = session.scalars(
        update(Message)
        .where(Message.shop_id == shop_id, Message.state == MessageState.QUEUED)
        .values(state=MessageState.DROPPED)
        .returning(Message.id)
    ).all()
    session.execute(delete(MessageDecision).where(MessageDecision.message_id.in_(dropped)))


def _is_dropped(session: Session, message: Message) -> bool:
    """Drop a message that tells of something answered or taken back meanwhile."""
    if not told.is_over(session, message):
        return False
    message.state = MessageState.DROPPED
    if message.order_id is not None and told.still_open(session, message):
        # They come in a mail of their own, as if this one had not told of them; but whoever has
        # just answered needs no reminder of the others.
        session.execute(delete(MessageDecision).where(MessageDecision.message_id == message.id))
        decisions.follow_up(session, message.order_id)
    return True


def _lock_order(session: Session, message_id: int) -> None:
    """Before the message and the photos, as erasing does."""
    session.execute(
        select(Order.id)
        .join(Message, Message.order_id == Order.id)
        .where(Message.id == message_id)
        .with_for_update(of=Order, key_share=True)
    )


def _locked(session: Session, message_id: int, *states: MessageState) -> Message:
    """One that waits for a person, or `ChangedMeanwhile` for one that does not any more."""
    _lock_order(session, message_id)
    message = session.get(Message, message_id, with_for_update=True, populate_existing=True)
    if message is None or message.to == "":
        raise NotFound
    if message.state not in states:
        raise ChangedMeanwhile
    return message


def _settle(
    session: Session,
    message_id: int,
    state: MessageState,
    event: EventName | None = None,
    *,
    before: Collection[MessageState] = (MessageState.SENDING,),
    error: str | None = None,
    reply: str | None = None,
    **values: object,
) -> Message | None:
    # The row itself says so: an order that is erased at this very moment would not show it yet.
    is_erased = Message.to == ""
    ends = MessageState.DROPPED if state is MessageState.QUEUED else state
    message = session.scalars(
        update(Message)
        .where(Message.id == message_id, Message.state.in_(before))
        .values(
            state=case((is_erased, ends), else_=state),
            # Servers repeat the address.
            error=case((is_erased, null()), else_=error),
            reply=case((is_erased, null()), else_=reply),
            **values,
        )
        .returning(Message),
        execution_options={"populate_existing": True},
    ).one_or_none()
    if message is not None and event is not None:
        _record(session, event, message)
    return message


def _record(
    session: Session, name: EventName, message: Message, *, actor: Actor | None = None
) -> None:
    history.record(
        session,
        name,
        shop_id=message.shop_id,
        order_id=message.order_id,
        actor=actor,
        message=message.id,
    )


def _our_host() -> str:
    url = settings().public_url
    return url.host if url is not None and url.host else "loupe.invalid"
