"""Whether mail leaves at all."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, true
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from core.config import settings
from core.models import Message, MessageState, Shop, ShopMode
from core.services.mail_pace import waits_for_server


@dataclass(frozen=True, slots=True)
class Outage:
    error: str  #: As `Message.error`
    since: datetime
    mails: int  #: That wait
    time_zone: str


def current(session: Session) -> Outage | None:
    """What keeps mail from leaving just now, in one statement."""
    is_set_up = settings().smtp_host is not None and settings().public_url is not None
    is_real = ~Shop.is_demo & (Shop.mode == ShopMode.LIVE) & Shop.disconnected_at.is_(None)
    newest = aggregate_order_by(Message.error, Message.tried_at.desc())
    since = func.coalesce(Message.first_tried_at, Message.created_at)
    mails, began, error, time_zone = session.execute(
        select(func.count(), func.min(since), func.array_agg(newest)[1], func.min(Shop.time_zone))
        .join(Shop, Shop.id == Message.shop_id)
        .where(
            Message.state == MessageState.QUEUED,
            is_real,
            waits_for_server() if is_set_up else true(),
        )
    ).one()
    if not mails:
        return None
    missing = "smtp_not_set" if settings().smtp_host is None else "no_public_url"
    return Outage(error if is_set_up else missing, began, mails, time_zone)
