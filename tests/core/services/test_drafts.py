from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import AlreadyAnswered, NoIssue, UploadsExhausted
from core.integrations.intake import StoredPicture
from core.models import Draft, utc_now
from core.services import drafts, responses
from tests.cast import PICTURE, Cast, seen

A_DAY_AGO = timedelta(days=1, minutes=1)


def picture(sha: str = "ab" * 32) -> StoredPicture:
    return replace(PICTURE, sha256=sha)


def test_a_file_may_come_in_for_a_photo_that_waits_for_one(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo)

    drafts.admit(session, placed.carl, photo.id)
    draft = drafts.add(session, placed.carl, photo.id, picture())

    assert session.get_one(Draft, draft.id).photo_id == photo.id


def test_no_file_comes_in_for_a_photo_in_review(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos

    with pytest.raises(NoIssue):
        drafts.admit(session, placed.carl, photo.id)


def test_no_file_comes_in_for_somebody_elses_photo(cast: Cast, session: Session) -> None:
    (photo,) = cast.order().photos
    cast.reject(photo)
    eve = cast.order().carl

    with pytest.raises(NoIssue):
        drafts.admit(session, eve, photo.id)


def test_a_file_that_comes_after_the_answer_is_not_noted(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo)
    drafts.admit(session, placed.carl, photo.id)
    session.refresh(photo)
    responses.ask(session, placed.carl, *seen(photo), message="Hello")

    with pytest.raises(AlreadyAnswered):
        drafts.add(session, placed.carl, photo.id, picture())


def test_two_hundred_files_in_a_row_are_too_many(cast: Cast, session: Session) -> None:
    placed = cast.order(photos=2)
    first, second = placed.photos
    cast.reject(first, second)

    def send_two_hundred() -> None:
        for count in range(200):
            drafts.admit(session, placed.carl, (first, second)[count % 2].id)
            admitted.append(count)

    admitted: list[int] = []
    with pytest.raises(UploadsExhausted, match="write to us"):
        send_two_hundred()

    assert len(admitted) == 60


def test_old_drafts_go_and_their_pictures_are_looked_at(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo)

    def chosen(sha: str, age: timedelta) -> None:
        draft = drafts.add(session, placed.carl, photo.id, picture(sha))
        draft.created_at = utc_now() - age
        session.flush()

    chosen("aa" * 32, A_DAY_AGO)
    chosen("bb" * 32, timedelta())
    chosen("bb" * 32, A_DAY_AGO)  # the same picture was chosen again today

    drafts.delete_old(session)

    assert session.scalars(select(Draft.sha256)).all() == ["bb" * 32]
    assert cast.jobs("remove_picture") == [{"sha256": "aa" * 32}, {"sha256": "bb" * 32}]
