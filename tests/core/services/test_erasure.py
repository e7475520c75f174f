import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core import db
from core.errors import AppError, NoIssue, NotAllowed, NotFound
from core.models import (
    Decision,
    Draft,
    Event,
    EventName,
    Message,
    MessageState,
    Order,
    OrderNoteKind,
    Photo,
    PhotoState,
    Upload,
    WithdrawnBecause,
    utc_now,
)
from core.queries import erasable, statistics
from core.services import (
    addresses,
    drafts,
    erasure,
    holds,
    keeping,
    links,
    messages,
    notes,
    order_notes,
    outbox,
    releases,
    responses,
    reversals,
    staff,
)
from core.services.actors import Guest
from tests.cast import PICTURE, Cast, CastOrder, seen
from tests.core.services import orders
from tests.databases import is_somebody_waiting
from tests.waiting import until

#: Carl's: on his order, with his photos, in what he wrote and what was written to him.
PERSONAL = {
    "carl@example.org",
    "Carl Client",
    "de-AT",
    "Grandma turns 80",
    "carls-friend",
    "carl-at-the-lake",
    "carl-again",
    "Is it blurry, Carl?",
    "Please print it anyway",
    "Carl is in the news",
    "Carl will call back",
    "carls-other@example.org",
    "192.0.2.77",
    "CarlPhone/5",
    "fingerprint of the lake",
}
A_YEAR_AGO = timedelta(days=365)


def carls(session: Session, cast: Cast) -> CastOrder:
    """An order with everything on it that can be: two photos, one answered, one to be answered."""
    placed = cast.order(photos=3)
    order, (asked, rejected, approved) = placed.order, placed.photos
    order.customer_locale, order.note, order.tags = "de-AT", "Grandma turns 80", ["carls-friend"]
    for photo in placed.photos:
        photo.url = "https://carl-at-the-lake.example/photo.jpg"
        photo.check_host = "carl-at-the-lake.example"
    for upload in uploads(session, placed):
        upload.file_name = "carl-at-the-lake.jpg"
        upload.measures = {"fingerprint": "fingerprint of the lake"}
    session.flush()
    cast.reject(asked, rejected, comment="Is it blurry, Carl?")
    cast.approve(approved)
    session.expire_all()
    messages.queue_issue_mail(session, order.id)
    carl = Guest(order.id, address="192.0.2.77", browser="CarlPhone/5")
    responses.ask(session, carl, *seen(asked), message="Please print it anyway")
    session.flush()
    session.expire_all()
    notes.leave_for_manager(
        session, seen(asked), note="Carl is in the news", actor=cast.ada, request=uuid4()
    )
    order_notes.write(
        session,
        order.id,
        OrderNoteKind.PHONED,
        "Carl will call back",
        actor=cast.ada,
        request=uuid4(),
    )
    addresses.correct(session, order.id, "carls-other@example.org", actor=cast.ada)
    drafts.add(session, carl, rejected.id, replace(PICTURE, file_name="carl-again.jpg"))
    session.flush()
    session.expire_all()
    return placed


def uploads(session: Session, placed: CastOrder) -> Sequence[Upload]:
    return session.scalars(
        select(Upload).where(Upload.photo_id.in_([photo.id for photo in placed.photos]))
    ).all()


def erase(session: Session, cast: Cast, placed: CastOrder) -> erasure.Erased:
    erased = erasure.erase_order(session, placed.id, manager=cast.mia)
    session.flush()
    session.expire_all()
    return erased


def found_in_database(session: Session, words: set[str], *, but: str = "-") -> set[str]:
    """Which of the words stand anywhere in a text, list or JSON value of any table."""
    columns = session.execute(
        text(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND table_name NOT LIKE :but "
            "AND data_type IN ('text', 'character varying', 'jsonb', 'json', 'ARRAY')"
        ),
        {"but": f"{but}%"},
    ).all()
    assert len(columns) > 50
    return {
        word
        for table, column in columns
        for word in words
        if session.scalar(
            text(
                f"SELECT EXISTS (SELECT FROM {table} "  # noqa: S608
                f'WHERE position(:word in CAST("{column}" AS text)) > 0)'
            ),
            {"word": word},
        )
    }


def test_nothing_of_a_person_is_left_anywhere_in_the_database(session: Session, cast: Cast) -> None:
    placed = carls(session, cast)
    pictures = {upload.sha256 for upload in uploads(session, placed)} | {PICTURE.sha256}
    assert found_in_database(session, PERSONAL | pictures) == PERSONAL | pictures

    erase(session, cast, placed)

    assert found_in_database(session, PERSONAL) == set()
    # The jobs that remove the bytes have to know which.
    assert found_in_database(session, pictures, but="procrastinate_jobs") == set()


def test_statistics_are_as_they_were(session: Session, cast: Cast) -> None:
    placed = carls(session, cast)
    placed.order.released_at = utc_now()
    session.flush()

    def figures() -> list[object]:
        since = utc_now() - timedelta(days=30)
        return [
            statistics.rejections_by_reason(session, since),
            statistics.first_pass(session, since),
            statistics.turnaround(session, since),
            session.execute(select(Upload.width, Upload.height, Upload.format)).all(),
            session.scalars(select(Decision.verdict).order_by(Decision.id)).all(),
        ]

    before = figures()

    erase(session, cast, placed)

    assert figures() == before


def test_photos_that_wait_are_withdrawn(session: Session, cast: Cast) -> None:
    placed = carls(session, cast)

    erased = erase(session, cast, placed)

    assert [photo.state for photo in placed.photos] == [
        PhotoState.WITHDRAWN,
        PhotoState.WITHDRAWN,
        PhotoState.APPROVED,
    ]
    assert {photo.withdrawn_because for photo in placed.photos} == {WithdrawnBecause.ERASED, None}
    assert erased == erasure.Erased(orders=1, photos=3, files=4, messages=1)
    event = session.scalars(select(Event).where(Event.name == EventName.ORDER_ERASED)).one()
    assert (event.order_id, event.staff_id) == (placed.id, cast.mia.id)


def held(session: Session, placed: CastOrder) -> None:
    holds.placed(session, placed.id, fulfillment_order_id="fo", hold_id="hold")


def forget_jobs(session: Session) -> None:
    session.execute(text("DELETE FROM procrastinate_jobs"))


@pytest.mark.parametrize("approved", [0, 1])
def test_what_nobody_has_approved_does_not_ship_because_its_customer_is_forgotten(
    session: Session, cast: Cast, approved: int
) -> None:
    placed = cast.order(photos=2)
    held(session, placed)
    cast.approve(*placed.photos[:approved])
    erase(session, cast, placed)
    forget_jobs(session)

    releases.request_look(session, placed.id)
    holds.recover(session)

    assert releases.to_release(session, placed.id) is None
    assert placed.order.released_at is None


def test_an_order_that_is_forgotten_before_it_was_held_is_held_all_the_same(
    session: Session, cast: Cast
) -> None:
    placed = cast.order()
    erase(session, cast, placed)

    to_place = holds.to_place(session, placed.id)

    assert to_place is not None
    assert to_place.line_ids == {placed.line.shopify_id}


def test_what_was_approved_ships_though_its_customer_is_forgotten(
    session: Session, cast: Cast
) -> None:
    placed = cast.order()
    held(session, placed)
    cast.approve(*placed.photos)
    erase(session, cast, placed)
    forget_jobs(session)

    holds.recover(session)

    assert cast.jobs("tell_shopify") == [{"order_id": placed.id}]


def test_a_mail_that_waits_is_dropped_and_one_that_was_sent_stays_counted(
    session: Session, cast: Cast
) -> None:
    placed = carls(session, cast)
    (first,) = session.scalars(select(Message)).all()
    first.state = MessageState.SENDING
    session.flush()
    outbox.sent(session, first.id)
    messages.queue_new_link(session, placed.id)

    erase(session, cast, placed)

    states = session.scalars(select(Message.state).order_by(Message.id)).all()
    assert states == [MessageState.SENT, MessageState.DROPPED]


def test_the_link_in_the_customers_mail_opens_nothing_any_more(
    session: Session, cast: Cast
) -> None:
    placed = carls(session, cast)
    token = links.order_token(placed.order)
    assert links.order_of(session, token) is not None

    erase(session, cast, placed)

    assert links.order_of(session, token) is None


def test_a_picture_that_another_order_has_stays(session: Session, cast: Cast) -> None:
    placed, other = cast.order(), cast.order()
    (own,), (others,) = uploads(session, placed), uploads(session, other)
    own.sha256 = others.sha256
    alone = cast.upload(placed.photos[0], own.origin).sha256
    session.flush()

    erase(session, cast, placed)

    looked_at = {job["sha256"] for job in cast.jobs("remove_picture")}
    assert looked_at == {others.sha256, alone}
    session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
    assert not keeping.is_free(session, others.sha256)
    assert keeping.is_free(session, alone)


def test_a_decision_on_what_is_erased_is_not_taken_back(session: Session, cast: Cast) -> None:
    cast.shop.undo_seconds = 600
    placed = cast.order()
    batch: UUID = cast.approve(*placed.photos).batch

    erase(session, cast, placed)

    assert reversals.undo(session, batch, reviewer=cast.ada) == []
    assert placed.photos[0].state is PhotoState.APPROVED


def test_a_later_sync_does_not_bring_the_person_back(session: Session, cast: Cast) -> None:
    seen_there = orders.shopify_order(orders.line("one"))
    orders.record(session, cast, seen_there)
    order = session.scalars(select(Order)).one()
    erasure.erase_order(session, order.id, manager=cast.mia)

    new = orders.record(session, cast, orders.changed(seen_there, orders.line("one", "two")))

    session.flush()
    session.expire_all()
    assert new == 0
    assert (order.email, order.erased_at is None) == (None, False)
    assert session.scalars(select(Photo.url)).all() == [""]


def test_erasing_again_changes_nothing(session: Session, cast: Cast) -> None:
    placed = cast.order()
    erase(session, cast, placed)
    epoch = placed.order.link_epoch

    assert erase(session, cast, placed) == erasure.Erased()
    assert placed.order.link_epoch == epoch


def test_an_order_that_is_not_there_is_not_found(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        erasure.erase_order(session, -1, manager=cast.mia)


def test_a_processor_may_not_erase(session: Session, cast: Cast) -> None:
    placed = cast.order()

    with pytest.raises(NotAllowed):
        erasure.erase_order(session, placed.id, manager=cast.ada)


def test_a_customer_is_forgotten_in_all_orders_of_this_shop(session: Session, cast: Cast) -> None:
    first, second = cast.order(), cast.order(email="Carl@Example.org")
    corrected = cast.order(email="crl@example.org")
    addresses.correct(session, corrected.id, "carl@example.org", actor=cast.ada)
    eves, elsewhere = cast.order(email="eve@example.org"), Cast(session).order()

    erased = erasure.erase_customer(
        session, cast.shop.id, " CARL@example.org ", manager=staff.COMMAND_LINE
    )

    session.flush()
    session.expire_all()
    assert erased.orders == 3
    forgotten = [first, second, corrected]
    assert all(each.order.erased_at for each in forgotten)
    assert not any(each.order.erased_at for each in (eves, elsewhere))


#: What an order looks like, and whether its time is over in a shop that keeps them for 90 days.
EXPIRING: dict[str, tuple[dict[str, object], bool]] = {
    "released long ago": ({"released_at": utc_now() - A_YEAR_AGO}, True),
    "released last month": ({"released_at": utc_now() - timedelta(days=30)}, False),
    "shipped elsewhere long ago": (
        {"is_fulfilled": True, "updated_at": utc_now() - A_YEAR_AGO},
        True,
    ),
    "cancelled long ago": (
        {"cancelled_at": utc_now() - A_YEAR_AGO, "updated_at": utc_now() - A_YEAR_AGO},
        True,
    ),
    "shipped elsewhere, touched lately": ({"is_fulfilled": True}, False),
    "old, and never finished": ({"updated_at": utc_now() - A_YEAR_AGO}, False),
    "erased already": (
        {"released_at": utc_now() - A_YEAR_AGO, "erased_at": utc_now()},
        False,
    ),
}


@pytest.mark.parametrize("name", EXPIRING)
def test_orders_expire_when_they_are_finished_for_long(
    session: Session, cast: Cast, name: str
) -> None:
    values, is_over = EXPIRING[name]
    cast.shop.retention_days = 90
    placed = cast.order()
    cast.approve(*placed.photos)
    for column, value in values.items():
        setattr(placed.order, column, value)
    session.flush()

    assert list(erasable.expired(session)) == ([placed.id] if is_over else [])
    assert erasable.count_expired(session, cast.shop.id, 90) == is_over
    assert erasable.count_expired(session, cast.shop.id, 400) == 0


def test_an_order_with_a_photo_that_waits_does_not_expire(session: Session, cast: Cast) -> None:
    cast.shop.retention_days = 90
    cast.order().order.released_at = utc_now() - A_YEAR_AGO
    session.flush()

    assert list(erasable.expired(session)) == []
    assert erasable.count_expired(session, cast.shop.id, 90) == 0


def test_only_this_shops_orders_are_counted_and_no_more_than_is_enough_to_know(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasable, "COUNTED", 1)
    for shop in (cast, cast, cast, Cast(session)):
        shop.order(photos=0).order.released_at = utc_now() - A_YEAR_AGO
    session.flush()

    assert erasable.count_expired(session, cast.shop.id, 90) == 2


def test_an_order_whose_time_is_not_over_any_more_is_not_forgotten(
    session: Session, cast: Cast
) -> None:
    cast.shop.retention_days = 90
    placed = cast.order(photos=0)
    placed.order.released_at = utc_now() - A_YEAR_AGO
    session.flush()
    assert list(erasable.expired(session)) == [placed.id]
    cast.shop.retention_days = None
    session.flush()

    assert erasure.expire(session, placed.id) == erasure.Erased()
    assert placed.order.email is not None


def test_a_shop_that_keeps_everything_forgets_nobody(session: Session, cast: Cast) -> None:
    placed = cast.order(photos=0)
    placed.order.released_at = utc_now() - A_YEAR_AGO
    session.flush()

    assert list(erasable.expired(session)) == []


def test_an_order_that_changes_while_it_expires_is_kept(committed: None) -> None:
    with db.transaction() as session:
        cast = Cast(session)
        cast.shop.retention_days = 90
        placed = cast.order(photos=0)
        placed.order.released_at = utc_now() - A_YEAR_AGO
    expired: list[erasure.Erased] = []

    def expire() -> None:
        with db.transaction() as session:
            expired.append(erasure.expire(session, placed.id))

    expiring = threading.Thread(target=expire)
    with db.transaction() as session:
        session.get_one(Order, placed.id).released_at = None  # another photo was found
        session.flush()
        expiring.start()
        until(is_somebody_waiting)
    expiring.join()

    assert expired == [erasure.Erased()]


def test_a_file_that_comes_in_while_its_customer_is_forgotten_is_not_noted(
    committed: None,
) -> None:
    with db.transaction() as session:
        cast = Cast(session)
        placed = cast.order()
        cast.reject(*placed.photos)
    refused: list[AppError] = []

    def come_in() -> None:
        try:
            with db.transaction() as session:
                drafts.add(session, placed.carl, placed.photos[0].id, PICTURE)
        except AppError as error:
            refused.append(error)

    coming = threading.Thread(target=come_in)
    with db.transaction() as session:
        erasure.erase_order(session, placed.id, manager=cast.mia)
        session.flush()
        coming.start()
        until(is_somebody_waiting)
    coming.join()

    assert [type(error) for error in refused] == [NoIssue]
    with db.transaction() as session:
        assert session.scalars(select(Draft)).all() == []
