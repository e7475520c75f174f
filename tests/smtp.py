"""A real SMTP server, in a thread of the test's own process."""

import asyncio
import email
import email.policy
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.serving import free_port

HOST = "127.0.0.1"


@dataclass
class PostOffice:
    """Takes letters, unless told to misbehave. Also the handler that aiosmtpd asks."""

    port: int = field(default_factory=free_port)
    letters: list[EmailMessage] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)  #: Theirs, as they came in
    #: Who they were for: what the envelope says.
    recipients: list[str] = field(default_factory=list)
    attempts: int = 0
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)

    #: What it says to a sender, to a recipient, and to a letter.
    to_sender: str = "250 OK"
    to_recipient: str = "250 OK"
    to_letter: str = "250 Taken"
    #: Hang up in place of an answer to a letter, which it keeps all the same.
    hangs_up: bool = False
    #: A letter has been taken; the answer waits until it is told to go on.
    has_letter: threading.Event = field(default_factory=threading.Event)
    goes_on: threading.Event = field(default_factory=threading.Event)

    #: It has been told to whom a letter is; its answer waits until it listens.
    is_called: threading.Event = field(default_factory=threading.Event)
    hears: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.goes_on.set()
        self.hears.set()

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if self.to_sender.startswith("250"):
            envelope.mail_from = address
        return self.to_sender

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        self.attempts += 1
        self.is_called.set()
        await asyncio.to_thread(self.hears.wait, 30)
        if self.to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.to_recipient

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        assert isinstance(envelope.content, bytes)
        if self.to_letter.startswith("250"):
            letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
            self.contents.append(envelope.content)
            self.recipients += envelope.rcpt_tos
        self.has_letter.set()
        await asyncio.to_thread(self.goes_on.wait, 30)
        if self.hangs_up:
            _hang_up(server)
        return self.to_letter

    def authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        self.logins.append((given.login, given.password))
        return AuthResult(success=given.password == b"right", handled=False)


def _hang_up(connection: SMTP) -> None:
    if isinstance(connection.transport, asyncio.WriteTransport):
        connection.transport.abort()


class _Counter(Controller):
    """Hangs up on everybody before it closes; aiosmtpd's own leaves open sockets behind."""

    def __init__(self, handler: PostOffice, **options: Any) -> None:
        super().__init__(handler, **options)
        self._open: list[SMTP] = []

    def factory(self) -> SMTP:
        connection: SMTP = super().factory()  # type: ignore[no-untyped-call]
        self._open.append(connection)
        return connection

    def stop(self, no_assert: bool = False) -> None:
        asyncio.run_coroutine_threadsafe(self._hang_up_on_all(), self.loop).result()
        super().stop(no_assert)

    async def _hang_up_on_all(self) -> None:
        for connection in self._open:
            _hang_up(connection)
        # Each is told, and then closed, in the loop's next rounds.
        for _ in range(3):
            await asyncio.sleep(0)


@contextmanager
def post_office(tls: ssl.SSLContext | None = None) -> Iterator[PostOffice]:
    """Open one; with `tls`, it insists on STARTTLS and on a password."""
    office = PostOffice()
    options: dict[str, Any] = {"hostname": HOST, "port": office.port}
    if tls is not None:
        options |= {
            "tls_context": tls,
            "require_starttls": True,
            "auth_required": True,
            "authenticator": office.authenticate,
        }
    controller = _Counter(office, **options)
    controller.start()
    try:
        yield office
    finally:
        office.goes_on.set()
        office.hears.set()
        controller.stop()
