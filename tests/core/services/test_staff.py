"""Accounts, passwords and sessions."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.errors import NotAllowed, NotFound, PasswordUnfit, UsernameTaken
from core.models import Event, EventName, Role, Staff, StaffSession, StaffTicket, utc_now
from core.services import staff
from core.services.staff import COMMAND_LINE
from tests.cast import Cast

PASSWORD = "correct horse"


def hash_of(session: Session, username: str) -> str | None:
    person = staff.credentials(session)["usernames"].get(username)
    return person["password"] if person else None


def signed_in(session: Session, username: str = "ada") -> str:
    token = staff.open_session(session, staff.mint_ticket(session, username))
    assert token is not None
    return token


def test_a_new_person_can_sign_in(session: Session, cast: Cast) -> None:
    staff.add(
        session,
        cast.mia,
        username=" Zoë ",
        name="Zoë Zander",
        role=Role.PROCESSOR,
        password=f" {PASSWORD} ",  # the sign-in form strips
    )

    assert staff.is_password(hash_of(session, "zoë"), PASSWORD)
    actor = staff.resolve(session, signed_in(session, "zoë"))
    assert actor is not None
    assert (actor.name, actor.role) == ("Zoë Zander", Role.PROCESSOR)


def test_a_username_belongs_to_one_person(session: Session, cast: Cast) -> None:
    with pytest.raises(UsernameTaken):
        staff.add(session, cast.mia, username="ADA", name="A", role=Role.MANAGER, password=PASSWORD)


@pytest.mark.parametrize("password", ["", "1234567", "       7       ", "x" * 73, "é" * 37])
def test_a_password_that_cannot_protect_anything_is_refused(
    session: Session, cast: Cast, password: str
) -> None:
    with pytest.raises(PasswordUnfit):
        staff.set_password(session, cast.mia, "ada", password)


def test_the_demo_takes_any_password(session: Session, cast: Cast) -> None:
    staff.set_password(session, COMMAND_LINE, "ada", "demo", is_demo=True)

    assert staff.is_password(hash_of(session, "ada"), "demo")


@pytest.mark.parametrize("password", ["", "correct hors", "Correct horse", "x" * 73, "é" * 300])
def test_a_wrong_password_opens_nothing(session: Session, cast: Cast, password: str) -> None:
    staff.set_password(session, COMMAND_LINE, "ada", PASSWORD)

    assert not staff.is_password(hash_of(session, "ada"), password)
    assert not staff.is_password(None, password)


def test_what_bcrypt_would_cut_off_counts(session: Session, cast: Cast) -> None:
    longest = "x" * 72
    staff.set_password(session, COMMAND_LINE, "ada", longest)

    assert staff.is_password(hash_of(session, "ada"), longest)
    assert not staff.is_password(hash_of(session, "ada"), longest + "x")


def test_a5_an_unknown_name_takes_as_long_as_a_wrong_password(session: Session, cast: Cast) -> None:
    staff.set_password(session, COMMAND_LINE, "ada", PASSWORD)
    known = hash_of(session, "ada")
    staff.is_password(None, "warm up")

    took_known = min(seconds_for(known, password) for password in ("a", "b", "x" * 80))
    took_unknown = min(seconds_for(None, password) for password in ("a", "b", "x" * 80))

    assert took_known / 2 < took_unknown < took_known * 2


def seconds_for(password_hash: str | None, password: str) -> float:
    """On the processor: a busy machine makes no difference."""
    begun = time.thread_time()
    staff.is_password(password_hash, password)
    return time.thread_time() - begun


def test_only_managers_change_staff(session: Session, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        staff.set_password(session, cast.ada, "bob", PASSWORD)
    with pytest.raises(NotAllowed):
        staff.change_role(session, cast.ada, "ada", Role.MANAGER)
    with pytest.raises(NotAllowed):
        staff.deactivate(session, cast.ada, "bob")
    with pytest.raises(NotAllowed):
        staff.sign_out_everywhere(session, cast.ada, "bob")


def test_changing_somebody_unknown_is_told(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        staff.deactivate(session, cast.mia, "nobody")


def test_a_role_counts_at_the_next_click(session: Session, cast: Cast) -> None:
    token = signed_in(session, "ada")

    staff.change_role(session, cast.mia, "ada", Role.MANAGER)

    actor = staff.resolve(session, token)
    assert actor is not None
    assert actor.role is Role.MANAGER


def test_who_leaves_cannot_come_in(session: Session, cast: Cast) -> None:
    ticket = staff.mint_ticket(session, "ada")

    staff.deactivate(session, cast.mia, "ada")

    assert staff.open_session(session, ticket) is None
    assert "ada" not in staff.credentials(session)["usernames"]


def test_every_change_is_in_the_history(session: Session, cast: Cast) -> None:
    staff.change_role(session, cast.mia, "ada", Role.MANAGER)
    staff.deactivate(session, COMMAND_LINE, "ada")

    events = session.scalars(
        select(Event).where(Event.name == EventName.STAFF_CHANGED).order_by(Event.id)
    ).all()
    assert [(event.staff_id, event.ids["what"]) for event in events] == [
        (cast.mia.id, "role"),
        (None, "deactivated"),
    ]
    assert {event.ids["staff"] for event in events} == {cast.ada.id}


def test_coming_and_going_is_in_the_history(session: Session, cast: Cast) -> None:
    staff.revoke(session, signed_in(session))

    events = session.scalars(select(Event).order_by(Event.id)).all()
    assert [(event.name, event.staff_id) for event in events] == [
        (EventName.STAFF_SIGNED_IN, cast.ada.id),
        (EventName.STAFF_SIGNED_OUT, cast.ada.id),
    ]


def test_a_ticket_is_good_once_and_for_a_minute(session: Session, cast: Cast) -> None:
    used, late = staff.mint_ticket(session, "ada"), staff.mint_ticket(session, "ada")
    assert staff.open_session(session, used) is not None
    session.execute(update(StaffTicket).values(expires_at=utc_now() - timedelta(seconds=1)))

    assert staff.open_session(session, used) is None
    assert staff.open_session(session, late) is None
    assert staff.open_session(session, "") is None


@pytest.mark.parametrize(
    "change",
    [
        {"expires_at": utc_now() - timedelta(seconds=1)},  # 12 hours after signing in
        {"last_seen_at": utc_now() - timedelta(hours=2, seconds=1)},
        {"revoked_at": utc_now()},
        {"epoch": -1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_session_ends(session: Session, cast: Cast, change: dict[str, object]) -> None:
    token = signed_in(session)
    assert staff.resolve(session, token) == cast.ada

    session.execute(update(StaffSession).values(change))

    assert staff.resolve(session, token) is None


@pytest.mark.parametrize("token", [None, "", "x", "é" * 43, "\0"])
def test_a_made_up_token_is_nobody(session: Session, cast: Cast, token: str | None) -> None:
    assert staff.resolve(session, token) is None


def test_a_session_in_use_is_written_to_once_a_minute(
    session: Session, cast: Cast, queries: list[str]
) -> None:
    token = signed_in(session)
    session.flush()
    queries.clear()
    staff.resolve(session, token)
    assert [query.split()[0] for query in queries] == ["SELECT"]

    session.execute(update(StaffSession).values(last_seen_at=utc_now() - timedelta(minutes=2)))
    queries.clear()
    staff.resolve(session, token)
    staff.resolve(session, token)
    assert [query.split()[0] for query in queries] == ["SELECT", "UPDATE", "SELECT"]


def test_nothing_that_opens_a_session_is_stored(session: Session, cast: Cast) -> None:
    ticket = staff.mint_ticket(session, "ada")
    token = signed_in(session)

    stored = [
        *session.scalars(select(StaffTicket.token_hash)),
        *session.scalars(select(StaffSession.token_hash)),
    ]
    assert ticket.encode() not in stored
    assert token.encode() not in stored


def test_the_team_is_listed_with_those_who_left(session: Session, cast: Cast) -> None:
    staff.deactivate(session, cast.mia, "bob")

    team = {member.username: member.is_active for member in staff.team(session)}

    assert team == {"ada": True, "bob": False, "mia": True}
    assert session.scalar(select(Staff.is_active).where(Staff.username == "bob")) is False
