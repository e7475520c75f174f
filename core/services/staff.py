"""The people who sign in: accounts, passwords and sessions."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

import bcrypt
from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.errors import NotFound, PasswordUnfit, UsernameTaken
from core.models import EventName, Role, Staff, StaffSession, StaffTicket
from core.services import assignments, history
from core.services.actors import Actor

TICKET_LIFE = timedelta(seconds=60)
SESSION_LIFE = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=2)
#: A session in use is written to no more often than this.
_SEEN_EVERY = timedelta(minutes=1)
#: What bcrypt looks at; it refuses more.
_LONGEST_PASSWORD = 72
_SHORTEST_PASSWORD = 8


class CommandLine:
    """Whoever may start programs on this machine, and so may do everything; no member of it."""

    def require(self, _role: Role) -> Actor | None:
        return None


COMMAND_LINE = CommandLine()


@dataclass(frozen=True, slots=True)
class Member:
    id: int
    username: str
    name: str
    email: str | None
    role: Role
    is_active: bool
    is_demo: bool


def team(session: Session) -> Sequence[Member]:
    rows = session.execute(
        select(
            Staff.id,
            Staff.username,
            Staff.name,
            Staff.email,
            Staff.role,
            Staff.is_active,
            Staff.is_demo,
        ).order_by(Staff.role.desc(), Staff.username)
    )
    return [Member(*row) for row in rows]


def add(
    session: Session,
    actor: Actor | CommandLine,
    *,
    username: str,
    name: str,
    role: Role,
    password: str,
    email: str | None = None,
    is_demo: bool = False,
) -> int:
    """Return the new person's id."""
    by = actor.require(Role.MANAGER)
    staff_id: int | None = session.scalar(
        insert(Staff)
        .values(
            username=_as_typed(username),
            name=name,
            email=email,
            role=role,
            password_hash=_hash(password, is_demo=is_demo),
            is_demo=is_demo,
        )
        .on_conflict_do_nothing(index_elements=[Staff.username])
        .returning(Staff.id)
    )
    if staff_id is None:
        raise UsernameTaken
    history.record(session, EventName.STAFF_CHANGED, actor=by, staff=staff_id, what="added")
    return staff_id


def set_password(
    session: Session,
    actor: Actor | CommandLine,
    username: str,
    password: str,
    *,
    is_demo: bool = False,
) -> None:
    """Also end all of the person's sessions."""
    password_hash = _hash(password, is_demo=is_demo)
    _change(session, actor, username, "password", password_hash=password_hash, **_NEW_EPOCH)


def change_role(session: Session, actor: Actor | CommandLine, username: str, role: Role) -> None:
    """Counts from the person's next click."""
    _change(session, actor, username, "role", role=role)


def deactivate(session: Session, actor: Actor | CommandLine, username: str) -> None:
    """What the person has not finished goes to the others."""
    staff_id = _change(session, actor, username, "deactivated", is_active=False, **_NEW_EPOCH)
    assignments.share_out(session, staff_id)


def sign_out_everywhere(session: Session, actor: Actor | CommandLine, username: str) -> None:
    _change(session, actor, username, "signed_out", **_NEW_EPOCH)


_NEW_EPOCH = {"epoch": Staff.epoch + 1}


def _change(
    session: Session, actor: Actor | CommandLine, username: str, what: str, **values: Any
) -> int:
    by = actor.require(Role.MANAGER)
    staff_id: int | None = session.scalar(
        update(Staff)
        .where(Staff.username == _as_typed(username))
        .values(values)
        .returning(Staff.id)
    )
    if staff_id is None:
        raise NotFound
    history.record(session, EventName.STAFF_CHANGED, actor=by, staff=staff_id, what=what)
    return staff_id


def _as_typed(username: str) -> str:
    """As the sign-in form hands it over."""
    return username.lower().strip()


def _hash(password: str, *, is_demo: bool) -> str:
    typed = password.strip().encode()  # the sign-in form strips, too
    # Whoever tries the demo may choose any password for it.
    if not (1 if is_demo else _SHORTEST_PASSWORD) <= len(typed) <= _LONGEST_PASSWORD:
        raise PasswordUnfit
    return bcrypt.hashpw(typed, bcrypt.gensalt()).decode()


def credentials(session: Session) -> dict[str, dict[str, dict[str, Any]]]:
    """Everybody who may sign in, in streamlit-authenticator's shape."""
    people = session.execute(
        select(Staff.username, Staff.name, Staff.email, Staff.password_hash, Staff.role).where(
            Staff.is_active
        )
    )
    return {
        "usernames": {
            person.username: {
                "name": person.name,
                "email": person.email,
                "password": person.password_hash,
                "roles": [person.role.value],
            }
            for person in people
        }
    }


def is_password(password_hash: str | None, password: str) -> bool:
    """Takes equally long for somebody unknown, who has no hash."""
    typed = password.encode()
    is_too_long = len(typed) > _LONGEST_PASSWORD  # bcrypt would raise
    matches = bcrypt.checkpw(
        b"" if is_too_long else typed, (password_hash or _nobodys_hash()).encode()
    )
    return matches and password_hash is not None and not is_too_long


@cache
def _nobodys_hash() -> str:
    return _hash(secrets.token_urlsafe(), is_demo=False)


def mint_ticket(session: Session, username: str) -> str:
    """Return what `open_session` takes: proof of a correct password, for a minute."""
    ticket = secrets.token_urlsafe(32)
    session.execute(
        insert(StaffTicket).from_select(
            ["token_hash", "staff_id", "expires_at"],
            select(literal(_hashed(ticket)), Staff.id, func.now() + TICKET_LIFE).where(
                Staff.username == username, Staff.is_active
            ),
        )
    )
    return ticket


def open_session(session: Session, ticket: str) -> str | None:
    """Turn a ticket into a session's token. Of several attempts with one ticket one succeeds."""
    session.execute(delete(StaffSession).where(StaffSession.expires_at < func.now()))
    staff_id = session.scalar(
        delete(StaffTicket)
        .where(StaffTicket.token_hash == _hashed(ticket), StaffTicket.expires_at > func.now())
        .returning(StaffTicket.staff_id)
    )
    session.execute(delete(StaffTicket).where(StaffTicket.expires_at < func.now()))
    person = session.scalar(select(Staff).where(Staff.id == staff_id, Staff.is_active))
    if person is None:
        return None
    token = secrets.token_urlsafe(32)
    session.execute(
        insert(StaffSession).values(
            token_hash=_hashed(token),
            staff_id=person.id,
            epoch=person.epoch,
            created_at=func.now(),
            last_seen_at=func.now(),
            expires_at=func.now() + SESSION_LIFE,
        )
    )
    history.record(session, EventName.STAFF_SIGNED_IN, actor=_actor(person))
    return token


def resolve(session: Session, token: str | None) -> Actor | None:
    """Return who holds the token and may work at this moment."""
    if token is None:
        return None
    row = session.execute(
        select(Staff, StaffSession.last_seen_at < func.now() - _SEEN_EVERY)
        .join(StaffSession, StaffSession.staff_id == Staff.id)
        .where(
            StaffSession.token_hash == _hashed(token),
            StaffSession.epoch == Staff.epoch,
            StaffSession.revoked_at.is_(None),
            StaffSession.expires_at > func.now(),
            StaffSession.last_seen_at > func.now() - SESSION_IDLE,
            Staff.is_active,
        )
    ).one_or_none()
    if row is None:
        return None
    person, is_due = row
    if is_due:
        session.execute(
            update(StaffSession)
            .where(
                StaffSession.token_hash == _hashed(token),
                # A page asks for its 48 pictures at once.
                StaffSession.last_seen_at < func.now() - _SEEN_EVERY,
            )
            .values(last_seen_at=func.now())
        )
    return _actor(person)


def revoke(session: Session, token: str | None) -> None:
    """Sign out: the token is worth nothing from here on, to nobody."""
    actor = resolve(session, token)
    if token is None or actor is None:
        return
    session.execute(
        update(StaffSession)
        .where(StaffSession.token_hash == _hashed(token))
        .values(revoked_at=func.now())
    )
    history.record(session, EventName.STAFF_SIGNED_OUT, actor=actor)


def short_id(token: str) -> str:
    """Return what names a session without opening it."""
    return _hashed(token).hex()[:16]


def _actor(person: Staff) -> Actor:
    return Actor(id=person.id, username=person.username, name=person.name, role=person.role)


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
