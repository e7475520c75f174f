from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import db
from core.findings.print_sizes import PrintSize
from core.integrations.shopify.order_photos import find_on_order
from core.integrations.shopify.orders import (
    Attribute,
    ShopifyLine,
    ShopifyOrder,
    ShopifyVariant,
)
from core.models import (
    UNFLAGGED,
    Event,
    EventName,
    LineItem,
    Order,
    Origin,
    Photo,
    PhotoState,
    SyncRun,
    Variant,
    utc_now,
)
from core.services import findings, order_intake, products, sync, uploads
from core.services.order_rows import Sighting
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
    assert cast.jobs("tell_shopify") == [{"order_id": known(session, order).id}]
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
    assert len(cast.jobs("fetch_photo")) == len(cast.jobs("tell_shopify")) == 1


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


def canvas(size: str, *, number: int = 1, **changes: Any) -> ShopifyLine:
    """A line of a size, without a photo of its own."""
    variant = ShopifyVariant(id=f"gid://shopify/ProductVariant/{number}")
    return line(title="Canvas", variant_title=size, variant=variant, product="canvas", **changes)


def arrived(session: Session, cast: Cast, order: ShopifyOrder) -> Photo:
    """The order's only photo, once its picture of 3000 by 2000 pixels is here."""
    record(session, cast, order)
    (photo,) = photos(session, order)
    photo.state = PhotoState.IN_REVIEW
    picture = cast.upload(photo, Origin.ORDER)
    photo.upload_id = picture.id
    session.flush()
    findings.note(session, picture)
    return photo


def judge(session: Session, cast: Cast, photo: Photo) -> int:
    """Do the jobs that are there to judge photos again, and return the photo's flag."""
    for job in cast.jobs("judge_photos"):
        findings.judge_again(session, job["shop_id"], order_id=job["order_id"])
    session.refresh(photo)
    return photo.flag_rank


def test_a_photo_that_moves_is_judged_for_what_it_is_printed_on_now(
    cast: Cast, session: Session
) -> None:
    small, large = canvas("10 x 15 cm"), canvas("100 x 150 cm", number=2)
    order = shopify_order(small, large, attributes=attributes(Photo=f"{CDN}/all.jpg"))
    photo = arrived(session, cast, order)
    assert judge(session, cast, photo) == UNFLAGGED

    record(session, cast, changed(order, refunded(small), large))

    assert judge(session, cast, photo) == 0


@pytest.mark.parametrize(
    "number",
    [
        2,  # of another variant
        None,  # typed in by hand: its titles tell the size
    ],
)
def test_a_photo_is_judged_again_when_its_line_is_of_another_size(
    cast: Cast, session: Session, number: int | None
) -> None:
    small = canvas("10 x 15 cm", attributes=attributes(Photo=f"{CDN}/a.jpg"))
    large = replace(small, variant_title="100 x 150 cm")
    if number is None:
        small, large = (replace(each, product=None, variant=None) for each in (small, large))
    else:
        large = replace(large, variant=ShopifyVariant(id=f"gid://shopify/ProductVariant/{number}"))
    order = shopify_order(small)
    photo = arrived(session, cast, order)

    record(session, cast, changed(order, large))

    assert judge(session, cast, photo) == 0


def test_a_photo_that_returns_is_judged_for_the_size_that_was_set_meanwhile(
    cast: Cast, session: Session
) -> None:
    mug = canvas("10 x 15 cm", attributes=attributes(Photo=f"{CDN}/a.jpg"))
    order = shopify_order(mug)
    photo = arrived(session, cast, order)
    gone = changed(order, refunded(mug))
    record(session, cast, gone)
    variant_id = session.scalars(select(Variant.id)).one()
    products.correct_size(session, variant_id, PrintSize(1000, 1500), manager=cast.mia)
    assert judge(session, cast, photo) == UNFLAGGED

    record(session, cast, changed(gone, mug))

    assert judge(session, cast, photo) == 0


def test_an_order_whose_lines_are_the_same_judges_nothing_again(
    cast: Cast, session: Session
) -> None:
    order = shopify_order(canvas("10 x 15 cm", attributes=attributes(Photo=f"{CDN}/a.jpg")))
    arrived(session, cast, order)

    record(session, cast, changed(order, note="Hurry"))

    assert cast.jobs("judge_photos") == []


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
    assert cast.jobs("tell_shopify") == []


def test_an_order_older_than_the_going_live_is_never_held(cast: Cast, session: Session) -> None:
    long_ago = utc_now() - timedelta(days=91)
    order = shopify_order(line("a"), processed_at=long_ago)

    record(session, cast, order)

    assert photos(session, order)[0].state is PhotoState.FETCHING
    assert cast.jobs("tell_shopify") == []


def test_a_photo_added_after_the_release_holds_the_order_again(
    cast: Cast, session: Session
) -> None:
    order = shopify_order(line("a"))
    record(session, cast, order)
    known(session, order).released_at = utc_now()
    session.flush()

    record(session, cast, changed(order, *order.lines, line("b")))

    assert known(session, order).released_at is None
    assert len(cast.jobs("tell_shopify")) == 2


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


def news(session: Session, run_id: int, *page: ShopifyOrder) -> Sequence[Sequence[Sighting]]:
    shop_id = session.get_one(SyncRun, run_id).shop_id
    found = [(order, find_on_order(order)) for order in page]
    return order_intake.news(session, shop_id, found, read_at=utc_now())


def take_over(session: Session, run_id: int, *page: ShopifyOrder) -> None:
    shop_id = session.get_one(SyncRun, run_id).shop_id
    for together in news(session, run_id, *page):
        order_intake.record(session, shop_id, together, run_id=run_id)
    sync.move_on(session, run_id, page)


def test_the_cursor_moves_with_the_pages_and_never_back(cast: Cast, session: Session) -> None:
    run_id = start(session, cast)
    old, new = (
        shopify_order(line(name), updated_at=utc_now() - timedelta(hours=hours))
        for name, hours in (("a", 2), ("b", 1))
    )

    take_over(session, run_id, new)
    take_over(session, run_id, old)
    take_over(session, run_id)

    session.refresh(cast.shop)
    assert cast.shop.orders_cursor == new.updated_at
    run = session.get_one(SyncRun, run_id, populate_existing=True)
    assert (run.orders, run.photos) == (2, 2)


def test_a_page_is_read_again_only_where_something_has_changed(
    cast: Cast, session: Session
) -> None:
    run_id = start(session, cast)
    same, other = shopify_order(line("a")), shopify_order(line("b"))
    take_over(session, run_id, same, other)
    take_over(session, run_id, same, other)  # a product's first photo is news of itself
    noted = replace(other, note="In the same second")

    ((sighting,),) = news(session, run_id, same, noted)

    assert sighting.order == noted


def test_an_order_is_read_again_once_others_show_that_its_product_needs_a_photo(
    cast: Cast, session: Session
) -> None:
    run_id = start(session, cast)
    without, with_one = shopify_order(line()), shopify_order(line("a"))

    for _ in range(2):
        take_over(session, run_id, without, with_one)

    (missing,) = photos(session, without)
    assert missing.check_code == "missing"


def test_a_page_without_news_costs_three_statements(
    cast: Cast, session: Session, queries: list[str]
) -> None:
    run_id = start(session, cast)
    page = [shopify_order(line("a"), line("b")) for _ in range(9)]
    for _ in range(2):
        take_over(session, run_id, *page)
    queries.clear()

    assert news(session, run_id, *page) == []

    assert [query.split()[0] for query in queries] == ["SELECT"] * 3


def test_many_new_orders_cost_as_many_statements_as_a_few(
    cast: Cast, session: Session, queries: list[str]
) -> None:
    run_id = start(session, cast)
    take_over(session, run_id, shopify_order(line("first of its product")))

    def cost(orders: int) -> int:
        queries.clear()
        take_over(session, run_id, *(shopify_order(line("a", "b")) for _ in range(orders)))
        return len(queries)

    assert cost(20) == cost(2) < 30


def test_each_new_order_of_a_page_is_held_and_its_photos_are_fetched(
    cast: Cast, session: Session
) -> None:
    one, none, two = page = [
        shopify_order(line("a")),
        shopify_order(line(product="card")),
        shopify_order(line("b", "c")),
    ]

    take_over(session, start(session, cast), *page)

    held = [{"order_id": known(session, order).id} for order in (one, two)]
    fetched = [{"photo_id": photo.id} for order in (one, two) for photo in photos(session, order)]
    assert photos(session, none) == []
    assert cast.jobs("tell_shopify") == held
    assert cast.jobs("fetch_photo") == fetched
    assert len(fetched) == 3


def test_an_order_tells_the_next_new_one_that_its_product_needs_a_photo(
    cast: Cast, session: Session
) -> None:
    without, with_one = shopify_order(line()), shopify_order(line("a"))

    take_over(session, start(session, cast), with_one, without)

    (missing,) = photos(session, without)
    assert missing.check_code == "missing"


def test_an_order_that_somebody_else_has_taken_over_meanwhile_stays_as_it_is(
    cast: Cast, session: Session
) -> None:
    run_id = start(session, cast)
    order, new = shopify_order(line("a")), shopify_order(line("b"))
    (together,) = news(session, run_id, order, new)
    record(session, cast, changed(order, line("a", "c")))

    order_intake.record(session, cast.shop.id, together, run_id=run_id)

    assert len(photos(session, order)) == 2
    assert len(photos(session, new)) == 1


def test_an_order_that_changes_with_its_photos_as_they_are_costs_few_statements(
    cast: Cast, session: Session, queries: list[str]
) -> None:
    order = shopify_order(*(line("a", "b") for _ in range(9)))
    record(session, cast, order)
    queries.clear()

    record(session, cast, changed(order, note="By Friday, please"))

    assert len(queries) <= 10


def test_an_older_state_of_a_page_stays_news(cast: Cast, session: Session) -> None:
    run_id = start(session, cast)
    order = shopify_order(line("a"))
    take_over(session, run_id, changed(order))
    take_over(session, run_id, order)

    assert known(session, order).updated_at == changed(order).updated_at
    assert len(news(session, run_id, order)) == 1


def arrive(photo_id: int) -> None:
    with db.transaction() as session:
        photo = uploads.wanted(session, photo_id)
        assert photo is not None
        uploads.unavailable(session, photo, "not_found")


def test_a_photo_can_arrive_while_another_order_is_taken_over(committed: None) -> None:
    first, second = shopify_order(line("a")), shopify_order(line("b"))
    with db.transaction() as session:
        run_id = start(session, Cast(session))
        take_over(session, run_id, first)
        (photo,) = photos(session, first)

    with ThreadPoolExecutor(1) as pool, db.transaction() as session:
        take_over(session, run_id, second)
        # If it had to wait, either could come to wait for the other: a deadlock.
        pool.submit(arrive, photo.id).result(timeout=10)


def test_an_order_that_changes_elsewhere_does_not_wait_for_its_photos(committed: None) -> None:
    order = shopify_order(line("a"))
    with db.transaction() as session:
        cast = Cast(session)
        record(session, cast, order)

    def sync_again() -> None:
        with db.transaction() as session:
            record(session, cast, changed(order, note="Hurry"))

    with ThreadPoolExecutor(1) as pool, db.transaction() as session:
        session.execute(select(Photo).with_for_update())
        pool.submit(sync_again).result(timeout=10)


def test_only_one_run_is_under_way_at_a_time(cast: Cast, session: Session) -> None:
    first = start(session, cast)

    assert start(session, cast) == first

    sync.finish(session, first)
    assert start(session, cast) != first
    assert len(cast.jobs("import_orders")) == 2


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
