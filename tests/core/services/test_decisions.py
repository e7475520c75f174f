from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import db
from core.errors import (
    MessageRequired,
    NotAllowed,
    NotFound,
    ReasonRequired,
    SeveralShops,
    TooLate,
)
from core.models import (
    Decision,
    DecisionComment,
    DecisionReason,
    Event,
    EventName,
    Order,
    Photo,
    PhotoNote,
    PhotoState,
    Reason,
    Staff,
    Undo,
    Verdict,
    WithdrawnBecause,
    utc_now,
)
from core.services import decisions, notes, responses, reversals
from core.services.actors import Guest
from core.services.decisions import Outcome, PhotoVersion
from tests.cast import Cast, seen
from tests.clock import pass_time
from tests.databases import is_somebody_waiting
from tests.waiting import until


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


def left_by(session: Session, photo: Photo) -> str | None:
    session.refresh(photo)
    name = select(Staff.name).join(PhotoNote).where(PhotoNote.id == photo.left_note_id)
    return session.scalar(name)


def test_what_is_left_for_a_manager_stays_undecided(cast: Cast, session: Session) -> None:
    (photo,) = cast.order().photos
    request = uuid4()

    left = notes.leave_for_manager(
        session, seen(photo), note=" Her dog? ", actor=cast.ada, request=request
    )

    assert left == [photo.id]
    note = session.scalars(select(PhotoNote)).one()
    assert (note.text, note.staff_id, note.photo_id) == ("Her dog?", cast.ada.id, photo.id)
    assert (photo.state, photo.left_note_id) == (PhotoState.IN_REVIEW, note.id)


def test_nobody_decides_on_a_photo_whose_note_they_have_not_seen(
    cast: Cast, session: Session
) -> None:
    (photo,) = cast.order().photos
    before = seen(photo)
    notes.leave_for_manager(session, before, note="Do not print", actor=cast.ada, request=uuid4())

    stale = decisions.approve(session, before, reviewer=cast.bob, batch=uuid4())
    too_late = notes.leave_for_manager(
        session, before, note="Her dog?", actor=cast.bob, request=uuid4()
    )

    assert (stale.decided, stale.refused, too_late) == ([], [photo.id], [])
    assert left_by(session, photo) == cast.ada.name


def test_a_note_is_open_again_when_the_decision_is_undone(session: Session) -> None:
    cast = Cast(session, undo_seconds=600)
    (photo,) = cast.order().photos
    notes.leave_for_manager(session, seen(photo), note="Hm", actor=cast.ada, request=uuid4())
    batch = cast.approve(photo, by=cast.mia).batch

    reversals.undo(session, batch, reviewer=cast.mia)

    assert photo.state is PhotoState.IN_REVIEW
    assert left_by(session, photo) == cast.ada.name


def test_a_note_is_about_the_photo_before_the_customers_answer(
    cast: Cast, session: Session
) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    notes.leave_for_manager(session, seen(photo), note="Hm", actor=cast.ada, request=uuid4())
    cast.reject(photo)

    carl = Guest(placed.id, address="", browser="")
    responses.ask(session, carl, *seen(photo), message="What now?")

    assert (left_by(session, photo), photo.left_at) == (None, None)
    assert session.scalars(select(PhotoNote.text)).all() == ["Hm"]


def test_leaving_the_same_photo_twice_happens_once(cast: Cast, session: Session) -> None:
    (photo,) = cast.order().photos
    as_seen, request = seen(photo), uuid4()

    for _ in range(2):
        left = notes.leave_for_manager(session, as_seen, note="Hm", actor=cast.ada, request=request)
        assert left == [photo.id]

    names = session.scalars(select(Event.name).where(Event.photo_id == photo.id)).all()
    assert names.count(EventName.PHOTO_LEFT) == 1


def test_what_somebody_has_decided_is_not_left(cast: Cast, session: Session) -> None:
    first, second = cast.order(photos=2).photos
    as_seen = seen(first, second)
    cast.approve(first, by=cast.bob)

    assert notes.leave_for_manager(
        session, as_seen, note="Hm", actor=cast.ada, request=uuid4()
    ) == [second.id]


def test_nothing_is_left_without_a_word(cast: Cast, session: Session) -> None:
    with pytest.raises(MessageRequired):
        notes.leave_for_manager(
            session, seen(*cast.order().photos), note=" \0 ", actor=cast.ada, request=uuid4()
        )


def test_a_guest_role_decides_nothing(cast: Cast) -> None:
    (photo,) = cast.order().photos

    class Eve:
        id, username, name, role = 0, "eve", "Eve", "nobody"
        require = type(cast.ada).require

    with pytest.raises(NotAllowed):
        decisions.approve(cast.session, seen(photo), reviewer=Eve(), batch=uuid4())  # type: ignore[arg-type]


def test_an_undo_that_waited_past_its_window_is_too_late(committed: None) -> None:
    with db.transaction() as session:
        cast = Cast(session, undo_seconds=600)
        placed = cast.order()
        outcome = cast.reject(*placed.photos)
    refused: list[TooLate] = []

    def undo() -> None:
        try:
            with db.transaction() as session:
                reversals.undo(session, outcome.batch, reviewer=cast.ada)
        except TooLate as error:
            refused.append(error)

    undoing = Thread(target=undo)
    with db.transaction() as session:
        # As whoever looks whether the mail is due.
        session.execute(select(Order.id).where(Order.id == placed.id).with_for_update())
        undoing.start()
        until(is_somebody_waiting)
        pass_time(session, minutes=11)
    undoing.join()

    assert len(refused) == 1
    with db.transaction() as session:
        assert session.scalars(select(Photo.state)).all() == [PhotoState.REJECTED]


def test_what_was_rejected_is_answered_as_done_also_once_its_reason_is_retired(
    cast: Cast, session: Session
) -> None:
    (photo,) = cast.order().photos
    as_seen, batch, reasons = seen(photo), uuid4(), [cast.reason("blurry")]

    def reject() -> Outcome:
        return decisions.reject(
            session, as_seen, reasons=reasons, comment="", reviewer=cast.ada, batch=batch
        )

    first = reject()
    session.get_one(Reason, reasons[0]).retired_at = utc_now()
    session.flush()

    assert reject() == first


def test_the_batch_of_somebody_else_is_not_touched(session: Session) -> None:
    cast = Cast(session, undo_seconds=600)
    hers, his = cast.order().photos[0], cast.order().photos[0]
    batch = cast.approve(hers).batch

    outcome = decisions.reject(
        session,
        seen(his),
        reasons=[cast.reason("blurry")],
        comment="Sorry",
        reviewer=cast.bob,
        batch=batch,
    )

    assert (outcome.decided, outcome.refused) == ([his.id], [])
    commented = session.scalars(
        select(Decision.photo_id).join(DecisionComment, DecisionComment.decision_id == Decision.id)
    ).all()
    assert commented == [his.id]
    assert reversals.undo(session, batch, reviewer=cast.bob) == [his.id]
    session.refresh(hers)
    assert hers.state is PhotoState.APPROVED


def test_a_shops_photo_is_not_rejected_for_another_shops_reason(
    cast: Cast, session: Session
) -> None:
    photo, other = cast.order().photos[0], Cast(session)
    theirs = other.order().photos[0]

    def reject(reason: int, *photos: Photo) -> Outcome:
        return decisions.reject(
            session,
            seen(*photos),
            reasons=[reason],
            comment="",
            reviewer=cast.ada,
            batch=uuid4(),
        )

    with pytest.raises(NotFound):
        reject(other.reason("blurry"), photo)
    with pytest.raises(SeveralShops):
        reject(cast.reason("blurry"), photo, theirs)


def test_every_shop_has_its_own_window(session: Session) -> None:
    short, long = Cast(session, undo_seconds=10), Cast(session, undo_seconds=600)
    photos = [short.order().photos[0], long.order().photos[0]]
    batch = short.approve(*photos).batch
    pass_time(session, minutes=1)

    assert reversals.undo(session, batch, reviewer=short.ada) == [photos[1].id]
