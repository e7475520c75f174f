"""Hand one message to an SMTP server, through yagmail with its dangerous habits shut out."""

import smtplib
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime
from io import BytesIO
from pathlib import Path

import yagmail
from PIL import Image

from core.config import Settings
from core.errors import Unavailable

TIMEOUT = 30.0  #: seconds, for each answer of the server

#: By `Unavailable.code`: what no mail would get past, until somebody does something about it.
DOWN = frozenset(
    {
        *("smtp_not_set", "smtp_no_host", "smtp_unreachable", "smtp_timeout"),
        *("smtp_tls", "smtp_no_tls", "smtp_certificate"),
        *("smtp_sign_in", "smtp_password", "smtp_no_sign_in", "smtp_sender"),
    }
)
#: A thread's header names the first of its mails, and so many of the latest.
_LATEST = 20


class Uncertain(Exception):
    """The connection was lost after the message was handed over: it may have been accepted."""


@dataclass(frozen=True, slots=True)
class Inline:
    """A picture inside the HTML part, which names it as `cid:<cid>`."""

    cid: str
    content: bytes
    subtype: str  #: "webp", "jpeg"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it will be sent."""

    sender: str
    sender_name: str
    reply_to: str
    to: str
    subject: str
    text: str
    html: str
    header_id: str  #: "<…@…>"
    written_at: datetime
    thread: Sequence[str] = ()  #: The mails of it that were sent before, the oldest first
    pictures: Sequence[Inline] = ()

    def mime(self) -> EmailMessage:
        """Text, and HTML with its pictures, as alternatives.

        Raises `ValueError` where a header would hold a line break.
        """
        message = EmailMessage()
        message["Date"] = format_datetime(self.written_at)
        message["From"] = Address(self.sender_name, addr_spec=self.sender)
        message["Reply-To"] = self.reply_to
        message["To"] = self.to
        message["Subject"] = self.subject
        message["Message-ID"] = self.header_id
        if self.thread:
            # RFC 5322, 3.6.4.
            message["In-Reply-To"] = self.thread[-1]
            message["References"] = " ".join([*self.thread[:1], *self.thread[1:][-_LATEST:]])
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(self.text)
        message.add_alternative(self.html, subtype="html")
        html = message.get_payload()[1]  # type: ignore[index]
        for picture in self.pictures:
            html.add_related(  # type: ignore[union-attr]
                picture.content,
                maintype="image",
                subtype=picture.subtype,
                cid=f"<{picture.cid}>",
                disposition="inline",
            )
        return message


class _Policy(EmailPolicy):
    """Begins a line for each mail of a thread; the library would encode names that are long."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name != "References":
            return super().fold_binary(name, value)
        return b"References: " + b"\r\n ".join(value.encode("ascii").split()) + b"\r\n"


# Without lines of eight bits, every server takes it as it is.
_POLICY = _Policy(linesep="\r\n", max_line_length=998, cte_type="7bit")


def small_jpeg(path: Path) -> bytes:
    """Return one of our own derivatives as mail programs can show it: not all know WebP."""
    with Image.open(path, formats=["WEBP"]) as image:
        image.thumbnail((480, 480))
        written = BytesIO()
        image.convert("RGB").save(written, "JPEG", quality=80)
    return written.getvalue()


class Mailer:
    """Sends by the settings' SMTP server; one connection and one attempt a message.

    yagmail connects, secures and signs in. Its own composing and sending are not used: it reads
    any text that equals an existing path as a file to attach, and sends up to three times.
    """

    def __init__(self, settings: Settings, *, timeout: float = TIMEOUT) -> None:
        self._settings = settings
        self._timeout = timeout

    def send(self, outgoing: Outgoing) -> str:
        """Return what the server said. Raises `Unavailable`, or `Uncertain`."""
        content = _bytes(outgoing)
        connection = self._connect()
        try:
            # Whatever is wrong with the sender is so for every mail, and can be set right.
            _expect(connection.smtp.mail(outgoing.sender), 250, code="smtp_sender")
            _expect(connection.smtp.rcpt(outgoing.to), 250, 251)
            return _hand_over(connection.smtp, content)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            raise Unavailable("smtp_dropped", str(error)) from error
        finally:
            connection.close()

    def _connect(self) -> yagmail.SMTP:
        connection = self._connection()
        try:
            connection.login()
            # yagmail greets only where it secures the connection or signs in.
            connection.smtp.ehlo_or_helo_if_needed()
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            if connection.smtp is not None:
                connection.smtp.close()  # without a word: none may be understood any more
            raise _refused(error) from error
        return connection

    def _connection(self) -> yagmail.SMTP:
        host, security = self._settings.smtp_host, self._settings.smtp_security
        if host is None:
            raise Unavailable("smtp_not_set")
        # smtplib's own default believes any certificate.
        verified = {"context": ssl.create_default_context()}
        user = self._settings.smtp_user or ""
        return yagmail.SMTP(
            # As it is: to a plain name, yagmail would add "@gmail.com".
            {user: user},
            # Without one, yagmail would ask on the terminal.
            password(self._settings),
            host=host,
            port=self._settings.smtp_port,
            smtp_ssl=security == "tls",
            smtp_starttls=verified if security == "starttls" else False,
            smtp_skip_login=self._settings.smtp_user is None,
            soft_email_validation=False,
            timeout=self._timeout,
            **(verified if security == "tls" else {}),
        )


def password(settings: Settings) -> str:
    """Raises `Unavailable` for one that cannot be said: smtplib knows ASCII alone."""
    given = settings.smtp_password.get_secret_value() if settings.smtp_password else ""
    groups = given.split()
    is_google = (settings.smtp_host or "").endswith(("gmail.com", "googlemail.com"))
    # As Google shows app passwords; copied with it come spaces that are none of theirs.
    if is_google and list(map(len, groups)) == [4] * 4:
        given = "".join(groups)
    if not f"{given}{settings.smtp_user or ''}".isascii():
        raise Unavailable("smtp_password")
    return given


def _refused(error: Exception) -> Unavailable:
    """What kept us from speaking to the server, from the most particular to the least."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return Unavailable("smtp_sign_in", _said(error.smtp_code, error.smtp_error))
        case smtplib.SMTPNotSupportedError():
            code = "smtp_no_tls" if "STARTTLS" in str(error) else "smtp_no_sign_in"
            return Unavailable(code, str(error))
        case smtplib.SMTPResponseException():
            return Unavailable("smtp_unreachable", _said(error.smtp_code, error.smtp_error))
        case ssl.SSLCertVerificationError():
            return Unavailable("smtp_certificate", error.verify_message)
        case ssl.SSLError():
            return Unavailable("smtp_tls", error.reason or str(error))
        case socket.gaierror() | UnicodeError():
            return Unavailable("smtp_no_host", str(error))
        case TimeoutError():
            return Unavailable("smtp_timeout")
        case smtplib.SMTPServerDisconnected() if isinstance(error.__context__, TimeoutError):
            return Unavailable("smtp_timeout")
    return Unavailable("smtp_unreachable", str(error))


def _bytes(outgoing: Outgoing) -> bytes:
    """Raises `Unavailable` for what no server would take: addresses must be ASCII, too."""
    try:
        for address in (outgoing.sender, outgoing.to):
            address.encode("ascii")
        return outgoing.mime().as_bytes(policy=_POLICY)
    except (ValueError, MessageError) as error:
        raise Unavailable("smtp_unfit", str(error), permanent=True) from error


def _hand_over(smtp: smtplib.SMTP, message: bytes) -> str:
    try:
        reply: tuple[int, bytes | str] = smtp.data(message)
    except smtplib.SMTPDataError as error:
        # Refused before the text was sent.
        reply = (error.smtp_code, error.smtp_error)
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        raise Uncertain(str(error)) from error
    return _expect(reply, 250)


def _expect(reply: tuple[int, bytes | str], *codes: int, code: str = "smtp_refused") -> str:
    words = _said(*reply)
    if reply[0] not in codes:
        is_for_good = code not in DOWN and 500 <= reply[0] < 600
        raise Unavailable(code, words, permanent=is_for_good)
    return words


def _said(code: int, answer: bytes | str) -> str:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return f"{code} {words}"
