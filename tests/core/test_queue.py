from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from core import db, queue
from core.models import Shop, utc_now
from tests.cast import Cast


def jobs(session: Session) -> list[tuple[str, str, dict[str, int]]]:
    rows = session.execute(
        text("SELECT task_name, status, args FROM procrastinate_jobs ORDER BY id")
    )
    return [tuple(row) for row in rows]


def test_a_job_exists_only_if_its_transaction_commits(committed: None) -> None:
    def fail() -> None:
        with db.transaction() as session:
            queue.defer(session, "fetch_photo", photo_id=1)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with db.transaction() as session:
        queue.defer(session, "fetch_photo", photo_id=2)

    with db.transaction() as session:
        assert jobs(session) == [("fetch_photo", "todo", {"photo_id": 2})]


def test_a_savepoint_takes_its_jobs_along(session: Session) -> None:
    with session.begin_nested() as attempt:
        queue.defer(session, "fetch_photo", photo_id=1)
        attempt.rollback()
    queue.defer(session, "fetch_photo", photo_id=2)

    assert [args for _, _, args in jobs(session)] == [{"photo_id": 2}]


def is_pending(session: Session, shop_id: int) -> bool:
    pending = queue.is_pending("sync_orders", "run_id", Shop.id)
    return bool(session.scalar(select(func.count()).where(Shop.id == shop_id, pending)))


@pytest.mark.parametrize(
    ("status", "expected"),
    [("todo", True), ("doing", True), ("succeeded", False), ("failed", False)],
)
def test_a_job_is_pending_until_it_ends(
    cast: Cast, session: Session, status: str, expected: bool
) -> None:
    queue.defer(session, "sync_orders", run_id=cast.shop.id)
    session.execute(
        text("UPDATE procrastinate_jobs SET status = CAST(:status AS procrastinate_job_status)"),
        {"status": status},
    )

    assert is_pending(session, cast.shop.id) is expected


def test_another_job_is_not_the_one_that_is_waited_for(cast: Cast, session: Session) -> None:
    queue.defer(session, "sync_orders", run_id=cast.shop.id + 1)
    queue.defer(session, "fetch_photo", photo_id=cast.shop.id)
    queue.defer(session, "recover", run_id=cast.shop.id)

    assert not is_pending(session, cast.shop.id)


def fetched(session: Session) -> int | None:
    """The job that a worker would do next."""
    row = session.execute(text("SELECT (procrastinate_fetch_job_v2(NULL, NULL)).id")).one()
    return row.id  # type: ignore[no-any-return]


def test_of_jobs_with_one_lock_one_runs_at_a_time_in_order(session: Session) -> None:
    for number in range(2):
        queue.defer(session, "hold_order", lock="order:1", order_id=number)
    first = fetched(session)

    assert first is not None
    assert fetched(session) is None
    session.execute(
        text("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = :id"), {"id": first}
    )
    second = fetched(session)
    assert second is not None
    assert second > first


def test_a_job_for_later_keeps_no_other_from_its_turn(session: Session) -> None:
    queue.defer(session, "follow_up_order", at=utc_now() + timedelta(hours=1), order_id=1)
    queue.defer(session, "follow_up_order", order_id=1)
    queue.defer(session, "hold_order", lock="order:1", order_id=1)

    assert fetched(session) is not None
    assert fetched(session) is not None
    assert fetched(session) is None


def test_the_databases_clock_goes_on_within_a_transaction(session: Session) -> None:
    assert queue.now(session) < queue.now(session)
