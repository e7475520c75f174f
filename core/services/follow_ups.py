"""Customers who stay silent: remind them, and know what happens once their time is over."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from core.errors import NoIssue, NotFound
from core.models import (
    EventName,
    Message,
    MessageDecision,
    MessageKind,
    MessageState,
    Order,
    Photo,
    PhotoState,
    Shop,
    utc_now,
)
from core.queries import reasons, silence
from core.services import (
    deadlines,
    decisions,
    history,
    issue_letters,
    locks,
    messages,
    responses,
    shops,
)
from core.services.actors import Guest
from core.services.decisions import PhotoVersion
from core.services.issue_letters import OpenIssue

#: What a customer is given who needs more time.
MORE_DAYS = 14


def look_after(session: Session, order_id: int, *, now: datetime) -> None:
    """End what is overdue, and remind of the rest where that is due. A second time, nothing is."""
    locks.order(session, order_id)
    order = session.get_one(Order, order_id, populate_existing=True)
    shop = session.get_one(Shop, order.shop_id)
    is_over = order.cancelled_at or order.deleted_at or order.erased_at
    if not is_over and shops.is_live_for(shop, order):
        _end(session, shop, order, now)
        _remind(session, shop, order, now)


def give_more_time(session: Session, guest: Guest) -> None:
    """Put off the answers that are due from the customer of a gentle order, once.

    Raises `NotFound` where that is not on offer, and `NoIssue`.
    """
    locks.order(session, guest.order_id)
    order = session.get_one(Order, guest.order_id, populate_existing=True)
    if not order.is_gentle:
        raise NotFound
    if order.more_time_at is not None:
        return
    locks.photos_on(session, [order.id])
    photos = session.scalars(
        select(Photo).where(Photo.order_id == order.id, Photo.state == PhotoState.REJECTED),
        execution_options={"populate_existing": True},
    ).all()
    if not photos:
        raise NoIssue
    time_zone = session.get_one(Shop, order.shop_id).time_zone
    for photo in photos:
        if photo.answer_due_at is not None:
            photo.answer_due_at = deadlines.on_day(MORE_DAYS, photo.answer_due_at, time_zone)
    order.more_time_at = utc_now()
    history.record(session, EventName.ORDER_MORE_TIME, shop_id=order.shop_id, order_id=order.id)
    decisions.follow_up(session, order.id)


def _end(session: Session, shop: Shop, order: Order, now: datetime) -> None:
    """Go on with what may go on without an answer, and tell managers of the rest, once."""
    locks.photos_on(session, [order.id])
    told = issue_letters.first_told(Photo.decision_id)
    may_go_on = (
        Photo.upload_id.is_not(None)
        & reasons.allow_going_on(Photo.decision_id, shop.when_silent)
        & told.c.announces_going_on
        & ~_is_latest_mail_astray()
    )
    rows = session.execute(
        select(Photo, may_go_on, silence.is_noted_overdue(), silence.due_epoch())
        .outerjoin(told, true())
        .where(
            Photo.order_id == order.id,
            Photo.state == PhotoState.REJECTED,
            Photo.answer_due_at <= now,
        )
        .order_by(Photo.id),
        execution_options={"populate_existing": True},
    ).all()
    going_on = []
    for photo, may, is_noted, due in rows:
        if may and not order.is_gentle:
            going_on.append(PhotoVersion(photo.id, photo.version))
        elif not is_noted:
            history.record_photo(session, EventName.PHOTO_OVERDUE, photo, due=due)
    if going_on:
        responses.go_on(session, going_on)


def _is_latest_mail_astray() -> ColumnElement[bool]:
    """Whether nobody knows that the customer was reached by the last mail about it."""
    latest = (
        select(Message.state)
        .join(MessageDecision, MessageDecision.message_id == Message.id)
        .where(MessageDecision.decision_id == Photo.decision_id)
        .order_by(Message.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return latest.in_([MessageState.FAILED, MessageState.UNCERTAIN])


def _remind(session: Session, shop: Shop, order: Order, now: datetime) -> None:
    silent = [
        issue
        for issue in issue_letters.issues_of(session, [order.id])
        if issue.is_told and issue.answer_due_at is not None and issue.answer_due_at > now
    ]
    reminded = session.scalars(
        select(Message.created_at).where(
            Message.order_id == order.id, Message.kind == MessageKind.REMINDER
        )
    ).all()
    if any(_is_to_remind(issue, shop, order, reminded, now) for issue in silent):
        messages.queue_reminder(session, shop, order, silent)


def _is_to_remind(
    issue: OpenIssue, shop: Shop, order: Order, reminded: Sequence[datetime], now: datetime
) -> bool:
    told_at = issue.told_at
    if told_at is None or (order.more_time_at is not None and told_at <= order.more_time_at):
        return False
    due = deadlines.reminder_due(told_at, shop, is_gentle=order.is_gentle, now=now)
    if due is None:
        return False
    if order.is_gentle and any(moment >= told_at for moment in reminded):
        return False
    return not any(deadlines.is_of_day(moment, due, shop) for moment in reminded)
