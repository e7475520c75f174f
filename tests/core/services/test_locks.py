"""Two at work on one order's photos, each of whom could come to wait for the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import db
from core.models import Decision, Photo, PhotoState
from core.services import decisions, responses, staff
from core.services.decisions import PhotoVersion
from tests.cast import Cast, CastOrder, seen
from tests.databases import how_many_wait
from tests.waiting import until


def ask(session: Session, placed: CastOrder, photo: PhotoVersion) -> None:
    responses.ask(session, placed.carl, photo, message="Why?")


def keep_for_customer(session: Session, placed: CastOrder, photo: PhotoVersion) -> None:
    responses.decide_for_customer(session, [photo], why="On the phone", actor=placed.cast.mia)


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("answer", [ask, keep_for_customer])
def test_an_answer_and_a_batch_from_an_old_screen_both_succeed(
    answer: Callable[[Session, CastOrder, PhotoVersion], None],
) -> None:
    with db.transaction() as session:
        cast = Cast(session)
        placed = cast.order(photos=2)
        first, second = placed.photos
        old_screen = seen(first, second)
        cast.reject(second)
        placed.order.assignee_id = cast.bob.id  # the answer takes the order back to Ada
        session.refresh(second)
        issue = seen(second)[0]

    def answering() -> None:
        with db.transaction() as session:
            answer(session, placed, issue)

    def deciding() -> list[int]:
        with db.transaction() as session:
            batch = decisions.approve(session, old_screen, reviewer=cast.bob, batch=uuid4())
            return list(batch.decided)

    with ThreadPoolExecutor(2) as pool:
        with db.transaction() as session:
            # An answer names its rejection: that stops it between its photo and its order.
            session.execute(select(Decision).with_for_update())
            answered = pool.submit(answering)
            until(lambda: how_many_wait() == 1)
            decided = pool.submit(deciding)
            until(lambda: how_many_wait() == 2)
        answered.result(timeout=20)
        assert decided.result(timeout=20) == [first.id]


@pytest.mark.usefixtures("committed")
def test_a_person_can_leave_while_others_decide_on_several_of_their_orders() -> None:
    with db.transaction() as session:
        cast = Cast(session)
        early, late = cast.order(), cast.order()
        added = cast.photo(early.order, early.line, 1)
        on_screen = seen(*late.photos, added)

    def leaving() -> None:
        with db.transaction() as session:
            staff.deactivate(session, staff.COMMAND_LINE, "ada")

    def deciding() -> list[int]:
        with db.transaction() as session:
            batch = decisions.approve(session, on_screen, reviewer=cast.bob, batch=uuid4())
            return list(batch.decided)

    with ThreadPoolExecutor(2) as pool:
        with db.transaction() as session:
            # Theirs is first and last: order by order, the one in the middle would come after it.
            session.execute(select(Photo).where(Photo.id == added.id).with_for_update())
            left = pool.submit(leaving)
            until(lambda: how_many_wait() == 1)
            decided = pool.submit(deciding)
            until(lambda: how_many_wait() == 2)
        left.result(timeout=20)
        assert decided.result(timeout=20) == [photo.id for photo in on_screen]

    with db.transaction() as session:
        states = session.scalars(select(Photo.state).order_by(Photo.id)).all()
        assert states == [PhotoState.IN_REVIEW, PhotoState.APPROVED, PhotoState.APPROVED]
