"""A browser's socket without the browser: the page as Streamlit would draw it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from streamlit.proto.BackMsg_pb2 import BackMsg  # noqa: TID251 - the protocol under test
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg  # noqa: TID251
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from core import db
from core.services import staff
from tests.serving import Served

STREAM = "/_stcore/stream"


@dataclass
class Socket:
    _connection: ClientConnection
    session_id: str = ""

    def run(self, page: str = "") -> str:
        """Ask for a page and return all that the server sends for it."""
        message = BackMsg()
        message.rerun_script.page_name = page
        self._connection.send(message.SerializeToString())
        drawn = []
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(self._connection.recv(timeout=20, decode=False))
            drawn.append(str(answer))
            if answer.HasField("new_session"):
                self.session_id = answer.new_session.initialize.session_id
            if answer.WhichOneof("type") == "script_finished":
                return "\n".join(drawn)


@contextmanager
def open_socket(
    served: Served,
    *,
    token: str | None = None,
    resume: str | None = None,
    host: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Iterator[Socket]:
    """`resume` is the id of a session that the server is asked to go on with.

    `host` is what the browser calls the server, where that is not its real address.
    """
    with connect(
        f"ws://{host or served.host}{STREAM}",
        address=("127.0.0.1", served.port),
        origin=Origin(f"https://{host}" if host else served.url),
        subprotocols=[Subprotocol(name) for name in ("streamlit", "none", resume) if name],
        additional_headers={
            **({"Cookie": f"{'__Host-' if host else ''}loupe_staff={token}"} if token else {}),
            **(headers or {}),
        },
        proxy=None,
        max_size=None,
    ) as connection:
        yield Socket(connection)


def signed_in(username: str) -> str:
    """Return the token of a new session, as the sign-in form and its route make one."""
    with db.transaction() as session:
        token = staff.open_session(session, staff.mint_ticket(session, username))
    assert token is not None
    return token


def is_anonymous(drawn: str) -> bool:
    return 'label: "Username"' in drawn and "Sign out" not in drawn
