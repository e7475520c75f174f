import struct
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models import Shop
from core.services import deadlines

ZONES = (
    *("UTC", "Europe/Berlin", "America/St_Johns", "America/Los_Angeles", "Asia/Kathmandu"),
    *("Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Kiritimati", "Africa/Casablanca"),
)
MOMENTS = st.integers(1_600_000_000, 2_200_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))


def shop_in(time_zone: str) -> Shop:
    return Shop(time_zone=time_zone, reminder_days=[2, 5], answer_days=7)


def utc(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent_at", "time_zone", "due"),
    [
        ("2026-06-01T12:00", "UTC", "2026-06-08T10:00"),
        ("2026-06-01T12:00", "Europe/Berlin", "2026-06-08T08:00"),
        # Just before and just after midnight there: the day counts, not the hours.
        ("2026-06-01T21:59", "Europe/Berlin", "2026-06-08T08:00"),
        ("2026-06-01T22:00", "Europe/Berlin", "2026-06-09T08:00"),
        # It is still the day before in Los Angeles, and the day after in Auckland.
        ("2026-06-02T02:00", "America/Los_Angeles", "2026-06-08T17:00"),
        ("2026-06-01T20:00", "Pacific/Auckland", "2026-06-08T22:00"),
        # Clocks go forward, and back, in between: it is ten o'clock all the same.
        ("2026-03-27T12:00", "Europe/Berlin", "2026-04-03T08:00"),
        ("2026-10-20T12:00", "Europe/Berlin", "2026-10-27T09:00"),
        # On the very day.
        ("2026-03-22T12:00", "Europe/Berlin", "2026-03-29T08:00"),
        ("2026-12-29T12:00", "Asia/Kathmandu", "2027-01-05T04:15"),
        # A day that Samoa left out when it changed sides: it is due when that day would have been.
        ("2011-12-23T20:00", "Pacific/Apia", "2011-12-30T20:00"),
    ],
)
def test_an_answer_is_due_at_ten_on_the_seventh_day(sent_at: str, time_zone: str, due: str) -> None:
    assert deadlines.answer_due(utc(sent_at), shop_in(time_zone)) == utc(due)


@given(MOMENTS, st.sampled_from(ZONES), st.integers(0, 60))
def test_whatever_the_clocks_do_it_is_ten_on_that_day_there(
    sent_at: datetime, time_zone: str, number: int
) -> None:
    there = ZoneInfo(time_zone)

    due = deadlines.on_day(number, sent_at, time_zone).astimezone(there)

    assert due.time() == time(10)
    assert due.date() == sent_at.astimezone(there).date() + timedelta(days=number)


@pytest.fixture
def odd_clocks(tmp_path: Path) -> Iterator[str]:
    """A zone whose clocks go forward at ten, and back over ten; none of ours does."""
    rule = "WIN0SUM,M3.5.0/10,M10.5.0/11"  # as POSIX writes it
    header = b"TZif2" + bytes(15)
    counts = struct.pack(">6L", 0, 0, 0, 0, 1, 4)  # one type, four letters of a name
    body = bytes(6) + b"WIN\0"
    (tmp_path / "Odd").write_bytes(2 * (header + counts + body) + f"\n{rule}\n".encode())
    zoneinfo.reset_tzpath(to=[str(tmp_path)])
    yield "Odd"
    zoneinfo.reset_tzpath()
    ZoneInfo.clear_cache()


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 3, 28), "2026-03-28T10:00"),
        # There is no ten: at that moment it is eleven.
        (date(2026, 3, 29), "2026-03-29T10:00"),
        (date(2026, 3, 30), "2026-03-30T09:00"),
        # There are two: the first counts.
        (date(2026, 10, 25), "2026-10-25T09:00"),
        (date(2026, 10, 26), "2026-10-26T10:00"),
    ],
)
def test_an_hour_that_does_not_exist_or_exists_twice(odd_clocks: str, day: date, due: str) -> None:
    sent_at = datetime.combine(day - timedelta(days=7), time(12), UTC)

    assert deadlines.answer_due(sent_at, shop_in(odd_clocks)) == utc(due)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-27T12:00", None),
        ("2026-03-29T07:59", None),
        # Clocks went forward in the night.
        ("2026-03-29T08:00", "2026-03-29T08:00"),
        ("2026-04-01T07:59", "2026-03-29T08:00"),
        # Of several that are over, the latest.
        ("2026-04-01T08:00", "2026-04-01T08:00"),
        ("2026-05-01T08:00", "2026-04-01T08:00"),
    ],
)
def test_the_latest_reminder_that_is_due(now: str, due: str | None) -> None:
    shop = shop_in("Europe/Berlin")

    found = deadlines.reminder_due(utc("2026-03-27T12:00"), shop, is_gentle=False, now=utc(now))

    assert found == (due and utc(due))


def test_who_is_asked_gently_has_one_reminder_only() -> None:
    found = deadlines.reminder_due(
        utc("2026-06-01T12:00"), shop_in("UTC"), is_gentle=True, now=utc("2026-06-07T12:00")
    )

    assert found == utc("2026-06-03T10:00")


@given(MOMENTS, st.sampled_from(ZONES), st.timedeltas(timedelta(0), timedelta(days=9)))
def test_each_reminder_is_due_on_a_day_of_its_own(
    sent_at: datetime, time_zone: str, later: timedelta
) -> None:
    shop, now = shop_in(time_zone), sent_at + later

    due = deadlines.reminder_due(sent_at, shop, is_gentle=False, now=now)

    passed = [day for day in shop.reminder_days if deadlines.on_day(day, sent_at, time_zone) <= now]
    assert due == (deadlines.on_day(passed[-1], sent_at, time_zone) if passed else None)
    assert due is None or deadlines.is_of_day(now, due, shop)
