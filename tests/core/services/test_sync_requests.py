"""What is to be read again, and by which run."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.integrations.shopify.order_photos import find_on_order
from core.integrations.shopify.orders import ChangedFulfillment, ShopifyOrder
from core.models import (
    Event,
    EventName,
    FulfillmentOrder,
    Order,
    Photo,
    PhotoState,
    Shop,
    SyncKind,
    SyncRun,
    WithdrawnBecause,
    utc_now,
)
from core.services import errands, order_intake, sync
from tests.cast import Cast
from tests.core.services.orders import line, record, shopify_order, sighting


def test_an_order_is_asked_for_once_while_the_first_job_waits(cast: Cast, session: Session) -> None:
    for order_id in ("gid://shopify/Order/1", "gid://shopify/Order/1", "gid://shopify/Order/2"):
        sync.request_order(session, cast.shop.id, order_id)

    assert cast.jobs("sync_order") == [
        {"shop_id": cast.shop.id, "order": f"gid://shopify/Order/{number}"} for number in (1, 2)
    ]


def waiting(session: Session) -> list[int]:
    """The priorities of the jobs that are due."""
    return list(
        session.scalars(
            text("SELECT priority FROM procrastinate_jobs WHERE scheduled_at IS NULL ORDER BY id")
        )
    )


@pytest.mark.parametrize("is_tried_again_later", [False, True])
def test_an_order_that_somebody_asks_for_comes_before_all_others(
    cast: Cast, session: Session, is_tried_again_later: bool
) -> None:
    sync.request_order(session, cast.shop.id, "gid://shopify/Order/1")
    (before,) = waiting(session)
    if is_tried_again_later:
        wait_for_the_next_try(session)

    sync.ask_for_order(session, cast.shop.id, "gid://shopify/Order/1")
    sync.ask_for_order(session, cast.shop.id, "gid://shopify/Order/2")

    asked, other = waiting(session)
    assert asked == other > before


def test_a_job_that_runs_may_have_read_before_the_change(cast: Cast, session: Session) -> None:
    sync.request_order(session, cast.shop.id, "gid://shopify/Order/1")
    session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))

    sync.request_order(session, cast.shop.id, "gid://shopify/Order/1")

    assert len(cast.jobs("sync_order")) == 2


def wait_for_the_next_try(session: Session) -> None:
    session.execute(
        text("UPDATE procrastinate_jobs SET attempts = 1, scheduled_at = now() + interval '1 hour'")
    )


def test_news_do_not_wait_for_a_job_that_failed_and_is_tried_again_later(
    cast: Cast, session: Session
) -> None:
    sync.request_order(session, cast.shop.id, "gid://shopify/Order/1")
    wait_for_the_next_try(session)

    sync.request_order(session, cast.shop.id, "gid://shopify/Order/1")

    assert len(cast.jobs("sync_order")) == 2


def test_an_order_of_the_same_id_in_another_shop_is_another_order(
    cast: Cast, session: Session
) -> None:
    shops = (cast.shop.id, cast.shop.id + 1)
    for shop_id in shops:
        sync.request_order(session, shop_id, "gid://shopify/Order/1")
        sync.request_unreadable(session, shop_id, ["gid://shopify/Order/2"])

    asked = [(job["shop_id"], job["order"][-1]) for job in cast.jobs("sync_order")]
    assert asked == [(shop_id, order) for shop_id in shops for order in "12"]


def test_an_order_that_stays_unreadable_has_one_job_however_often_it_is_seen(
    cast: Cast, session: Session
) -> None:
    sync.request_unreadable(session, cast.shop.id, ["gid://shopify/Order/1"])
    wait_for_the_next_try(session)

    sync.request_unreadable(session, cast.shop.id, ["gid://shopify/Order/1"])

    assert len(cast.jobs("sync_order")) == 1


def test_whether_a_job_waits_is_found_however_many_others_do(
    cast: Cast, session: Session, queries: list[str]
) -> None:
    sync.request_order(session, cast.shop.id, "gid://shopify/Order/1")
    asked = next(query for query in queries if "'sync_order'" in query)

    session.execute(text("SET LOCAL enable_seqscan = off"))
    plan = session.connection().exec_driver_sql(
        f"EXPLAIN {asked}", dict.fromkeys(re.findall(r"%\((\w+)\)s", asked), "1")
    )

    assert "ix_procrastinate_jobs_orders" in str(plan.scalars().all())


def test_in_a_rush_holds_come_first_and_single_orders_last(cast: Cast, session: Session) -> None:
    order_id = cast.order().id
    session.execute(text("DELETE FROM procrastinate_jobs"))
    cast.shop.orders_cursor = utc_now()
    sync.start(session, cast.shop.id)
    sync.request_order(session, cast.shop.id, "gid://shopify/Order/1")
    errands.request(session, order_id)

    by_priority = text("SELECT task_name FROM procrastinate_jobs ORDER BY priority DESC")
    assert session.scalars(by_priority).all() == ["tell_shopify", "sync_orders", "sync_order"]


def test_the_order_of_a_fulfillment_order_is_asked_for_once(cast: Cast, session: Session) -> None:
    for _ in range(2):
        sync.request_fulfillment_order(session, cast.shop.id, "gid://shopify/FulfillmentOrder/1")

    assert cast.jobs("sync_fulfillment_order") == [
        {"shop_id": cast.shop.id, "fulfillment": "gid://shopify/FulfillmentOrder/1"}
    ]


def changes(*orders: str, at: datetime) -> Sequence[ChangedFulfillment]:
    return [
        ChangedFulfillment(id=f"fulfillment of {order}", order_id=order, updated_at=at)
        for order in orders
    ]


def test_orders_with_photos_are_read_again_when_what_ships_them_changes(
    cast: Cast, session: Session
) -> None:
    printed, unprinted = cast.order(), cast.order(photos=0)
    now = utc_now()
    changed = changes(
        printed.order.shopify_id, unprinted.order.shopify_id, "gid://shopify/Order/9", at=now
    )

    sync.note_fulfillments(session, cast.shop.id, changed, since=now - timedelta(hours=1))

    assert [job["order"] for job in cast.jobs("sync_order")] == [printed.order.shopify_id]
    session.refresh(cast.shop)
    assert cast.shop.fulfillments_cursor == now


def test_what_we_know_of_fulfillment_orders_is_no_reason_to_read_again(
    cast: Cast, session: Session
) -> None:
    placed, now = cast.order(), utc_now()
    (change,) = changes(placed.order.shopify_id, at=now)
    session.add(
        FulfillmentOrder(
            order_id=placed.id,
            shopify_id=change.id,
            status="OPEN",
            line_ids=[],
            updated_at=now,
        )
    )

    sync.note_fulfillments(session, cast.shop.id, [change], since=now)
    assert cast.jobs("sync_order") == []

    later = changes(placed.order.shopify_id, at=now + timedelta(seconds=1))
    sync.note_fulfillments(session, cast.shop.id, later, since=now)
    assert len(cast.jobs("sync_order")) == 1


def test_where_nothing_has_changed_the_reading_goes_on_where_it_began(
    cast: Cast, session: Session
) -> None:
    now = utc_now()

    sync.note_fulfillments(session, cast.shop.id, [], since=now)
    sync.note_fulfillments(session, cast.shop.id, [], since=now - timedelta(hours=1))

    session.refresh(cast.shop)
    assert cast.shop.fulfillments_cursor == now


def known(session: Session, order: ShopifyOrder) -> Order:
    return session.scalars(
        select(Order).where(Order.shopify_id == order.id),
        execution_options={"populate_existing": True},
    ).one()


def standing(session: Session, order: ShopifyOrder) -> tuple[PhotoState, WithdrawnBecause | None]:
    row = session.execute(
        select(Photo.state, Photo.withdrawn_because).join(Order).where(Order.shopify_id == order.id)
    ).one()
    return row.state, row.withdrawn_because


GONE = (PhotoState.WITHDRAWN, WithdrawnBecause.CANCELLED)


def test_an_order_that_shopify_deleted_needs_no_photos(cast: Cast, session: Session) -> None:
    order = shopify_order(line("a"))
    record(session, cast, order)

    for _ in range(2):
        order_intake.record_gone(session, cast.shop.id, order.id, read_at=utc_now())

    assert standing(session, order) == GONE
    deleted = select(Event.id).where(Event.name == EventName.ORDER_DELETED)
    assert len(session.scalars(deleted).all()) == 1


def test_an_order_that_shows_again_just_as_it_was_brings_its_photos_back(
    cast: Cast, session: Session
) -> None:
    order = shopify_order(line("a"))
    found = [(order, find_on_order(order))]
    for sightings in order_intake.news(session, cast.shop.id, found, read_at=utc_now()):
        order_intake.record(session, cast.shop.id, sightings)
    order_intake.record_gone(session, cast.shop.id, order.id, read_at=utc_now())

    for sightings in order_intake.news(session, cast.shop.id, found, read_at=utc_now()):
        order_intake.record(session, cast.shop.id, sightings)

    assert known(session, order).deleted_at is None
    assert standing(session, order) == (PhotoState.FETCHING, None)


def test_what_was_read_before_an_order_was_deleted_does_not_bring_it_back(
    cast: Cast, session: Session
) -> None:
    order, before = shopify_order(line("a")), utc_now()
    record(session, cast, order)
    order_intake.record_gone(session, cast.shop.id, order.id, read_at=utc_now())

    order_intake.record(session, cast.shop.id, [replace(sighting(order), read_at=before)])

    assert standing(session, order) == GONE


@pytest.mark.parametrize(
    ("scopes", "is_gone"),
    [
        (["read_orders"], False),  # Shopify shows it to us no more, and that is all we know
        (["read_orders", "read_all_orders"], True),
    ],
)
def test_an_old_order_is_gone_only_for_whom_shopify_shows_all(
    cast: Cast, session: Session, scopes: list[str], is_gone: bool
) -> None:
    order = shopify_order(line("a"), processed_at=utc_now() - timedelta(days=61))
    record(session, cast, order)
    cast.shop.granted_scopes = scopes

    order_intake.record_gone(session, cast.shop.id, order.id, read_at=utc_now())

    assert (standing(session, order) == GONE) == is_gone


def test_shopifys_own_words_for_an_order_are_kept(cast: Cast, session: Session) -> None:
    order = shopify_order(line("a"), display_financial_status="PARTIALLY_REFUNDED")

    record(session, cast, order)

    assert known(session, order).financial_status == "PARTIALLY_REFUNDED"
    assert known(session, order).fulfillment_status == "UNFULFILLED"


def kind(session: Session, run_id: int) -> SyncKind:
    return session.get_one(SyncRun, run_id).kind


def test_the_first_reading_is_the_import_and_then_come_the_polls(
    cast: Cast, session: Session
) -> None:
    first = sync.start(session, cast.shop.id)
    assert kind(session, first) is SyncKind.IMPORT
    assert sync.start(session, cast.shop.id) == first

    sync.imported(session, first, until=utc_now())

    assert kind(session, sync.start(session, cast.shop.id)) is SyncKind.POLL


def test_an_import_that_failed_is_begun_again(cast: Cast, session: Session) -> None:
    first = sync.start(session, cast.shop.id)
    sync.finish(session, first, error="unauthorized")

    second = sync.start(session, cast.shop.id)

    assert second != first
    assert kind(session, second) is SyncKind.IMPORT


def test_while_an_import_reads_by_pages_no_poll_moves_the_same_cursor(
    cast: Cast, session: Session
) -> None:
    importing = sync.start(session, cast.shop.id)
    cast.shop.orders_cursor = utc_now()
    session.flush()

    assert sync.start(session, cast.shop.id) == importing


def test_while_shopify_works_on_a_second_import_the_polls_go_on(
    cast: Cast, session: Session
) -> None:
    cast.shop.orders_cursor = utc_now()
    importing = sync.start_import(session, cast.shop.id)
    sync.begin_bulk(session, importing, "gid://shopify/BulkOperation/1")

    polling = sync.start(session, cast.shop.id)

    assert kind(session, polling) is SyncKind.POLL
    assert sync.start_import(session, cast.shop.id) == importing


def test_a_run_goes_on_in_one_job_however_often_that_is_said(cast: Cast, session: Session) -> None:
    run_id = sync.start_refresh(session, cast.shop.id)
    session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))

    for _ in range(2):  # the first was killed before its job was done
        sync.go_on(session, run_id, after=7)

    assert cast.jobs("refresh_orders") == [{"run_id": run_id}, {"run_id": run_id, "after": 7}]


def test_every_kind_of_run_is_closed_once_its_job_is_gone(cast: Cast, session: Session) -> None:
    starts = (sync.start_import, sync.start_refresh)
    waiting = [start(session, cast.shop.id) for start in starts]
    abandoned = [SyncRun(shop_id=cast.shop.id, kind=kind) for kind in SyncKind]
    session.add_all(abandoned)
    session.flush()

    sync.close_abandoned(session)

    open_ = session.scalars(select(SyncRun.id).where(SyncRun.finished_at.is_(None)))
    assert sorted(open_) == sorted(waiting)


def test_of_each_kind_the_latest_run_is_kept(cast: Cast, session: Session) -> None:
    long_ago = utc_now() - timedelta(days=30)
    runs = [SyncRun(shop_id=cast.shop.id, kind=kind, finished_at=long_ago) for kind in SyncKind]
    session.add_all(runs)
    session.flush()

    sync.forget_old(session, before=utc_now())

    assert len(session.scalars(select(SyncRun.id)).all()) == len(runs)


def test_a_refresh_that_ended_is_noted_with_the_shop(cast: Cast, session: Session) -> None:
    run_id = sync.start_refresh(session, cast.shop.id)
    sync.note_unreadable(session, run_id)

    sync.refreshed(session, run_id)

    run = session.get_one(SyncRun, run_id, populate_existing=True)
    assert (run.finished_at is not None, run.error) == (True, "unreadable_orders")
    assert session.get_one(Shop, cast.shop.id, populate_existing=True).refreshed_at is not None
