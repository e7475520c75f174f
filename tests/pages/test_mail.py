"""The mail log, as staff see it."""

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.models import Message, MessageState, Order, Staff
from core.queries.mailbox import PAGE_SIZE
from core.services import outbox
from tests.cast import Cast
from tests.core.services.test_outbox import rejected
from tests.pages.conftest import Hold
from tests.pages.staff_page import open_page, sign_in, words
from tests.smtp import PostOffice

BAD_ADDRESS = "smtp_refused: 550 5.1.1 <carl@example.org> does not exist"


@pytest.fixture
def page_of_ada(cast: Cast, session: Session, hold_cookie: Hold) -> None:
    sign_in(session, hold_cookie, cast.ada)


def failed(cast: Cast, error: str = BAD_ADDRESS) -> Message:
    _, mail = rejected(cast)
    outbox.claim(cast.session, mail.id)
    outbox.failed(cast.session, mail.id, error)
    return mail


def uncertain(cast: Cast) -> Message:
    _, mail = rejected(cast)
    outbox.claim(cast.session, mail.id)
    outbox.uncertain(cast.session, mail.id, "Connection unexpectedly closed")
    return mail


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


@pytest.mark.usefixtures("page_of_ada")
def test_a_mail_that_failed_says_why_in_words_and_is_sent_again(
    cast: Cast, session: Session
) -> None:
    mail = failed(cast)
    page = open_page("mail")
    read = words(page)
    assert "**1 needs you**" in read
    assert "The server knows nobody at this address." in read
    assert "550 5.1.1 &lt;carl@example.org&gt; does not exist" in read
    order = session.get_one(Order, mail.order_id)
    order.mail_to = "carl@right.example"
    session.flush()

    page.button(key=f"again_{mail.id}").click().run()

    session.refresh(mail)
    assert (mail.state, mail.to) == (MessageState.QUEUED, "carl@right.example")
    assert page.toast[0].value == "On its way again"
    assert "Send again" not in labels(page)


@pytest.mark.usefixtures("page_of_ada")
def test_a_person_says_that_an_uncertain_mail_arrived(cast: Cast, session: Session) -> None:
    mail = uncertain(cast)
    page = open_page("mail")
    assert "it may have arrived, or not" in words(page)

    page.button(key=f"arrived_{mail.id}").click().run()

    session.refresh(mail)
    assert mail.state is MessageState.SENT
    assert "Nothing needs you" in words(page)


@pytest.mark.usefixtures("page_of_ada")
def test_who_comes_second_is_told(cast: Cast, session: Session) -> None:
    mail = uncertain(cast)
    page = open_page("mail")
    outbox.send_again(session, mail.id, actor=cast.bob)

    page.button(key=f"arrived_{mail.id}").click().run()

    assert page.toast[0].value.startswith("Somebody else has changed this meanwhile.")
    session.refresh(mail)
    assert mail.state is MessageState.QUEUED


@pytest.mark.usefixtures("page_of_ada")
def test_a_mail_is_shown_as_it_was_sent_once_it_is_opened(cast: Cast, session: Session) -> None:
    _, mail = rejected(cast)
    outbox.claim(session, mail.id)
    outbox.sent(session, mail.id, reply="250 2.0.0 OK 17")
    page = open_page("mail")
    assert not page.get("bidi_component")
    assert "250 2.0.0 OK 17" not in words(page)

    page.session_state[f"read_{mail.id}"] = True
    page.run()

    (frame,) = page.get("bidi_component")
    assert "Hello Carl" in frame.proto.json
    assert f"/photos/{mail.pictures[0]['sha256']}/grid" in frame.proto.json
    assert "cid:" not in frame.proto.json
    assert "250 2.0.0 OK 17" in words(page)
    page.toggle(key=f"as_text_{mail.id}").set_value(True).run()
    assert not page.get("bidi_component")
    assert "Hello Carl," in words(page)


@pytest.mark.usefixtures("page_of_ada")
@pytest.mark.parametrize(
    ("folder", "shown"),
    [("Failed", "Failed"), ("Uncertain", "Uncertain"), ("Waiting", "Waiting"), ("Sent", None)],
)
def test_a_folder_shows_its_own(cast: Cast, folder: str, shown: str | None) -> None:
    failed(cast)
    uncertain(cast)
    rejected(cast)

    read = words(open_page("mail", mails=folder))

    tags = [state for state in ("Failed", "Uncertain", "Waiting") if f"'>{state}</span>" in read]
    assert tags == ([shown] if shown else [])
    assert ("No mail has been sent." in read) is (shown is None)


@pytest.mark.usefixtures("page_of_ada")
def test_older_mail_is_on_the_next_page(cast: Cast, session: Session) -> None:
    mails = [rejected(cast)[1].id for _ in range(PAGE_SIZE + 1)]
    page = open_page("mail")
    assert len(page.expander) == PAGE_SIZE

    next(button for button in page.button if button.label == "Older").click().run()

    assert [expander.proto.id.endswith(f"read_{mails[0]}") for expander in page.expander] == [True]


@pytest.mark.usefixtures("page_of_ada")
def test_of_a_forgotten_customer_nothing_is_shown(cast: Cast, session: Session) -> None:
    failed(cast)
    session.execute(update(Message).values(to="", subject="", text="", html=""))

    page = open_page("mail")

    assert "Forgotten" in words(page)
    assert "Send again" not in labels(page)


def test_only_managers_test_the_server(cast: Cast, session: Session, hold_cookie: Hold) -> None:
    sign_in(session, hold_cookie, cast.ada)
    assert "Send a test" not in labels(open_page("mail"))


@pytest.fixture
def page_of_mia(
    cast: Cast, session: Session, hold_cookie: Hold, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = update(Staff).where(Staff.id == cast.mia.id).values(email="mia@paws.example")
    session.execute(own)
    monkeypatch.setenv("LOUPE_MAIL_FROM", "post@paws.example")
    sign_in(session, hold_cookie, cast.mia)


@pytest.mark.usefixtures("page_of_mia")
def test_a_managers_own_address_gets_a_test(office: PostOffice) -> None:
    page = open_page("mail")

    page.button[0].click().run()

    assert office.recipients == ["mia@paws.example"]
    assert office.letters[0]["From"].addresses[0].addr_spec == "post@paws.example"
    assert "and said: “250 Taken”" in page.success[0].value.replace("\\", "")


@pytest.mark.usefixtures("page_of_mia")
@pytest.mark.parametrize(
    ("to_sender", "to_recipient", "words"),
    [
        ("553 5.7.1 Not yours", "250 OK", "The server does not send for the address"),
        ("250 OK", "550 5.1.1 Unknown", "The server knows nobody at this address."),
        ("250 OK", "451 Busy", "The server asks to come again later."),
    ],
)
def test_a_test_says_what_is_wrong(
    office: PostOffice, to_sender: str, to_recipient: str, words: str
) -> None:
    office.to_sender, office.to_recipient = to_sender, to_recipient
    page = open_page("mail")

    page.button[0].click().run()

    assert words in page.error[0].value.replace("\\", "")
    assert not page.success


@pytest.mark.usefixtures("page_of_mia")
def test_not_everything_is_a_test(office: PostOffice) -> None:
    page = open_page("mail")

    for _ in range(4):
        page.button[0].click().run()

    assert page.error[0].value == "Too many attempts. Please try again in a few minutes."
    assert len(office.letters) == 3
