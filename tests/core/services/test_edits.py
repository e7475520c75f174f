from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import db
from core.errors import ChangedMeanwhile, NotFound
from core.findings.finding import Kind, Level
from core.models import (
    UNFLAGGED,
    Decision,
    Event,
    EventName,
    Origin,
    Photo,
    PhotoState,
    Upload,
    UploadFinding,
)
from core.queries import photo_history, review_queue
from core.services import decisions, edits, findings, notes, responses
from core.services.decisions import PhotoVersion
from tests.cast import PICTURE, Cast, CastOrder, seen

#: 30 x 40 cm: enough of the picture that came, too little of this part of it.
PART = replace(PICTURE, sha256="cd" * 32, width=450, height=600)


@pytest.fixture
def placed(cast: Cast) -> CastOrder:
    return cast.order()


def current(session: Session, photo: Photo) -> Upload:
    session.refresh(photo)
    upload = session.get(Upload, photo.upload_id)
    assert upload is not None
    return upload


def events(session: Session, name: EventName) -> list[Event]:
    session.flush()
    return list(session.scalars(select(Event).where(Event.name == name).order_by(Event.id)))


def test_an_edited_picture_takes_the_place_of_the_one_that_was_seen(
    cast: Cast, session: Session, placed: CastOrder
) -> None:
    (photo,) = placed.photos
    before = (photo.version, photo.queue_rank, photo.waiting_since, photo.response_id)
    came = photo.upload_id

    edits.record(session, seen(photo)[0], PART, actor=cast.ada)

    upload = current(session, photo)
    assert (upload.origin, upload.sha256, upload.width) == (Origin.STAFF, PART.sha256, 450)
    assert (photo.state, photo.decision_id) == (PhotoState.IN_REVIEW, None)
    after = (photo.version - 1, photo.queue_rank, photo.waiting_since, photo.response_id)
    assert after == before
    assert session.get_one(Upload, came).origin is Origin.ORDER
    (event,) = events(session, EventName.PHOTO_EDITED)
    assert (event.staff_id, event.photo_id, event.order_id) == (cast.ada.id, photo.id, placed.id)
    assert event.ids == {"upload": upload.id}


def test_what_is_found_in_the_part_is_judged_anew(
    cast: Cast, session: Session, placed: CastOrder
) -> None:
    (photo,) = placed.photos
    findings.note(session, current(session, photo))
    assert photo.flag_rank == UNFLAGGED

    edits.record(session, seen(photo)[0], PART, actor=cast.ada)

    found = session.scalars(
        select(UploadFinding).where(UploadFinding.upload_id == current(session, photo).id)
    ).all()
    assert [(each.kind, each.level) for each in found] == [(Kind.RESOLUTION, Level.POOR)]
    assert photo.flag_rank == 0


def test_what_is_then_approved_is_the_edited_picture(
    cast: Cast, session: Session, placed: CastOrder
) -> None:
    (photo,) = placed.photos
    as_it_came = seen(photo)
    edits.record(session, as_it_came[0], PART, actor=cast.ada)
    session.refresh(photo)

    late = decisions.approve(session, as_it_came, reviewer=cast.bob, batch=uuid4())
    approved = cast.approve(photo, by=cast.bob)

    assert (late.decided, late.refused) == ([], [photo.id])
    assert approved.decided == [photo.id]
    (decision,) = session.scalars(select(Decision).where(Decision.photo_id == photo.id))
    assert decision.upload_id == current(session, photo).id
    assert current(session, photo).origin is Origin.STAFF


def approve(cast: Cast, photo: Photo) -> None:
    cast.approve(photo)


def reject(cast: Cast, photo: Photo) -> None:
    cast.reject(photo)


def edit(cast: Cast, photo: Photo) -> None:
    edits.record(cast.session, seen(photo)[0], PART, actor=cast.bob)


@pytest.mark.parametrize("meanwhile", [approve, reject, edit])
def test_whoever_edits_what_has_changed_meanwhile_is_told(
    cast: Cast, session: Session, placed: CastOrder, meanwhile: Callable[[Cast, Photo], None]
) -> None:
    (photo,) = placed.photos
    (as_seen,) = seen(photo)
    meanwhile(cast, photo)
    now = current(session, photo).id

    for command in (edits.wanted, edits.revert):
        with pytest.raises(ChangedMeanwhile):
            command(session, as_seen, actor=cast.ada)
    with pytest.raises(ChangedMeanwhile):
        edits.record(session, as_seen, PICTURE, actor=cast.ada)

    assert current(session, photo).id == now


def test_of_a_photo_that_does_not_exist_nothing_is_wanted(cast: Cast, session: Session) -> None:
    with pytest.raises(NotFound):
        edits.wanted(session, PhotoVersion(2**62, 1), actor=cast.ada)


def test_of_two_who_edit_at_once_the_first_wins(committed: None) -> None:
    with db.transaction() as session:
        cast = Cast(session)
        (as_seen,) = seen(*cast.order().photos)
    together = Barrier(2)

    def save(width: int) -> int | None:
        together.wait()
        with db.transaction() as session:
            try:
                edits.record(session, as_seen, replace(PART, width=width), actor=cast.ada)
            except ChangedMeanwhile:
                return None
        return width

    with ThreadPoolExecutor(2) as pool:
        saved = [width for width in pool.map(save, (500, 600)) if width]

    assert len(saved) == 1
    with db.transaction() as session:
        photo = session.get_one(Photo, as_seen.id)
        uploads = session.scalars(select(Upload).where(Upload.origin == Origin.STAFF)).all()
        assert [(each.id, each.width) for each in uploads] == [(photo.upload_id, saved[0])]
        assert photo.version == as_seen.version + 1


def test_the_picture_as_it_came_takes_its_place_again(
    cast: Cast, session: Session, placed: CastOrder
) -> None:
    (photo,) = placed.photos
    came = current(session, photo)
    for _ in range(2):
        edits.record(session, seen(photo)[0], PART, actor=cast.ada)
        session.refresh(photo)
    version = photo.version

    edits.revert(session, seen(photo)[0], actor=cast.bob)

    again = current(session, photo)
    assert again.columns() == came.columns()
    assert (again.origin, again.id > came.id) == (Origin.ORDER, True)
    assert (photo.version, photo.state) == (version + 1, PhotoState.IN_REVIEW)
    assert photo.flag_rank == UNFLAGGED
    (event,) = events(session, EventName.PHOTO_REVERTED)
    assert (event.staff_id, event.ids) == (cast.bob.id, {"upload": again.id})
    story = photo_history.of_photo(session, photo.id)
    assert story is not None
    assert [each.origin for each in story.rounds] == [
        *(Origin.ORDER, Origin.STAFF, Origin.STAFF, Origin.ORDER)
    ]


def test_the_picture_as_it_came_is_the_customers_latest(
    cast: Cast, session: Session, placed: CastOrder
) -> None:
    (photo,) = placed.photos
    photo.upload_id = cast.upload(photo, Origin.CUSTOMER).id
    session.flush()
    newer = current(session, photo)
    edits.record(session, seen(photo)[0], PART, actor=cast.ada)
    session.refresh(photo)

    edits.revert(session, seen(photo)[0], actor=cast.ada)

    again = current(session, photo)
    assert (again.sha256, again.origin) == (newer.sha256, Origin.CUSTOMER)


def test_what_nobody_has_edited_is_as_it_came(
    cast: Cast, session: Session, placed: CastOrder
) -> None:
    (photo,) = placed.photos

    with session.begin_nested() as attempt:
        with pytest.raises(NotFound, match="as it came"):
            edits.revert(session, seen(photo)[0], actor=cast.ada)
        attempt.rollback()


def test_a_customers_answer_and_a_managers_note_outlast_an_edit(
    cast: Cast, session: Session, placed: CastOrder
) -> None:
    (photo,) = placed.photos
    cast.reject(photo)
    session.refresh(photo)
    responses.ask(session, placed.carl, *seen(photo), message="Please turn it for me")
    session.refresh(photo)
    notes.leave_for_manager(
        session, seen(photo), note="Which way?", actor=cast.ada, request=uuid4()
    )

    edits.record(session, seen(photo)[0], PART, actor=cast.mia)

    row = review_queue.one(session, photo.id)
    assert row is not None
    assert (row.message, row.left_note) == ("Please turn it for me", "Which way?")
    assert (row.is_edited, row.sha256) == (True, PART.sha256)


def test_only_what_is_in_review_has_a_row(cast: Cast, session: Session, placed: CastOrder) -> None:
    (photo,) = placed.photos
    row = review_queue.one(session, photo.id)
    cast.approve(photo)

    assert row is not None
    assert (row.id, row.version, row.is_edited) == (photo.id, 2, False)
    assert review_queue.one(session, photo.id) is None
