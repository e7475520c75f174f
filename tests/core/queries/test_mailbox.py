from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from core.config import settings
from core.models import Message, MessageState, utc_now
from core.queries import mail_outage, mailbox
from core.queries.mailbox import Folder, MailView
from core.services import messages, outbox
from tests.cast import Cast, CastOrder, seen
from tests.core.services.test_outbox import ask, mail_of, rejected, send
from tests.smtp import PostOffice


def failed(cast: Cast) -> tuple[CastOrder, Message]:
    placed, mail = rejected(cast)
    outbox.claim(cast.session, mail.id)
    outbox.failed(cast.session, mail.id, "smtp_refused: 550 No such user")
    return placed, mail


def found(session: Session, **view: Any) -> list[int]:
    return [mail.id for mail in mailbox.page(session, MailView(**view))]


def needing(session: Session) -> list[int]:
    return found(session, folder=Folder.NEEDS_PERSON)


def test_the_log_shows_what_became_of_each_mail(cast: Cast, session: Session) -> None:
    placed, mail = rejected(cast)
    outbox.claim(session, mail.id)
    outbox.sent(session, mail.id, reply="250 OK")

    (row,) = mailbox.page(session, MailView())

    assert (row.id, row.order_id, row.order_name) == (mail.id, placed.id, placed.order.name)
    assert (row.to, row.state, row.reply) == ("carl@example.org", MessageState.SENT, "250 OK")
    assert row.sent_at is not None
    letter = mailbox.letter(session, mail.id)
    assert letter is not None
    assert (letter.text, len(letter.pictures)) == (mail.text, 1)


def test_the_newest_come_first_page_by_page_in_one_statement(
    cast: Cast, session: Session, queries: list[str]
) -> None:
    ids = [rejected(cast)[1].id for _ in range(5)]
    session.flush()
    before = len(queries)

    first = mailbox.page(session, MailView(), limit=3)
    second = mailbox.page(session, MailView(), before=first[-1].id, limit=3)
    mailbox.count(session)

    assert [mail.id for mail in (*first, *second)] == ids[::-1]
    assert len(queries) == before + 3


def test_mail_is_found_by_order_and_by_address(cast: Cast, session: Session) -> None:
    placed, mail = rejected(cast)
    rejected(cast)
    mail.to = "Carla@Right.example"  # corrected since
    session.flush()

    for search in (placed.order.name, placed.order.name[1:], "carla@r", " CARLA "):
        assert found(session, search=search) == [mail.id]
    assert len(found(session, search="carl@example")) == 2
    assert found(session, search="arla") == []


def test_each_shops_mail_is_shown_by_itself(cast: Cast, session: Session) -> None:
    _, mail = rejected(cast)
    other = Cast(session)
    _, others = rejected(other)

    assert found(session, shop_id=cast.shop.id) == [mail.id]
    assert found(session) == [others.id, mail.id]
    assert mailbox.count(session, other.shop.id)[Folder.WAITING] == 1


def test_a_mail_that_failed_needs_somebody_until_its_customer_hears_of_it(
    cast: Cast, session: Session
) -> None:
    placed, mail = failed(cast)
    assert needing(session) == [mail.id]
    assert mailbox.count(session)[Folder.NEEDS_PERSON] == 1

    assert messages.remind(session, seen(*placed.photos), actor=cast.bob).done

    assert needing(session) == []
    assert found(session, folder=Folder.FAILED) == [mail.id]


def test_a_mail_about_what_was_answered_meanwhile_needs_nobody(
    cast: Cast, session: Session
) -> None:
    placed, _ = failed(cast)

    ask(session, placed, placed.photos[0])

    assert needing(session) == []


def test_a_mail_that_asks_nothing_needs_somebody_until_another_is_written(
    cast: Cast, session: Session
) -> None:
    placed = cast.order()
    messages.queue_new_link(session, placed.id)
    mail = mail_of(session, placed)
    outbox.claim(session, mail.id)
    outbox.uncertain(session, mail.id, "Connection unexpectedly closed")
    assert needing(session) == [mail.id]

    messages.queue_new_link(session, placed.id)

    assert needing(session) == []


def test_the_mailbox_shows_what_the_demo_would_have_sent(cast: Cast, session: Session) -> None:
    (_, mail), (_, really), _ = rejected(cast), rejected(cast), rejected(cast)
    outbox.claim(session, mail.id)
    outbox.sent(session, mail.id, is_captured=True)
    send(session, really)

    assert [letter.id for letter in mailbox.captured(session, limit=5)] == [mail.id]


def test_mail_that_cannot_leave_for_want_of_a_server_is_an_outage(session: Session) -> None:
    cast = Cast(session, is_demo=False)
    assert mail_outage.current(session) is None
    rejected(cast)
    rejected(Cast(session))  # a demo's goes nowhere anyway

    found = mail_outage.current(session)

    assert found is not None
    assert (found.error, found.mails) == ("smtp_not_set", 1)


def test_an_outage_begins_with_the_first_try_and_says_what_came_of_the_last(
    session: Session, office: PostOffice
) -> None:
    cast = Cast(session, is_demo=False)
    began = utc_now() - timedelta(hours=3)
    for error in ("smtp_timeout", "smtp_sign_in: 535 5.7.8 No", "smtp_refused: 451 Later"):
        _, mail = rejected(cast)
        session.execute(
            update(Message)
            .where(Message.id == mail.id)
            .values(error=error, first_tried_at=began, tried_at=began + timedelta(minutes=mail.id))
        )

    found = mail_outage.current(session)

    assert settings().smtp_port == office.port
    assert found is not None
    # The third one is about its own recipient.
    assert (found.error, found.mails, found.since) == ("smtp_sign_in: 535 5.7.8 No", 2, began)


@pytest.mark.usefixtures("office")
def test_mail_that_waits_for_its_turn_is_no_outage(session: Session) -> None:
    rejected(Cast(session, is_demo=False))

    assert mail_outage.current(session) is None
