from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from core import db
from core.models import Photo, PhotoState
from tests.cast import Cast


def test_two_who_wait_for_each_other_both_come_to_their_end(committed: None) -> None:
    with db.transaction() as session:
        photos = [photo.id for photo in Cast(session).order(photos=2).photos]
    both_have_one = Barrier(2)
    runs: list[Sequence[int]] = []

    @db.despite_deadlocks
    def withdraw(ids: Sequence[int]) -> None:
        is_first = ids not in runs
        runs.append(ids)
        with db.transaction() as session:
            for id_ in ids:
                session.get_one(Photo, id_).state = PhotoState.WITHDRAWN
                session.flush()
                if is_first and id_ == ids[0]:
                    both_have_one.wait()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(withdraw, [photos, photos[::-1]]))

    # More than once, where who is sent back takes its first photo again before the other has it.
    assert len(runs) > 2
    with db.transaction() as session:
        assert {session.get_one(Photo, id_).state for id_ in photos} == {PhotoState.WITHDRAWN}


def test_what_fails_otherwise_is_not_done_again(committed: None) -> None:
    runs = []

    @db.despite_deadlocks
    def wait_in_vain() -> None:
        runs.append("once")
        with db.transaction() as session:
            session.execute(text("SET LOCAL statement_timeout = '1ms'"))
            session.execute(text("SELECT pg_sleep(10)"))

    with pytest.raises(OperationalError):
        wait_in_vain()

    assert runs == ["once"]
