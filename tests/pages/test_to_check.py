from sqlalchemy.orm import Session

from core.models import Photo, PhotoState
from tests.cast import Cast
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


def test_a_manager_trusts_a_host(cast: Cast, session: Session, hold_cookie: Hold) -> None:
    photo = to_check(cast, "host_not_trusted")
    sign_in(session, hold_cookie, cast.mia)
    page = open_page("to_check")

    page.button(key=f"trust_{photo.id}").click().run()

    session.refresh(photo)
    assert photo.state is PhotoState.FETCHING
    session.refresh(cast.shop)
    assert cast.shop.trusted_hosts == ["files.example"]


def test_a_processor_does_not_trust_a_host(cast: Cast, session: Session, hold_cookie: Hold) -> None:
    photo = to_check(cast, "host_not_trusted")
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("to_check")

    page.button(key=f"trust_{photo.id}").click().run()

    assert page.toast[0].value == "You do not have permission to do this."
    session.refresh(photo)
    assert photo.state is PhotoState.TO_CHECK
