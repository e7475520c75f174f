"""A mail that shows whether mail can be sent."""

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.config import settings
from core.errors import SenderMissing, TooManyAttempts
from core.integrations.mail import Outgoing
from core.models import Role, Shop, Staff, utc_now
from core.services import letters, throttle
from core.services.actors import Actor

_LIMIT = throttle.Limit(3, refill=timedelta(minutes=1))


def address_of(session: Session, staff_id: int) -> str:
    """Their own; "" where it is not known."""
    return session.scalars(select(Staff.email).where(Staff.id == staff_id)).one() or ""


def admit(session: Session, *, manager: Actor) -> None:
    """Let a manager send one; the caller commits, whatever becomes of it."""
    manager.require(Role.MANAGER)
    if not throttle.take(session, f"mail-test:{manager.id}", _LIMIT):
        raise TooManyAttempts


def write(session: Session, to: str | None = None) -> Outgoing:
    """From whom mail to customers is; to the same, unless it is said to whom."""
    shop = session.scalars(
        select(Shop).where(Shop.disconnected_at.is_(None)).order_by(Shop.is_demo, Shop.id).limit(1)
    ).one_or_none()
    sender = settings().mail_from or (shop.email if shop and not shop.is_demo else "")
    if not sender:
        raise SenderMissing
    letter = letters.write_test(shop.name if shop else "Loupe")
    return Outgoing(
        sender=sender,
        sender_name=shop.name if shop else "Loupe",
        reply_to=sender,
        to=to or sender,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        header_id=f"<{uuid4()}@{sender.rpartition('@')[2]}>",
        written_at=utc_now(),
    )
