"""Until when customers are waited for, and when they are reminded."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.models import Shop

#: In the shop's time zone.
HOUR = time(10)


def on_day(number: int, after: datetime, time_zone: str) -> datetime:
    """The hour on a calendar day after a moment, which counts by its day in that time zone.

    Where clocks go forward over the hour, it is when they have; back over it, the first of both.
    """
    zone = ZoneInfo(time_zone)
    day = after.astimezone(zone).date() + timedelta(days=number)
    return datetime.combine(day, HOUR, zone).astimezone(UTC)


def answer_due(sent_at: datetime, shop: Shop) -> datetime:
    """When the answer to a mail is due."""
    return on_day(shop.answer_days, sent_at, shop.time_zone)


def reminder_due(
    sent_at: datetime, shop: Shop, *, is_gentle: bool, now: datetime
) -> datetime | None:
    """When the latest of the reminders of a mail was due by now; None before the first.

    Those before it are over: whoever comes late sends one, not all.
    """
    days = shop.reminder_days[:1] if is_gentle else shop.reminder_days
    due = (on_day(day, sent_at, shop.time_zone) for day in days)
    return max((moment for moment in due if moment <= now), default=None)


def is_of_day(moment: datetime, due: datetime, shop: Shop) -> bool:
    """Whether a moment is on the day of another one, or later."""
    zone = ZoneInfo(shop.time_zone)
    return moment.astimezone(zone).date() >= due.astimezone(zone).date()
