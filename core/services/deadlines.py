"""Until when customers are waited for."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: Calendar days after a mail was sent.
ANSWER_DAYS = 7
#: In the shop's time zone.
ANSWER_HOUR = time(10)


def answer_due(sent_at: datetime, time_zone: str) -> datetime:
    """When the answer to a mail is due: the day counts that it is in the shop's time zone."""
    zone = ZoneInfo(time_zone)
    day = sent_at.astimezone(zone).date() + timedelta(days=ANSWER_DAYS)
    return datetime.combine(day, ANSWER_HOUR, zone).astimezone(UTC)
