from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import db
from core.errors import (
    AlreadyAnswered,
    CannotKeep,
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
from core.services.decisions import PhotoVersion
from tests.cast import Cast, seen


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
