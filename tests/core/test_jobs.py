"""The loop without a browser: real jobs, a real demo shop over HTTP, real pictures and mail."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import func, select, text, update

from core import db, jobs, queue
from core.clients import Clients
from core.config import settings
from core.integrations.storage import Size, storage
from core.models import (
    Event,
    EventName,
    Hold,
    HoldState,
    Message,
    MessageKind,
    MessageState,
    Order,
    Photo,
    PhotoState,
    Reason,
    SyncRun,
    Upload,
    utc_now,
)
from core.services import decisions, mail_pace, messages, responses
from core.services.actors import Guest
from core.services.decisions import PhotoVersion
from tests.cast import Cast
from tests.loop import GOOD, ORDERS, Loop, ada, leave_unread, small_loop, snapshot, work
from tests.serving import free_port
from tests.smtp import PostOffice


@pytest.fixture
def loop(committed: None, tmp_path: Path) -> Iterator[Loop]:
    with small_loop(tmp_path / "demo-shop") as loop:
        yield loop


@pytest.fixture
def one_order(committed: None, tmp_path: Path) -> Iterator[Loop]:
    with small_loop(tmp_path / "demo-shop", [[GOOD]]) as loop:
        yield loop


def the_photo() -> Photo:
    with db.transaction() as session:
        return session.scalars(select(Photo)).one()


def reject(photo: Photo) -> None:
    with db.transaction() as session:
        decisions.reject(
            session,
            [PhotoVersion(photo.id, photo.version)],
            reasons=[session.scalars(select(Reason.id).where(Reason.code == "dark")).one()],
            comment="By daylight, perhaps?",
            reviewer=ada(),
            batch=uuid4(),
        )


def keep() -> None:
    photo = the_photo()
    with db.transaction() as session:
        responses.keep(
            session,
            Guest(photo.order_id),
            PhotoVersion(photo.id, photo.version),
            words_shown="Print it as it is.",
        )


def approve(photo: Photo) -> None:
    with db.transaction() as session:
        seen = [PhotoVersion(photo.id, photo.version)]
        decisions.approve(session, seen, reviewer=ada(), batch=uuid4())


def test_everything_comes_in_once_and_what_does_not_open_is_to_be_checked(loop: Loop) -> None:
    run_id = loop.sync()
    loop.work()

    with db.transaction() as session:
        states = session.execute(
            select(Order.name, Photo.state, Photo.check_code)
            .join(Order, Order.id == Photo.order_id)
            .order_by(Order.name, Photo.id)
        ).all()
        run = session.get_one(SyncRun, run_id)  # another may begin with the minute
    assert [tuple(row) for row in states] == [
        ("#1001", PhotoState.IN_REVIEW, None),
        ("#1002", PhotoState.IN_REVIEW, None),
        ("#1002", PhotoState.IN_REVIEW, None),
        ("#1003", PhotoState.IN_REVIEW, None),
        ("#1003", PhotoState.IN_REVIEW, None),
        ("#1004", PhotoState.TO_CHECK, "not_found"),
        ("#1005", PhotoState.TO_CHECK, "not_a_picture"),
        ("#1006", PhotoState.TO_CHECK, "damaged"),
        ("#1007", PhotoState.TO_CHECK, "missing"),
        ("#1008", PhotoState.IN_REVIEW, None),
    ]
    assert (run.orders, run.error) == (len(ORDERS), None)
    waiting = [each for order in loop.shop.orders.values() for each in order.fulfillment_orders]
    held = [[hold.handle for hold in each.holds] for each in waiting]
    assert held == [["photo-review"]] * len(ORDERS)


def test_the_loop_from_a_demo_order_to_the_released_hold(one_order: Loop) -> None:
    one_order.sync()
    one_order.work()
    reject(the_photo())
    one_order.work()

    with db.transaction() as session:
        mail = session.scalars(select(Message)).one()
    assert (mail.kind, mail.state) == (MessageKind.PHOTO_ISSUE, MessageState.SENT)
    assert mail.is_captured
    assert "By daylight, perhaps?" in mail.text

    keep()
    photo = the_photo()
    assert (photo.state, photo.queue_rank) == (PhotoState.IN_REVIEW, 0)
    approve(the_photo())
    one_order.work()

    with db.transaction() as session:
        order = session.scalars(select(Order)).one()
        kinds = session.scalars(select(Message.kind).order_by(Message.id)).all()
        assert session.scalars(select(Hold.state)).one() is HoldState.RELEASED
    assert order.assignee_id == ada().id
    assert order.released_at is not None
    assert kinds == [MessageKind.PHOTO_ISSUE, MessageKind.ALL_APPROVED]
    (there,) = one_order.shop.orders.values()
    assert there.fulfillment_orders[0].holds == []
    assert "photos approved" in there.tags
    assert there.metafields[0].value == '{"state": "photos approved", "photos": 1}'


def test_r12_every_task_run_twice_leaves_the_same_state(loop: Loop) -> None:
    loop.sync()
    loop.work()
    with db.transaction() as session:
        photo = session.scalars(select(Photo).join(Order).where(Order.name == "#1001")).one()
        queue.defer(session, "judge_photos", shop_id=photo.shop_id)
    approve(photo)
    loop.work()
    before, events = snapshot(loop), count_of_events()
    with db.transaction() as session:
        again = session.execute(
            text(
                "UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = NULL "
                "WHERE status = 'succeeded' RETURNING task_name"
            )
        ).all()
    assert {row.task_name for row in again} >= {
        "import_orders",
        "fetch_photo",
        "follow_up_order",
        "tell_shopify",
        "judge_photos",
    }

    loop.sync()
    loop.work()

    assert snapshot(loop) == before
    assert count_of_events() == events


def count_of_events() -> int | None:
    with db.transaction() as session:
        return session.scalar(select(func.count()).select_from(Event))


def test_a_mail_run_twice_is_sent_once(one_order: Loop) -> None:
    one_order.sync()
    one_order.work()
    reject(the_photo())
    one_order.work()
    with db.transaction() as session:
        again = session.execute(
            text(
                "UPDATE procrastinate_jobs SET status = 'todo' "
                "WHERE task_name = 'send_message' RETURNING id"
            )
        ).all()
    assert len(again) == 1

    one_order.work()

    with db.transaction() as session:
        sent = select(func.count()).where(Event.name == EventName.MESSAGE_SENT)
        assert session.scalar(sent) == 1


def test_a_look_at_the_order_in_an_hour_delays_no_mail_that_is_due_now(
    committed: None, tmp_path: Path
) -> None:
    two = [("PRT-10", "honey-bee.jpg, citrus-slices.jpg")]
    with small_loop(tmp_path / "demo-shop", [two]) as loop:
        loop.sync()
        loop.work()
        with db.transaction() as session:
            first, second = session.scalars(select(Photo).order_by(Photo.id)).all()
        reject(first)
        loop.work()
        with db.transaction() as session:
            assert session.scalars(select(Message)).all() == []

        approve(second)
        loop.work()

    with db.transaction() as session:
        assert session.scalars(select(Message.state)).one() is MessageState.SENT


def test_a_photo_added_to_a_released_order_is_held_again(one_order: Loop) -> None:
    one_order.sync()
    one_order.work()
    approve(the_photo())
    one_order.work()
    (order,) = one_order.shop.orders.values()
    order.lines.append(order.lines[0].model_copy(update={"id": order.take_id()}))
    order.fulfillment_orders[0].line_ids.append(order.lines[-1].id)
    order.updated_at += timedelta(hours=1)
    one_order.shop.save([order])

    one_order.sync()
    one_order.work()

    assert [hold.handle for hold in order.fulfillment_orders[0].holds] == ["photo-review"]
    with db.transaction() as session:
        assert session.scalars(select(Hold.state)).one() is HoldState.PLACED
        assert session.scalars(select(Order.released_at)).one() is None


def test_a_job_that_keeps_killing_its_worker_is_given_up(one_order: Loop) -> None:
    one_order.sync()
    one_order.work()
    with db.transaction() as session:
        session.execute(update(Photo).values(state=PhotoState.FETCHING, upload_id=None))
        session.execute(
            text(
                "UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL, attempts = :n "
                "WHERE task_name = 'fetch_photo'"
            ),
            {"n": jobs.upkeep.STALLED_TRIES - 1},
        )
        queue.defer(session, "recover", timestamp=0)

    one_order.work()

    photo = the_photo()
    assert (photo.state, photo.check_code) == (PhotoState.TO_CHECK, "gave_up")


def test_a_job_of_a_killed_worker_is_taken_up(one_order: Loop) -> None:
    one_order.sync()
    one_order.work()
    with db.transaction() as session:
        session.execute(update(Photo).values(state=PhotoState.FETCHING, upload_id=None))
        session.execute(
            text(
                "UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL "
                "WHERE task_name = 'fetch_photo'"
            )
        )
        queue.defer(session, "recover", timestamp=0)

    one_order.work()

    assert the_photo().state is PhotoState.IN_REVIEW


def test_lost_holds_are_placed_after_all(one_order: Loop) -> None:
    one_order.sync()
    one_order.work()
    (order,) = one_order.shop.orders.values()
    order.fulfillment_orders[0].holds.clear()
    with db.transaction() as session:
        session.execute(text("DELETE FROM holds"))
        queue.defer(session, "look_after_orders", timestamp=0)

    one_order.work()

    assert [hold.handle for hold in order.fulfillment_orders[0].holds] == ["photo-review"]


@pytest.fixture
def letter(committed: None, office: PostOffice, tmp_path: Path) -> int:
    """The id of a real shop's message that is due, with a picture inside."""
    Image.new("RGB", (512, 384), "teal").save(tmp_path / "grid.webp")
    with db.transaction() as session:
        cast = Cast(session, is_demo=False)
        leave_unread(session, cast.shop)
        placed = cast.order()
        sha = session.scalars(select(Upload.sha256)).one()
        storage().keep_derived(sha, Size.GRID, tmp_path / "grid.webp")
        cast.reject(*placed.photos)
        messages.queue_issue_mail(session, placed.id)
        return session.scalars(select(Message.id)).one()


def state_of(message_id: int) -> tuple[MessageState, str | None]:
    with db.transaction() as session:
        message = session.get_one(Message, message_id)
        return message.state, message.error


def test_a_real_shops_mail_arrives_with_its_picture(letter: int, office: PostOffice) -> None:
    work(Clients())

    assert state_of(letter) == (MessageState.SENT, None)
    (arrived,) = office.letters
    assert office.recipients == ["carl@example.org"]
    assert arrived["From"] == "Paw Prints <hello@paw-prints.example>"
    assert arrived["Message-ID"].endswith("@photos.example>")
    html = arrived.get_body(("html",))
    assert html is not None
    (picture,) = [each for each in arrived.walk() if each.get_content_type() == "image/jpeg"]
    assert f"cid:{picture['Content-ID'].strip('<>')}" in html.get_content()
    assert "https://photos.example/o/" in html.get_content()
    with db.transaction() as session:
        assert not session.get_one(Message, letter).is_captured


def test_a_reminder_follows_in_the_same_thread(letter: int, office: PostOffice) -> None:
    work(Clients())
    photo = the_photo()
    with db.transaction() as session:
        messages.remind(session, [PhotoVersion(photo.id, photo.version)], actor=ada())

    work(Clients())

    first, reminder = office.letters
    assert reminder["In-Reply-To"] == first["Message-ID"] != reminder["Message-ID"]
    assert reminder["To"] == first["To"]
    text = reminder.get_body(("plain",))
    assert text is not None
    assert "still waiting for you" in " ".join(text.get_content().split())
    assert the_photo().answer_due_at == photo.answer_due_at is not None


def test_mail_waits_for_a_server_that_is_down(
    letter: int, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOUPE_SMTP_PORT", str(free_port()))
    settings.cache_clear()
    work(Clients(), hasten=False)
    state, error = state_of(letter)
    assert state is MessageState.QUEUED
    assert error is not None
    assert error.startswith("smtp_unreachable")

    monkeypatch.setenv("LOUPE_SMTP_PORT", str(office.port))
    settings.cache_clear()
    work(Clients())

    assert state_of(letter) == (MessageState.SENT, None)
    assert len(office.letters) == 1


def test_mail_that_is_put_off_is_tried_again(letter: int, office: PostOffice) -> None:
    office.to_recipient = "451 Greylisted"
    work(Clients(), hasten=False)
    assert state_of(letter) == (MessageState.QUEUED, "smtp_refused: 451 Greylisted")

    office.to_recipient = "250 OK"
    work(Clients())

    assert state_of(letter) == (MessageState.SENT, None)
    assert office.attempts == 2


def test_mail_that_is_put_off_for_days_is_given_up_visibly(letter: int, office: PostOffice) -> None:
    office.to_recipient = "451 Greylisted"
    work(Clients(), hasten=False)
    with db.transaction() as session:
        days_ago = utc_now() - mail_pace.GIVEN_UP_AFTER
        session.execute(update(Message).values(first_tried_at=days_ago))

    work(Clients())

    assert state_of(letter) == (MessageState.FAILED, "smtp_refused: 451 Greylisted")
    assert office.attempts == 2


def test_mail_that_is_refused_fails_at_once(letter: int, office: PostOffice) -> None:
    office.to_recipient = "550 No such user"

    work(Clients())

    assert state_of(letter) == (MessageState.FAILED, "smtp_refused: 550 No such user")
    assert office.attempts == 1


def test_mail_is_never_sent_again_when_nobody_knows_whether_it_arrived(
    letter: int, office: PostOffice
) -> None:
    office.hangs_up = True
    work(Clients())
    assert state_of(letter)[0] is MessageState.UNCERTAIN

    with db.transaction() as session:
        queue.defer(session, "send_message", message_id=letter)
    work(Clients())

    assert state_of(letter)[0] is MessageState.UNCERTAIN
    assert len(office.letters) == office.attempts == 1


@pytest.mark.usefixtures("office")
def test_mail_that_cannot_be_written_fails_and_is_shown(letter: int) -> None:
    with db.transaction() as session:
        evil = "Photo\r\nBcc: eve@example.org"
        session.execute(update(Message).values(subject=evil))

    work(Clients())

    state, error = state_of(letter)
    assert state is MessageState.FAILED
    assert error is not None
    assert error.startswith("smtp_unfit")


@pytest.mark.usefixtures("office")
def test_mail_whose_picture_is_gone_fails_and_is_shown(letter: int) -> None:
    with db.transaction() as session:
        storage().delete(session.scalars(select(Upload.sha256)).one())

    work(Clients())

    state, error = state_of(letter)
    assert state is MessageState.FAILED
    assert error is not None
    assert error.startswith("picture_gone")
