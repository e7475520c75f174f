"""Silent customers are found by the clock, and followed up once whatever happens to a worker."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select, text, update

from core import db
from core.jobs import follow_ups as jobs
from core.models import Event, EventName, Message, MessageKind, Photo, utc_now
from core.services import follow_ups, messages, outbox
from tests.cast import Cast, CastOrder, seen
from tests.clock import let_customers_wait

pytestmark = pytest.mark.usefixtures("committed")


def told(*, orders: int = 1) -> list[CastOrder]:
    """Orders whose customers were told just now."""
    with db.transaction() as session:
        cast = Cast(session)
        placed = [cast.order() for _ in range(orders)]
        for each in placed:
            cast.reject(*each.photos)
            session.refresh(each.photos[0])
            messages.remind(session, seen(*each.photos), actor=cast.ada)
        for message in session.scalars(select(Message)):
            outbox.claim(session, message.id)
            outbox.sent(session, message.id)
    return placed


def wait(days: int) -> None:
    with db.transaction() as session:
        let_customers_wait(session, days=days)


def reminders() -> list[Message]:
    with db.transaction() as session:
        kind = Message.kind == MessageKind.REMINDER
        return list(session.scalars(select(Message).where(kind).order_by(Message.id)))


def overdue() -> list[Event]:
    with db.transaction() as session:
        return list(session.scalars(select(Event).where(Event.name == EventName.PHOTO_OVERDUE)))


def queued() -> list[int]:
    """The orders that there are jobs for."""
    with db.transaction() as session:
        deferred = text(
            "SELECT args->>'order_id' FROM procrastinate_jobs "
            "WHERE task_name = 'follow_up_customer' ORDER BY id"
        )
        return [int(id_) for id_ in session.scalars(deferred)]


def work(*, times: int = 1) -> None:
    for order_id in queued():
        for _ in range(times):
            jobs.follow_up_customer(order_id=order_id)


def test_nobody_is_bothered_on_the_day() -> None:
    told()

    jobs.follow_up_customers(0)

    assert queued() == []


def test_a_look_queues_each_order_once_and_its_job_may_run_again() -> None:
    one, two = told(orders=2)
    wait(days=3)

    jobs.follow_up_customers(0)
    jobs.follow_up_customers(0)
    work(times=2)

    assert queued() == [one.id, two.id]
    assert [mail.order_id for mail in reminders()] == [one.id, two.id]


def test_what_a_killed_worker_had_begun_is_done_once() -> None:
    told()
    wait(days=3)
    jobs.follow_up_customers(0)
    (order_id,) = queued()

    with pytest.raises(KeyboardInterrupt), db.transaction() as session:  # noqa: PT012
        follow_ups.look_after(session, order_id, now=utc_now())
        raise KeyboardInterrupt
    assert reminders() == []
    work(times=2)

    assert len(reminders()) == 1


def test_of_two_workers_at_once_one_reminds() -> None:
    told()
    wait(days=3)
    jobs.follow_up_customers(0)
    (order_id,) = queued()
    both = Barrier(2)

    def run(_: int) -> None:
        both.wait()
        jobs.follow_up_customer(order_id=order_id)

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(run, range(2)))

    assert len(reminders()) == 1


def test_an_answer_that_comes_before_the_job_is_heard() -> None:
    told()
    wait(days=3)
    jobs.follow_up_customers(0)
    with db.transaction() as session:
        session.execute(update(Photo).values(state="in_review"))

    work()

    assert reminders() == []


def test_what_is_overdue_is_noted_once_however_often_it_is_looked_at() -> None:
    told()
    wait(days=9)

    for _ in range(2):
        jobs.follow_up_customers(0)
        work(times=2)

    assert len(overdue()) == 1
    assert reminders() == []
