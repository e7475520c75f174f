"""What a staff cookie opens, and for how long."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from websockets.exceptions import ConnectionClosed

from core import db
from core.models import StaffSession
from core.services import staff
from core.services.staff import COMMAND_LINE
from tests.serving import PASSWORD, Served
from tests.sockets import Socket, is_anonymous, open_socket, signed_in


def leave(session: Session, token: str) -> None:
    staff.revoke(session, token)


def change_password(session: Session, _: str) -> None:
    staff.set_password(session, COMMAND_LINE, "bob", PASSWORD)


def sign_out_everywhere(session: Session, _: str) -> None:
    staff.sign_out_everywhere(session, COMMAND_LINE, "bob")


def deactivate(session: Session, _: str) -> None:
    staff.deactivate(session, COMMAND_LINE, "bob")


@pytest.mark.parametrize("end", [leave, change_password, sign_out_everywhere, deactivate])
def test_a1_a_cookie_is_worth_nothing_after_the_session_ended(
    served: Served, end: Callable[[Session, str], None]
) -> None:
    # Deactivation comes last: nothing brings Bob back.
    token = signed_in("bob")
    with open_socket(served, token=token) as before:
        assert "Bob Berg" in before.run()

        with db.transaction() as session:
            end(session, token)

        with pytest.raises(ConnectionClosed) as closed:
            run_until_closed(before)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4401
    with open_socket(served, token=token) as after:
        assert is_anonymous(after.run())


def run_until_closed(socket: Socket) -> None:
    """The gate remembers for a second that a session was good."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        socket.run()


def test_a1_signing_out_takes_the_cookie_and_ends_the_session(served: Served) -> None:
    token = signed_in("ada")
    with served.client(loupe_staff=token) as client:
        answer = client.delete("/session")

    assert answer.status_code == 204
    assert 'loupe_staff=""' in answer.headers["set-cookie"]
    with open_socket(served, token=token) as replayed:
        assert is_anonymous(replayed.run())


def test_a3_a_known_session_id_opens_nothing_without_the_cookie(served: Served) -> None:
    with open_socket(served, token=signed_in("ada")) as victim:
        victim.run()

        with open_socket(served, resume=victim.session_id) as thief:
            assert is_anonymous(thief.run())
            assert thief.session_id != victim.session_id

        assert "Ada Adler" in victim.run()

    with open_socket(served, resume=victim.session_id) as late_thief:
        assert is_anonymous(late_thief.run())


def test_a3_another_member_of_staff_does_not_get_the_session_either(served: Served) -> None:
    with open_socket(served, token=signed_in("ada")) as victim:
        victim.run()

    with open_socket(served, token=signed_in("mia"), resume=victim.session_id) as other:
        assert "Mia Manz" in other.run()
        assert other.session_id != victim.session_id


@pytest.mark.parametrize("name", ["X-Loupe-User", "x-loupe-user", "X_Loupe_User", "X-Loupe_User"])
def test_a6_a_spoofed_identity_is_dropped(served: Served, name: str) -> None:
    token = signed_in("ada")
    with open_socket(served, token=token) as victim:
        victim.run()
        spoofed = {
            name: "1",
            name.lower().replace("user", "session"): staff.short_id(token),
            "X-Loupe-Address": "192.0.2.7",
        }

        with open_socket(served, headers=spoofed, resume=victim.session_id) as eve:
            assert is_anonymous(eve.run())
            assert eve.session_id != victim.session_id


def test_a7_one_ticket_opens_one_session(served: Served) -> None:
    with db.transaction() as session:
        ticket = staff.mint_ticket(session, "ada")
        before = session.scalar(select(func.count()).select_from(StaffSession))

    def redeem(_: int) -> int:
        with served.client() as client:
            headers = {"Authorization": f"Bearer {ticket}"}
            return client.post("/session", headers=headers).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = sorted(pool.map(redeem, range(8)))

    assert answers == [204] + [403] * 7
    with db.transaction() as session:
        after = session.scalar(select(func.count()).select_from(StaffSession))
    assert after == (before or 0) + 1


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(served: Served) -> None:
    with db.transaction() as session:
        ticket = staff.mint_ticket(session, "ada")
    with served.client() as client:
        answer = client.post("/session", headers={"Authorization": f"Bearer {ticket}"})

    assert answer.status_code == 204
    assert {"HttpOnly", "SameSite=strict", "Path=/", "Max-Age=43200"} <= set(
        answer.headers["set-cookie"].split("; ")
    )
