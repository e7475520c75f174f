"""Which mails to customers are due, and what stands in them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from core import queue
from core.config import settings
from core.errors import NotFound, NothingToSend
from core.models import (
    Decision,
    DecisionComment,
    DecisionReason,
    EventName,
    LineItem,
    Message,
    MessageDecision,
    MessageKind,
    MessageState,
    Order,
    Photo,
    PhotoState,
    Reason,
    Response,
    Role,
    Shop,
    Upload,
)
from core.services import decisions, history, letters, links, outbox, shops, throttle
from core.services.actors import Actor
from core.services.letters import LetterPhoto

#: After the first rejection, a mail waits no longer for the order's other photos.
LATEST = timedelta(minutes=60)
NEW_LINKS = throttle.Limit(3, refill=timedelta(minutes=5))


@dataclass(frozen=True, slots=True)
class _Issue:
    """A rejection that its customer is to hear of."""

    decision_id: int
    decided_at: datetime
    undo_until: datetime
    product: str
    sha256: str | None
    is_mailed: bool


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
    unmailed = [issue for issue in _issues(session, order_id) if not issue.is_mailed]
    if not unmailed or not order.email or not shops.is_live_for(shop, order):
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
        _queue_issues(session, shop, order, final)
    pending = [issue.undo_until for issue in unmailed if issue.undo_until > now]
    return min(pending, default=None)


def recover(session: Session) -> None:
    """Look again at orders with rejections that no mail tells of, and that no job looks at."""
    forgotten = session.scalars(
        select(Photo.order_id)
        .where(
            Photo.state == PhotoState.REJECTED,
            ~exists().where(MessageDecision.decision_id == Photo.decision_id),
            ~queue.is_pending("follow_up_order", "order_id", Photo.order_id),
        )
        .distinct()
    ).all()
    for order_id in forgotten:
        decisions.follow_up(session, order_id)


def send_issues_now(session: Session, order_id: int, *, actor: Actor) -> int:
    """Mail all open issues of an order at once, also those mailed before. Return the message."""
    actor.require(Role.PROCESSOR)
    order = session.scalars(
        select(Order).where(Order.id == order_id).with_for_update(key_share=True)
    ).one_or_none()
    if order is None:
        raise NotFound
    shop = session.get_one(Shop, order.shop_id)
    if not order.email:
        raise NothingToSend("This order has no e-mail address. Copy the link instead.")
    if not shops.is_live_for(shop, order):
        raise NothingToSend("No mail leaves for this order: it is older than the shop's start.")
    if _is_under_way(session, order_id):
        raise NothingToSend("The mail is on its way already.")
    now = queue.now(session)
    issues = [issue for issue in _issues(session, order_id) if issue.undo_until <= now]
    if not issues:
        raise NothingToSend
    return _queue_issues(session, shop, order, issues, actor=actor)


def queue_all_approved(session: Session, order_id: int) -> None:
    """Tell a customer who had been asked for something that all is well."""
    order = session.get_one(Order, order_id)
    if not order.email or not _knows_of_issue(session, order_id):
        return
    _queue(session, session.get_one(Shop, order.shop_id), order, MessageKind.ALL_APPROVED)


def _knows_of_issue(session: Session, order_id: int) -> bool:
    """Whether the customer heard of an issue, and not yet that all is well."""
    of_order = Message.order_id == order_id
    was_told = exists().where(
        of_order,
        Message.kind == MessageKind.PHOTO_ISSUE,
        Message.state.in_([MessageState.SENDING, MessageState.SENT, MessageState.UNCERTAIN]),
    )
    has_answered = exists().where(Response.photo_id == Photo.id, Photo.order_id == order_id)
    is_reassured = exists().where(of_order, Message.kind == MessageKind.ALL_APPROVED)
    return bool(session.scalar(select((was_told | has_answered) & ~is_reassured)))


def queue_new_link(session: Session, order_id: int) -> None:
    """Mail the order's link to the order's own address; three times in 15 minutes, then not."""
    order = session.get(Order, order_id)
    if order is None or not order.email:
        return
    if throttle.take(session, f"new-link:{order_id}", NEW_LINKS):
        _queue(session, session.get_one(Shop, order.shop_id), order, MessageKind.NEW_LINK)


def _issues(session: Session, order_id: int) -> Sequence[_Issue]:
    rows = session.execute(
        select(
            Decision.id,
            Decision.decided_at,
            Decision.undo_until,
            LineItem.title,
            Upload.sha256,
            exists().where(MessageDecision.decision_id == Decision.id).label("is_mailed"),
        )
        .join(Photo, Photo.decision_id == Decision.id)
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .outerjoin(Upload, Upload.id == Decision.upload_id)
        .where(Photo.order_id == order_id, Photo.state == PhotoState.REJECTED)
        .order_by(LineItem.position, Photo.id)
    ).all()
    return [_Issue(*row) for row in rows]


def _undo_until(session: Session, order_id: int) -> datetime:
    """When the last of the order's decisions is final."""
    return session.scalars(
        select(func.max(Decision.undo_until))
        .join(Photo, Photo.decision_id == Decision.id)
        .where(Photo.order_id == order_id)
    ).one()


def _is_under_way(session: Session, order_id: int) -> bool:
    return bool(
        session.scalar(
            select(
                exists().where(
                    Message.order_id == order_id,
                    Message.kind == MessageKind.PHOTO_ISSUE,
                    Message.state.in_([MessageState.QUEUED, MessageState.SENDING]),
                )
            )
        )
    )


def _has_undecided(session: Session, order_id: int) -> bool:
    undecided = [PhotoState.FETCHING, PhotoState.TO_CHECK, PhotoState.IN_REVIEW]
    return bool(
        session.scalar(
            select(exists().where(Photo.order_id == order_id, Photo.state.in_(undecided)))
        )
    )


def _queue_issues(
    session: Session,
    shop: Shop,
    order: Order,
    issues: Collection[_Issue],
    *,
    actor: Actor | None = None,
) -> int:
    reasons = session.execute(
        select(DecisionReason.decision_id, Reason)
        .join(Reason, Reason.id == DecisionReason.reason_id)
        .where(DecisionReason.decision_id.in_([issue.decision_id for issue in issues]))
        .order_by(DecisionReason.decision_id, DecisionReason.position)
    ).all()
    comments = dict(
        session.execute(
            select(DecisionComment.decision_id, DecisionComment.text).where(
                DecisionComment.decision_id.in_([issue.decision_id for issue in issues])
            )
        ).all()
    )
    photos, pictures = [], []
    for issue in issues:
        given = [reason for decision_id, reason in reasons if decision_id == issue.decision_id]
        cid = None
        if issue.sha256 and all(reason.shows_picture for reason in given):
            cid = f"{issue.sha256[:32]}.{issue.decision_id}@loupe"
            pictures.append({"cid": cid, "sha256": issue.sha256})
        texts = [reason.customer_text for reason in given if reason.customer_text]
        photos.append(LetterPhoto(issue.product, texts, comments.get(issue.decision_id, ""), cid))
    message_id = _queue(
        session,
        shop,
        order,
        MessageKind.PHOTO_ISSUE,
        photos=photos,
        pictures=pictures,
        may_keep=any(
            all(r.may_keep for d, r in reasons if d == issue.decision_id) for issue in issues
        ),
        actor=actor,
    )
    session.add_all(
        MessageDecision(decision_id=issue.decision_id, message_id=message_id) for issue in issues
    )
    return message_id


def _queue(
    session: Session,
    shop: Shop,
    order: Order,
    kind: MessageKind,
    *,
    photos: Sequence[LetterPhoto] = (),
    pictures: Sequence[dict[str, str]] = (),
    may_keep: bool = False,
    actor: Actor | None = None,
) -> int:
    letter = letters.write(
        kind,
        shop=shop.name,
        order=order.name,
        customer_name=order.customer_name,
        url=links.order_url(order),
        photos=photos,
        may_keep=may_keep,
    )
    # A thread must not begin with a mail that the customer never got.
    first = session.scalar(
        select(Message.header_id)
        .where(
            Message.order_id == order.id,
            Message.state.not_in([MessageState.DROPPED, MessageState.FAILED]),
        )
        .order_by(Message.id)
        .limit(1)
    )
    message = Message(
        shop_id=shop.id,
        order_id=order.id,
        kind=kind,
        to=order.email,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        pictures=list(pictures),
        header_id=f"<{uuid4()}@{_our_host()}>",
        in_reply_to=first,
    )
    session.add(message)
    session.flush()
    history.record(
        session,
        EventName.MESSAGE_QUEUED,
        shop_id=shop.id,
        order_id=order.id,
        actor=actor,
        message=message.id,
    )
    outbox.defer(session, message.id)
    return message.id


def _our_host() -> str:
    url = settings().public_url
    return url.host if url is not None and url.host else "loupe.invalid"
