"""How often somebody may try."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import db
from core.models import ThrottleBucket
from core.services import throttle
from core.services.throttle import Limit


def pass_time(session: Session, time: timedelta) -> None:
    session.execute(update(ThrottleBucket).values(updated_at=ThrottleBucket.updated_at - time))


def test_six_tries_are_one_too_many_and_it_ends_by_itself(session: Session) -> None:
    tries = [throttle.may_sign_in(session, "ada", "192.0.2.1") for _ in range(7)]
    assert tries == [True] * 5 + [False] * 2

    pass_time(session, timedelta(seconds=59))
    assert not throttle.may_sign_in(session, "ada", "192.0.2.1")
    pass_time(session, timedelta(seconds=2))
    assert throttle.may_sign_in(session, "ada", "192.0.2.1")
    assert not throttle.may_sign_in(session, "ada", "192.0.2.1")


def test_a_guesser_elsewhere_does_not_lock_somebody_out(session: Session) -> None:
    for _ in range(20):
        throttle.may_sign_in(session, "ada", "198.51.100.1")

    assert throttle.may_sign_in(session, "ada", "192.0.2.1")
    assert throttle.may_sign_in(session, "bob", "198.51.100.1")


def test_many_addresses_together_are_slowed_down(session: Session) -> None:
    tries = [throttle.may_sign_in(session, "ada", f"198.51.100.{n}") for n in range(110)]

    assert tries == [True] * 100 + [False] * 10


def test_a_success_forgives_the_failures_before_it(session: Session) -> None:
    for _ in range(5):
        throttle.may_sign_in(session, "ada", "192.0.2.1")

    throttle.signed_in(session, "ada", "192.0.2.1")

    assert throttle.may_sign_in(session, "ada", "192.0.2.1")


def test_a_bucket_never_holds_more_than_its_tries(session: Session) -> None:
    limit = Limit(2, timedelta(seconds=1))
    throttle.take(session, "b", limit)
    pass_time(session, timedelta(days=3))

    assert [throttle.take(session, "b", limit) for _ in range(3)] == [True, True, False]


def test_what_was_typed_as_a_name_is_not_kept(session: Session) -> None:
    throttle.may_sign_in(session, "my password \0", "192.0.2.1")

    names = session.scalars(select(ThrottleBucket.name)).all()
    assert len(names) == 2
    assert not any("password" in name for name in names)


def test_of_many_at_once_only_as_many_pass_as_there_are_tries(committed: None) -> None:
    limit = Limit(3, timedelta(hours=1))

    def attempt(_: int) -> bool:
        with db.transaction() as session:
            return throttle.take(session, "b", limit)

    with ThreadPoolExecutor(8) as pool:
        passed = sum(pool.map(attempt, range(16)))

    assert passed == 3
