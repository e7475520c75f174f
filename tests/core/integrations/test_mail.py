import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import trustme
from PIL import Image
from pydantic import SecretStr

from core.config import Settings
from core.errors import Unavailable
from core.integrations import mail
from core.integrations.mail import Inline, Mailer, Outgoing, Uncertain
from tests.serving import free_port
from tests.smtp import HOST, PostOffice, post_office

JPEG = b"\xff\xd8\xff\xe0 a small picture"


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


def mailer(port: int, *, timeout: float = mail.TIMEOUT, **changes: Any) -> Mailer:
    values: dict[str, Any] = {"smtp_host": HOST, "smtp_port": port, "smtp_security": "none"}
    return Mailer(Settings(**(values | changes)), timeout=timeout)


def outgoing(**changes: Any) -> Outgoing:
    letter = Outgoing(
        sender="post@loupe.example",
        sender_name="Pfötchen & Söhne, Ltd.",
        reply_to="hello@paw-prints.example",
        to="carl@example.org",
        subject="About the photo for your order #1001 – Grüße",
        text="Hello Carl,\n\n.this line begins with a dot\nGrüße 😀\n" + "x" * 2000 + "\n",
        html='<p>Grüße</p><img src="cid:one@loupe">',
        header_id="<message-1@photos.example>",
        written_at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
    )
    return replace(letter, **changes)


def part(letter: EmailMessage, kind: str) -> EmailMessage:
    (found,) = [each for each in letter.walk() if each.get_content_type() == kind]
    return found


def words(letter: EmailMessage, kind: str) -> str:
    content: str = part(letter, kind).get_content()
    return content.replace("\r\n", "\n")


def test_a_letter_arrives_as_it_was_written(office: PostOffice) -> None:
    written = outgoing()

    said = mailer(office.port).send(written)

    (letter,) = office.letters
    assert said == "250 Taken"
    assert office.recipients == ["carl@example.org"]
    assert letter["From"] == '"Pfötchen & Söhne, Ltd." <post@loupe.example>'
    assert letter["Subject"] == written.subject
    assert letter["Reply-To"] == "hello@paw-prints.example"
    assert letter["Message-ID"] == "<message-1@photos.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"] == "Mon, 23 Nov 2026 09:30:00 +0000"
    assert (letter["In-Reply-To"], letter["References"]) == (None, None)
    assert words(letter, "text/plain") == written.text
    assert words(letter, "text/html") == written.html + "\n"


def test_text_and_html_are_alternatives_with_the_picture_inside(office: PostOffice) -> None:
    picture = Inline("one@loupe", JPEG, "jpeg")

    mailer(office.port).send(outgoing(pictures=[picture]))

    (letter,) = office.letters
    assert letter.get_content_type() == "multipart/alternative"
    kinds = [each.get_content_type() for each in letter.iter_parts()]
    assert kinds == ["text/plain", "multipart/related"]
    image = part(letter, "image/jpeg")
    assert (image["Content-ID"], image.get_content()) == ("<one@loupe>", JPEG)
    assert image.get_content_disposition() == "inline"


def test_a_later_letter_joins_the_thread(office: PostOffice) -> None:
    mailer(office.port).send(outgoing(thread=["<message-0@photos.example>"]))

    (letter,) = office.letters
    assert letter["In-Reply-To"] == letter["References"] == "<message-0@photos.example>"


def test_a_long_thread_names_its_first_and_its_latest_mails_a_line_each(
    office: PostOffice,
) -> None:
    thread = [f"<{number}-{'x' * 80}@photos.example>" for number in range(30)]

    written = outgoing(thread=thread)
    mailer(office.port).send(written)

    (letter,) = office.letters
    assert letter["In-Reply-To"] == thread[-1]
    assert letter["References"].split() == [thread[0], *thread[-20:]]
    lines = office.contents[0].split(b"\r\n")
    assert all(len(line) <= 120 for line in lines if b"photos.example>" in line)


def test_text_that_is_an_existing_path_is_not_attached(office: PostOffice, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret")

    mailer(office.port).send(outgoing(text=f"{secret}\n", html=str(secret), subject=str(secret)))

    (letter,) = office.letters
    assert words(letter, "text/plain") == f"{secret}\n"
    assert "a secret" not in str(letter)
    assert [each.get_filename() for each in letter.walk()] == [None] * 3


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "Photo\r\nBcc: eve@example.org"},
        {"sender_name": "Paw\nBcc: eve@example.org"},
        {"to": "carl@example.org\r\nBcc: eve@example.org"},
        {"reply_to": "hello@example.org\nX: y"},
        {"header_id": "<a@b>\nX: y"},
        # Without an extension that few servers have, no address may hold these.
        {"to": "jürgen@example.org"},
        {"sender": "not an address"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_no_server_could_take_is_refused_for_good(
    office: PostOffice, changes: dict[str, str]
) -> None:
    with pytest.raises(Unavailable) as caught:
        mailer(office.port).send(outgoing(**changes))

    assert (caught.value.code, caught.value.permanent) == ("smtp_unfit", True)
    assert office.attempts == 0


@pytest.mark.parametrize(
    ("to_recipient", "to_letter", "permanent"),
    [
        ("451 Greylisted", "250 Taken", False),
        ("550 No such user", "250 Taken", True),
        ("250 OK", "451 Disk full", False),
        ("250 OK", "554 Looks like spam", True),
    ],
)
def test_what_the_server_refuses_is_tried_once(
    office: PostOffice, to_recipient: str, to_letter: str, permanent: bool
) -> None:
    office.to_recipient, office.to_letter = to_recipient, to_letter

    with pytest.raises(Unavailable) as caught:
        mailer(office.port).send(outgoing())

    assert (caught.value.code, caught.value.permanent) == ("smtp_refused", permanent)
    assert caught.value.detail in (to_recipient, to_letter)
    assert office.attempts == 1
    assert office.letters == []


def test_a_server_that_is_down_can_be_tried_again() -> None:
    with pytest.raises(Unavailable) as caught:
        mailer(free_port()).send(outgoing())

    assert (caught.value.code, caught.value.permanent) == ("smtp_unreachable", False)


def test_a_connection_lost_after_the_letter_leaves_it_uncertain(office: PostOffice) -> None:
    office.hangs_up = True

    with pytest.raises(Uncertain):
        mailer(office.port).send(outgoing())

    assert office.attempts == len(office.letters) == 1


@pytest.mark.usefixtures("trusted")
def test_an_app_password_is_told_as_google_counts_it(secure: PostOffice) -> None:
    shown = SecretStr("abcd efgh\u00a0ijkl mnop ")

    google = mail.password(Settings(smtp_host="smtp.gmail.com", smtp_password=shown))

    assert google == "abcdefghijklmnop"
    with pytest.raises(Unavailable, match="smtp_password"):
        signing_in(secure, "pass\u00a0word").send(outgoing())
    assert secure.attempts == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"smtp_host": "mail.invalid"}, "smtp_no_host"),
        ({"smtp_host": "." * 70}, "smtp_no_host"),
        ({"smtp_security": "tls"}, "smtp_tls"),  # the port of those who begin without
        ({"smtp_security": "starttls"}, "smtp_no_tls"),
        ({"smtp_user": "ada", "smtp_password": SecretStr("right")}, "smtp_no_sign_in"),
    ],
    ids=["no such host", "no name of a host", "tls", "starttls", "sign-in"],
)
def test_what_is_set_wrongly_is_told_apart_and_can_be_set_right(
    office: PostOffice, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Unavailable) as caught:
        mailer(office.port, **changes).send(outgoing())

    assert (caught.value.code, caught.value.permanent) == (code, False)
    assert code in mail.DOWN
    assert office.letters == []


def test_a_sender_whom_the_server_refuses_can_be_set_right(office: PostOffice) -> None:
    office.to_sender = "553 5.7.1 Sender address rejected: not owned by user"

    with pytest.raises(Unavailable) as caught:
        mailer(office.port).send(outgoing())

    assert (caught.value.code, caught.value.permanent) == ("smtp_sender", False)
    assert caught.value.detail == office.to_sender


def test_a_server_that_does_not_answer_is_not_waited_for_long() -> None:
    with socket.create_server((HOST, 0)) as silent, pytest.raises(Unavailable) as caught:
        mailer(silent.getsockname()[1], timeout=0.2).send(outgoing())

    assert (caught.value.code, caught.value.permanent) == ("smtp_timeout", False)


def test_without_a_server_nothing_is_sent() -> None:
    with pytest.raises(Unavailable, match="smtp_not_set"):
        mailer(25, smtp_host=None).send(outgoing())


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[PostOffice]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(tls)
    with post_office(tls) as office:
        yield office


def signing_in(office: PostOffice, password: str | None) -> Mailer:
    return mailer(
        office.port,
        smtp_security="starttls",
        smtp_user="apikey",
        smtp_password=SecretStr(password) if password else None,
    )


@pytest.fixture
def trusted(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))


@pytest.mark.usefixtures("trusted")
def test_we_sign_in_over_tls_by_the_very_name_that_is_set(secure: PostOffice) -> None:
    signing_in(secure, "right").send(outgoing())

    assert secure.logins == [(b"apikey", b"right")]
    assert len(secure.letters) == 1


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("password", ["wrong", None])
def test_a_wrong_password_can_be_set_right(secure: PostOffice, password: str | None) -> None:
    with pytest.raises(Unavailable) as caught:
        signing_in(secure, password).send(outgoing())

    assert (caught.value.code, caught.value.permanent) == ("smtp_sign_in", False)
    assert secure.letters == []


def test_the_password_is_not_told_to_a_server_that_nobody_vouches_for(
    secure: PostOffice,
) -> None:
    with pytest.raises(Unavailable, match="smtp_certificate"):
        signing_in(secure, "right").send(outgoing())

    assert secure.logins == []


def test_a_mail_program_gets_a_small_jpeg(tmp_path: Path) -> None:
    Image.new("RGB", (512, 300), "teal").save(tmp_path / "grid.webp")

    with Image.open(BytesIO(mail.small_jpeg(tmp_path / "grid.webp"))) as picture:
        assert picture.format == "JPEG"
        assert picture.size == (480, 281)
        assert not picture.getexif()
