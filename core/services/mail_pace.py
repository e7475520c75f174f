"""How fast mail leaves, and how long one waits that could not."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, literal, or_, select, update
from sqlalchemy.orm import Session

from core import queue
from core.config import settings
from core.errors import Unavailable
from core.integrations.mail import DOWN
from core.models import Message, MessageKind, MessageState, Shop, ShopMode, utc_now
from core.services import throttle

#: After that a mail that no server takes has failed.
GIVEN_UP_AFTER = timedelta(days=3)
_SHORTEST, _LONGEST = timedelta(seconds=5), timedelta(hours=1)
#: While the server is down, so often a mail tries that has not yet: each would sign in anew.
_PROBES_APART = timedelta(minutes=5)
#: However many are before it, a mail looks again by then.
_LONGEST_TURN = timedelta(minutes=10)


def pause(message: Message, now: datetime) -> float | None:
    """Seconds until a mail is tried again, or None if it is given up.

    As long as it has been tried already, and an hour at most.
    """
    tried_for = now - (message.first_tried_at or now)
    if tried_for >= GIVEN_UP_AFTER:
        return None
    return min(_LONGEST, max(_SHORTEST, tried_for)).total_seconds()


def begin(session: Session, message: Message) -> None:
    """Let a mail of a real shop go to the server, or raise `Unavailable` until its turn comes."""
    probe = _latest_probe(session, message)
    if probe is not None and (left := probe + _PROBES_APART - utc_now()) > timedelta(0):
        raise Unavailable("smtp_down", retry_after=max(1.0, left.total_seconds()))
    if not throttle.take(session, "smtp", _limit()):
        raise Unavailable("smtp_pace", retry_after=turn(session, message.id))


def turn(session: Session, message_id: int) -> float:
    """Seconds until there may be room for a mail: those that were queued before it come first."""
    mail = select(Message.kind).where(Message.id == message_id).scalar_subquery()
    before = session.scalars(
        select(func.count()).where(
            Message.state == MessageState.QUEUED,
            Message.error.is_(None),
            Message.id < message_id,
            # Somebody looks at the screen and waits to be let in.
            or_(Message.kind == MessageKind.SIGN_IN, mail != MessageKind.SIGN_IN),
        )
    ).one()
    wait = (before + 1) * timedelta(minutes=1) / settings().smtp_per_minute
    return max(1.0, min(_LONGEST_TURN, wait).total_seconds())


def try_now(session: Session) -> None:
    """The server takes mail again: what has waited for it leaves now."""
    waiting = select(Message.id).where(waits_for_server()).with_for_update(skip_locked=True)
    woken = session.scalars(
        update(Message).where(Message.id.in_(waiting)).values(error=None).returning(Message.id)
    ).all()
    if woken:
        queue.hasten_all(session, "send_message")


def can_leave() -> ColumnElement[bool]:
    """Whether there is a way out: for a demo's mail always, for others once all is set up."""
    is_demo = select(Shop.is_demo).where(Shop.id == Message.shop_id).scalar_subquery()
    is_live = exists().where(
        Shop.id == Message.shop_id, Shop.mode == ShopMode.LIVE, Shop.disconnected_at.is_(None)
    )
    is_set_up = settings().smtp_host is not None and settings().public_url is not None
    return (literal(is_set_up) | is_demo) & is_live


def waits_for_server() -> ColumnElement[bool]:
    """Whether a mail is queued that the server, as it is now, takes from nobody."""
    code = func.split_part(Message.error, ":", 1)
    return (Message.state == MessageState.QUEUED) & code.in_(sorted(DOWN))


def _latest_probe(session: Session, message: Message) -> datetime | None:
    others = waits_for_server() & (Message.id != message.id)
    return session.scalar(select(func.max(Message.tried_at)).where(others))


def _limit() -> throttle.Limit:
    """A third of a minute's mails at once and the others evenly: never more in any minute."""
    most = settings().smtp_per_minute
    at_once = max(1, most // 3)
    return throttle.Limit(at_once, refill=timedelta(minutes=1) / max(1, most - at_once))
