"""Customers stay silent, and days go by."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from core import db
from core.errors import NoIssue, NotFound
from core.models import (
    Event,
    EventName,
    Message,
    MessageKind,
    MessageState,
    PhotoState,
    Reason,
    Response,
    ResponseBy,
    ResponseKind,
    ShopMode,
    WhenSilent,
    utc_now,
)
from core.queries import silence
from core.services import deadlines, drafts, follow_ups, messages, outbox, responses
from tests.cast import PICTURE, Cast, CastOrder, seen
from tests.core.queries.test_issue_queue import multiply

#: A Friday; in Berlin the clocks go forward on Sunday.
SENT_AT = datetime(2026, 3, 27, 12, tzinfo=UTC)


@dataclass
class Silence:
    """An order whose customer was told at `SENT_AT`, and a clock that only goes forward."""

    cast: Cast
    placed: CastOrder

    def at(self, moment: str) -> list[str]:
        """Do what is due by then, have its mail sent, and return what happened."""
        now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        before = self._happened()
        is_due = self.placed.id in silence.due(self.cast.session, now=now)
        follow_ups.look_after(self.cast.session, self.placed.id, now=now)
        deliver(self.cast.session, now)
        happened = self._happened()[len(before) :]
        # What is looked for in one statement is what there is to do.
        assert is_due is bool(happened)
        assert self.placed.id not in silence.due(self.cast.session, now=now)
        return happened

    def _happened(self) -> list[str]:
        names = [EventName.PHOTO_OVERDUE, EventName.PHOTO_KEPT, EventName.MESSAGE_SENT]
        of_order = Event.order_id == self.placed.id
        return list(
            self.cast.session.scalars(
                select(Event.name).where(of_order, Event.name.in_(names)).order_by(Event.id)
            )
        )


REMINDED, KEPT, OVERDUE = EventName.MESSAGE_SENT, EventName.PHOTO_KEPT, EventName.PHOTO_OVERDUE


def deliver(session: Session, at: datetime) -> None:
    """Have all that is queued sent at that moment, and answers due from then on."""
    for message in session.scalars(select(Message).where(Message.state == MessageState.QUEUED)):
        outbox.claim(session, message.id)
        outbox.sent(session, message.id)
        message.created_at = message.sent_at = at
    session.flush()


def told(cast: Cast, *, photos: int = 1, is_gentle: bool = False, **reject: Any) -> Silence:
    cast.shop.time_zone = "Europe/Berlin"
    cast.shop.live_from = SENT_AT - timedelta(days=900)
    placed = cast.order(photos=photos)
    placed.order.is_gentle = is_gentle
    cast.reject(*placed.photos, **reject)
    messages.queue_issue_mail(cast.session, placed.id)
    deliver(cast.session, SENT_AT)
    for photo in placed.photos:
        cast.session.refresh(photo)
        photo.answer_due_at = deadlines.answer_due(SENT_AT, cast.shop)
    cast.session.flush()
    return Silence(cast, placed)


def going_on(cast: Cast) -> None:
    cast.shop.when_silent = WhenSilent.GO_ON
    cast.session.flush()


def test_days_go_by_and_nobody_answers(cast: Cast) -> None:
    customer = told(cast)

    assert customer.at("2026-03-28T23:00") == []
    assert customer.at("2026-03-29T07:59") == []
    assert customer.at("2026-03-29T08:00") == [REMINDED]
    assert customer.at("2026-03-29T08:05") == []
    assert customer.at("2026-04-01T07:59") == []
    assert customer.at("2026-04-01T08:00") == [REMINDED]
    assert customer.at("2026-04-03T07:59") == []
    assert customer.at("2026-04-03T08:00") == [OVERDUE]
    assert customer.at("2026-04-03T08:05") == []
    assert customer.at("2026-05-03T08:05") == []
    assert customer.placed.photos[0].state is PhotoState.REJECTED


@pytest.mark.parametrize(
    ("time_zone", "reminder", "deadline"),
    [
        ("America/Los_Angeles", "2026-03-29T17:00", "2026-04-03T17:00"),
        # Already the 28th there; clocks go back on April 5th.
        ("Pacific/Auckland", "2026-03-29T21:00", "2026-04-03T21:00"),
        ("Asia/Kathmandu", "2026-03-29T04:15", "2026-04-03T04:15"),
        ("Pacific/Kiritimati", "2026-03-29T20:00", "2026-04-03T20:00"),
    ],
)
def test_ten_is_when_it_is_ten_there(
    cast: Cast, session: Session, time_zone: str, reminder: str, deadline: str
) -> None:
    customer = told(cast)
    cast.shop.time_zone = time_zone
    (photo,) = customer.placed.photos
    photo.answer_due_at = deadlines.answer_due(SENT_AT, cast.shop)
    session.flush()

    def before(moment: str) -> str:
        return (datetime.fromisoformat(moment) - timedelta(minutes=1)).isoformat()

    assert customer.at(before(reminder)) == []
    assert customer.at(reminder) == [REMINDED]
    customer.at(before(deadline))
    assert customer.at(deadline) == [OVERDUE]


def test_after_a_long_absence_only_the_latest_reminder_is_sent(cast: Cast) -> None:
    customer = told(cast)

    assert customer.at("2026-04-02T12:00") == [REMINDED]
    assert customer.at("2026-04-02T12:05") == []


def test_nobody_is_reminded_of_a_day_that_is_over(cast: Cast) -> None:
    assert told(cast).at("2026-04-04T12:00") == [OVERDUE]


def test_what_staff_remind_of_by_hand_counts_for_its_day(cast: Cast, session: Session) -> None:
    customer = told(cast)
    messages.remind(session, seen(*customer.placed.photos), actor=cast.bob)
    deliver(session, datetime(2026, 3, 29, 6, tzinfo=UTC))

    assert customer.at("2026-03-29T08:00") == []
    assert customer.at("2026-04-01T08:00") == [REMINDED]


def test_no_reminder_is_added_to_one_that_cannot_leave(cast: Cast, session: Session) -> None:
    customer = told(cast)
    now = datetime(2026, 3, 29, 9, tzinfo=UTC)
    follow_ups.look_after(session, customer.placed.id, now=now)
    of_order = Message.order_id == customer.placed.id
    (reminder,) = session.scalars(select(Message).where(of_order, Message.state == "queued"))
    reminder.created_at = now
    session.flush()
    later = datetime(2026, 4, 1, 9, tzinfo=UTC)

    assert customer.placed.id not in silence.due(session, now=later)
    follow_ups.look_after(session, customer.placed.id, now=later)

    assert len(session.scalars(select(Message).where(of_order)).all()) == 2


@pytest.mark.parametrize("kind", ResponseKind)
def test_whoever_answers_hears_nothing_more(
    cast: Cast, session: Session, kind: ResponseKind
) -> None:
    customer = told(cast)
    placed = customer.placed
    (photo,) = seen(*placed.photos)
    match kind:
        case ResponseKind.REPLACED:
            draft = drafts.add(session, placed.carl, photo.id, PICTURE)
            responses.replace(session, placed.carl, photo, draft_id=draft.id)
        case ResponseKind.KEPT:
            responses.keep(session, placed.carl, photo, words_shown="As it is.")
        case ResponseKind.ASKED:
            responses.ask(session, placed.carl, photo, message="Why?")

    for moment in ("2026-03-29T08:00", "2026-04-01T08:00", "2026-04-03T08:00"):
        assert customer.at(moment) == []


def test_what_is_answered_is_not_reminded_of_with_the_rest(cast: Cast, session: Session) -> None:
    customer = told(cast, photos=2)
    one, other = customer.placed.photos
    responses.ask(session, customer.placed.carl, *seen(one), message="Why?")

    assert customer.at("2026-03-29T08:00") == [REMINDED]

    newest = select(Message).where(Message.order_id == customer.placed.id)
    reminder = session.scalars(newest.order_by(Message.id.desc()).limit(1)).one()
    assert reminder.kind is MessageKind.REMINDER
    assert len(reminder.pictures) == 1
    assert str(other.decision_id) in reminder.pictures[0]["cid"]


def watch(customer: Silence) -> None:
    customer.cast.shop.mode = ShopMode.WATCH


def disconnect(customer: Silence) -> None:
    customer.cast.shop.disconnected_at = SENT_AT


def go_live_later(customer: Silence) -> None:
    customer.cast.shop.live_from = customer.placed.order.placed_at + timedelta(hours=1)


def cancel(customer: Silence) -> None:
    customer.placed.order.cancelled_at = SENT_AT


def delete(customer: Silence) -> None:
    customer.placed.order.deleted_at = SENT_AT


def erase(customer: Silence) -> None:
    customer.placed.order.erased_at = SENT_AT


def withdraw(customer: Silence) -> None:
    customer.placed.photos[0].state = PhotoState.WITHDRAWN


@pytest.mark.parametrize("end", [watch, disconnect, go_live_later, cancel, delete, erase, withdraw])
def test_what_is_over_is_left_alone(cast: Cast, session: Session, end: Any) -> None:
    customer = told(cast)
    end(customer)
    session.flush()

    assert customer.at("2026-03-29T08:00") == []
    assert customer.at("2026-04-03T08:00") == []


def test_who_is_asked_gently_is_reminded_once_and_never_decided_for(cast: Cast) -> None:
    going_on(cast)
    customer = told(cast, is_gentle=True)

    assert customer.at("2026-03-29T08:00") == [REMINDED]
    assert customer.at("2026-04-01T08:00") == []
    assert customer.at("2026-04-03T08:00") == [OVERDUE]


def test_a_reminder_by_hand_is_the_only_one_of_a_gentle_order(cast: Cast, session: Session) -> None:
    customer = told(cast, is_gentle=True)
    messages.remind(session, seen(*customer.placed.photos), actor=cast.bob)
    deliver(session, datetime(2026, 3, 28, 6, tzinfo=UTC))

    assert customer.at("2026-03-29T08:00") == []


def test_after_the_deadline_the_order_goes_on_where_the_mail_has_said_so(
    cast: Cast, session: Session
) -> None:
    going_on(cast)
    customer = told(cast)
    first = session.scalars(select(Message).where(Message.order_id == customer.placed.id)).one()
    assert first.announces_going_on
    assert "we will go on with the photo as it is" in first.text

    assert customer.at("2026-04-03T07:59") == [REMINDED]
    assert customer.at("2026-04-03T08:00") == [KEPT]

    (photo,) = customer.placed.photos
    session.refresh(photo)
    assert photo.state is PhotoState.IN_REVIEW
    answer = session.get_one(Response, photo.response_id)
    assert (answer.by, answer.kind) == (ResponseBy.POLICY, ResponseKind.KEPT)
    assert (answer.words_shown, answer.address, answer.staff_id) == (None, None, None)
    assert answer.upload_id == photo.upload_id


def strictly(customer: Silence) -> None:
    """Of its two reasons, one is always waited for."""
    code = Reason.code == "dark", Reason.shop_id == customer.cast.shop.id
    reason = customer.cast.session.scalars(select(Reason).where(*code)).one()
    reason.when_silent = WhenSilent.WAIT


def unannounced(customer: Silence) -> None:
    of_order = Message.order_id == customer.placed.id
    customer.cast.session.scalars(select(Message).where(of_order)).one().announces_going_on = False


def without_a_picture(customer: Silence) -> None:
    customer.placed.photos[0].upload_id = None


def waiting_after_all(customer: Silence) -> None:
    customer.cast.shop.when_silent = WhenSilent.WAIT


def gentle_after_all(customer: Silence) -> None:
    customer.placed.order.is_gentle = True


@pytest.mark.parametrize(
    "but",
    [strictly, unannounced, without_a_picture, waiting_after_all, gentle_after_all],
)
def test_nothing_goes_on_but_for_one_thing(cast: Cast, session: Session, but: Any) -> None:
    going_on(cast)
    customer = told(cast, reasons=("blurry", "dark"))
    but(customer)
    session.flush()

    assert customer.at("2026-04-03T08:00") == [OVERDUE]


@pytest.mark.parametrize("code", ["copyright", "wrong_subject"])
def test_what_may_not_be_kept_does_not_go_on(cast: Cast, session: Session, code: str) -> None:
    going_on(cast)
    customer = told(cast, reasons=("blurry", code))

    (first,) = session.scalars(select(Message).where(Message.order_id == customer.placed.id))
    assert not first.announces_going_on
    assert "go on with" not in first.text
    assert "We print nothing before we have heard from you." in first.text
    assert customer.at("2026-04-03T08:00") == [OVERDUE]


def test_a_reason_may_go_on_where_the_shop_usually_waits(cast: Cast, session: Session) -> None:
    reason = session.get_one(Reason, cast.reason("blurry"))
    reason.when_silent = WhenSilent.GO_ON
    session.flush()

    assert told(cast).at("2026-04-03T08:00") == [KEPT]


def test_nothing_goes_on_while_nobody_knows_whether_the_last_mail_arrived(
    cast: Cast, session: Session
) -> None:
    going_on(cast)
    customer = told(cast)
    assert customer.at("2026-04-01T08:00") == [REMINDED]
    reminder = select(Message).where(Message.kind == MessageKind.REMINDER)
    session.scalars(reminder).one().state = MessageState.UNCERTAIN
    session.flush()

    assert customer.at("2026-04-03T08:00") == [OVERDUE]


def test_a_reminder_says_again_what_happens_and_until_when(cast: Cast, session: Session) -> None:
    going_on(cast)
    customer = told(cast)

    customer.at("2026-03-29T08:00")

    reminder = session.scalars(select(Message).where(Message.kind == MessageKind.REMINDER)).one()
    assert "by Friday, 3 April, 10:00" in reminder.text
    assert "we will go on with the photo as it is" in reminder.text


def test_the_policy_of_one_photo_says_nothing_of_another(cast: Cast, session: Session) -> None:
    going_on(cast)
    customer = told(cast, photos=2)
    later = customer.placed.photos[1]
    later.answer_due_at = datetime(2026, 4, 10, 8, tzinfo=UTC)
    session.flush()

    assert customer.at("2026-04-03T08:00") == [KEPT, REMINDED]
    session.refresh(later)
    assert later.state is PhotoState.REJECTED


def test_who_needs_more_time_is_given_it_once_and_left_in_peace(
    cast: Cast, session: Session
) -> None:
    customer = told(cast, is_gentle=True)
    placed = customer.placed

    for _ in range(2):
        follow_ups.give_more_time(session, placed.carl)

    session.refresh(placed.photos[0])
    assert placed.photos[0].answer_due_at == datetime(2026, 4, 17, 8, tzinfo=UTC)
    given = select(Event).where(Event.name == EventName.ORDER_MORE_TIME)
    assert session.scalars(given).one().order_id == placed.id
    assert {"order_id": placed.id} in cast.jobs("follow_up_order")
    assert customer.at("2026-03-29T08:00") == []
    assert customer.at("2026-04-03T08:00") == []
    assert customer.at("2026-04-17T08:00") == [OVERDUE]


def test_more_time_after_the_deadline_ends_in_another_deadline(
    cast: Cast, session: Session
) -> None:
    customer = told(cast, is_gentle=True)
    assert customer.at("2026-04-03T08:00") == [OVERDUE]

    follow_ups.give_more_time(session, customer.placed.carl)

    assert customer.at("2026-04-10T08:00") == []
    assert customer.at("2026-04-17T08:00") == [OVERDUE]


def test_more_time_is_on_offer_for_gentle_orders_with_an_open_question(
    cast: Cast, session: Session
) -> None:
    usual, answered = told(cast), told(cast, is_gentle=True)
    answered.placed.photos[0].state = PhotoState.IN_REVIEW
    session.flush()

    with pytest.raises(NotFound):
        follow_ups.give_more_time(session, usual.placed.carl)
    with pytest.raises(NoIssue):
        follow_ups.give_more_time(session, answered.placed.carl)


def test_each_shop_has_its_own_clock_and_days(session: Session) -> None:
    here, there = told(Cast(session)), told(Cast(session))
    there.cast.shop.time_zone = "America/Los_Angeles"
    there.cast.shop.reminder_days = [3]
    session.flush()

    assert here.at("2026-03-29T08:00") == [REMINDED]
    assert there.at("2026-03-29T18:00") == []
    assert there.at("2026-03-30T16:59") == []
    assert there.at("2026-03-30T17:00") == [REMINDED]
    assert here.at("2026-03-30T17:00") == []


def test_what_is_due_is_found_in_batches_and_one_statement(
    cast: Cast, session: Session, queries: list[str]
) -> None:
    orders = sorted(told(cast).placed.id for _ in range(5))
    now = datetime(2026, 3, 29, 9, tzinfo=UTC)
    queries.clear()

    assert silence.due(session, now=now, limit=3) == orders[:3]
    assert len(queries) == 1
    assert silence.count_to_remind(session, cast.shop.id, [2], now=now) == 5
    assert silence.count_to_remind(session, cast.shop.id, [3], now=now) == 0


def test_only_what_was_told_and_is_due_is_looked_at(cast: Cast, session: Session) -> None:
    (photo,) = told(cast).placed.photos
    multiply(session, photo, by=30)
    photo.answer_due_at = None
    session.flush()
    for state in (PhotoState.REJECTED, PhotoState.APPROVED):
        multiply(session, photo, by=3000, state=state)
    session.execute(text("UPDATE photos SET answer_due_at = NULL WHERE id % 50 > 0"))
    session.execute(text("ANALYZE photos"))
    for way in ("seqscan", "bitmapscan"):
        session.execute(text(f"SET LOCAL enable_{way} = off"))

    plan = explained(session, utc_now())

    reads = [line for line in plan if " on photos" in line]
    assert len(reads) == 2
    assert all("using ix_photos_issues_due" in line for line in reads)
    bounds = [line for line in plan if "Index Cond" in line and "9999-12-31" in line]
    assert len(bounds) == 2


def explained(session: Session, now: datetime) -> list[str]:
    """How Postgres finds what is due."""
    asked: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(db.engine(), "before_cursor_execute", note)
    silence.due(session, now=now)
    event.remove(db.engine(), "before_cursor_execute", note)
    ((statement, parameters),) = asked
    lines = session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters)
    return [line for (line,) in lines]
