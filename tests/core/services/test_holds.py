from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import (
    Event,
    EventName,
    Hold,
    HoldState,
    Photo,
    PhotoState,
    ShopMode,
    WithdrawnBecause,
    utc_now,
)
from core.services import decisions, holds, releases, reversals
from tests.cast import Cast, CastOrder, seen
from tests.clock import pass_time


def refreshed(session: Session, *photos: Photo) -> tuple[Photo, ...]:
    for photo in photos:
        session.refresh(photo)
    return photos


def withdraw(session: Session, *photos: Photo) -> None:
    for photo in photos:
        photo.state, photo.withdrawn_because = PhotoState.WITHDRAWN, WithdrawnBecause.REMOVED
    session.flush()


def hold(session: Session, placed: CastOrder, state: HoldState = HoldState.PLACED) -> Hold:
    hold = Hold(order_id=placed.id, fulfillment_order_id="fo-1", shopify_id="hold-1", state=state)
    session.add(hold)
    session.flush()
    return hold


def test_an_order_with_photos_is_to_be_held(cast: Cast, session: Session) -> None:
    placed = cast.order()

    found = holds.to_place(session, placed.id)

    assert found is not None
    assert (found.shop_id, found.shopify_id) == (cast.shop.id, placed.order.shopify_id)
    assert found.line_ids == {placed.line.shopify_id}
    assert (set(found.let_go), list(found.held)) == (set(), [])


def watch(cast: Cast, placed: CastOrder) -> None:
    cast.shop.mode = ShopMode.WATCH


def be_older_than_going_live(cast: Cast, placed: CastOrder) -> None:
    placed.order.placed_at = utc_now() - timedelta(days=91)


def be_cancelled(cast: Cast, placed: CastOrder) -> None:
    placed.order.cancelled_at = utc_now()


def be_released(cast: Cast, placed: CastOrder) -> None:
    placed.order.released_at = utc_now()


def lose_its_photos(cast: Cast, placed: CastOrder) -> None:
    withdraw(cast.session, *placed.photos)


@pytest.mark.parametrize(
    "happen",
    [watch, be_older_than_going_live, be_cancelled, be_released, lose_its_photos],
    ids=lambda happen: happen.__name__,
)
def test_an_order_is_not_to_be_held_any_more(
    cast: Cast, session: Session, happen: Callable[[Cast, CastOrder], None]
) -> None:
    placed = cast.order()

    happen(cast, placed)
    session.flush()

    assert holds.to_place(session, placed.id) is None


def test_a_hold_is_noted_once(cast: Cast, session: Session) -> None:
    placed = cast.order()

    for hold_id in ("hold-1", "hold-2"):
        holds.placed(session, placed.id, fulfillment_order_id="fo-1", hold_id=hold_id)

    assert session.scalars(select(Hold.shopify_id)).all() == ["hold-1"]
    assert session.scalars(select(Event.name)).all() == [EventName.ORDER_HELD]


def test_a_release_waits_for_every_photo(cast: Cast, session: Session) -> None:
    placed = cast.order(photos=2)
    hold(session, placed)
    first, second = placed.photos

    cast.approve(first)
    assert releases.to_release(session, placed.id) is None

    cast.approve(second)
    found = releases.to_release(session, placed.id)
    assert found is not None
    assert (found.may_be_held, found.photos) == (True, 2)


@pytest.mark.parametrize("state", [PhotoState.FETCHING, PhotoState.TO_CHECK, PhotoState.REJECTED])
def test_an_open_photo_keeps_the_order(cast: Cast, session: Session, state: PhotoState) -> None:
    placed = cast.order(photos=2)
    cast.approve(placed.photos[0])
    placed.photos[1].state = state
    session.flush()

    assert releases.to_release(session, placed.id) is None


def test_a_release_waits_until_nothing_can_be_undone(session: Session) -> None:
    cast = Cast(session, undo_seconds=600)
    placed = cast.order(photos=2)
    first, second = placed.photos
    cast.approve(first)
    decisions.set_aside(session, seen(second), reviewer=cast.ada, batch=uuid4())
    assert releases.to_release(session, placed.id) is None

    pass_time(session, minutes=11)

    found = releases.to_release(session, placed.id)
    assert found is not None
    assert found.photos == 1


def test_an_undone_approval_releases_nothing(session: Session) -> None:
    cast = Cast(session, undo_seconds=600)
    placed = cast.order()
    outcome = cast.approve(*placed.photos)
    reversals.undo(session, outcome.batch, reviewer=cast.ada)

    pass_time(session, minutes=11)

    assert releases.to_release(session, placed.id) is None


def test_an_order_without_any_photo_left_is_released_too(cast: Cast, session: Session) -> None:
    placed = cast.order()
    hold(session, placed)
    withdraw(session, *placed.photos)

    found = releases.to_release(session, placed.id)

    assert found is not None
    assert (found.may_be_held, found.photos) == (True, 0)


@pytest.mark.parametrize("happen", [watch, be_older_than_going_live])
def test_nothing_leaves_for_an_order_that_does_not_count(
    cast: Cast, session: Session, happen: Callable[[Cast, CastOrder], None]
) -> None:
    placed = cast.order()
    cast.approve(*placed.photos)

    happen(cast, placed)
    session.flush()

    assert releases.to_release(session, placed.id) is None
    holds.request(session, cast.shop, placed.order)
    releases.request_look(session, placed.id)
    assert cast.jobs("tell_shopify") == []


def test_an_order_never_had_a_photo(cast: Cast, session: Session) -> None:
    placed = cast.order(photos=0)

    assert releases.to_release(session, placed.id) is None
    assert holds.to_place(session, placed.id) is None


def test_a_release_is_noted_once(cast: Cast, session: Session) -> None:
    placed = cast.order()
    ours = hold(session, placed)
    cast.approve(*placed.photos)

    assert [releases.released(session, placed.id) for _ in range(2)] == [True, False]

    session.refresh(ours)
    assert ours.state is HoldState.RELEASED
    assert ours.ended_at is not None
    assert releases.to_release(session, placed.id) is None
    released = select(Event).where(Event.name == EventName.ORDER_RELEASED)
    assert len(session.scalars(released).all()) == 1


def test_an_order_that_got_another_photo_meanwhile_counts_as_held_no_more_nor_released(
    cast: Cast, session: Session
) -> None:
    placed = cast.order()
    ours = hold(session, placed)
    cast.approve(*placed.photos)
    cast.photo(placed.order, placed.line, 1)

    assert not releases.released(session, placed.id)

    session.refresh(ours)
    assert (ours.state, placed.order.released_at) == (HoldState.RELEASED, None)


def test_lost_holds_and_releases_are_asked_for_again(cast: Cast, session: Session) -> None:
    never_held, held, approved, done = (cast.order() for _ in range(4))
    hold(session, held)
    cast.approve(approved.photos[0])
    cast.approve(done.photos[0])
    releases.released(session, done.id)

    for _ in range(2):  # the second time, the jobs of the first one wait
        holds.recover(session)

    asked = {job["order_id"] for job in cast.jobs("tell_shopify")}
    assert asked == {never_held.id, approved.id}
    assert len(cast.jobs("tell_shopify")) == 2


def test_nothing_is_asked_for_again_in_watch_mode(cast: Cast, session: Session) -> None:
    cast.order()
    cast.shop.mode = ShopMode.WATCH
    session.flush()

    holds.recover(session)

    assert cast.jobs("tell_shopify") == []


def test_an_order_undone_while_shopify_let_it_go_is_held_again(
    cast: Cast, session: Session
) -> None:
    placed = cast.order()
    holds.placed(session, placed.id, fulfillment_order_id="gid://FO/1", hold_id="gid://H/1")

    assert not releases.released(session, placed.id)

    assert {"order_id": placed.id} in cast.jobs("tell_shopify")
    assert holds.to_place(session, placed.id) is not None


def test_what_waits_for_another_look_does_not_keep_the_others_from_it(
    cast: Cast, session: Session
) -> None:
    without = Cast(session)
    without.shop.places_holds = False
    refused, lost = cast.order(), cast.order()
    hold(session, refused)
    refused.order.refusal = "cannot_be_held: IN_PROGRESS"
    without.order()
    session.flush()

    holds.recover(session)

    asked = {job["order_id"] for job in cast.jobs("tell_shopify")}
    assert asked == {refused.id, lost.id}


@pytest.mark.parametrize("mode", [ShopMode.LIVE, ShopMode.WATCH])
def test_what_was_held_before_fewer_orders_counted_is_let_go_all_the_same(
    cast: Cast, session: Session, mode: ShopMode
) -> None:
    placed = cast.order()
    hold(session, placed)
    cast.approve(*placed.photos)
    cast.shop.mode, cast.shop.live_from = mode, utc_now()
    session.flush()

    found = releases.to_release(session, placed.id)

    assert (found is not None) is (mode is ShopMode.LIVE)
