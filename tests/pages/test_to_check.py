from uuid import uuid4

from sqlalchemy.orm import Session

from core.models import Photo, PhotoState, WithdrawnBecause
from core.services import decisions, responses, uploads
from tests.cast import Cast, seen
from tests.pages.conftest import Hold
from tests.pages.staff_page import open_page, sign_in, words


def to_check(cast: Cast, code: str, url: str | None = "https://files.example/a.jpg") -> Photo:
    (photo,) = cast.order().photos
    photo.state, photo.check_code, photo.upload_id, photo.url = (
        PhotoState.TO_CHECK,
        code,
        None,
        url,
    )
    cast.session.flush()
    return photo


def test_a_photo_to_check_says_what_happened(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    to_check(cast, "not_found")
    sign_in(session, hold_cookie, cast.ada)

    page = words(open_page("to_check"))

    assert "the upload app may have deleted it" in page
    assert "https://files.example/a.jpg" in page


def test_a_photo_is_fetched_again(cast: Cast, session: Session, hold_cookie: Hold) -> None:
    photo = to_check(cast, "timeout")
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("to_check")

    page.button(key=f"again_{photo.id}").click().run()

    session.refresh(photo)
    assert photo.state is PhotoState.FETCHING
    assert cast.jobs("fetch_photo") == [{"photo_id": photo.id}]
    assert "Every photo came in" in words(page)


def test_photos_that_wait_for_one_cause_are_fetched_again_together(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    photos = [to_check(cast, "disk_full") for _ in range(2)]
    to_check(cast, "damaged")
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("to_check")
    together = page.button(key="again_all_disk_full")
    assert together.label == "Try these 2 again"

    together.click().run()

    assert not page.exception
    for photo in photos:
        session.refresh(photo)
        assert photo.state is PhotoState.FETCHING
    assert "Try these" not in " ".join(button.label for button in page.button)


def test_somebody_who_comes_too_late_is_told(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    for _ in range(2):
        to_check(cast, "disk_full")
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("to_check")
    uploads.try_all_again(session, "disk_full", actor=cast.bob)

    page.button(key="again_all_disk_full").click().run()

    assert "Somebody else has taken care of these photos" in page.toast[0].value


def test_the_customer_is_asked(cast: Cast, session: Session, hold_cookie: Hold) -> None:
    photo = to_check(cast, "missing", url=None)
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("to_check")
    page.text_area(key=f"comment_{photo.id}").set_value("Any format is fine.")

    page.button[0].click().run()

    assert not page.exception
    session.refresh(photo)
    assert photo.state is PhotoState.REJECTED
    assert photo.filed_under_id == cast.reason("missing_file")


def test_another_reason_shows_what_the_customer_will_read_then(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    photo = to_check(cast, "not_found")
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("to_check")
    assert "We do not have a photo we can open" in words(page)

    page.selectbox(key=f"reason_{photo.id}").select_index(0).run()

    assert "Your photo would look soft" in words(page)


def test_a_photo_is_set_aside(cast: Cast, session: Session, hold_cookie: Hold) -> None:
    photo = to_check(cast, "missing", url=None)
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("to_check")

    page.button(key=f"aside_{photo.id}").click().run()

    session.refresh(photo)
    assert photo.withdrawn_because is WithdrawnBecause.SET_ASIDE
    assert "Every photo came in" in words(page)


def test_what_a_customer_wrote_instead_of_sending_a_photo_is_read_here(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    photo.state, photo.check_code, photo.upload_id = PhotoState.TO_CHECK, "missing", None
    session.flush()
    decisions.ask_customer(
        session,
        seen(photo),
        reasons=[cast.reason("missing_file")],
        comment="",
        reviewer=cast.ada,
        batch=uuid4(),
    )
    session.refresh(photo)
    responses.ask(session, placed.carl, *seen(photo), message="I have only one on paper.")
    sign_in(session, hold_cookie, cast.ada)

    assert "I have only one on paper." in words(open_page("to_check"))


def test_a_manager_trusts_the_host_that_was_refused(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    photo, other = (to_check(cast, "host_not_trusted") for _ in range(2))
    photo.check_host = other.check_host = "redirected.example"
    session.flush()
    sign_in(session, hold_cookie, cast.mia)
    page = open_page("to_check")

    page.button(key=f"trust_{photo.id}").click().run()

    for each in (photo, other):
        session.refresh(each)
        assert each.state is PhotoState.FETCHING
    session.refresh(cast.shop)
    assert cast.shop.trusted_hosts == ["redirected.example"]


def test_a_processor_is_not_offered_to_trust_a_host(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    photo = to_check(cast, "host_not_trusted")
    photo.check_host = "files.example"
    session.flush()
    sign_in(session, hold_cookie, cast.ada)

    keys = [button.key for button in open_page("to_check").button]

    assert f"again_{photo.id}" in keys
    assert f"trust_{photo.id}" not in keys
