from datetime import timedelta

import pytest
from procrastinate.jobs import Job
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core import db, queue
from core.errors import Unavailable
from core.models import Shop, utc_now
from core.queue import Backoff
from core.services import keeping
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
        queue.defer(session, "tell_shopify", lock="order:1", order_id=number)
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
    queue.defer(session, "tell_shopify", lock="order:1", order_id=1)

    assert fetched(session) is not None
    assert fetched(session) is not None
    assert fetched(session) is None


def test_the_databases_clock_goes_on_within_a_transaction(session: Session) -> None:
    assert queue.now(session) < queue.now(session)


def times_read_whole(session: Session) -> int:
    """How often this transaction has read the jobs without any index."""
    read = text(
        "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'procrastinate_jobs'"
    )
    return int(session.execute(read).scalar_one())


def test_looking_for_a_job_reads_neither_old_ones_nor_other_removals(
    cast: Cast, session: Session
) -> None:
    jobs = (("sync_orders", "succeeded", 20_000), ("remove_picture", "todo", 2_000))
    for task, status, count in jobs:
        session.execute(
            text(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, status, args) "
                "SELECT 'default', :task, CAST(:status AS procrastinate_job_status), "
                "jsonb_build_object('run_id', n, 'sha256', n::text) "
                "FROM generate_series(1, :count) n"
            ),
            {"task": task, "status": status, "count": count},
        )
    session.execute(text("ANALYZE procrastinate_jobs"))
    before = times_read_whole(session)

    assert not keeping.is_free(session, "1500")
    assert keeping.is_free(session, "0")
    assert not is_pending(session, cast.shop.id)

    assert times_read_whole(session) == before


@pytest.mark.parametrize(
    ("error", "attempts", "seconds"),
    [
        (Unavailable("timeout"), 0, 5),
        (Unavailable("timeout"), 2, 20),
        (Unavailable("timeout"), 3, 30),  # the longest
        (Unavailable("throttled", retry_after=12), 0, 12),
        (Unavailable("throttled", retry_after=7200), 0, 7200),  # longer than we would wait
        (Unavailable("throttled", retry_after=1e300), 0, queue.LONGEST_ASKED),
        (Unavailable("throttled", retry_after=0.1), 0, 1),
        (Unavailable("timeout"), 4, None),  # it was the last try
        (Unavailable("not_found"), 0, 5),
        (Unavailable("not_found"), 1, None),  # a code with fewer
        (Unavailable("gone", permanent=True), 0, None),
        (OperationalError("", {}, Exception("a deadlock")), 0, 5),
        (ValueError("a bug"), 0, None),
    ],
)
def test_an_outage_is_waited_for_longer_each_time(
    error: Exception, attempts: int, seconds: int | None
) -> None:
    backoff = Backoff(tries=5, first=5, longest=30, tries_by_code={"not_found": 2})

    assert wait(backoff, error, attempts) == (seconds and pytest.approx(seconds, abs=1))


def test_what_must_not_be_given_up_is_tried_for_ever() -> None:
    backoff = Backoff(tries=None, first=3, longest=3600)

    assert wait(backoff, Unavailable("storage"), 10_000) == pytest.approx(3600, abs=1)


def wait(backoff: Backoff, error: Exception, attempts: int) -> float | None:
    """Seconds until the next try, if there is one."""
    job = Job(
        id=1, queue="default", lock=None, queueing_lock=None, task_name="x", attempts=attempts
    )
    decision = backoff.get_retry_decision(exception=error, job=job)
    if decision is None or decision.retry_at is None:
        return None
    return (decision.retry_at - utc_now()).total_seconds()
