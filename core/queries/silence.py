"""Orders whose customers stay silent."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Integer,
    Select,
    SQLColumnExpression,
    and_,
    case,
    cast,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import NamedFromClause

from core import queue
from core.models import (
    ANSWER_DUE,
    Event,
    EventName,
    Message,
    MessageKind,
    MessageState,
    Order,
    Photo,
    PhotoState,
    Shop,
    ShopMode,
)
from core.services import issue_letters
from core.services.deadlines import HOUR

#: Orders that one look finds; the next look finds others.
BATCH = 500

#: As it is in the index.
_answer_due = literal_column(ANSWER_DUE, DateTime(timezone=True))
#: Longer than anybody is waited for.
_AGES = timedelta(days=1000)


def due(session: Session, *, now: datetime, limit: int = BATCH) -> Sequence[int]:
    """Orders with something to do for `follow_ups.look_after` that no job is about to do."""
    found = _overdue(now).union(_to_remind(now)).subquery()
    return session.scalars(
        select(found.c.order_id)
        .where(~queue.is_pending("follow_up_customer", "order_id", found.c.order_id))
        .order_by(found.c.order_id)
        .limit(limit)
    ).all()


def count_to_remind(session: Session, shop_id: int, days: Sequence[int], *, now: datetime) -> int:
    """Orders of a shop that would be reminded at once, if it reminded on these days."""
    wanted = _to_remind(now, list(days)).where(Shop.id == shop_id).subquery()
    return session.scalars(select(func.count(wanted.c.order_id.distinct()))).one()


def count_told(session: Session, shop_id: int) -> int:
    """Photos whose customers were told when the answer is due."""
    told = Photo.shop_id == shop_id, Photo.answer_due_at.is_not(None)
    return session.scalars(
        select(func.count()).where(Photo.is_in(PhotoState.REJECTED), *told)
    ).one()


def due_epoch() -> ColumnElement[int]:
    """When a photo's answer is due, as the history notes it."""
    return cast(func.extract("epoch", Photo.answer_due_at), BigInteger)


def is_noted_overdue() -> ColumnElement[bool]:
    """Whether the history says of a photo that this answer is overdue: more time may be given."""
    return exists().where(
        Event.photo_id == Photo.id,
        Event.name == EventName.PHOTO_OVERDUE,
        cast(Event.ids["due"].as_string(), BigInteger) == due_epoch(),
    )


def _overdue(now: datetime) -> Select[int]:
    # From both sides: without, Postgres expects a third of all, and leaves the index alone.
    return _waiting(_answer_due <= now, _answer_due > now - _AGES, ~is_noted_overdue())


def _to_remind(now: datetime, days: Sequence[int] | None = None) -> Select[int]:
    """Those whose latest day for a reminder has come, and who have had none since it began."""
    told = issue_letters.first_told(Photo.decision_id)
    latest = _latest_day(told.c.sent_at, now, days)
    has_reminder = exists().where(
        Message.order_id == Photo.order_id,
        Message.kind.in_([MessageKind.PHOTO_ISSUE, MessageKind.REMINDER]),
        or_(
            Message.state.in_([MessageState.QUEUED, MessageState.SENDING]),
            and_(
                Message.kind == MessageKind.REMINDER,
                or_(
                    _day(Message.created_at) >= _day(told.c.sent_at) + latest.c.day,
                    Order.is_gentle & (Message.created_at >= told.c.sent_at),
                ),
            ),
        ),
    )
    silent = _waiting(
        _answer_due > now,
        # Without those who have not been told, who come last in the index.
        _answer_due < now + _AGES,
        told.c.sent_at > func.coalesce(Order.more_time_at, literal_column("'-infinity'")),
        latest.c.day.is_not(None),
        ~has_reminder,
    )
    return silent.join(told, true()).join(latest, true())


def _waiting(*which: ColumnElement[bool]) -> Select[int]:
    """The orders of photos that wait for their customers, of shops that write to them."""
    return (
        select(Photo.order_id)
        .join(Order, Order.id == Photo.order_id)
        .join(Shop, Shop.id == Order.shop_id)
        .where(
            Photo.is_in(PhotoState.REJECTED),
            *which,
            Shop.mode == ShopMode.LIVE,
            Shop.disconnected_at.is_(None),
            Order.placed_at >= Shop.live_from,
            Order.cancelled_at.is_(None),
            Order.deleted_at.is_(None),
            Order.erased_at.is_(None),
        )
    )


def _latest_day(
    sent_at: SQLColumnExpression[datetime], now: datetime, days: Sequence[int] | None
) -> NamedFromClause:
    """As `deadlines.reminder_due`, by what the shop's clocks show: one row to join."""
    type_ = Shop.reminder_days.type
    first = Shop.reminder_days[1:1] if days is None else cast(days[:1], type_)
    every = Shop.reminder_days if days is None else cast(days, type_)
    day = cast(func.unnest(case((Order.is_gentle, first), else_=every)).column_valued(), Integer)
    hour = func.make_interval(0, 0, 0, day, HOUR.hour)
    has_come = cast(_day(sent_at), DateTime()) + hour <= func.timezone(Shop.time_zone, now)
    return select(func.max(day).label("day")).where(has_come).lateral()


def _day(moment: SQLColumnExpression[datetime]) -> ColumnElement[date]:
    return cast(func.timezone(Shop.time_zone, moment), Date())
