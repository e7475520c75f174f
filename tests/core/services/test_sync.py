from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import db
from core.integrations.shopify.order_photos import OrderPhotos, find_on_order
from core.integrations.shopify.orders import Attribute, ShopifyOrder
from core.models import (
    Event,
    EventName,
    LineItem,
    Order,
    Photo,
    PhotoState,
    Shop,
    SyncRun,
    utc_now,
)
from core.services import sync, uploads
from tests.cast import Cast
from tests.core.services.orders import (
    CDN,
    attributes,
    bundle,
    changed,
    line,
    record,
    refunded,
    shopify_order,
)


def known(session: Session, order: ShopifyOrder) -> Order:
    return session.scalars(
        select(Order).where(Order.shopify_id == order.id),
        execution_options={"populate_existing": True},
    ).one()


def photos(session: Session, order: ShopifyOrder) -> list[Photo]:
    return list(
        session.scalars(
            select(Photo).join(Order).where(Order.shopify_id == order.id).order_by(Photo.id),
            execution_options={"populate_existing": True},
        )
    )


def events(session: Session, order: ShopifyOrder) -> list[EventName]:
    return list(
        session.scalars(
            select(Event.name).where(Event.order_id == known(session, order).id).order_by(Event.id)
        )
    )


def test_an_order_is_taken_over_with_its_photos(cast: Cast, session: Session) -> None:
    order = shopify_order(line("a", "b"), line("c"))

    found = record(session, cast, order)

    assert found == 3
    assert [(photo.state, photo.url) for photo in photos(session, order)] == [
        (PhotoState.FETCHING, f"{CDN}/{name}.jpg") for name in "abc"
    ]
    ids = [photo.id for photo in photos(session, order)]
    assert cast.jobs("fetch_photo") == [{"photo_id": id_} for id_ in ids]
    assert cast.jobs("hold_order") == [{"order_id": known(session, order).id}]
    assert known(session, order).assignee_id in (cast.ada.id, cast.bob.id)
    assert events(session, order) == [
        *[EventName.PHOTO_FOUND] * 3,
        EventName.ORDER_SYNCED,
        EventName.ORDER_ASSIGNED,
    ]


def test_taking_it_over_again_changes_nothing(cast: Cast, session: Session) -> None:
    order = shopify_order(line("a"))
    record(session, cast, order)
    before = events(session, order)

    assert record(session, cast, order) == 0

    assert len(photos(session, order)) == 1
    assert events(session, order) == before
    assert len(cast.jobs("fetch_photo")) == len(cast.jobs("hold_order")) == 1


def test_an_older_state_never_overwrites_a_newer_one(cast: Cast, session: Session) -> None:
    (mug,) = lines = (line("a"),)
    order = shopify_order(*lines)
    newer = changed(order, refunded(mug), note="Refunded")
    record(session, cast, newer)

    record(session, cast, order)

    assert known(session, order).note == "Refunded"
    assert photos(session, order)[0].state is PhotoState.WITHDRAWN


def test_a_line_that_is_lost_takes_its_photo_along(cast: Cast, session: Session) -> None:
    kept, lost = line("a"), line("b")
    order = shopify_order(kept, lost)
    record(session, cast, order)

    record(session, cast, changed(order, kept))

    assert [photo.state for photo in photos(session, order)] == [
        PhotoState.FETCHING,
        PhotoState.WITHDRAWN,
    ]
    quantities = select(LineItem.quantity).where(LineItem.shopify_id == lost.id)
    assert session.scalars(quantities).one() == 0


def test_an_order_can_lose_all_of_its_lines(cast: Cast, session: Session) -> None:
    order = shopify_order(line("a"))
    record(session, cast, order)

    record(session, cast, replace(changed(order), lines=()))

    assert photos(session, order)[0].state is PhotoState.WITHDRAWN


def test_a_product_known_to_need_a_photo_is_checked_without_one(
    cast: Cast, session: Session
) -> None:
    record(session, cast, shopify_order(line("a", product="mug")))
    order = shopify_order(line(product="mug"), line(product="gift card"))

    record(session, cast, order)

    (missing,) = photos(session, order)
    assert (missing.state, missing.check_code) == (PhotoState.TO_CHECK, "missing")
    assert missing.url is None


def test_a_line_that_says_it_has_a_photo_is_checked_without_one(
    cast: Cast, session: Session
) -> None:
    order = shopify_order(line(attributes=attributes(Photo="IMG_2231.HEIC")))

    record(session, cast, order)

    (missing,) = photos(session, order)
    assert (missing.state, missing.check_code) == (PhotoState.TO_CHECK, "missing")


def test_a_photo_that_was_missed_first_takes_its_place(cast: Cast, session: Session) -> None:
    order = shopify_order(line(attributes=attributes(Photo="IMG_2231.HEIC")))
    record(session, cast, order)
    (missing,) = photos(session, order)

    record(session, cast, changed(order, attributes=attributes(Upload=f"{CDN}/late.jpg")))

    (photo,) = photos(session, order)
    assert photo.id == missing.id
    assert (photo.state, photo.check_code) == (PhotoState.FETCHING, None)
    assert photo.url == f"{CDN}/late.jpg"
    assert cast.jobs("fetch_photo") == [{"photo_id": photo.id}]


def test_a_photo_of_the_whole_order_is_there_once(cast: Cast, session: Session) -> None:
    record(session, cast, shopify_order(line("x", product="mug")))
    order = shopify_order(line(), line(), attributes=attributes(Photo=f"{CDN}/all.jpg"))

    record(session, cast, order)
    record(session, cast, changed(order))

    (photo,) = photos(session, order)
    assert photo.source == "order:Photo"


def test_a_photo_of_the_whole_order_moves_on_with_a_refund_and_stays_there(
    cast: Cast, session: Session
) -> None:
    first, second = line(), line()
    order = shopify_order(first, second, attributes=attributes(Photo=f"{CDN}/all.jpg"))
    record(session, cast, order)

    refund = changed(order, refunded(first), second)
    record(session, cast, refund)
    record(session, cast, changed(refund, first, second))

    (photo,) = photos(session, order)
    assert session.get_one(LineItem, photo.line_item_id).shopify_id == second.id
    assert photo.state is PhotoState.FETCHING


def test_a_bundle_needs_one_photo_for_all_of_its_lines(cast: Cast, session: Session) -> None:
    record(session, cast, shopify_order(line("x", product="mug")))
    box = bundle("box")
    order = shopify_order(line(group=box), line(group=box), line(product="card"))

    record(session, cast, order)

    (photo,) = photos(session, order)
    assert photo.source == "group:Photo"


def test_a_cancelled_order_needs_no_photos_and_no_hold(cast: Cast, session: Session) -> None:
    order = shopify_order(line("a"), cancelled_at=utc_now())

    record(session, cast, order)

    assert photos(session, order)[0].state is PhotoState.WITHDRAWN
    assert cast.jobs("hold_order") == []


def test_an_order_older_than_the_going_live_is_never_held(cast: Cast, session: Session) -> None:
    long_ago = utc_now() - timedelta(days=91)
    order = shopify_order(line("a"), processed_at=long_ago)

    record(session, cast, order)

    assert photos(session, order)[0].state is PhotoState.FETCHING
    assert cast.jobs("hold_order") == []


def test_a_photo_added_after_the_release_holds_the_order_again(
    cast: Cast, session: Session
) -> None:
    order = shopify_order(line("a"))
    record(session, cast, order)
    known(session, order).released_at = utc_now()
    session.flush()

    record(session, cast, changed(order, *order.lines, line("b")))

    assert known(session, order).released_at is None
    assert len(cast.jobs("hold_order")) == 2


@pytest.mark.parametrize("odd", ["a\0b", "cut \ud83d"], ids=["nul", "half an emoji"])
def test_text_that_the_database_refuses_does_not_stop_the_sync(
    cast: Cast, session: Session, odd: str
) -> None:
    order = shopify_order(
        line("a", title=odd, attributes=(Attribute(f"Photo {odd}", f"{CDN}/a.jpg"),)),
        note=odd,
        tags=(odd,),
    )

    record(session, cast, order)

    assert known(session, order).note in ("ab", "cut ?")
    assert len(photos(session, order)) == 1


def start(session: Session, cast: Cast) -> int:
    run_id = sync.start(session, cast.shop.id)
    session.flush()
    return run_id


def test_the_cursor_moves_with_the_orders_and_never_back(cast: Cast, session: Session) -> None:
    run_id = start(session, cast)
    old, new = (
        shopify_order(line(name), updated_at=utc_now() - timedelta(hours=hours))
        for name, hours in (("a", 2), ("b", 1))
    )

    for page in ([new], [old], []):
        sync.record_page(session, run_id, [(order, find_on_order(order)) for order in page])

    session.refresh(cast.shop)
    assert cast.shop.orders_cursor == new.updated_at
    run = session.get_one(SyncRun, run_id, populate_existing=True)
    assert (run.orders, run.photos) == (2, 2)


def take_over(run_id: int, page: list[tuple[ShopifyOrder, OrderPhotos]]) -> None:
    with db.transaction() as session:
        sync.record_page(session, run_id, page)


def test_a_page_that_fails_leaves_orders_and_cursor_as_they_were(committed: None) -> None:
    good = shopify_order(line("a"))
    bad = shopify_order(line("b"))
    with db.transaction() as session:
        run_id = start(session, Cast(session))

    # The second one's photo stands on a line that is not there.
    page = [(good, find_on_order(good)), (replace(bad, lines=()), find_on_order(bad))]

    with pytest.raises(KeyError):
        take_over(run_id, page)

    with db.transaction() as session:
        assert session.scalar(select(func.count()).select_from(Order)) == 0
        assert session.scalars(select(Shop.orders_cursor)).one() is None


def arrive(photo_id: int) -> None:
    with db.transaction() as session:
        photo = uploads.wanted(session, photo_id)
        assert photo is not None
        uploads.unavailable(session, photo, "not_found")


def test_a_photo_can_arrive_while_a_page_is_taken_over(committed: None) -> None:
    first, second = shopify_order(line("a")), shopify_order(line("b"))
    with db.transaction() as session:
        run_id = start(session, Cast(session))
        sync.record_page(session, run_id, [(first, find_on_order(first))])
        (photo,) = photos(session, first)

    with ThreadPoolExecutor(1) as pool, db.transaction() as session:
        sync.record_page(session, run_id, [(second, find_on_order(second))])
        # If it had to wait, either could come to wait for the other: a deadlock.
        pool.submit(arrive, photo.id).result(timeout=10)


def test_only_one_run_is_under_way_at_a_time(cast: Cast, session: Session) -> None:
    first = start(session, cast)

    assert start(session, cast) == first

    sync.finish(session, first)
    assert start(session, cast) != first
    assert len(cast.jobs("sync_orders")) == 2


def test_two_people_who_click_at_once_start_one_run(committed: None) -> None:
    with db.transaction() as session:
        shop_id = Cast(session).shop.id
    both = Barrier(2)

    def click(_: int) -> int:
        both.wait()
        with db.transaction() as session:
            return sync.start(session, shop_id)

    with ThreadPoolExecutor(2) as pool:
        runs = set(pool.map(click, range(2)))

    assert len(runs) == 1


def test_a_finished_run_keeps_how_it_ended(cast: Cast, session: Session) -> None:
    run_id = start(session, cast)
    sync.finish(session, run_id, error="throttled")

    sync.finish(session, run_id)

    assert session.get_one(SyncRun, run_id, populate_existing=True).error == "throttled"


def test_a_run_whose_job_is_gone_is_closed(cast: Cast, session: Session) -> None:
    waiting = start(session, cast)
    abandoned = SyncRun(shop_id=cast.shop.id)
    session.add(abandoned)
    session.flush()

    sync.close_abandoned(session)

    session.refresh(abandoned)
    assert abandoned.error == "stopped"
    assert session.get_one(SyncRun, waiting, populate_existing=True).finished_at is None


def test_old_runs_are_forgotten_but_for_each_shops_latest(cast: Cast, session: Session) -> None:
    long_ago = utc_now() - timedelta(days=30)
    runs = [SyncRun(shop_id=cast.shop.id, finished_at=long_ago) for _ in range(3)]
    session.add_all(runs)
    session.flush()

    sync.forget_old(session, before=utc_now() - timedelta(days=7))

    assert session.scalars(select(SyncRun.id)).all() == [runs[-1].id]
