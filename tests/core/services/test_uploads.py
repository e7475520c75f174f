from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import queue
from core.errors import NotAllowed
from core.models import Event, EventName, Origin, Photo, PhotoState, Upload
from core.queries import check_causes
from core.queries.check_causes import Cause
from core.services import decisions, reversals, uploads
from core.services.uploads import Wanted
from tests.cast import PICTURE, Cast, seen


@pytest.fixture
def photo(cast: Cast, session: Session) -> Photo:
    """One whose bytes are on their way."""
    (photo,) = cast.order().photos
    photo.state, photo.upload_id, photo.version = PhotoState.FETCHING, None, 1
    photo.url = "https://uploads.example/a/IMG%201.jpg?width=100"
    session.flush()
    return photo


def wanted(session: Session, photo: Photo) -> Wanted:
    found = uploads.wanted(session, photo.id)
    assert found is not None
    return found


def events(session: Session, photo: Photo) -> list[EventName]:
    return list(session.scalars(select(Event.name).where(Event.photo_id == photo.id)))


def test_what_is_wanted_may_come_from_the_shops_own_hosts(
    cast: Cast, session: Session, photo: Photo
) -> None:
    cast.shop.trusted_hosts = ["uploads.example"]
    session.flush()

    found = wanted(session, photo)

    assert (found.url, found.version) == (photo.url, 1)
    assert set(found.hosts) == {cast.shop.domain, "uploads.example"}
    assert found.file_name == "IMG 1.jpg"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://x.example/a%00b%0d%0a.jpg", "ab.jpg"),
        ("https://x.example/..%2F..%2Fetc%2Fpasswd", "passwd"),
        ("https://x.example/", ""),
        (f"https://x.example/{'x' * 300}.jpg", "x" * 200),
    ],
)
def test_a_file_is_named_by_its_address_alone(url: str, name: str) -> None:
    assert Wanted(1, 1, url, []).file_name == name


def test_a_photo_that_arrives_is_put_before_a_reviewer(session: Session, photo: Photo) -> None:
    uploads.arrived(session, wanted(session, photo), PICTURE)

    session.refresh(photo)
    assert (photo.state, photo.version) == (PhotoState.IN_REVIEW, 2)
    upload = session.get_one(Upload, photo.upload_id)
    assert (upload.origin, upload.sha256, upload.width) == (Origin.ORDER, "ab" * 32, 4000)
    assert events(session, photo) == [EventName.PHOTO_ARRIVED]
    assert uploads.wanted(session, photo.id) is None


def test_a_photo_arrives_once(session: Session, photo: Photo) -> None:
    as_wanted = wanted(session, photo)
    uploads.arrived(session, as_wanted, PICTURE)

    uploads.arrived(session, as_wanted, PICTURE)
    uploads.unavailable(session, as_wanted, "timeout")

    session.refresh(photo)
    assert (photo.state, photo.version) == (PhotoState.IN_REVIEW, 2)
    of_photo = select(func.count()).where(Upload.photo_id == photo.id)
    assert session.scalar(of_photo) == 2  # with the one that it had before
    assert events(session, photo) == [EventName.PHOTO_ARRIVED]


def test_a_photo_that_cannot_be_had_is_put_before_staff(session: Session, photo: Photo) -> None:
    uploads.unavailable(session, wanted(session, photo), "not_found")

    session.refresh(photo)
    assert (photo.state, photo.check_code) == (PhotoState.TO_CHECK, "not_found")
    assert events(session, photo) == [EventName.PHOTO_UNAVAILABLE]


def test_it_can_be_tried_again(cast: Cast, session: Session, photo: Photo) -> None:
    before = wanted(session, photo)
    uploads.unavailable(session, before, "not_found")
    session.refresh(photo)

    assert uploads.try_again(session, seen(photo), actor=cast.ada) == [photo.id]

    session.refresh(photo)
    assert (photo.state, photo.check_code, photo.version) == (PhotoState.FETCHING, None, 3)
    assert cast.jobs("fetch_photo") == [{"photo_id": photo.id}]
    # What an earlier attempt still brings is no longer asked for.
    uploads.unavailable(session, before, "timeout")
    session.refresh(photo)
    assert photo.state is PhotoState.FETCHING


def test_two_people_who_try_again_do_it_once(cast: Cast, session: Session, photo: Photo) -> None:
    uploads.unavailable(session, wanted(session, photo), "not_found")
    session.refresh(photo)
    as_seen = seen(photo)
    uploads.try_again(session, as_seen, actor=cast.ada)

    assert uploads.try_again(session, as_seen, actor=cast.bob) == []
    assert len(cast.jobs("fetch_photo")) == 1


def to_check(cast: Cast, code: str, host: str | None = None) -> Photo:
    (photo,) = cast.order().photos
    photo.state, photo.upload_id = PhotoState.TO_CHECK, None
    photo.check_code, photo.check_host = code, host
    cast.session.flush()
    return photo


def test_all_that_wait_for_one_cause_are_tried_again_together(cast: Cast, session: Session) -> None:
    full = [to_check(cast, "disk_full") for _ in range(3)]
    other = to_check(cast, "damaged")
    assert check_causes.shared(session) == [Cause("disk_full", 3)]

    again = uploads.try_all_again(session, "disk_full", actor=cast.ada)

    assert sorted(again) == [photo.id for photo in full]
    assert [job["photo_id"] for job in cast.jobs("fetch_photo")] == again
    session.refresh(other)
    assert other.state is PhotoState.TO_CHECK
    assert check_causes.shared(session) == []


def test_what_only_trust_or_a_customer_helps_is_not_offered_to_be_tried_again(
    cast: Cast, session: Session
) -> None:
    for _ in range(2):
        to_check(cast, "host_not_trusted", "uploads.example")
        to_check(cast, "missing").url = None
    session.flush()

    assert check_causes.shared(session) == []


def test_whoever_trusts_a_host_has_all_its_photos_fetched(cast: Cast, session: Session) -> None:
    two = [to_check(cast, "host_not_trusted", "uploads.example") for _ in range(2)]
    elsewhere = [
        to_check(cast, "host_not_trusted", "other.example"),
        to_check(Cast(session), "host_not_trusted", "uploads.example"),
    ]

    again = uploads.trust_host(session, cast.shop.id, "uploads.example", manager=cast.mia)

    assert sorted(again) == [photo.id for photo in two]
    assert sorted(job["photo_id"] for job in cast.jobs("fetch_photo")) == sorted(again)
    for photo in elsewhere:
        session.refresh(photo)
        assert photo.state is PhotoState.TO_CHECK
    session.refresh(cast.shop)
    assert cast.shop.trusted_hosts == ["uploads.example"]


def test_nobody_tries_again_without_an_address(cast: Cast, session: Session, photo: Photo) -> None:
    photo.state, photo.url = PhotoState.TO_CHECK, None
    session.flush()

    assert uploads.try_again(session, seen(photo), actor=cast.ada) == []


def test_eve_tries_nothing_again(cast: Cast, session: Session, photo: Photo) -> None:
    class Eve:
        id, username, name, role = 0, "eve", "Eve", "nobody"
        require = type(cast.ada).require

    with pytest.raises(NotAllowed):
        uploads.try_again(session, seen(photo), actor=Eve())  # type: ignore[arg-type]


def test_only_a_photo_whose_job_is_gone_is_given_up(
    cast: Cast, session: Session, photo: Photo
) -> None:
    (other,) = cast.order().photos
    other.state, other.upload_id = PhotoState.FETCHING, None
    session.flush()
    queue.defer(session, "fetch_photo", photo_id=other.id)

    assert uploads.give_up(session) == [photo.id]

    session.refresh(photo)
    session.refresh(other)
    assert (photo.state, photo.check_code) == (PhotoState.TO_CHECK, "gave_up")
    assert other.state is PhotoState.FETCHING


def test_a_missing_photo_can_be_set_aside_and_that_undone(session: Session) -> None:
    cast = Cast(session, undo_seconds=600)
    (photo,) = cast.order().photos
    photo.state, photo.upload_id, photo.check_code = PhotoState.TO_CHECK, None, "missing"
    session.flush()

    outcome = decisions.set_aside(session, seen(photo), reviewer=cast.ada, batch=uuid4())

    assert outcome.decided == [photo.id]
    session.refresh(photo)
    assert photo.state is PhotoState.WITHDRAWN
    reversals.undo(session, outcome.batch, reviewer=cast.ada)
    session.refresh(photo)
    assert (photo.state, photo.check_code) == (PhotoState.TO_CHECK, "missing")
