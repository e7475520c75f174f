import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import db
from core.config import settings
from core.models import (
    Event,
    EventName,
    Message,
    MessageDecision,
    MessageState,
    Order,
    Photo,
    PhotoState,
    utc_now,
)
from core.services import deadlines, erasure, messages, outbox, responses, reversals
from tests.cast import Cast, CastOrder, seen
from tests.databases import is_somebody_waiting
from tests.waiting import until


@pytest.fixture
def clean_settings() -> Iterator[None]:
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def smtp(monkeypatch: pytest.MonkeyPatch, clean_settings: None) -> None:
    """A server to send by, as the environment says; nobody listens there."""
    monkeypatch.setenv("LOUPE_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("LOUPE_PUBLIC_URL", "https://photos.example")


def rejected(cast: Cast, *, photos: int = 1) -> tuple[CastOrder, Message]:
    """An order whose mail is queued, and its job gone."""
    placed = cast.order(photos=photos)
    cast.reject(*placed.photos)
    messages.queue_issue_mail(cast.session, placed.id)
    for photo in placed.photos:
        cast.session.refresh(photo)
    forget_jobs(cast.session)
    return placed, mail_of(cast.session, placed)


def mail_of(session: Session, placed: CastOrder) -> Message:
    newest = select(Message).where(Message.order_id == placed.id).order_by(Message.id.desc())
    return session.scalars(newest.limit(1), execution_options={"populate_existing": True}).one()


def forget_jobs(session: Session) -> None:
    session.connection().exec_driver_sql("DELETE FROM procrastinate_jobs")


def told(session: Session) -> list[EventName]:
    """What happened to messages since they were queued."""
    names = session.scalars(select(Event.name).order_by(Event.id)).all()
    return [
        name
        for name in names
        if name.startswith("message.") and name is not EventName.MESSAGE_QUEUED
    ]


def ask(session: Session, placed: CastOrder, photo: Photo) -> None:
    session.refresh(photo)
    responses.ask(session, placed.carl, seen(photo)[0], message="It is my only one.")


def test_a_message_is_claimed_once(cast: Cast, session: Session) -> None:
    _, mail = rejected(cast)

    claimed = outbox.claim(session, mail.id)

    assert claimed is not None
    assert (claimed.message.id, claimed.shop.id) == (mail.id, cast.shop.id)
    assert claimed.message.state is MessageState.SENDING
    assert outbox.claim(session, mail.id) is None


def test_of_two_workers_one_claims(committed: None) -> None:
    with db.transaction() as session:
        _, mail = rejected(Cast(session))
    both = Barrier(2)

    def claim(_: int) -> bool:
        both.wait()
        with db.transaction() as session:
            return outbox.claim(session, mail.id) is not None

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(claim, range(2))) == [False, True]


def test_what_the_server_did_not_take_is_tried_again(cast: Cast, session: Session) -> None:
    placed, mail = rejected(cast)
    outbox.claim(session, mail.id)

    outbox.put_back(session, mail.id, "smtp_unreachable")

    mail = mail_of(session, placed)
    assert (mail.state, mail.error) == (MessageState.QUEUED, "smtp_unreachable")
    assert outbox.claim(session, mail.id) is not None
    outbox.sent(session, mail.id)
    assert mail_of(session, placed).error is None
    assert told(session) == [EventName.MESSAGE_SENT]


def test_what_was_sent_is_not_sent_again(cast: Cast, session: Session) -> None:
    placed, mail = rejected(cast)
    outbox.claim(session, mail.id)

    for _ in range(2):
        outbox.sent(session, mail.id, is_captured=True)

    mail = mail_of(session, placed)
    assert (mail.state, mail.is_captured) == (MessageState.SENT, True)
    assert mail.sent_at is not None
    assert outbox.claim(session, mail.id) is None
    assert told(session) == [EventName.MESSAGE_SENT]


def test_what_failed_stays_failed(cast: Cast, session: Session) -> None:
    placed, mail = rejected(cast)
    outbox.claim(session, mail.id)

    outbox.failed(session, mail.id, "550 no such user")
    outbox.put_back(session, mail.id, "again")

    mail = mail_of(session, placed)
    assert (mail.state, mail.error) == (MessageState.FAILED, "550 no such user")
    assert outbox.claim(session, mail.id) is None
    assert told(session) == [EventName.MESSAGE_FAILED]


def test_what_is_uncertain_is_left_to_a_person(cast: Cast, session: Session) -> None:
    placed, mail = rejected(cast)
    outbox.claim(session, mail.id)

    for _ in range(2):
        outbox.uncertain(session, mail.id, "dropped")

    assert mail_of(session, placed).state is MessageState.UNCERTAIN
    assert outbox.claim(session, mail.id) is None
    outbox.recover(session)
    assert cast.jobs("send_message") == []
    assert told(session) == [EventName.MESSAGE_UNCERTAIN]


def test_the_servers_word_comes_late_but_counts(cast: Cast, session: Session) -> None:
    placed, mail = rejected(cast)
    outbox.claim(session, mail.id)
    outbox.recover(session)
    assert mail_of(session, placed).state is MessageState.UNCERTAIN

    outbox.sent(session, mail.id)

    assert mail_of(session, placed).state is MessageState.SENT


def test_what_was_answered_meanwhile_is_dropped(cast: Cast, session: Session) -> None:
    placed, mail = rejected(cast)
    ask(session, placed, placed.photos[0])

    assert outbox.claim(session, mail.id) is None

    assert mail_of(session, placed).state is MessageState.DROPPED


def test_what_was_taken_back_meanwhile_is_dropped(cast: Cast, session: Session) -> None:
    placed, mail = rejected(cast)
    reversals.take_back(session, seen(*placed.photos), reviewer=cast.bob)

    assert outbox.claim(session, mail.id) is None

    assert mail_of(session, placed).state is MessageState.DROPPED


def test_what_is_left_of_a_mail_comes_in_one_of_its_own(cast: Cast, session: Session) -> None:
    placed, mail = rejected(cast, photos=2)
    reversals.take_back(session, seen(placed.photos[0]), reviewer=cast.bob)
    session.refresh(placed.photos[0])
    cast.approve(placed.photos[0])

    assert outbox.claim(session, mail.id) is None
    assert {"order_id": placed.id} in cast.jobs("follow_up_order")
    messages.queue_issue_mail(session, placed.id)

    second = mail_of(session, placed)
    assert (mail.id != second.id, mail.state) == (True, MessageState.DROPPED)
    (decision_id,) = session.scalars(
        select(MessageDecision.decision_id).where(MessageDecision.message_id == second.id)
    )
    session.refresh(placed.photos[1])
    assert decision_id == placed.photos[1].decision_id
    assert outbox.claim(session, second.id) is not None


@pytest.mark.usefixtures("clean_settings")
@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"LOUPE_SMTP_HOST": "127.0.0.1"},
        {"LOUPE_PUBLIC_URL": "https://photos.example"},
    ],
    ids=["nothing set", "no public address", "no server"],
)
def test_a_real_shops_mail_waits_until_it_can_be_sent(
    session: Session, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    cast = Cast(session, is_demo=False)
    placed, mail = rejected(cast)

    assert outbox.claim(session, mail.id) is None
    outbox.recover(session)

    assert mail_of(session, placed).state is MessageState.QUEUED
    assert cast.jobs("send_message") == []


def test_a_real_shops_mail_leaves_once_it_can(session: Session, smtp: None) -> None:
    cast = Cast(session, is_demo=False)
    _, mail = rejected(cast)

    outbox.recover(session)

    assert cast.jobs("send_message") == [{"message_id": mail.id}]
    assert outbox.claim(session, mail.id) is not None


def test_a_killed_worker_leaves_nothing_unnoticed(cast: Cast, session: Session) -> None:
    (queued_order, queued), (sending_order, sending) = rejected(cast), rejected(cast)
    outbox.claim(session, sending.id)

    outbox.recover(session)

    assert mail_of(session, queued_order).state is MessageState.QUEUED
    assert cast.jobs("send_message") == [{"message_id": queued.id}]
    mail = mail_of(session, sending_order)
    assert (mail.state, mail.error) == (
        MessageState.UNCERTAIN,
        "The worker stopped while sending.",
    )


def test_a_mail_that_a_worker_is_sending_is_left_alone(cast: Cast, session: Session) -> None:
    placed, mail = rejected(cast)
    outbox.defer(session, mail.id)
    outbox.claim(session, mail.id)

    outbox.recover(session)

    assert mail_of(session, placed).state is MessageState.SENDING


def test_an_unneeded_mail_names_no_open_photo(cast: Cast, session: Session) -> None:
    placed, mail = rejected(cast)
    placed.photos[0].state = PhotoState.WITHDRAWN
    session.flush()

    assert outbox.claim(session, mail.id) is None

    assert mail_of(session, placed).state is MessageState.DROPPED


@pytest.mark.parametrize(
    ("settle", "state"),
    [
        (outbox.failed, MessageState.FAILED),
        (outbox.uncertain, MessageState.UNCERTAIN),
        (outbox.put_back, MessageState.DROPPED),  # never sent to nobody
    ],
)
def test_a_customer_who_is_forgotten_while_a_mail_is_handed_over_stays_forgotten(
    cast: Cast,
    session: Session,
    settle: Callable[[Session, int, str], None],
    state: MessageState,
) -> None:
    placed, mail = rejected(cast)
    outbox.claim(session, mail.id)
    erasure.erase_order(session, placed.id, manager=cast.mia)

    settle(session, mail.id, "550 No such user carl@example.org")

    mail = mail_of(session, placed)
    assert (mail.state, mail.error, mail.to) == (state, None, "")
    assert outbox.claim(session, mail.id) is None


def test_of_forgetting_and_settling_at_once_nothing_personal_is_left(committed: None) -> None:
    with db.transaction() as session:
        cast = Cast(session)
        placed, mail = rejected(cast)
        outbox.claim(session, mail.id)

    def put_back() -> None:
        with db.transaction() as session:
            outbox.put_back(session, mail.id, "451 Later, carl@example.org")

    settling = threading.Thread(target=put_back)
    with db.transaction() as session:
        erasure.erase_order(session, placed.id, manager=cast.mia)
        session.flush()
        settling.start()
        until(is_somebody_waiting)
    settling.join()

    with db.transaction() as session:
        mail = session.get_one(Message, mail.id)
        assert (mail.state, mail.error, mail.to) == (MessageState.DROPPED, None, "")


def send(session: Session, mail: Message) -> None:
    assert outbox.claim(session, mail.id) is not None
    outbox.sent(session, mail.id)


def remind(cast: Cast, placed: CastOrder) -> Message:
    """A reminder that is queued, of a mail that was sent."""
    done = messages.remind(cast.session, seen(*placed.photos), actor=cast.bob).done
    assert len(done) == len(placed.photos)
    return mail_of(cast.session, placed)


def due(session: Session, placed: CastOrder) -> list[object]:
    for photo in placed.photos:
        session.refresh(photo)
    return [photo.answer_due_at for photo in placed.photos]


def test_the_customers_answer_is_due_once_the_mail_has_left(cast: Cast, session: Session) -> None:
    cast.shop.time_zone = "Europe/Berlin"
    placed, mail = rejected(cast, photos=2)
    other, _ = rejected(cast)
    outbox.claim(session, mail.id)
    assert due(session, placed) == [None, None]

    outbox.sent(session, mail.id)

    sent_at = mail_of(session, placed).sent_at
    assert sent_at is not None
    assert due(session, placed) == [deadlines.answer_due(sent_at, cast.shop)] * 2
    assert due(session, other) == [None]


@pytest.mark.parametrize("settle", [outbox.failed, outbox.uncertain, outbox.put_back])
def test_nothing_is_due_from_somebody_who_may_not_have_been_told(
    cast: Cast, session: Session, settle: Callable[[Session, int, str], None]
) -> None:
    placed, mail = rejected(cast)
    outbox.claim(session, mail.id)

    settle(session, mail.id, "550 no such user")

    assert due(session, placed) == [None]


def test_a_reminder_does_not_put_off_the_day(cast: Cast, session: Session) -> None:
    placed, mail = rejected(cast)
    send(session, mail)
    (photo,) = placed.photos
    first = photo.answer_due_at = utc_now() + timedelta(days=2)
    session.flush()

    send(session, remind(cast, placed))

    assert due(session, placed) == [first]


def test_nothing_is_due_about_what_was_answered_while_the_mail_was_handed_over(
    cast: Cast, session: Session
) -> None:
    placed, mail = rejected(cast, photos=2)
    outbox.claim(session, mail.id)
    ask(session, placed, placed.photos[0])

    outbox.sent(session, mail.id)

    answered, waiting = due(session, placed)
    assert answered is None
    assert waiting is not None


def test_a_reminder_of_what_was_answered_meanwhile_is_dropped(cast: Cast, session: Session) -> None:
    placed, mail = rejected(cast)
    send(session, mail)
    reminder = remind(cast, placed)
    ask(session, placed, placed.photos[0])

    assert outbox.claim(session, reminder.id) is None

    assert mail_of(session, placed).state is MessageState.DROPPED


def test_whoever_has_just_answered_needs_no_reminder_of_the_rest(
    cast: Cast, session: Session
) -> None:
    placed, mail = rejected(cast, photos=2)
    send(session, mail)
    reminder = remind(cast, placed)
    ask(session, placed, placed.photos[0])

    assert outbox.claim(session, reminder.id) is None
    messages.queue_issue_mail(session, placed.id)

    assert mail_of(session, placed).id == reminder.id  # no other mail in its place
    (photo,) = placed.photos[1:]
    (told,) = session.scalars(
        select(MessageDecision.message_id).where(MessageDecision.decision_id == photo.decision_id)
    )
    assert told == mail.id


def test_of_forgetting_and_telling_at_once_neither_waits_for_the_other(committed: None) -> None:
    with db.transaction() as session:
        cast = Cast(session)
        placed, mail = rejected(cast)
        outbox.claim(session, mail.id)

    def sent() -> None:
        with db.transaction() as session:
            outbox.sent(session, mail.id)

    settling = threading.Thread(target=sent)
    with db.transaction() as session:
        session.execute(select(Order.id).where(Order.id == placed.id).with_for_update())
        settling.start()
        until(is_somebody_waiting)
        erasure.erase_order(session, placed.id, manager=cast.mia)
    settling.join()

    with db.transaction() as session:
        assert session.get_one(Message, mail.id).state is MessageState.SENT
        assert session.get_one(Photo, placed.photos[0].id).answer_due_at is None
