"""Mails that failed, or of which nobody knows: a person sends them again, or says they arrived."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import ChangedMeanwhile, MailNotNeeded, NotFound
from core.models import Event, EventName, Message, MessageState, ShopMode, utc_now
from core.services import deadlines, erasure, messages, outbox, reversals
from tests.cast import Cast, CastOrder, seen
from tests.core.services.test_outbox import ask, due, forget_jobs, mail_of, rejected, send


def failed(cast: Cast) -> tuple[CastOrder, Message]:
    placed, mail = rejected(cast)
    outbox.claim(cast.session, mail.id)
    outbox.failed(cast.session, mail.id, "smtp_refused: 550 No such user")
    return placed, mail_of(cast.session, placed)


def uncertain(cast: Cast) -> tuple[CastOrder, Message]:
    placed, mail = rejected(cast)
    outbox.claim(cast.session, mail.id)
    outbox.uncertain(cast.session, mail.id, "Connection unexpectedly closed")
    return placed, mail_of(cast.session, placed)


def last_event(session: Session) -> tuple[EventName, int | None]:
    event = session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
    return event.name, event.staff_id


def test_a_failed_mail_goes_again_to_the_address_that_the_order_has_now(
    cast: Cast, session: Session
) -> None:
    placed, mail = failed(cast)
    name, first_try = mail.header_id, mail.tried_at
    placed.order.mail_to = "carl@right.example"
    session.flush()
    forget_jobs(session)

    outbox.send_again(session, mail.id, actor=cast.bob)

    assert last_event(session) == (EventName.MESSAGE_QUEUED, cast.bob.id)
    assert cast.jobs("send_message") == [{"message_id": mail.id}]
    claimed = outbox.claim(session, mail.id)
    assert claimed is not None
    assert claimed.message.to == "carl@right.example"
    assert claimed.message.header_id == name
    assert claimed.message.tries == 2
    # It has its days anew.
    assert claimed.message.first_tried_at == claimed.message.tried_at != first_try


def test_an_uncertain_mail_goes_again_as_the_very_same(cast: Cast, session: Session) -> None:
    placed, mail = uncertain(cast)
    before = (mail.to, mail.header_id, mail.html)
    placed.order.mail_to = "carl@right.example"
    session.flush()

    outbox.send_again(session, mail.id, actor=cast.bob)
    send(session, mail)

    mail = mail_of(session, placed)
    assert (mail.to, mail.header_id, mail.html) == before
    assert mail.state is MessageState.SENT


def test_a_mail_about_what_was_answered_meanwhile_is_not_sent_again(
    cast: Cast, session: Session
) -> None:
    placed, mail = uncertain(cast)
    ask(session, placed, placed.photos[0])

    with pytest.raises(MailNotNeeded, match="answered or taken back"):
        outbox.send_again(session, mail.id, actor=cast.bob)

    assert mail_of(session, placed).state is MessageState.UNCERTAIN


def test_a_mail_about_what_was_taken_back_is_not_sent_again(cast: Cast, session: Session) -> None:
    placed, mail = failed(cast)
    reversals.take_back(session, seen(*placed.photos), reviewer=cast.ada)

    with pytest.raises(MailNotNeeded, match="answered or taken back"):
        outbox.send_again(session, mail.id, actor=cast.bob)


def test_what_a_later_mail_tells_is_not_told_again(cast: Cast, session: Session) -> None:
    placed, mail = failed(cast)
    assert messages.remind(session, seen(*placed.photos), actor=cast.bob).done

    with pytest.raises(MailNotNeeded, match="A later mail tells of the same"):
        outbox.send_again(session, mail.id, actor=cast.bob)


def test_nothing_is_sent_again_for_a_shop_that_is_off(cast: Cast, session: Session) -> None:
    _, mail = failed(cast)
    cast.shop.mode = ShopMode.WATCH
    session.flush()

    with pytest.raises(MailNotNeeded, match="not live"):
        outbox.send_again(session, mail.id, actor=cast.bob)


def test_without_an_address_a_failed_mail_cannot_go_again(cast: Cast, session: Session) -> None:
    placed, mail = failed(cast)
    placed.order.email = None
    session.flush()

    with pytest.raises(MailNotNeeded, match="no e-mail address"):
        outbox.send_again(session, mail.id, actor=cast.bob)


def test_a_forgotten_customer_is_written_to_no_more(cast: Cast, session: Session) -> None:
    placed, mail = failed(cast)
    erasure.erase_order(session, placed.id, manager=cast.mia)

    with pytest.raises(NotFound):
        outbox.send_again(session, mail.id, actor=cast.bob)


def test_of_a_forgotten_customer_the_log_keeps_nothing_that_a_server_said(
    cast: Cast, session: Session
) -> None:
    placed, mail = rejected(cast)
    outbox.claim(session, mail.id)
    outbox.sent(session, mail.id, reply="250 OK carl@example.org")

    erasure.erase_order(session, placed.id, manager=cast.mia)

    mail = mail_of(session, placed)
    assert (mail.to, mail.html, mail.error, mail.reply) == ("", "", None, None)


def test_the_first_decides_about_an_uncertain_mail_and_the_second_is_told(
    cast: Cast, session: Session
) -> None:
    placed, mail = uncertain(cast)
    outbox.take_as_sent(session, mail.id, actor=cast.ada)

    for decide in (outbox.send_again, outbox.take_as_sent):
        with pytest.raises(ChangedMeanwhile):
            decide(session, mail.id, actor=cast.bob)

    assert mail_of(session, placed).state is MessageState.SENT


@pytest.mark.parametrize("decide", [outbox.send_again, outbox.take_as_sent])
def test_what_was_sent_or_waits_needs_nobody(cast: Cast, session: Session, decide: object) -> None:
    (_, waiting), (_, sent) = rejected(cast), rejected(cast)
    send(session, sent)

    for mail in (waiting, sent):
        with pytest.raises(ChangedMeanwhile):
            decide(session, mail.id, actor=cast.bob)  # type: ignore[operator]


def test_answers_to_a_mail_that_arrived_after_all_are_due_from_its_handing_over(
    cast: Cast, session: Session
) -> None:
    placed, mail = uncertain(cast)
    mail.tried_at = handed_over = utc_now() - timedelta(days=3)
    session.flush()

    outbox.take_as_sent(session, mail.id, actor=cast.bob)

    mail = mail_of(session, placed)
    assert (mail.state, mail.sent_at, mail.error) == (MessageState.SENT, handed_over, None)
    assert due(session, placed) == [deadlines.answer_due(handed_over, cast.shop)]
    assert last_event(session) == (EventName.MESSAGE_SETTLED, cast.bob.id)


def test_what_the_server_said_and_how_often_it_was_asked_is_kept(
    cast: Cast, session: Session
) -> None:
    placed, mail = rejected(cast)
    outbox.claim(session, mail.id)
    outbox.put_back(session, mail.id, "smtp_refused: 451 Later")
    outbox.claim(session, mail.id)

    outbox.sent(session, mail.id, reply="250 2.0.0 OK 17")

    mail = mail_of(session, placed)
    assert (mail.reply, mail.tries, mail.error) == ("250 2.0.0 OK 17", 2, None)


def test_a_later_mail_hangs_on_those_that_the_customer_has(cast: Cast, session: Session) -> None:
    placed, first = rejected(cast)
    send(session, first)
    names = [first.header_id]
    for settle in (outbox.sent, outbox.uncertain, outbox.failed):
        messages.queue_new_link(session, placed.id)
        mail = mail_of(session, placed)
        claimed = outbox.claim(session, mail.id)
        assert claimed is not None
        assert claimed.thread == names
        assert claimed.message.in_reply_to == names[-1]
        if settle is outbox.sent:
            outbox.sent(session, mail.id)
        else:
            settle(session, mail.id, "")  # type: ignore[call-arg]
        if settle is not outbox.failed:
            names.append(mail.header_id)

    ask(session, placed, placed.photos[0])
    messages.queue_all_approved(session, placed.id)
    last = outbox.claim(session, mail_of(session, placed).id)

    assert last is not None
    assert last.thread == names
