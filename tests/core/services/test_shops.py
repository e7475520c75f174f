import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import RetentionImplausible, ReviewHoursImplausible
from core.models import Event, EventName
from core.services import shops
from tests.cast import Cast


def changes(session: Session) -> list[tuple[int | None, dict[str, object]]]:
    events = session.scalars(
        select(Event).where(Event.name == EventName.SHOP_CHANGED).order_by(Event.id)
    )
    return [(event.staff_id, event.ids) for event in events]


def test_how_long_customers_are_remembered_is_set_and_recorded(
    cast: Cast, session: Session
) -> None:
    for days in (30, 30, None):
        shops.set_retention(session, cast.shop.id, days, manager=cast.mia)

    assert cast.shop.retention_days is None
    assert changes(session) == [
        (cast.mia.id, {"retention_days": 30}),
        (cast.mia.id, {"retention_days": None}),
    ]


@pytest.mark.parametrize("days", [-1, 0, 29, 3651, 10**12])
def test_a_time_that_nobody_means_is_refused(cast: Cast, session: Session, days: int) -> None:
    with pytest.raises(RetentionImplausible):
        shops.set_retention(session, cast.shop.id, days, manager=cast.mia)

    assert cast.shop.retention_days is None


def test_after_how_long_a_photo_is_late_is_set_and_recorded(cast: Cast, session: Session) -> None:
    for hours in (1, 1, 720):
        shops.set_review_hours(session, cast.shop.id, hours, manager=cast.mia)

    assert cast.shop.review_hours == 720
    assert changes(session) == [
        (cast.mia.id, {"review_hours": 1}),
        (cast.mia.id, {"review_hours": 720}),
    ]


@pytest.mark.parametrize("hours", [None, -1, 0, 721, 10**12])
def test_hours_that_nobody_means_are_refused(
    cast: Cast, session: Session, hours: int | None
) -> None:
    with pytest.raises(ReviewHoursImplausible):
        shops.set_review_hours(session, cast.shop.id, hours, manager=cast.mia)

    assert cast.shop.review_hours == 24
