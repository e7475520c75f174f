from datetime import timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from core.models import PhotoState, utc_now
from core.queries import statistics
from core.services import decisions, releases, responses, reversals
from tests.cast import Cast, CastOrder, seen

YESTERDAY = utc_now() - timedelta(days=1)


def answer(session: Session, placed: CastOrder) -> None:
    (photo,) = placed.photos
    session.refresh(photo)
    responses.ask(session, placed.carl, seen(photo)[0], message="It is my only one.")
    session.refresh(photo)


def release(cast: Cast, *, after: timedelta) -> CastOrder:
    placed = cast.order()
    cast.approve(*placed.photos)
    releases.released(cast.session, placed.id)
    assert placed.order.released_at is not None
    placed.order.placed_at = placed.order.released_at - after
    cast.session.flush()
    return placed


def reasons(session: Session) -> dict[str, int]:
    found = statistics.rejections_by_reason(session, YESTERDAY)
    return {each.label: each.rejections for each in found}


def test_a_rejection_counts_for_each_of_its_reasons(cast: Cast, session: Session) -> None:
    cast.reject(*cast.order(photos=2).photos, reasons=("dark",))
    cast.reject(*cast.order().photos, reasons=("blurry", "dark"))

    assert reasons(session) == {"Too dark": 3, "Out of focus / moved": 1}
    assert list(reasons(session)) == ["Too dark", "Out of focus / moved"]


def test_what_was_undone_never_happened(session: Session) -> None:
    cast = Cast(session, undo_seconds=600)
    rejected, approved = cast.order(), cast.order()
    for outcome in (cast.reject(*rejected.photos), cast.approve(*approved.photos)):
        reversals.undo(session, outcome.batch, reviewer=cast.ada)
    session.refresh(rejected.photos[0])
    cast.approve(*rejected.photos)

    passed = statistics.first_pass(session, YESTERDAY)

    assert reasons(session) == {}
    assert (passed.decided, passed.passed, passed.rate) == (1, 1, 1.0)


def test_only_the_first_decision_on_a_photo_can_pass_it(cast: Cast, session: Session) -> None:
    at_once, later = cast.order(), cast.order()
    cast.approve(*at_once.photos)
    cast.reject(*later.photos)
    answer(session, later)
    cast.approve(*later.photos)

    passed = statistics.first_pass(session, YESTERDAY)

    assert (passed.decided, passed.passed, passed.rate) == (2, 1, 0.5)


def test_setting_aside_is_no_verdict_on_a_photo(cast: Cast, session: Session) -> None:
    decisions.set_aside(session, seen(*cast.order().photos), reviewer=cast.ada, batch=uuid4())

    assert statistics.first_pass(session, YESTERDAY).rate is None


def test_an_earlier_period_is_another_one(cast: Cast, session: Session) -> None:
    cast.reject(*cast.order().photos)
    release(cast, after=timedelta(hours=2))

    tomorrow = utc_now() + timedelta(days=1)

    assert statistics.rejections_by_reason(session, tomorrow) == []
    assert statistics.first_pass(session, tomorrow).decided == 0
    assert statistics.turnaround(session, tomorrow).orders == 0


def test_turnaround_is_from_placed_to_released(cast: Cast, session: Session) -> None:
    for hours in (1, 2, 3):
        release(cast, after=timedelta(hours=hours))

    found = statistics.turnaround(session, YESTERDAY)

    assert (found.orders, found.median) == (3, timedelta(hours=2))
    assert found.ninth_decile == timedelta(hours=2.8)


def test_an_order_without_an_approved_photo_has_no_turnaround(cast: Cast, session: Session) -> None:
    placed = cast.order()
    placed.photos[0].state = PhotoState.WITHDRAWN
    placed.order.released_at = utc_now()
    session.flush()

    found = statistics.turnaround(session, YESTERDAY)

    assert (found.orders, found.median, found.ninth_decile) == (0, None, None)


def test_what_waits_now(cast: Cast, session: Session) -> None:
    photos = cast.order(photos=5).photos
    cast.reject(photos[0])
    photos[1].state, photos[2].state = PhotoState.TO_CHECK, PhotoState.FETCHING
    session.flush()

    waiting = statistics.waiting(session)

    assert (waiting.in_review, waiting.to_check) == (2, 1)
    assert (waiting.for_customers, waiting.fetching) == (1, 1)


def test_each_figure_is_one_statement(cast: Cast, session: Session, queries: list[str]) -> None:
    for _ in range(3):
        cast.reject(*cast.order(photos=2).photos)
        release(cast, after=timedelta(hours=1))
    before = len(queries)

    statistics.rejections_by_reason(session, YESTERDAY)
    statistics.first_pass(session, YESTERDAY)
    statistics.waiting(session)
    statistics.turnaround(session, YESTERDAY)

    assert len(queries) == before + 4
