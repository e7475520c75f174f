from datetime import UTC, datetime

import pytest

from core.services import deadlines


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
    ],
)
def test_an_answer_is_due_at_ten_on_the_seventh_day(sent_at: str, time_zone: str, due: str) -> None:
    sent = datetime.fromisoformat(sent_at).replace(tzinfo=UTC)

    assert deadlines.answer_due(sent, time_zone) == datetime.fromisoformat(due).replace(tzinfo=UTC)
