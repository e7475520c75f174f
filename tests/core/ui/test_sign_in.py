"""What we lean on in streamlit-authenticator: a new version of it has to pass here."""

import re
from importlib.metadata import version

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.models import StaffTicket, ThrottleBucket
from core.services import staff, throttle
from tests.cast import Cast

PASSWORD = "correct horse"


def page() -> None:
    from core.ui import sign_in

    sign_in.screen()


@pytest.fixture
def screen(session: Session, cast: Cast) -> AppTest:
    staff.set_password(session, staff.COMMAND_LINE, "ada", PASSWORD)
    return AppTest.from_function(page).run()


def submit(screen: AppTest, username: str, password: str) -> None:
    screen.text_input[0].input(username)
    screen.text_input[1].input(password)
    screen.button[0].click().run(timeout=15)
    assert not screen.exception


def test_this_is_the_version_whose_source_was_read() -> None:
    assert version("streamlit-authenticator") == "0.4.2"


def test_the_form_has_the_names_that_people_rely_on(screen: AppTest) -> None:
    assert [title.value for title in screen.title] == ["Loupe"]
    assert [field.label for field in screen.text_input] == ["Username", "Password"]
    assert [button.label for button in screen.button] == ["Sign in"]


def test_a_right_password_gives_the_browser_a_ticket_once(
    screen: AppTest, session: Session
) -> None:
    submit(screen, " ADA ", f" {PASSWORD} ")  # the form strips both

    script = screen.get("html")[0].proto.body
    ticket = re.search(r"Bearer ([\w-]{43})", script)
    assert ticket is not None
    assert staff.open_session(session, ticket[1]) is not None

    screen.run()
    assert not screen.get("html")


@pytest.mark.parametrize(
    ("username", "password"), [("ada", "wrong"), ("eve", PASSWORD), ("ada", ""), ("ada", "x" * 80)]
)
def test_a_wrong_one_gives_none(
    screen: AppTest, session: Session, username: str, password: str
) -> None:
    submit(screen, username, password)

    assert [error.value for error in screen.error] == ["Username or password is not right."]
    assert not screen.get("html")
    assert session.scalars(select(StaffTicket)).all() == []


def test_an_empty_form_is_no_attempt(screen: AppTest, session: Session) -> None:
    submit(screen, "", "")

    assert not screen.error
    assert session.scalars(select(ThrottleBucket)).all() == []


def test_too_many_attempts_are_told(screen: AppTest, session: Session) -> None:
    for _ in range(5):
        throttle.may_sign_in(session, "ada", "")

    submit(screen, "ada", PASSWORD)

    assert [error.value for error in screen.error] == [
        "Too many attempts. Please try again in a few minutes."
    ]


def test_what_the_library_keeps_about_an_earlier_visitor_opens_nothing(screen: AppTest) -> None:
    screen.session_state["authentication_status"] = True
    screen.session_state["username"] = "mia"
    screen.run()

    assert [field.label for field in screen.text_input] == ["Username", "Password"]
    assert not screen.get("html")
