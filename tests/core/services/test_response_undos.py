from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import db
from core.errors import AlreadyReviewed
from core.models import (
    Decision,
    Event,
    EventName,
    Message,
    MessageDecision,
    MessageState,
    Origin,
    Photo,
    PhotoState,
    Response,
    ResponseUndo,
    utc_now,
)
from core.queries import photo_history, verdicts
from core.services import decisions, messages, outbox, response_undos, responses
from core.services.decisions import PhotoVersion
from tests.cast import PICTURE, Cast, CastOrder
from tests.core.services.test_responses import chosen


def as_seen(session: Session, photo: Photo) -> PhotoVersion:
    session.flush()
    session.refresh(photo)
    return PhotoVersion(photo.id, photo.version)


def asked_about(cast: Cast) -> tuple[CastOrder, Photo]:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo, reasons=("dark", "blurry"))
    cast.session.refresh(photo)
    return placed, photo


def keep(cast: Cast, placed: CastOrder, photo: Photo) -> None:
    before = as_seen(cast.session, photo)
    responses.keep(cast.session, placed.carl, before, words_shown="As it is.")


def test_the_same_question_stands_again(cast: Cast, session: Session) -> None:
    placed, photo = asked_about(cast)
    photo.answer_due_at = due_at = utc_now() + timedelta(days=5)
    before = as_seen(session, photo)
    decision_id, folder_id = photo.decision_id, photo.filed_under_id
    keep(cast, placed, photo)
    answered = as_seen(session, photo)
    assert photo.answer_due_at is None

    response_undos.undo(session, placed.carl, answered)

    session.refresh(photo)
    assert (photo.state, photo.version) == (PhotoState.REJECTED, before.version + 2)
    assert (photo.decision_id, photo.filed_under_id) == (decision_id, folder_id)
    assert (photo.response_id, photo.answer_due_at) == (None, due_at)
    response = session.scalars(select(Response).where(Response.photo_id == photo.id)).one()
    assert session.get(ResponseUndo, response.id)
    event = session.scalars(select(Event).where(Event.name == EventName.PHOTO_ANSWER_UNDONE)).one()
    assert event.ids == {"decision": decision_id, "response": response.id}


def test_the_picture_of_before_is_in_place_again(cast: Cast, session: Session) -> None:
    placed, photo = asked_about(cast)
    before = photo.upload_id
    draft = chosen(session, photo)
    responses.replace(session, placed.carl, as_seen(session, photo), draft_id=draft.id)

    response_undos.undo(session, placed.carl, as_seen(session, photo))

    session.refresh(photo)
    assert photo.upload_id == before


def test_an_earlier_answer_counts_again(cast: Cast, session: Session) -> None:
    placed, photo = asked_about(cast)
    keep(cast, placed, photo)
    session.refresh(photo)
    first = photo.response_id
    cast.reject(photo)
    keep(cast, placed, photo)

    response_undos.undo(session, placed.carl, as_seen(session, photo))

    session.refresh(photo)
    assert photo.response_id == first


def test_asked_twice_it_is_undone_once_and_another_answer_may_follow(
    cast: Cast, session: Session
) -> None:
    placed, photo = asked_about(cast)
    keep(cast, placed, photo)
    answered = as_seen(session, photo)

    response_undos.undo(session, placed.carl, answered)
    response_undos.undo(session, placed.carl, answered)
    responses.ask(session, placed.carl, as_seen(session, photo), message="Is it very dark?")

    session.refresh(photo)
    assert photo.state is PhotoState.IN_REVIEW
    assert len(session.scalars(select(ResponseUndo)).all()) == 1


def test_what_was_overdue_leaves_a_day_to_answer(cast: Cast, session: Session) -> None:
    placed, photo = asked_about(cast)
    photo.answer_due_at = utc_now() - timedelta(hours=1)
    keep(cast, placed, photo)
    asked_at = utc_now()

    response_undos.undo(session, placed.carl, as_seen(session, photo))

    session.refresh(photo)
    assert photo.answer_due_at is not None
    assert photo.answer_due_at >= asked_at + timedelta(days=1)


def test_nothing_is_taken_back_once_somebody_has_looked(cast: Cast, session: Session) -> None:
    placed, photo = asked_about(cast)
    keep(cast, placed, photo)
    answered = as_seen(session, photo)
    cast.approve(photo)

    with pytest.raises(AlreadyReviewed):
        response_undos.undo(session, placed.carl, answered)
    with pytest.raises(AlreadyReviewed):
        response_undos.undo(session, placed.carl, as_seen(session, photo))


def test_what_staff_have_answered_is_theirs(cast: Cast, session: Session) -> None:
    placed, photo = asked_about(cast)
    responses.attach(session, as_seen(session, photo), PICTURE, actor=cast.bob)

    with pytest.raises(AlreadyReviewed):
        response_undos.undo(session, placed.carl, as_seen(session, photo))


def test_a_mail_that_was_dropped_for_the_answer_leaves_after_all(
    cast: Cast, session: Session
) -> None:
    placed, photo = asked_about(cast)
    messages.queue_issue_mail(session, placed.id)
    keep(cast, placed, photo)
    dropped = session.scalars(select(Message)).one()
    assert outbox.claim(session, dropped.id) is None

    response_undos.undo(session, placed.carl, as_seen(session, photo))
    messages.queue_issue_mail(session, placed.id)

    mails = session.scalars(select(Message).order_by(Message.id)).all()
    assert [mail.state for mail in mails] == [MessageState.DROPPED, MessageState.QUEUED]
    told = session.scalars(select(MessageDecision)).one()
    assert (told.message_id, told.decision_id) == (mails[1].id, photo.decision_id)


def test_nobody_is_written_to_twice(cast: Cast, session: Session) -> None:
    placed, photo = asked_about(cast)
    messages.queue_issue_mail(session, placed.id)
    mail = session.scalars(select(Message)).one()
    outbox.claim(session, mail.id)
    outbox.sent(session, mail.id)
    keep(cast, placed, photo)

    response_undos.undo(session, placed.carl, as_seen(session, photo))
    messages.queue_issue_mail(session, placed.id)

    assert session.scalars(select(Message)).all() == [mail]


def test_only_the_first_of_a_customer_and_a_reviewer_has_their_way(committed: None) -> None:
    with db.transaction() as session:
        cast = Cast(session)
        placed, photo = asked_about(cast)
        keep(cast, placed, photo)
        answered = as_seen(session, photo)
    ready = Barrier(2)

    def undo() -> bool:
        with db.transaction() as session:
            ready.wait()
            try:
                response_undos.undo(session, placed.carl, answered)
            except AlreadyReviewed:
                return False
        return True

    def approve() -> bool:
        with db.transaction() as session:
            ready.wait()
            outcome = decisions.approve(session, [answered], reviewer=cast.ada, batch=uuid4())
            return bool(outcome.decided)

    with ThreadPoolExecutor() as pool:
        undone, approved = pool.submit(undo), pool.submit(approve)

    assert undone.result() is not approved.result()
    with db.transaction() as session:
        state = session.get_one(Photo, photo.id).state
        decided = session.scalars(select(Decision).where(Decision.photo_id == photo.id)).all()
    assert state is (PhotoState.REJECTED if undone.result() else PhotoState.APPROVED)
    assert len(decided) == (1 if undone.result() else 2)


def test_the_history_and_the_queue_forget_what_was_taken_back(cast: Cast, session: Session) -> None:
    placed, photo = asked_about(cast)
    draft = chosen(session, photo)
    responses.replace(session, placed.carl, as_seen(session, photo), draft_id=draft.id)
    response_undos.undo(session, placed.carl, as_seen(session, photo))
    (standing,) = verdicts.standings(session, [photo.id])
    keep(cast, placed, photo)

    history = photo_history.of_photo(session, photo.id)

    assert history is not None
    (only,) = history.rounds
    assert only.origin is Origin.ORDER
    assert [verdict.answer and verdict.answer.kind for verdict in only.verdicts] == ["kept"]
    assert standing.is_asked_again
