"""kill -9 before, during and after SMTP: one mail, or one that is visibly uncertain."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from core import db, queue
from core.models import Message, MessageState
from core.services import messages
from tests.cast import Cast
from tests.databases import is_somebody_waiting
from tests.faults.conftest import JOBS, Workers, count, locked
from tests.loop import leave_unread
from tests.smtp import PostOffice
from tests.waiting import until

Kill = Callable[[Workers, PostOffice, int], None]


@pytest.fixture
def letter(committed: None, office: PostOffice) -> int:
    """The id of a real shop's message that is due."""
    with db.transaction() as session:
        cast = Cast(session, is_demo=False)
        leave_unread(session, cast.shop)
        messages.queue_new_link(session, cast.order().id)
        return session.scalars(select(Message.id)).one()


def state_of(message_id: int) -> MessageState:
    with db.transaction() as session:
        return session.get_one(Message, message_id).state


def before_the_claim(workers: Workers, office: PostOffice, letter: int) -> None:
    with locked(f"messages WHERE id = {letter}"):
        workers.start()
        until(is_somebody_waiting)
        workers.kill()


def while_it_says_to_whom(workers: Workers, office: PostOffice, letter: int) -> None:
    office.hears.clear()
    workers.start()
    until(office.is_called.is_set)
    workers.kill()
    office.hears.set()


def while_the_server_takes_it(workers: Workers, office: PostOffice, letter: int) -> None:
    office.goes_on.clear()
    workers.start()
    until(office.has_letter.is_set)
    workers.kill()
    office.goes_on.set()


def before_it_is_noted(workers: Workers, office: PostOffice, letter: int) -> None:
    office.goes_on.clear()
    workers.start()
    until(office.has_letter.is_set)
    with locked(f"messages WHERE id = {letter}"):
        office.goes_on.set()
        until(is_somebody_waiting)
        workers.kill()


@pytest.mark.parametrize(
    ("kill", "state", "arrived"),
    [
        (before_the_claim, MessageState.SENT, 1),
        (while_it_says_to_whom, MessageState.UNCERTAIN, 0),
        (while_the_server_takes_it, MessageState.UNCERTAIN, 1),
        (before_it_is_noted, MessageState.UNCERTAIN, 1),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_sender_that_is_killed_never_sends_twice_and_is_never_silent(
    letter: int,
    office: PostOffice,
    workers: Workers,
    kill: Kill,
    state: MessageState,
    arrived: int,
) -> None:
    kill(workers, office, letter)

    workers.start()
    workers.until(lambda: state_of(letter) is state)

    until(lambda: len(office.letters) == arrived)
    with db.transaction() as session:
        queue.defer(session, "send_message", message_id=letter)
    workers.until(lambda: not count(f"{JOBS} AND task_name = 'send_message'"))
    assert (state_of(letter), len(office.letters)) == (state, arrived)
