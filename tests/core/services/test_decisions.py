from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import db
from core.errors import MessageRequired, NotAllowed, NotFound, ReasonRequired, TooLate
from core.models import (
    Decision,
    DecisionComment,
    DecisionReason,
    Event,
    EventName,
    Photo,
    PhotoState,
    Undo,
    Verdict,
    WithdrawnBecause,
)
from core.services import decisions, reversals
from core.services.decisions import PhotoVersion
from tests.cast import Cast, seen
from tests.clock import pass_time


def test_approving_takes_photos_out_of_review(cast: Cast, session: Session) -> None:
    first, second = cast.order(photos=2).photos

    outcome = cast.approve(first, second)

    assert outcome.decided == [first.id, second.id]
    session.refresh(first)
    assert first.state is PhotoState.APPROVED
    assert session.get_one(Decision, first.decision_id).verdict is Verdict.APPROVED


def test_rejecting_requires_a_reason(cast: Cast) -> None:
    (photo,) = cast.order().photos

    with pytest.raises(ReasonRequired):
        cast.reject(photo, reasons=())


def test_a_reason_that_needs_a_comment_is_refused_without_one(cast: Cast) -> None:
    (photo,) = cast.order().photos

    with pytest.raises(ReasonRequired, match="“Other” needs a comment"):
        cast.reject(photo, reasons=("other",), comment="  ")


def test_a_reason_of_nobody_is_refused(cast: Cast, session: Session) -> None:
    (photo,) = cast.order().photos

    with pytest.raises(NotFound):
        decisions.reject(
            session, seen(photo), reasons=[0], comment="", reviewer=cast.ada, batch=uuid4()
        )


def test_a_rejected_photo_is_filed_under_its_first_reason(cast: Cast, session: Session) -> None:
    (photo,) = cast.order().photos

    cast.reject(photo, reasons=("dark", "blurry"), comment=" Too dark at the left. ")

    session.refresh(photo)
    assert photo.filed_under_id == cast.reason("dark")
    reasons = session.scalars(
        select(DecisionReason.reason_id)
        .where(DecisionReason.decision_id == photo.decision_id)
        .order_by(DecisionReason.position)
    ).all()
    assert reasons == [cast.reason("dark"), cast.reason("blurry")]
    assert session.get_one(DecisionComment, photo.decision_id).text == "Too dark at the left."


def test_a_decision_has_its_event_and_its_job_in_the_same_transaction(
    cast: Cast, session: Session
) -> None:
    order = cast.order(photos=2)

    cast.reject(*order.photos)

    names = session.scalars(select(Event.name).where(Event.order_id == order.id)).all()
    assert names == [EventName.PHOTO_REJECTED, EventName.PHOTO_REJECTED]
    assert cast.jobs("follow_up_order") == [{"order_id": order.id}]


def test_only_the_first_of_two_reviewers_decides(cast: Cast) -> None:
    (photo,) = cast.order().photos
    as_seen = seen(photo)
    cast.approve(photo, by=cast.bob)

    outcome = decisions.reject(
        cast.session,
        as_seen,
        reasons=[cast.reason("dark")],
        comment="",
        reviewer=cast.ada,
        batch=uuid4(),
    )

    assert outcome.decided == []
    assert outcome.refused == [photo.id]


def test_the_rest_of_a_batch_is_decided(cast: Cast) -> None:
    first, second = cast.order(photos=2).photos
    as_seen = seen(first, second)
    cast.approve(first, by=cast.bob)

    outcome = decisions.approve(cast.session, as_seen, reviewer=cast.ada, batch=uuid4())

    assert (outcome.decided, outcome.refused) == ([second.id], [first.id])


def test_the_same_action_sent_twice_happens_once(cast: Cast, session: Session) -> None:
    (photo,) = cast.order().photos
    as_seen, batch = seen(photo), uuid4()

    first = decisions.approve(session, as_seen, reviewer=cast.ada, batch=batch)
    second = decisions.approve(session, as_seen, reviewer=cast.ada, batch=batch)

    assert first == second
    assert session.scalar(select(func.count()).where(Decision.batch == batch)) == 1


def test_setting_aside_tells_nobody(cast: Cast, session: Session) -> None:
    order = cast.order()

    decisions.set_aside(session, seen(*order.photos), reviewer=cast.ada, batch=uuid4())

    session.refresh(order.photos[0])
    assert order.photos[0].withdrawn_because is WithdrawnBecause.SET_ASIDE


def test_undo_takes_a_whole_batch_back(session: Session) -> None:
    cast = Cast(session, undo_seconds=600)
    photos = cast.order(photos=3).photos
    outcome = cast.reject(*photos)

    undone = reversals.undo(session, outcome.batch, reviewer=cast.ada)

    assert sorted(undone) == [photo.id for photo in photos]
    for photo in photos:
        session.refresh(photo)
        assert (photo.state, photo.filed_under_id) == (PhotoState.IN_REVIEW, None)


def test_undo_is_refused_once_its_time_has_passed(cast: Cast, session: Session) -> None:
    (photo,) = cast.order().photos
    outcome = cast.approve(photo)

    with pytest.raises(TooLate):
        reversals.undo(session, outcome.batch, reviewer=cast.ada)


def test_nobody_else_undoes_a_decision(session: Session) -> None:
    cast = Cast(session, undo_seconds=600)
    (photo,) = cast.order().photos
    outcome = cast.approve(photo)

    with pytest.raises(NotFound):
        reversals.undo(session, outcome.batch, reviewer=cast.bob)


def test_what_was_decided_again_is_not_undone(session: Session) -> None:
    cast = Cast(session, undo_seconds=600)
    (photo,) = cast.order().photos
    outcome = cast.reject(photo)
    session.refresh(photo)
    reversals.take_back(session, seen(photo), reviewer=cast.bob)
    session.refresh(photo)
    cast.approve(photo, by=cast.bob)

    assert reversals.undo(session, outcome.batch, reviewer=cast.ada) == []

    session.refresh(photo)
    assert photo.state is PhotoState.APPROVED


def test_a_rejected_photo_can_be_taken_back_to_review(cast: Cast, session: Session) -> None:
    (photo,) = cast.order().photos
    cast.reject(photo)
    session.refresh(photo)

    assert reversals.take_back(session, seen(photo), reviewer=cast.bob) == [photo.id]

    session.refresh(photo)
    assert photo.state is PhotoState.IN_REVIEW


def test_two_reviewers_at_the_same_moment_do_not_both_decide(committed: None) -> None:
    with db.transaction() as session:
        cast = Cast(session)
        photos = cast.order(photos=8).photos
        as_seen = seen(*photos)
    start = Barrier(2)

    def decide(order: list[PhotoVersion], who: str) -> int:
        start.wait()
        with db.transaction() as session:
            reviewer = cast.ada if who == "ada" else cast.bob
            done = decisions.approve(session, order, reviewer=reviewer, batch=uuid4())
            return len(done.decided)

    with ThreadPoolExecutor(2) as pool:
        # In opposite orders: without locking by id they would wait for each other.
        results = list(pool.map(decide, [as_seen, as_seen[::-1]], ["ada", "bob"]))

    assert sum(results) == 8
    with db.transaction() as session:
        states = session.scalars(select(Photo.state)).all()
        assert set(states) == {PhotoState.APPROVED}
        assert session.scalar(select(func.count()).select_from(Decision)) == 8


def test_one_request_that_arrives_twice_at_once_is_answered_as_done_both_times(
    committed: None,
) -> None:
    with db.transaction() as session:
        cast = Cast(session)
        as_seen = seen(*cast.order(photos=4).photos)
    start, request = Barrier(2), uuid4()

    def decide(_: int) -> tuple[Sequence[int], Sequence[int]]:
        with db.transaction() as session:
            start.wait()
            done = decisions.approve(session, as_seen, reviewer=cast.ada, batch=request)
            return done.decided, done.refused

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(decide, range(2))

    assert first == second == (sorted(photo.id for photo in as_seen), [])
    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == 4


def test_undoing_the_same_batch_twice_is_answered_alike_and_happens_once(session: Session) -> None:
    cast = Cast(session, undo_seconds=600)
    photos = cast.order(photos=2).photos
    outcome = cast.reject(*photos)

    first = reversals.undo(session, outcome.batch, reviewer=cast.ada)
    again = reversals.undo(session, outcome.batch, reviewer=cast.ada)
    pass_time(session, minutes=11)
    late = reversals.undo(session, outcome.batch, reviewer=cast.ada)

    assert first == again == late == [photo.id for photo in photos]
    assert session.scalar(select(func.count()).select_from(Undo)) == 2


def test_an_older_action_is_undone_and_the_newer_one_stays(session: Session) -> None:
    cast = Cast(session, undo_seconds=600)
    first, second = cast.order(photos=2).photos
    older = cast.reject(first)
    cast.approve(second)

    assert reversals.undo(session, older.batch, reviewer=cast.ada) == [first.id]

    session.refresh(second)
    assert second.state is PhotoState.APPROVED


def test_what_is_left_for_a_manager_stays_undecided_until_somebody_decides(
    cast: Cast, session: Session
) -> None:
    (photo,) = cast.order().photos
    as_seen = seen(photo)

    left = decisions.leave_for_manager(session, as_seen, note=" Her dog? ", actor=cast.ada)

    assert left == [photo.id]
    assert (photo.left_note, photo.left_by_id) == ("Her dog?", cast.ada.id)
    assert (photo.state, photo.version) == (PhotoState.IN_REVIEW, as_seen[0].version)

    decisions.approve(session, as_seen, reviewer=cast.mia, batch=uuid4())

    session.refresh(photo)
    assert (photo.left_note, photo.left_by_id, photo.left_at) == (None, None, None)


def test_leaving_the_same_photo_twice_happens_once(cast: Cast, session: Session) -> None:
    (photo,) = cast.order().photos

    for _ in range(2):
        left = decisions.leave_for_manager(session, seen(photo), note="Hm", actor=cast.ada)
        assert left == [photo.id]

    names = session.scalars(select(Event.name).where(Event.photo_id == photo.id)).all()
    assert names.count(EventName.PHOTO_LEFT) == 1


def test_what_somebody_has_decided_is_not_left(cast: Cast, session: Session) -> None:
    first, second = cast.order(photos=2).photos
    as_seen = seen(first, second)
    cast.approve(first, by=cast.bob)

    assert decisions.leave_for_manager(session, as_seen, note="Hm", actor=cast.ada) == [second.id]


def test_nothing_is_left_without_a_word(cast: Cast, session: Session) -> None:
    with pytest.raises(MessageRequired):
        decisions.leave_for_manager(
            session, seen(*cast.order().photos), note=" \0 ", actor=cast.ada
        )


def test_a_guest_role_decides_nothing(cast: Cast) -> None:
    (photo,) = cast.order().photos

    class Eve:
        id, username, name, role = 0, "eve", "Eve", "nobody"
        require = type(cast.ada).require

    with pytest.raises(NotAllowed):
        decisions.approve(cast.session, seen(photo), reviewer=Eve(), batch=uuid4())  # type: ignore[arg-type]
