from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.models import (
    Decision,
    Event,
    EventName,
    Message,
    MessageDecision,
    MessageKind,
    MessageState,
    Origin,
    Photo,
    PhotoState,
    Reason,
    ShopMode,
    WithdrawnBecause,
    utc_now,
)
from core.services import decisions, links, messages, outbox, responses, reversals
from core.services.messages import queue_issue_mail
from tests.cast import Cast, CastOrder, seen
from tests.clock import pass_time


@pytest.fixture
def careful(session: Session) -> Cast:
    """A shop where decisions can be undone for ten minutes."""
    return Cast(session, undo_seconds=600)


def mails(session: Session, kind: MessageKind = MessageKind.PHOTO_ISSUE) -> list[Message]:
    return list(session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))


def told(session: Session, message: Message) -> set[int]:
    """Whose photos' rejections a message tells of."""
    return set(
        session.scalars(
            select(Decision.photo_id)
            .join(MessageDecision)
            .where(MessageDecision.message_id == message.id)
        )
    )


def refresh(session: Session, *photos: Photo) -> None:
    for photo in photos:
        session.refresh(photo)


def final_at(session: Session, photo: Photo) -> object:
    refresh(session, photo)
    decision_id = photo.decision_id
    return session.scalars(select(Decision.undo_until).where(Decision.id == decision_id)).one()


def answer(session: Session, placed: CastOrder, photo: Photo) -> None:
    refresh(session, photo)
    responses.ask(session, placed.carl, seen(photo)[0], message="It is my only one.")
    refresh(session, photo)


def test_one_mail_tells_of_all_photos_of_an_order(cast: Cast, session: Session) -> None:
    placed = cast.order(photos=2)
    cast.reject(placed.photos[0], comment="By daylight, perhaps?")
    cast.reject(placed.photos[1], reasons=("dark", "cut_off"))

    assert queue_issue_mail(session, placed.id) is None

    (mail,) = mails(session)
    assert told(session, mail) == {photo.id for photo in placed.photos}
    assert (mail.to, mail.state) == ("carl@example.org", MessageState.QUEUED)
    assert "By daylight, perhaps?" in mail.text
    texts = select(Reason.customer_text).where(Reason.code.in_(["blurry", "dark", "cut_off"]))
    assert all(words in mail.text for words in session.scalars(texts))
    assert links.order_url(placed.order) in mail.text
    assert cast.jobs("send_message") == [{"message_id": mail.id}]
    events = session.scalars(select(Event.name).where(Event.order_id == placed.id)).all()
    assert events[-1] is EventName.MESSAGE_QUEUED


def test_looking_twice_queues_one_mail(cast: Cast, session: Session) -> None:
    placed = cast.order()
    cast.reject(*placed.photos)

    for _ in range(2):
        queue_issue_mail(session, placed.id)

    assert len(mails(session)) == 1


def test_a_mail_waits_until_the_rejection_is_final(careful: Cast, session: Session) -> None:
    placed = careful.order()
    careful.reject(*placed.photos)

    assert queue_issue_mail(session, placed.id) == final_at(session, placed.photos[0])
    assert mails(session) == []

    pass_time(session, minutes=11)
    queue_issue_mail(session, placed.id)
    assert len(mails(session)) == 1


def test_a_mail_waits_for_the_other_photos(cast: Cast, session: Session) -> None:
    placed = cast.order(photos=2)
    cast.reject(placed.photos[0])

    look_again = queue_issue_mail(session, placed.id)

    assert mails(session) == []
    decided_at = session.scalars(select(Decision.decided_at)).one()
    assert look_again == decided_at + timedelta(minutes=60)

    cast.approve(placed.photos[1])
    queue_issue_mail(session, placed.id)
    assert len(mails(session)) == 1


def test_a_mail_waits_while_an_approval_can_still_become_a_rejection(
    careful: Cast, session: Session
) -> None:
    placed = careful.order(photos=2)
    careful.reject(placed.photos[0])
    pass_time(session, minutes=11)
    careful.approve(placed.photos[1])

    assert queue_issue_mail(session, placed.id) == final_at(session, placed.photos[1])
    assert mails(session) == []


@pytest.mark.parametrize("state", [PhotoState.IN_REVIEW, PhotoState.FETCHING, PhotoState.TO_CHECK])
def test_a_mail_waits_an_hour_at_the_most(cast: Cast, session: Session, state: PhotoState) -> None:
    placed = cast.order(photos=2)
    placed.photos[1].state = state
    cast.reject(placed.photos[0])

    pass_time(session, minutes=59)
    assert queue_issue_mail(session, placed.id) is not None
    pass_time(session, minutes=2)
    assert queue_issue_mail(session, placed.id) is None

    (mail,) = mails(session)
    assert told(session, mail) == {placed.photos[0].id}


def test_after_an_hour_only_what_is_final_is_told(careful: Cast, session: Session) -> None:
    placed = careful.order(photos=2)
    careful.reject(placed.photos[0])
    pass_time(session, minutes=61)
    careful.reject(placed.photos[1])

    look_again = queue_issue_mail(session, placed.id)

    (mail,) = mails(session)
    assert told(session, mail) == {placed.photos[0].id}
    assert look_again == final_at(session, placed.photos[1])


def test_what_was_undone_is_not_told(careful: Cast, session: Session) -> None:
    placed = careful.order()
    outcome = careful.reject(*placed.photos)
    reversals.undo(session, outcome.batch, reviewer=careful.ada)
    pass_time(session, minutes=61)

    assert queue_issue_mail(session, placed.id) is None
    assert mails(session) == []


def test_a_spare_that_was_set_aside_is_not_told(cast: Cast, session: Session) -> None:
    placed = cast.order(photos=2)
    decisions.set_aside(session, seen(placed.photos[0]), reviewer=cast.ada, batch=uuid4())
    cast.reject(placed.photos[1])

    queue_issue_mail(session, placed.id)

    (mail,) = mails(session)
    assert told(session, mail) == {placed.photos[1].id}


def test_a_later_round_is_a_new_mail_in_the_same_thread(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    for _ in range(3):
        cast.reject(photo)
        queue_issue_mail(session, placed.id)
        newest = mails(session)[-1]
        outbox.claim(session, newest.id)
        outbox.sent(session, newest.id)
        session.refresh(photo)
        answer(session, placed, photo)

    first, second, third = mails(session)
    assert first.in_reply_to is None
    assert (second.in_reply_to, third.in_reply_to) == (first.header_id, second.header_id)
    assert len({mail.header_id for mail in mails(session)}) == 3


def test_a_thread_begins_with_a_mail_that_left(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo)
    queue_issue_mail(session, placed.id)
    mails(session)[0].state = MessageState.DROPPED
    answer(session, placed, photo)
    cast.reject(photo)

    queue_issue_mail(session, placed.id)

    claimed = outbox.claim(session, mails(session)[1].id)
    assert claimed is not None
    assert claimed.thread == []


def test_nobody_is_mailed_without_an_address(cast: Cast, session: Session) -> None:
    placed = cast.order(email=None)
    cast.reject(*placed.photos)

    assert queue_issue_mail(session, placed.id) is None
    assert mails(session) == []


@pytest.mark.parametrize(
    "changes",
    [{"mode": ShopMode.WATCH}, {"live_from": None}, {"live_from": utc_now()}],
    ids=["watch mode", "never live", "live since later"],
)
def test_nobody_is_mailed_about_an_order_that_does_not_count(
    cast: Cast, session: Session, changes: dict[str, object]
) -> None:
    placed = cast.order()
    cast.reject(*placed.photos)
    for name, value in changes.items():
        setattr(cast.shop, name, value)
    session.flush()

    assert queue_issue_mail(session, placed.id) is None
    assert mails(session) == []


def test_the_mail_shows_the_pictures_that_were_rejected(cast: Cast, session: Session) -> None:
    placed = cast.order(photos=2)
    cast.reject(*placed.photos)

    queue_issue_mail(session, placed.id)

    (mail,) = mails(session)
    shas = [photo.upload_id for photo in placed.photos]
    assert len(mail.pictures) == len(shas) == 2
    assert all(f'src="cid:{picture["cid"]}"' in mail.html for picture in mail.pictures)


def test_a_reason_may_forbid_to_show_the_picture(cast: Cast, session: Session) -> None:
    placed = cast.order()
    private = session.get_one(Reason, cast.reason("dark"))
    private.shows_picture = False
    cast.reject(*placed.photos, reasons=("blurry", "dark"))

    queue_issue_mail(session, placed.id)

    (mail,) = mails(session)
    assert mail.pictures == []
    assert "cid:" not in mail.html


def test_keeping_is_offered_only_where_every_reason_allows_it(cast: Cast, session: Session) -> None:
    kept, lost = cast.order(), cast.order()
    cast.reject(*kept.photos, reasons=("blurry",))
    cast.reject(*lost.photos, reasons=("blurry", "copyright"))

    for placed in (kept, lost):
        queue_issue_mail(session, placed.id)

    first, second = mails(session)
    assert "keep this one" in first.text
    assert "keep this one" not in second.text


def test_a_photo_that_never_came_is_asked_for_without_a_picture(
    cast: Cast, session: Session
) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    photo.state, photo.upload_id = PhotoState.TO_CHECK, None
    session.flush()
    decisions.ask_customer(
        session,
        seen(photo),
        reasons=[cast.reason("missing_file")],
        comment="",
        reviewer=cast.ada,
        batch=uuid4(),
    )

    queue_issue_mail(session, placed.id)

    (mail,) = mails(session)
    assert mail.pictures == []


def test_the_mail_shows_the_picture_that_was_rejected_and_no_later_one(
    cast: Cast, session: Session
) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    rejected = session.scalars(select(Photo.upload_id).where(Photo.id == photo.id)).one()
    cast.reject(photo)
    photo.upload_id = cast.upload(photo, Origin.STAFF).id
    session.flush()

    queue_issue_mail(session, placed.id)

    decision = session.scalars(select(Decision)).one()
    (picture,) = mails(session)[0].pictures
    assert decision.upload_id == rejected
    assert picture["cid"].endswith(f".{decision.id}@loupe")


def deliver(session: Session, *, state: MessageState = MessageState.SENT) -> None:
    for mail in mails(session):
        mail.state = state
    session.flush()


def rejected_and_approved(cast: Cast, state: MessageState, *, answers: bool = False) -> CastOrder:
    placed = cast.order()
    cast.reject(*placed.photos)
    queue_issue_mail(cast.session, placed.id)
    deliver(cast.session, state=state)
    if answers:
        answer(cast.session, placed, placed.photos[0])
    return placed


@pytest.mark.parametrize(
    ("state", "answers", "expected"),
    [
        (MessageState.SENT, True, 1),
        (MessageState.SENT, False, 1),
        (MessageState.UNCERTAIN, False, 1),
        # Through a link that staff gave to the customer.
        (MessageState.FAILED, True, 1),
        # Who never heard of an issue does not care that it is settled.
        (MessageState.FAILED, False, 0),
        (MessageState.DROPPED, False, 0),
    ],
)
def test_the_customer_is_told_once_that_all_is_well(
    cast: Cast, session: Session, state: MessageState, answers: bool, expected: int
) -> None:
    placed = rejected_and_approved(cast, state, answers=answers)

    for _ in range(2):
        messages.queue_all_approved(session, placed.id)

    assert len(mails(session, MessageKind.ALL_APPROVED)) == expected


def test_who_has_heard_of_nothing_is_not_thanked_for_what_staff_decided(
    cast: Cast, session: Session
) -> None:
    placed = cast.order()
    cast.reject(*placed.photos)
    refresh(session, *placed.photos)
    responses.decide_for_customer(session, seen(*placed.photos), why="My mistake", actor=cast.bob)

    messages.queue_all_approved(session, placed.id)

    assert mails(session, MessageKind.ALL_APPROVED) == []


def test_nobody_is_told_that_all_is_well_where_nothing_was_wrong(
    cast: Cast, session: Session
) -> None:
    placed = cast.order()
    cast.approve(*placed.photos)

    messages.queue_all_approved(session, placed.id)

    assert mails(session, MessageKind.ALL_APPROVED) == []


def test_an_order_that_no_job_looks_at_is_looked_at_again(cast: Cast, session: Session) -> None:
    forgotten, mailed, withdrawn = (cast.order() for _ in range(3))
    for placed in (forgotten, mailed, withdrawn):
        cast.reject(*placed.photos)
    queue_issue_mail(session, mailed.id)
    refresh(session, *withdrawn.photos)
    withdrawn.photos[0].state = PhotoState.WITHDRAWN
    withdrawn.photos[0].withdrawn_because = WithdrawnBecause.CANCELLED
    session.flush()
    done = "DELETE FROM procrastinate_jobs WHERE task_name = 'follow_up_order'"
    session.connection().exec_driver_sql(done)

    for _ in range(2):  # the second time, the job of the first one waits
        messages.recover(session)

    assert cast.jobs("follow_up_order") == [{"order_id": forgotten.id}]


def test_a_mail_costs_the_same_number_of_statements_for_many_photos(
    cast: Cast, session: Session, queries: list[str]
) -> None:
    numbers = []
    for photos in (1, 12):
        placed = cast.order(photos=photos)
        cast.reject(*placed.photos)
        before = len(queries)
        queue_issue_mail(session, placed.id)
        numbers.append(len(queries) - before)

    assert numbers[0] == numbers[1]
    assert session.scalar(select(func.count()).select_from(MessageDecision)) == 13
