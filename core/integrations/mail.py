"""Hand one message to an SMTP server, through yagmail with its dangerous habits shut out."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from io import BytesIO
from pathlib import Path

import yagmail
from PIL import Image

from core.config import Settings
from core.errors import Unavailable

TIMEOUT = 30.0  #: seconds, for each answer of the server


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
    in_reply_to: str | None
    written_at: datetime
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
        if self.in_reply_to:
            message["In-Reply-To"] = self.in_reply_to
            message["References"] = self.in_reply_to
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

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, outgoing: Outgoing) -> str:
        """Return what the server said. Raises `Unavailable`, or `Uncertain`."""
        content = _bytes(outgoing)
        connection = self._connect()
        try:
            _expect(connection.smtp.mail(outgoing.sender), 250)
            _expect(connection.smtp.rcpt(outgoing.to), 250, 251)
            return _hand_over(connection.smtp, content)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            raise Unavailable("smtp_dropped", str(error)) from error
        finally:
            connection.close()

    def _connect(self) -> yagmail.SMTP:
        host, password = self._settings.smtp_host, self._settings.smtp_password
        if host is None:
            raise Unavailable("smtp_not_set")
        user, security = self._settings.smtp_user or "", self._settings.smtp_security
        # smtplib's own default believes any certificate.
        verified = {"context": ssl.create_default_context()}
        connection = yagmail.SMTP(
            # As it is: to a plain name, yagmail would add "@gmail.com".
            {user: user},
            # Without one, yagmail would ask on the terminal.
            password.get_secret_value() if password else "",
            host=host,
            port=self._settings.smtp_port,
            smtp_ssl=security == "tls",
            smtp_starttls=verified if security == "starttls" else False,
            smtp_skip_login=self._settings.smtp_user is None,
            soft_email_validation=False,
            timeout=TIMEOUT,
            **(verified if security == "tls" else {}),
        )
        try:
            connection.login()
            # yagmail greets only where it secures the connection or signs in.
            connection.smtp.ehlo_or_helo_if_needed()
        except smtplib.SMTPAuthenticationError as error:
            raise Unavailable("smtp_sign_in", _words(error.smtp_error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Unavailable("smtp_unreachable", str(error)) from error
        return connection


def _bytes(outgoing: Outgoing) -> bytes:
    """Raises `Unavailable` for what no server would take: addresses must be ASCII, too."""
    try:
        for address in (outgoing.sender, outgoing.to):
            address.encode("ascii")
        message = outgoing.mime()
        # Without lines of eight bits, every server takes it as it is.
        policy = message.policy.clone(linesep="\r\n", max_line_length=998, cte_type="7bit")
        return message.as_bytes(policy=policy)
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


def _expect(reply: tuple[int, bytes | str], *codes: int) -> str:
    code, answer = reply
    words = f"{code} {_words(answer)}"
    if code not in codes:
        raise Unavailable("smtp_refused", words, permanent=500 <= code < 600)
    return words


def _words(answer: bytes | str) -> str:
    return answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
