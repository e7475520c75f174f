"""Staff remind customers: what leaves, and what is said where nothing does."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import db
from core.models import (
    Decision,
    Event,
    EventName,
    Message,
    MessageDecision,
    MessageKind,
    MessageState,
    Photo,
    Reason,
    utc_now,
)
from core.services import links, messages, outbox, responses
from core.services.decisions import PhotoVersion
from core.services.messages import Reminded
from tests.cast import Cast, CastOrder, seen


def rejected(cast: Cast, *, photos: int = 1, email: str | None = "carl@example.org") -> CastOrder:
    placed = cast.order(photos=photos, email=email)
    cast.reject(*placed.photos, comment="By daylight, perhaps?")
    for photo in placed.photos:
        cast.session.refresh(photo)
    return placed


def told(cast: Cast, *, photos: int = 1) -> CastOrder:
    """An order whose customer has been mailed."""
    placed = rejected(cast, photos=photos)
    messages.queue_issue_mail(cast.session, placed.id)
    deliver(cast.session)
    return placed


def deliver(session: Session, state: MessageState = MessageState.SENT) -> None:
    for message in session.scalars(select(Message).where(Message.state == MessageState.QUEUED)):
        assert outbox.claim(session, message.id) is not None
        if state is MessageState.SENT:
            outbox.sent(session, message.id)
        else:
            outbox.failed(session, message.id, "550 no such user")


def remind(cast: Cast, photos: Collection[Photo]) -> Reminded:
    return messages.remind(cast.session, seen(*photos), actor=cast.bob)


def ids(photos: Collection[Photo]) -> list[int]:
    return [photo.id for photo in photos]


def mails(session: Session, placed: CastOrder) -> list[Message]:
    return list(
        session.scalars(
            select(Message)
            .where(Message.order_id == placed.id)
            .order_by(Message.id)
            .execution_options(populate_existing=True)
        )
    )


def about(session: Session, message: Message) -> set[int]:
    return set(
        session.scalars(
            select(Decision.photo_id)
            .join(MessageDecision)
            .where(MessageDecision.message_id == message.id)
        )
    )


def test_a_reminder_says_again_what_was_asked_in_the_orders_thread(
    cast: Cast, session: Session
) -> None:
    placed = told(cast, photos=2)

    reminded = remind(cast, placed.photos)

    assert reminded == Reminded(ids(placed.photos), {})
    first, reminder = mails(session, placed)
    assert (reminder.kind, reminder.state) == (MessageKind.REMINDER, MessageState.QUEUED)
    deliver(session)
    assert reminder.in_reply_to == first.header_id != reminder.header_id
    assert about(session, reminder) == set(ids(placed.photos))
    assert "are still waiting for you" in reminder.text
    assert "By daylight, perhaps?" in reminder.text
    text = session.get_one(Reason, cast.reason("blurry")).customer_text
    assert text in reminder.text
    assert links.order_url(placed.order) in reminder.text
    assert len(reminder.pictures) == 2
    assert {"message_id": reminder.id} in cast.jobs("send_message")
    queued = select(Event.staff_id).where(Event.name == EventName.MESSAGE_QUEUED)
    assert session.scalars(queued.order_by(Event.id)).all() == [None, cast.bob.id]


def test_one_mail_per_order_reminds_of_all_that_its_customer_was_told(
    cast: Cast, session: Session
) -> None:
    one, two = told(cast, photos=3), told(cast)

    reminded = remind(cast, [*one.photos[:2], *two.photos])

    assert reminded.done == [*ids(one.photos[:2]), *ids(two.photos)]
    assert [len(mails(session, placed)) for placed in (one, two)] == [2, 2]
    assert about(session, mails(session, one)[1]) == set(ids(one.photos))


def test_who_was_not_told_of_a_photo_is_told_at_once(cast: Cast, session: Session) -> None:
    new, mixed, failed = cast.order(photos=2), told(cast), rejected(cast)
    cast.reject(new.photos[0])  # the mail would wait for the other one
    session.refresh(new.photos[0])
    later = cast.photo(mixed.order, mixed.line, 7)
    cast.reject(later)
    session.refresh(later)
    messages.queue_issue_mail(session, failed.id)
    deliver(session, MessageState.FAILED)

    reminded = remind(cast, [new.photos[0], *mixed.photos, later, *failed.photos])

    assert not reminded.refused
    for placed, photos in (
        (new, [new.photos[0]]),
        (mixed, [*mixed.photos, later]),
        (failed, failed.photos),
    ):
        mail = mails(session, placed)[-1]
        assert (mail.kind, mail.state) == (MessageKind.PHOTO_ISSUE, MessageState.QUEUED)
        assert about(session, mail) == set(ids(photos))


def test_nobody_is_reminded_twice(cast: Cast, session: Session) -> None:
    placed = told(cast)
    remind(cast, placed.photos)
    (photo,) = placed.photos

    assert remind(cast, placed.photos).refused == {photo.id: "The mail is on its way already."}
    deliver(session)
    assert remind(cast, placed.photos).refused == {photo.id: "Reminded 1 minute ago."}
    reminder = mails(session, placed)[-1]
    reminder.sent_at = utc_now() - timedelta(minutes=59, seconds=30)
    session.flush()
    assert remind(cast, placed.photos).refused == {photo.id: "Reminded 59 minutes ago."}
    reminder.sent_at = utc_now() - timedelta(minutes=61)
    session.flush()
    assert remind(cast, placed.photos).done == [photo.id]
    assert len(mails(session, placed)) == 3


def test_what_cannot_be_asked_is_said_in_words_and_the_rest_is_asked(
    cast: Cast, session: Session
) -> None:
    fine, nowhere, answered = told(cast), rejected(cast, email=None), told(cast)
    before = seen(*fine.photos, *nowhere.photos, *answered.photos)
    responses.ask(session, answered.carl, seen(*answered.photos)[0], message="Why?")

    reminded = messages.remind(session, before, actor=cast.ada)

    assert reminded.done == ids(fine.photos)
    assert reminded.refused == {
        nowhere.photos[0].id: "This order has no e-mail address. Copy the link instead.",
        answered.photos[0].id: "The customer has answered meanwhile, or it was taken back.",
    }


def test_nobody_hears_of_what_can_still_be_undone(session: Session) -> None:
    cast = Cast(session, undo_seconds=600)
    placed = rejected(cast)

    reminded = remind(cast, placed.photos)

    (why,) = reminded.refused.values()
    assert why == "This can still be undone. The mail leaves after that."
    assert not mails(session, placed)


def test_nobody_is_mailed_about_orders_older_than_the_shops_start(
    cast: Cast, session: Session
) -> None:
    placed = told(cast)
    cast.shop.live_from = utc_now()
    session.flush()

    (why,) = remind(cast, placed.photos).refused.values()

    assert "older than the shop's start" in why
    assert len(mails(session, placed)) == 1


def test_what_was_rejected_anew_is_not_what_was_seen(cast: Cast, session: Session) -> None:
    placed = told(cast)
    (photo,) = placed.photos
    before = PhotoVersion(photo.id, photo.version)
    responses.ask(session, placed.carl, before, message="Why?")
    session.refresh(photo)
    cast.reject(photo)

    assert messages.remind(session, [before], actor=cast.bob).done == []


def test_a_reminder_of_many_photos_costs_no_more_statements(
    cast: Cast, session: Session, queries: list[str]
) -> None:
    numbers = []
    for photos in (1, 6):
        placed = told(cast, photos=photos)
        before = len(queries)
        remind(cast, placed.photos)
        numbers.append(len(queries) - before)

    assert numbers[0] == numbers[1]


@pytest.mark.usefixtures("committed")
def test_of_two_who_remind_at_once_one_does() -> None:
    with db.transaction() as session:
        cast = Cast(session)
        placed = told(cast)
        before = seen(*placed.photos)
    both = Barrier(2)

    def click(_: int) -> bool:
        with db.transaction() as session:
            both.wait()
            return bool(messages.remind(session, before, actor=cast.bob).done)

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(click, range(2))) == [False, True]

    with db.transaction() as session:
        assert len(mails(session, placed)) == 2
