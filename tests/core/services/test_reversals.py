from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import db
from core.models import Event, EventName, Order, Photo, PhotoState, utc_now
from core.services import responses, reversals
from core.services.decisions import PhotoVersion
from tests.cast import Cast, CastOrder, seen
from tests.databases import is_somebody_waiting
from tests.waiting import until


def rejected(cast: Cast, *, photos: int = 1) -> CastOrder:
    placed = cast.order(photos=photos)
    cast.reject(*placed.photos)
    for photo in placed.photos:
        cast.session.refresh(photo)
    return placed


def reopened(session: Session) -> int:
    return len(session.scalars(select(Event).where(Event.name == EventName.PHOTO_REOPENED)).all())


def test_photos_are_taken_back_once_and_whoever_asks_again_is_told_the_same(
    cast: Cast, session: Session
) -> None:
    before = seen(*rejected(cast, photos=2).photos)

    first = reversals.take_back(session, before, reviewer=cast.bob)
    second = reversals.take_back(session, before, reviewer=cast.bob)
    somebody_elses = reversals.take_back(session, before, reviewer=cast.ada)

    assert first == second == [photo.id for photo in before]
    assert somebody_elses == []
    assert reopened(session) == 2


def test_what_was_answered_or_seen_otherwise_is_not_taken_back(
    cast: Cast, session: Session
) -> None:
    waiting, answered, other = rejected(cast), rejected(cast), rejected(cast)
    before = seen(*waiting.photos, *answered.photos)
    before += [PhotoVersion(photo.id, photo.version - 1) for photo in other.photos]
    responses.ask(session, answered.carl, seen(*answered.photos)[0], message="Why?")

    assert reversals.take_back(session, before, reviewer=cast.bob) == [waiting.photos[0].id]


def test_nothing_is_due_from_a_customer_whose_photo_was_taken_back(
    cast: Cast, session: Session
) -> None:
    placed = rejected(cast)
    (photo,) = placed.photos
    photo.answer_due_at = utc_now()
    session.flush()

    reversals.take_back(session, seen(photo), reviewer=cast.bob)

    session.refresh(photo)
    due: datetime | None = photo.answer_due_at
    assert (photo.state, due) == (PhotoState.IN_REVIEW, None)


@pytest.mark.usefixtures("committed")
def test_a_sync_and_somebody_who_takes_back_do_not_wait_for_each_other() -> None:
    with db.transaction() as session:
        cast = Cast(session)
        placed = rejected(cast)
        before = seen(*placed.photos)

    def take_back() -> list[int]:
        with db.transaction() as session:
            return list(reversals.take_back(session, before, reviewer=cast.bob))

    with ThreadPoolExecutor(1) as threads:
        with db.transaction() as session:
            session.execute(
                select(Order.id).where(Order.id == placed.id).with_for_update(key_share=True)
            )
            taken = threads.submit(take_back)
            until(is_somebody_waiting)
            # As a sync does it: the order first, its photos then.
            session.execute(
                select(Photo.id).where(Photo.order_id == placed.id).with_for_update(key_share=True)
            )
        assert taken.result() == [placed.photos[0].id]
