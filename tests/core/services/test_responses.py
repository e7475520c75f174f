from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace as altered
from threading import Barrier

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import db
from core.errors import (
    AlreadyAnswered,
    CannotKeep,
    ChangedMeanwhile,
    DraftGone,
    MessageRequired,
    MessageTooLong,
    NoIssue,
)
from core.models import (
    UNFLAGGED,
    Draft,
    Event,
    EventName,
    Order,
    Origin,
    Photo,
    PhotoState,
    Response,
    ResponseBy,
    ResponseKind,
    Staff,
    Upload,
    utc_now,
)
from core.services import responses
from core.services.actors import Actor
from core.services.decisions import PhotoVersion
from tests.cast import PICTURE, Cast, CastOrder, seen
from tests.databases import is_somebody_waiting
from tests.waiting import until


def as_seen(session: Session, photo: Photo) -> PhotoVersion:
    session.refresh(photo)
    return PhotoVersion(photo.id, photo.version)


def chosen(session: Session, photo: Photo) -> Draft:
    draft = Draft(
        photo_id=photo.id,
        sha256="ab" * 32,
        size=5,
        format="JPEG",
        width=4000,
        height=3000,
        file_name="Rex.jpg",
    )
    session.add(draft)
    session.flush()
    return draft


def test_a_new_photo_takes_the_place_of_the_old_one(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo)
    photo.flag_rank = 0
    draft = chosen(session, photo)
    before = as_seen(session, photo)

    responses.replace(session, placed.carl, before, draft_id=draft.id)

    session.refresh(photo)
    assert photo.flag_rank == UNFLAGGED  # of the new one
    upload = session.get_one(Upload, photo.upload_id)
    assert (upload.origin, upload.sha256, upload.file_name) == (
        Origin.CUSTOMER,
        draft.sha256,
        "Rex.jpg",
    )
    assert photo.state is PhotoState.IN_REVIEW
    assert photo.version == before.version + 1
    assert (photo.decision_id, photo.filed_under_id) == (None, None)
    assert not session.scalars(select(Draft)).all()


def test_an_answer_is_recorded_with_who_gave_it_from_where(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo)
    before = as_seen(session, photo)
    decision_id = photo.decision_id

    responses.keep(session, placed.carl, before, words_shown="It will be printed as it is.")

    session.refresh(photo)
    response = session.get_one(Response, photo.response_id)
    assert (response.kind, response.by) == (ResponseKind.KEPT, ResponseBy.CUSTOMER)
    assert (response.decision_id, response.photo_version) == (decision_id, before.version)
    assert response.upload_id == photo.upload_id
    assert response.words_shown == "It will be printed as it is."
    assert (response.address, response.browser) == ("192.0.2.1", "Phone")
    event = session.scalars(select(Event).where(Event.name == EventName.PHOTO_KEPT)).one()
    assert event.ids == {"decision": decision_id, "response": response.id}


def test_an_answered_photo_goes_to_the_top_of_the_queue(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo)
    asked_at = utc_now()

    responses.ask(session, placed.carl, as_seen(session, photo), message="It is my only one.")

    session.refresh(photo)
    assert photo.queue_rank == 0
    assert photo.waiting_since >= asked_at


def test_the_order_returns_to_whoever_rejected(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo)  # by Ada
    placed.order.assignee_id = cast.bob.id
    session.flush()

    responses.ask(session, placed.carl, as_seen(session, photo), message="Hello")

    assert session.get_one(Order, placed.id).assignee_id == cast.ada.id


def test_the_order_does_not_return_to_somebody_who_has_left(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo)
    session.execute(update(Staff).where(Staff.id == cast.ada.id).values(is_active=False))

    responses.ask(session, placed.carl, as_seen(session, photo), message="Hello")

    assert session.get_one(Order, placed.id).assignee_id == cast.bob.id


def test_an_order_is_settled_with_its_last_answer(cast: Cast, session: Session) -> None:
    placed = cast.order(photos=2)
    first, second = placed.photos
    cast.reject(first, second)

    responses.ask(session, placed.carl, as_seen(session, first), message="Hello")
    after_the_first = placed.order.settled_at
    responses.ask(session, placed.carl, as_seen(session, second), message="Hello again")

    assert after_the_first is None
    assert placed.order.settled_at is not None


def test_an_answer_counts_once(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo)
    before = as_seen(session, photo)
    responses.ask(session, placed.carl, before, message="Hello")

    with pytest.raises(AlreadyAnswered):
        responses.ask(session, placed.carl, before, message="Hello")


def test_an_answer_to_an_older_question_does_not_count(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo)
    before = as_seen(session, photo)
    responses.ask(session, placed.carl, before, message="Hello")
    session.refresh(photo)
    cast.reject(photo)

    with pytest.raises(AlreadyAnswered):
        responses.keep(session, placed.carl, before, words_shown="")


def test_nobody_answers_for_another_order(cast: Cast, session: Session) -> None:
    (photo,) = cast.order().photos
    cast.reject(photo)
    eve = cast.order().carl

    with pytest.raises(NoIssue):
        responses.ask(session, eve, as_seen(session, photo), message="Hello")


def test_there_is_no_question_before_the_rejection_is_final(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.undo_seconds = 600
    cast.shop.undo_seconds = 600
    session.flush()
    cast.reject(photo)

    with pytest.raises(NoIssue):
        responses.ask(session, placed.carl, as_seen(session, photo), message="Hello")


def test_there_is_no_question_about_a_photo_in_review(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos

    with pytest.raises(NoIssue):
        responses.ask(session, placed.carl, *seen(photo), message="Hello")


@pytest.mark.parametrize(
    "codes",
    [
        ("copyright",),
        ("blurry", "copyright"),  # the strictest counts
    ],
)
def test_a_photo_is_kept_only_where_every_reason_allows_it(
    cast: Cast, session: Session, codes: tuple[str, ...]
) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo, reasons=codes, comment="A word")

    with pytest.raises(CannotKeep):
        responses.keep(session, placed.carl, as_seen(session, photo), words_shown="")


def test_a_photo_that_never_came_cannot_be_kept(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    photo.upload_id = None
    session.flush()
    cast.reject(photo)

    with pytest.raises(CannotKeep):
        responses.keep(session, placed.carl, as_seen(session, photo), words_shown="")


def test_the_draft_of_another_photo_cannot_be_sent(cast: Cast, session: Session) -> None:
    placed = cast.order(photos=2)
    first, second = placed.photos
    cast.reject(first, second)
    draft = chosen(session, second)

    with pytest.raises(DraftGone):
        responses.replace(session, placed.carl, as_seen(session, first), draft_id=draft.id)


@pytest.mark.parametrize(
    ("message", "error"),
    [
        ("", MessageRequired),
        (" \n\0 ", MessageRequired),
        ("x" * 2001, MessageTooLong),
    ],
)
def test_a_message_says_something_in_reasonable_length(
    cast: Cast, session: Session, message: str, error: type[Exception]
) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo)

    with pytest.raises(error):
        responses.ask(session, placed.carl, as_seen(session, photo), message=message)


@pytest.mark.usefixtures("committed")
def test_of_two_answers_at_once_the_first_counts() -> None:
    with db.transaction() as session:
        cast = Cast(session)
        placed = cast.order()
        cast.reject(*placed.photos)
        photo, guest = as_seen(session, placed.photos[0]), placed.carl
    both = Barrier(2)

    def answer(message: str) -> bool:
        with db.transaction() as session:
            both.wait()
            try:
                responses.ask(session, guest, photo, message=message)
            except AlreadyAnswered:
                return False
            return True

    with ThreadPoolExecutor(2) as threads:
        counted = list(threads.map(answer, ["One", "Two"]))

    assert sorted(counted) == [False, True]


@pytest.mark.usefixtures("committed")
def test_two_last_answers_at_once_settle_the_order() -> None:
    with db.transaction() as session:
        cast = Cast(session)
        placed = cast.order(photos=2)
        cast.reject(*placed.photos)
        photos = [as_seen(session, photo) for photo in placed.photos]
        guest = placed.carl
    both = Barrier(2)

    def answer(photo: PhotoVersion) -> None:
        with db.transaction() as session:
            both.wait()
            responses.ask(session, guest, photo, message="Hello")

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(answer, photos))

    with db.transaction() as session:
        assert session.get_one(Order, guest.order_id).settled_at is not None


WHY = "She is happy with it, on the phone"


def rejected(cast: Cast, *, photos: int = 1, reasons: tuple[str, ...] = ("blurry",)) -> CastOrder:
    placed = cast.order(photos=photos)
    cast.reject(*placed.photos, reasons=reasons, comment="A word")
    for photo in placed.photos:
        cast.session.refresh(photo)
    return placed


def decide(cast: Cast, photos: list[Photo], *, by: Actor | None = None) -> list[int]:
    done = responses.decide_for_customer(cast.session, seen(*photos), why=WHY, actor=by or cast.bob)
    return list(done)


def test_staff_keep_photos_for_their_customers_and_say_why(cast: Cast, session: Session) -> None:
    placed = rejected(cast, photos=2)
    decisions = [photo.decision_id for photo in placed.photos]
    versions = [photo.version for photo in placed.photos]

    done = decide(cast, placed.photos)

    assert done == [photo.id for photo in placed.photos]
    for photo, decision_id, version in zip(placed.photos, decisions, versions, strict=True):
        session.refresh(photo)
        assert (photo.state, photo.queue_rank) == (PhotoState.IN_REVIEW, 0)
        assert (photo.version, photo.decision_id) == (version + 1, None)
        response = session.get_one(Response, photo.response_id)
        assert (response.kind, response.by) == (ResponseKind.KEPT, ResponseBy.STAFF)
        assert (response.staff_id, response.message) == (cast.bob.id, WHY)
        assert (response.decision_id, response.photo_version) == (decision_id, version)
        assert (response.words_shown, response.address, response.browser) == (None, None, None)
    events = session.scalars(select(Event).where(Event.name == EventName.PHOTO_KEPT)).all()
    assert {event.staff_id for event in events} == {cast.bob.id}
    session.refresh(placed.order)
    assert placed.order.settled_at is not None
    assert placed.order.assignee_id == cast.ada.id  # who had rejected


def test_what_staff_decided_for_a_customer_is_decided_once(cast: Cast, session: Session) -> None:
    placed = rejected(cast)
    before = seen(*placed.photos)

    first = responses.decide_for_customer(session, before, why=WHY, actor=cast.bob)
    second = responses.decide_for_customer(session, before, why=WHY, actor=cast.bob)
    somebody_elses = responses.decide_for_customer(session, before, why=WHY, actor=cast.ada)

    assert first == second == [placed.photos[0].id]
    assert somebody_elses == []
    assert len(session.scalars(select(Response)).all()) == 1


def test_what_cannot_be_kept_is_left_and_the_rest_is_done(cast: Cast, session: Session) -> None:
    fine, forbidden = rejected(cast), rejected(cast, reasons=("blurry", "copyright"))
    answered, absent, moved = rejected(cast), cast.order(), rejected(cast)
    absent.photos[0].upload_id, absent.photos[0].state = None, PhotoState.IN_REVIEW
    session.flush()
    cast.reject(*absent.photos)
    session.refresh(absent.photos[0])
    before = seen(*(placed.photos[0] for placed in (fine, forbidden, answered, absent, moved)))
    responses.ask(session, answered.carl, seen(*answered.photos)[0], message="Why?")
    moved.photos[0].version += 1
    session.flush()

    done = responses.decide_for_customer(session, before, why=WHY, actor=cast.bob)

    assert done == [fine.photos[0].id]
    session.refresh(forbidden.photos[0])
    assert forbidden.photos[0].state is PhotoState.REJECTED


@pytest.mark.parametrize(
    ("why", "error"),
    [("", MessageRequired), (" \0\n", MessageRequired), ("x" * 2001, MessageTooLong)],
)
def test_nothing_is_decided_for_a_customer_without_a_reason_that_is_recorded(
    cast: Cast, session: Session, why: str, error: type[Exception]
) -> None:
    placed = rejected(cast)

    with pytest.raises(error):
        responses.decide_for_customer(session, seen(*placed.photos), why=why, actor=cast.bob)


def test_nothing_is_due_from_a_customer_any_more_once_there_is_an_answer(
    cast: Cast, session: Session
) -> None:
    placed = rejected(cast, photos=2)
    for photo in placed.photos:
        photo.answer_due_at = utc_now()
    session.flush()

    responses.ask(session, placed.carl, seen(placed.photos[0])[0], message="Why?")
    decide(cast, placed.photos[1:])

    for photo in placed.photos:
        session.refresh(photo)
    assert [photo.answer_due_at for photo in placed.photos] == [None, None]


def test_a_photo_that_came_by_mail_takes_the_place_of_the_old_one(
    cast: Cast, session: Session
) -> None:
    placed = rejected(cast)
    (photo,) = placed.photos
    photo.flag_rank = 0
    session.flush()
    before, decision_id = photo.version, photo.decision_id

    attached = responses.attach(session, seen(photo)[0], PICTURE, actor=cast.bob)

    session.refresh(photo)
    assert attached == PhotoVersion(photo.id, before + 1) == PhotoVersion(photo.id, photo.version)
    assert (photo.state, photo.queue_rank) == (PhotoState.IN_REVIEW, 0)
    assert photo.flag_rank == UNFLAGGED  # of the new one
    upload = session.get_one(Upload, photo.upload_id)
    assert (upload.origin, upload.sha256) == (Origin.CUSTOMER, PICTURE.sha256)
    response = session.get_one(Response, photo.response_id)
    assert (response.kind, response.by) == (ResponseKind.REPLACED, ResponseBy.STAFF)
    assert (response.staff_id, response.decision_id) == (cast.bob.id, decision_id)
    assert response.upload_id == upload.id
    event = session.scalars(select(Event).where(Event.name == EventName.PHOTO_REPLACED)).one()
    assert event.staff_id == cast.bob.id


def test_a_photo_that_never_came_may_come_by_mail(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    photo.upload_id = None
    session.flush()
    cast.reject(photo)
    session.refresh(photo)

    responses.attach(session, seen(photo)[0], PICTURE, actor=cast.bob)

    session.refresh(photo)
    assert photo.state is PhotoState.IN_REVIEW


def test_a_photo_is_attached_once(cast: Cast, session: Session) -> None:
    placed = rejected(cast)
    (before,) = seen(*placed.photos)
    first = responses.attach(session, before, PICTURE, actor=cast.bob)

    second = responses.attach(session, before, PICTURE, actor=cast.bob)

    assert first == second
    assert len(session.scalars(select(Response)).all()) == 1
    responses.admit(session, before, actor=cast.bob)
    for picture, actor in (
        (altered(PICTURE, sha256="cd" * 32), cast.bob),  # another picture would be lost
        (PICTURE, cast.ada),
    ):
        with pytest.raises(ChangedMeanwhile):
            responses.attach(session, before, picture, actor=actor)


def test_what_was_answered_meanwhile_takes_no_attachment(cast: Cast, session: Session) -> None:
    placed = rejected(cast)
    (before,) = seen(*placed.photos)
    responses.admit(session, before, actor=cast.bob)
    responses.ask(session, placed.carl, before, message="Why?")

    with pytest.raises(ChangedMeanwhile):
        responses.admit(session, before, actor=cast.bob)
    with pytest.raises(ChangedMeanwhile):
        responses.attach(session, before, PICTURE, actor=cast.bob)


@pytest.mark.usefixtures("committed")
def test_of_a_customer_and_staff_who_answer_at_once_the_first_counts() -> None:
    with db.transaction() as session:
        cast = Cast(session)
        placed = rejected(cast)
        (before,) = seen(*placed.photos)

    def decide_too() -> list[int]:
        with db.transaction() as session:
            return list(responses.decide_for_customer(session, [before], why=WHY, actor=cast.bob))

    with ThreadPoolExecutor(1) as threads:
        with db.transaction() as session:
            responses.ask(session, placed.carl, before, message="Why?")
            second = threads.submit(decide_too)
            until(is_somebody_waiting)
        assert second.result() == []

    with db.transaction() as session:
        assert session.scalars(select(Response.kind)).all() == [ResponseKind.ASKED]


@pytest.mark.usefixtures("committed")
def test_the_same_decision_for_a_customer_sent_twice_at_once_happens_once() -> None:
    with db.transaction() as session:
        cast = Cast(session)
        before = seen(*rejected(cast, photos=2).photos)
    both = Barrier(2)

    def decide_it(_: int) -> list[int]:
        with db.transaction() as session:
            both.wait()
            return list(responses.decide_for_customer(session, before, why=WHY, actor=cast.bob))

    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(decide_it, range(2))

    assert first == second == [photo.id for photo in before]
    with db.transaction() as session:
        assert len(session.scalars(select(Response)).all()) == 2
