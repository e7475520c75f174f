"""Numbers and times as people say them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.models import utc_now


def ago(moment: datetime) -> str:
    """ "3 min ago"; the exact time is for a tooltip."""
    return f"{duration(utc_now() - moment)} ago"


def clock(moment: datetime, now: datetime, time_zone: str) -> str:
    """ "14:02" there; with the day, if it was another one: "3 Nov, 14:02"."""
    zone = ZoneInfo(time_zone)
    there = moment.astimezone(zone)
    is_today = there.date() == now.astimezone(zone).date()
    return f"{there:%H:%M}" if is_today else f"{there.day} {there:%b, %H:%M}"


def duration(length: timedelta) -> str:
    """In the largest unit that fits: "40 s", "3 min", "5 h", "2 days"."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 48 * 3600:
        return f"{seconds // 3600} h"
    return f"{seconds // 86400} days"


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """ "1 photo", "3 photos"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def count_to(number: int, limit: int) -> str:
    """ "1,000+" for a count that was stopped at its limit."""
    return f"{limit:,}+" if number > limit else f"{number:,}"


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"
