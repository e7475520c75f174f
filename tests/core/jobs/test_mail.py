"""Mail over a real server: down and up again, at its pace, slow, and with what it says kept."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from core import db, queue
from core.clients import Clients
from core.commands.worker import CONCURRENCY
from core.config import settings
from core.jobs.mail import AT_ONCE
from core.models import Message, MessageState
from core.queries import mail_outage
from core.services import mail_pace, messages, outbox
from tests.cast import Cast
from tests.loop import leave_unread, work
from tests.serving import free_port
from tests.smtp import PostOffice
from tests.waiting import until

DOWN = "554 5.7.1 Sender not known here"


@pytest.fixture
def cast(committed: None, office: PostOffice) -> Cast:
    """A real shop, whose mail leaves."""
    with db.transaction() as session:
        cast = Cast(session, is_demo=False)
        leave_unread(session, cast.shop)
    return cast


def write(cast: Cast) -> int:
    """Queue a mail that needs no more than an order."""
    with db.transaction() as session:
        cast.session = session
        messages.queue_new_link(session, cast.order().id)
        return session.scalars(select(Message.id).order_by(Message.id.desc()).limit(1)).one()


def mails() -> list[Message]:
    with db.transaction() as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def states() -> list[MessageState]:
    return [mail.state for mail in mails()]


def outage() -> mail_outage.Outage | None:
    with db.transaction() as session:
        return mail_outage.current(session)


def age(length: timedelta) -> None:
    """Let so much time pass since the last tries."""
    with db.transaction() as session:
        session.execute(
            update(Message)
            .where(Message.tried_at.is_not(None))
            .values(
                tried_at=Message.tried_at - length, first_tried_at=Message.first_tried_at - length
            )
        )


def seconds_to_next_try() -> float:
    query = text(
        "SELECT extract(epoch FROM min(scheduled_at) - now()) FROM procrastinate_jobs "
        "WHERE task_name = 'send_message' AND status = 'todo'"
    )
    with db.transaction() as session:
        return float(session.execute(query).scalar_one())


def test_what_the_server_said_is_kept(cast: Cast, office: PostOffice) -> None:
    office.to_letter = "250 2.0.0 Queued as 4711"
    write(cast)

    work(Clients())

    (mail,) = mails()
    assert (mail.state, mail.reply, mail.tries) == (MessageState.SENT, office.to_letter, 1)


def test_a_server_that_is_down_delays_for_days_and_loses_nothing(
    cast: Cast, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOUPE_SMTP_PORT", str(free_port()))
    settings.cache_clear()
    write(cast)
    work(Clients(), hasten=False)
    found = outage()
    assert found is not None
    assert (found.error.split(":")[0], found.mails) == ("smtp_unreachable", 1)
    assert seconds_to_next_try() < 10

    age(timedelta(days=2))
    work(Clients(), hasten=False)
    with db.transaction() as session:
        queue.hasten_all(session, "send_message")
    work(Clients(), hasten=False)

    assert seconds_to_next_try() > 3000
    assert states() == [MessageState.QUEUED]
    monkeypatch.setenv("LOUPE_SMTP_PORT", str(office.port))
    settings.cache_clear()
    work(Clients())
    assert (states(), outage()) == ([MessageState.SENT], None)
    assert len(office.letters) == 1


def test_while_the_server_is_down_other_mail_waits_without_trying(
    cast: Cast, office: PostOffice
) -> None:
    office.to_sender = DOWN
    write(cast)
    work(Clients(), hasten=False)
    write(cast)
    write(cast)

    work(Clients(), hasten=False)

    assert [mail.tries for mail in mails()] == [1, 0, 0]
    found = outage()
    assert found is not None
    assert found.error == f"smtp_sender: {DOWN}"


def test_the_first_mail_that_leaves_again_takes_the_others_with_it(
    cast: Cast, office: PostOffice
) -> None:
    office.to_sender = DOWN
    for _ in range(3):
        write(cast)
    work(Clients(), hasten=False)
    office.to_sender = "250 OK"
    age(mail_pace.GIVEN_UP_AFTER / 2)
    write(cast)

    work(Clients(), hasten=False)

    assert states() == [MessageState.SENT] * 4
    assert len(office.letters) == 4


def test_a_mail_that_nobody_takes_for_days_has_failed(cast: Cast, office: PostOffice) -> None:
    office.to_sender = DOWN
    write(cast)
    work(Clients(), hasten=False)
    age(mail_pace.GIVEN_UP_AFTER)

    work(Clients())

    (mail,) = mails()
    assert (mail.state, mail.error) == (MessageState.FAILED, f"smtp_sender: {DOWN}")


def test_no_more_mail_leaves_in_a_minute_than_is_allowed(
    cast: Cast, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOUPE_SMTP_PER_MINUTE", "2")
    settings.cache_clear()
    for _ in range(4):
        write(cast)

    work(Clients(), hasten=False)

    # The next one has to wait for a minute; which is the first, two at once decide.
    assert sorted(states()) == [MessageState.QUEUED] * 3 + [MessageState.SENT]
    waiting = [mail for mail in mails() if mail.state is MessageState.QUEUED]
    assert [(mail.tries, mail.error) for mail in waiting] == [(0, None)] * 3
    assert office.attempts == 1
    assert outage() is None


def test_r8_a_slow_server_keeps_no_other_work_waiting(cast: Cast, office: PostOffice) -> None:
    for _ in range(4):
        write(cast)
    office.goes_on.clear()
    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work, Clients(), concurrency=CONCURRENCY)
        until(lambda: len(office.letters) == AT_ONCE)

        with db.transaction() as session:
            queue.defer(session, "erase_expired", timestamp=0)

        until(lambda: not count_of("erase_expired"))
        assert len(office.letters) == AT_ONCE
        office.goes_on.set()
        working.result()

    # On a machine that is slow itself, the first may have waited too long for the answer.
    assert set(states()) <= {MessageState.SENT, MessageState.UNCERTAIN}


def count_of(task: str) -> int:
    query = text(
        "SELECT count(*) FROM procrastinate_jobs WHERE task_name = :task AND status = 'todo'"
    )
    with db.transaction() as session:
        return int(session.execute(query, {"task": task}).scalar_one())


def test_a_mail_that_was_refused_goes_again_to_the_right_address(
    cast: Cast, office: PostOffice
) -> None:
    office.to_recipient = "550 5.1.1 No such user"
    message_id = write(cast)
    work(Clients())
    office.to_recipient = "250 OK"
    with db.transaction() as session:
        mail = session.get_one(Message, message_id)
        assert mail.state is MessageState.FAILED
        session.execute(text("UPDATE orders SET mail_to = 'carl@right.example'"))
    with db.transaction() as session:
        outbox.send_again(session, message_id, actor=cast.bob)

    work(Clients())

    assert office.recipients == ["carl@right.example"]
    assert office.letters[0]["Message-ID"] == mail.header_id
    assert states() == [MessageState.SENT]
