"""Which mails to customers are due, and what stands in them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from core import queue
from core.models import (
    Decision,
    Message,
    MessageDecision,
    MessageKind,
    MessageState,
    Order,
    Photo,
    PhotoState,
    Response,
    ResponseBy,
    Role,
    Shop,
)
from core.services import (
    decisions,
    issue_letters,
    letters,
    links,
    locks,
    outbox,
    shops,
    throttle,
)
from core.services.actors import Actor
from core.services.decisions import PhotoVersion
from core.services.issue_letters import OpenIssue

#: After the first rejection, a mail waits no longer for the order's other photos.
LATEST = timedelta(minutes=60)
#: Nobody is reminded more often.
REMINDERS_APART = timedelta(hours=1)
NEW_LINKS = throttle.Limit(3, refill=timedelta(minutes=5))


@dataclass(frozen=True, slots=True)
class Reminded:
    """Which photos' customers are written to, and why others are not."""

    done: Sequence[int]
    refused: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class _AskingMails:
    """The mails to a customer that ask something."""

    is_under_way: bool
    reminded_at: datetime | None


def queue_issue_mail(session: Session, order_id: int) -> datetime | None:
    """Queue the order's mail if it is due. Return when to look again, if there is a reason to.

    It is due when every photo is decided and no decision can still be undone, at the latest an
    hour after the first rejection.
    """
    # Locked: of two jobs that look at once, the second finds the mail queued.
    order = session.scalars(
        select(Order).where(Order.id == order_id).with_for_update(key_share=True)
    ).one()
    shop = session.get_one(Shop, order.shop_id)
    unmailed = [
        issue
        for issue in issue_letters.issues_of(session, [order_id])
        if not issue.is_mailed and shops.is_live_since(shop, issue.decided_at)
    ]
    if not unmailed or not order.address or not shops.is_live_for(shop, order):
        return None
    now = queue.now(session)
    latest = min(issue.decided_at for issue in unmailed) + LATEST
    if now < latest:
        undo_until = _undo_until(session, order_id)
        if undo_until > now:
            return min(latest, undo_until)
        if _has_undecided(session, order_id):
            return latest
    final = [issue for issue in unmailed if issue.undo_until <= now]
    if final:
        _queue_issues(session, MessageKind.PHOTO_ISSUE, shop, order, final)
    pending = [issue.undo_until for issue in unmailed if issue.undo_until > now]
    return min(pending, default=None)


def recover(session: Session) -> None:
    """Look again at orders with rejections that no mail tells of, and that no job looks at."""
    forgotten = session.scalars(
        select(Photo.order_id)
        .where(
            Photo.is_in(PhotoState.REJECTED),
            ~exists().where(MessageDecision.decision_id == Photo.decision_id),
            ~queue.is_pending("follow_up_order", "order_id", Photo.order_id),
        )
        .distinct()
    ).all()
    decisions.follow_up(session, *forgotten)


def remind(session: Session, seen: Collection[PhotoVersion], *, actor: Actor) -> Reminded:
    """Ask customers once more, in one mail per order about all that they were told of.

    Who has not been told of a photo gets the order's first mail, at once.
    """
    actor.require(Role.PROCESSOR)
    locks.orders_of(session, [photo.id for photo in seen])
    orders = _orders_of(session, seen)
    mails = _asking_mails(session, orders)
    issues = issue_letters.issues_of(session, orders)
    by_photo = {issue.photo_id: issue for issue in issues}
    now = queue.now(session)
    refused: dict[int, str] = {}
    chosen: dict[int, list[OpenIssue]] = defaultdict(list)
    for photo in seen:
        issue = by_photo.get(photo.id)
        if issue is None or issue.version != photo.version:
            refused[photo.id] = "The customer has answered meanwhile, or it was taken back."
        elif why := _why_not(issue, *orders[issue.order_id], mails.get(issue.order_id), now):
            refused[photo.id] = why
        else:
            chosen[issue.order_id].append(issue)
    for order_id, wanted in chosen.items():
        order, shop = orders[order_id]
        about = [each for each in issues if each.order_id == order_id and each.undo_until <= now]
        kind = MessageKind.PHOTO_ISSUE
        if all(issue.is_told for issue in wanted):
            kind, about = MessageKind.REMINDER, [issue for issue in about if issue.is_told]
        _queue_issues(session, kind, shop, order, about, actor=actor)
    done = [issue.photo_id for wanted in chosen.values() for issue in wanted]
    return Reminded(sorted(done), refused)


def queue_reminder(
    session: Session, shop: Shop, order: Order, issues: Collection[OpenIssue]
) -> None:
    """Ask once more about issues that the customer was told of, unless a mail is under way."""
    mails = _asking_mails(session, [order.id]).get(order.id)
    if order.address and not (mails and mails.is_under_way):
        _queue_issues(session, MessageKind.REMINDER, shop, order, issues)


def queue_all_approved(session: Session, order_id: int) -> None:
    """Tell a customer who had been asked for something that all is well."""
    order = session.get_one(Order, order_id)
    if not order.address or not _knows_of_issue(session, order_id):
        return
    _queue(session, MessageKind.ALL_APPROVED, order)


def _knows_of_issue(session: Session, order_id: int) -> bool:
    """Whether the customer heard of an issue, and not yet that all is well."""
    of_order = Message.order_id == order_id
    was_told = exists().where(
        of_order,
        Message.kind == MessageKind.PHOTO_ISSUE,
        Message.state.in_([MessageState.SENDING, MessageState.SENT, MessageState.UNCERTAIN]),
    )
    has_answered = exists().where(
        Response.photo_id == Photo.id,
        Photo.order_id == order_id,
        Response.by == ResponseBy.CUSTOMER,
    )
    is_reassured = exists().where(of_order, Message.kind == MessageKind.ALL_APPROVED)
    return bool(session.scalar(select((was_told | has_answered) & ~is_reassured)))


def queue_new_link(session: Session, order_id: int) -> None:
    """Mail the order's link to the order's own address; three times in 15 minutes, then not."""
    order = session.get(Order, order_id)
    if order is None or not order.address:
        return
    if throttle.take(session, f"new-link:{order_id}", NEW_LINKS):
        _queue(session, MessageKind.NEW_LINK, order)


def _undo_until(session: Session, order_id: int) -> datetime:
    """When the last of the order's decisions is final."""
    return session.scalars(
        select(func.max(Decision.undo_until))
        .join(Photo, Photo.decision_id == Decision.id)
        .where(Photo.order_id == order_id)
    ).one()


def _orders_of(
    session: Session, seen: Collection[PhotoVersion]
) -> Mapping[int, tuple[Order, Shop]]:
    of_these = select(Photo.order_id).where(Photo.id.in_([photo.id for photo in seen]))
    rows = session.execute(
        select(Order, Shop).join(Shop, Shop.id == Order.shop_id).where(Order.id.in_(of_these)),
        execution_options={"populate_existing": True},
    )
    return {order.id: (order, shop) for order, shop in rows}


def _asking_mails(session: Session, orders: Collection[int]) -> Mapping[int, _AskingMails]:
    rows = session.execute(
        select(
            Message.order_id,
            func.bool_or(Message.state.in_([MessageState.QUEUED, MessageState.SENDING])),
            func.max(Message.sent_at).filter(Message.kind == MessageKind.REMINDER),
        )
        .where(
            Message.order_id.in_(orders),
            Message.kind.in_([MessageKind.PHOTO_ISSUE, MessageKind.REMINDER]),
        )
        .group_by(Message.order_id)
    )
    return {order_id: _AskingMails(*mails) for order_id, *mails in rows}


def _why_not(
    issue: OpenIssue, order: Order, shop: Shop, mails: _AskingMails | None, now: datetime
) -> str:
    """Why no mail about the issue leaves now; "" if one does."""
    if not order.address:
        return "This order has no e-mail address. Copy the link instead."
    if not shops.is_live_for(shop, order):
        return "No mail leaves for this order: it is older than the shop's start."
    if issue.undo_until > now:
        return "This can still be undone. The mail leaves after that."
    if mails and mails.is_under_way:
        return "The mail is on its way already."
    if mails and mails.reminded_at and now - mails.reminded_at < REMINDERS_APART:
        minutes = max(1, (now - mails.reminded_at) // timedelta(minutes=1))
        return f"Reminded {minutes} minute{'s' if minutes > 1 else ''} ago."
    return ""


def _has_undecided(session: Session, order_id: int) -> bool:
    undecided = [PhotoState.FETCHING, PhotoState.TO_CHECK, PhotoState.IN_REVIEW]
    return bool(
        session.scalar(
            select(exists().where(Photo.order_id == order_id, Photo.state.in_(undecided)))
        )
    )


def _queue_issues(
    session: Session,
    kind: MessageKind,
    shop: Shop,
    order: Order,
    issues: Collection[OpenIssue],
    *,
    actor: Actor | None = None,
) -> int:
    written = issue_letters.write(session, kind, shop, order, issues)
    message_id = outbox.add(
        session,
        kind,
        order,
        written.letter,
        pictures=written.pictures,
        announces_going_on=written.announces_going_on,
        actor=actor,
    )
    session.add_all(
        MessageDecision(decision_id=issue.decision_id, message_id=message_id) for issue in issues
    )
    return message_id


def _queue(session: Session, kind: MessageKind, order: Order) -> int:
    letter = letters.write(
        kind,
        shop=session.get_one(Shop, order.shop_id).name,
        order=order.name,
        customer_name=order.customer_name,
        url=links.order_url(order),
    )
    return outbox.add(session, kind, order, letter)
