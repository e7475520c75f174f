"""What Shopify shows of an order while its photos are looked at: held, let go, marked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, select, update

from core import db, queue
from core.demo import holds as in_shopify
from core.demo.records import PHOTOS, Attribute, FulfillmentOrder, Line, now
from core.demo.records import Hold as ShopifyHold
from core.demo.records import Order as ShopifyOrder
from core.errors import AlreadyShipped, HoldNotNeeded
from core.models import (
    Event,
    EventName,
    Hold,
    HoldState,
    LineItem,
    Order,
    Photo,
    Reason,
    Shop,
    Staff,
)
from core.services import decisions, errands, holds, releases, responses, reversals
from core.services.actors import Actor, Guest
from core.services.decisions import PhotoVersion
from tests.loop import GOOD, Loop, ada, small_loop

ALIAS = "hold_order"


@pytest.fixture
def loop(committed: None, tmp_path: Path) -> Iterator[Loop]:
    """One order with two lines, taken over and held."""
    with small_loop(tmp_path / "demo-shop", [[GOOD, GOOD]]) as loop:
        loop.sync()
        loop.work()
        yield loop


def there(loop: Loop) -> ShopifyOrder:
    (order,) = loop.shop.orders.values()
    return order


def ours() -> Order:
    with db.transaction() as session:
        return session.scalars(select(Order)).one()


def our_holds() -> list[tuple[str, HoldState]]:
    with db.transaction() as session:
        rows = session.execute(select(Hold.fulfillment_order_id, Hold.state).order_by(Hold.id))
        return [(row.fulfillment_order_id, row.state) for row in rows]


def events(name: EventName) -> int:
    with db.transaction() as session:
        return len(session.scalars(select(Event.id).where(Event.name == name)).all())


def look(loop: Loop) -> None:
    with db.transaction() as session:
        errands.request(session, session.scalars(select(Order.id)).one())
    loop.work()


def handles(each: FulfillmentOrder) -> list[str | None]:
    return [hold.handle for hold in each.holds]


def change_shop(**columns: Any) -> None:
    with db.transaction() as session:
        session.execute(update(Shop).values(**columns))


def photos() -> list[PhotoVersion]:
    with db.transaction() as session:
        rows = session.execute(select(Photo.id, Photo.version).order_by(Photo.id))
        return [PhotoVersion(*row) for row in rows]


def reject(*seen: PhotoVersion) -> None:
    with db.transaction() as session:
        dark = session.scalars(select(Reason.id).where(Reason.code == "dark")).one()
        decisions.reject(
            session,
            seen,
            reasons=[dark],
            comment="By daylight, perhaps?",
            reviewer=ada(),
            batch=uuid4(),
        )


def approve(*seen: PhotoVersion) -> None:
    with db.transaction() as session:
        decisions.approve(session, seen, reviewer=ada(), batch=uuid4())


def merchant_releases(loop: Loop) -> None:
    for each in there(loop).fulfillment_orders:
        in_shopify.release(each, None)


def split(order: ShopifyOrder) -> None:
    (whole,) = order.fulfillment_orders
    moved = whole.line_ids.pop()
    order.fulfillment_orders.append(
        whole.model_copy(update={"id": order.take_id(), "line_ids": [moved], "holds": []})
    )


def mia() -> Actor:
    with db.transaction() as session:
        person = session.scalars(select(Staff).where(Staff.username == "mia")).one()
        return Actor(person.id, person.username, person.name, person.role)


def reopen(*seen: PhotoVersion) -> None:
    with db.transaction() as session:
        reversals.reopen(session, seen, manager=mia())


def held(loop: Loop) -> list[list[str | None]]:
    return [handles(each) for each in there(loop).fulfillment_orders]


def test_an_order_is_held_whole_and_says_that_photos_are_awaited(loop: Loop) -> None:
    order = there(loop)

    assert [handles(each) for each in order.fulfillment_orders] == [["photo-review"]]
    assert order.tags == ["awaiting photos"]
    assert order.metafields[0].value == '{"state": "awaiting photos", "photos": 0}'
    assert ours().refusal is None


def test_a_hold_that_somebody_removed_is_seen_and_not_placed_by_itself(loop: Loop) -> None:
    merchant_releases(loop)

    for _ in range(2):
        look(loop)

    (each,) = there(loop).fulfillment_orders
    assert each.holds == []
    assert [state for _, state in our_holds()] == [HoldState.REMOVED]
    assert events(EventName.HOLD_REMOVED) == 1


def test_what_is_split_off_after_its_hold_was_removed_is_let_go_too(loop: Loop) -> None:
    merchant_releases(loop)
    split(there(loop))

    look(loop)

    assert [each.holds for each in there(loop).fulfillment_orders] == [[], []]


def test_a_removed_hold_is_placed_again_when_somebody_asks(loop: Loop) -> None:
    merchant_releases(loop)
    split(there(loop))
    look(loop)

    for _ in range(2):
        with db.transaction() as session:
            holds.hold_again(session, ours().id, actor=ada())
    loop.work()

    assert [handles(each) for each in there(loop).fulfillment_orders] == [["photo-review"]] * 2
    assert {state for _, state in our_holds()} == {HoldState.PLACED}
    assert events(EventName.HOLD_ASKED) == 1


def test_an_order_that_may_ship_is_not_held_again(loop: Loop) -> None:
    approve(*photos())
    loop.work()

    with db.transaction() as session, pytest.raises(HoldNotNeeded):
        holds.hold_again(session, ours().id, actor=ada())


def test_what_is_moved_to_another_place_is_held_there(loop: Loop) -> None:
    order = there(loop)
    (before,) = order.fulfillment_orders
    moved = before.model_copy(update={"id": order.take_id(), "holds": [], "status": "OPEN"})
    before.status, before.holds = "CLOSED", []
    order.fulfillment_orders.append(moved)

    look(loop)

    assert handles(moved) == ["photo-review"]
    assert [state for _, state in our_holds()] == [HoldState.RELEASED, HoldState.PLACED]
    assert events(EventName.HOLD_REMOVED) == 0


def test_what_was_not_held_yet_is_held_beside_what_was(loop: Loop) -> None:
    order = there(loop)
    split(order)

    look(loop)

    assert [handles(each) for each in order.fulfillment_orders] == [["photo-review"]] * 2


def test_what_shopify_refuses_is_shown_until_it_does_it(loop: Loop) -> None:
    order = there(loop)
    split(order)
    (_, new) = order.fulfillment_orders
    # As many as one app may place.
    new.holds = [
        ShopifyHold(id=order.take_id(), by_app=True, reason="OTHER", handle=f"other-{number}")
        for number in range(in_shopify.MOST_PER_APP)
    ]

    for _ in range(2):
        look(loop)

    assert "cannot_be_held" in (ours().refusal or "")
    assert events(EventName.ORDER_REFUSED) == 1

    new.holds = []
    with db.transaction() as session:
        errands.try_again(session, ours().id, actor=ada())
    loop.work()

    assert ours().refusal is None
    assert handles(new) == ["photo-review"]


def test_the_order_says_that_its_customer_was_asked_and_has_answered(loop: Loop) -> None:
    first, second = photos()
    approve(second)
    reject(first)
    loop.work()

    assert there(loop).tags == ["customer asked"]

    (now, _) = photos()
    with db.transaction() as session:
        responses.keep(session, Guest(ours().id), now, words_shown="Print it as it is.")
    loop.work()

    assert there(loop).tags == ["awaiting photos"]


def test_what_can_be_undone_is_not_said_yet(loop: Loop) -> None:
    change_shop(undo_seconds=600)

    reject(*photos())
    look(loop)

    assert there(loop).tags == ["awaiting photos"]


def test_other_apps_tags_stay(loop: Loop) -> None:
    there(loop).tags = ["VIP", "awaiting photos", "Wholesale"]

    approve(*photos())
    loop.work()

    assert there(loop).tags == ["photos approved", "VIP", "Wholesale"]


def test_an_order_without_photos_says_nothing(loop: Loop) -> None:
    in_shopify.cancel(there(loop), there(loop).updated_at)
    with db.transaction() as session:
        session.execute(update(Photo).values(state="withdrawn", withdrawn_because="cancelled"))

    look(loop)

    assert there(loop).tags == []
    assert ours().told_state is None


@pytest.mark.parametrize(
    ("switch", "expected"),
    [
        ("places_holds", ([], ["awaiting photos"], 1)),
        ("sets_tags", (["photo-review"], [], 1)),
        ("sets_metafield", (["photo-review"], ["awaiting photos"], 0)),
    ],
)
def test_a_shop_may_do_without(
    committed: None, tmp_path: Path, switch: str, expected: tuple[list[str], list[str], int]
) -> None:
    with small_loop(tmp_path / "demo-shop", [[GOOD]]) as loop:
        change_shop(**{switch: False})

        loop.sync()
        loop.work()

        (order,) = loop.shop.orders.values()
        (each,) = order.fulfillment_orders
        assert (handles(each), order.tags, len(order.metafields)) == expected


def test_a_shop_that_holds_nothing_gets_its_orders_to_print_all_the_same(loop: Loop) -> None:
    change_shop(places_holds=False)

    approve(*photos())
    loop.work()

    assert ours().released_at is not None
    (each,) = there(loop).fulfillment_orders
    assert each.holds == []


def test_jobs_that_an_older_version_left_are_done(loop: Loop) -> None:
    merchant_releases(loop)
    with db.transaction() as session:
        queue.defer(session, ALIAS, order_id=session.scalars(select(Order.id)).one())

    loop.work()

    assert [state for _, state in our_holds()] == [HoldState.REMOVED]


def test_r5_a_release_that_nobody_noted_was_ours(loop: Loop) -> None:
    """Killed just after Shopify let it go, and then undone."""
    order_id = ours().id
    with db.transaction() as session:
        releases.begin(session, order_id)
    merchant_releases(loop)

    look(loop)

    assert held(loop) == [["photo-review"]]
    assert events(EventName.HOLD_REMOVED) == 0


def test_r5_a_release_that_was_only_begun_is_no_release(loop: Loop) -> None:
    with db.transaction() as session:
        releases.begin(session, ours().id)

    look(loop)

    assert held(loop) == [["photo-review"]]
    assert [state for _, state in our_holds()] == [HoldState.PLACED]


def test_r5_a_release_that_breaks_off_half_way_goes_on(loop: Loop) -> None:
    split(there(loop))
    look(loop)
    # The first is let go, and then its worker dies.
    with db.transaction() as session:
        releases.begin(session, ours().id)
    in_shopify.release(there(loop).fulfillment_orders[0], None)

    approve(*photos())
    loop.work()

    assert held(loop) == [[], []]
    assert ours().released_at is not None
    assert events(EventName.HOLD_REMOVED) == 0

    reopen(photos()[0])
    loop.work()

    assert held(loop) == [["photo-review"]] * 2


def test_an_order_that_is_opened_again_is_held_also_where_a_hold_was_removed(loop: Loop) -> None:
    merchant_releases(loop)
    look(loop)
    approve(*photos())
    loop.work()

    reopen(photos()[0])
    loop.work()

    assert held(loop) == [["photo-review"]]


def test_a_hold_that_comes_with_another_photo_is_known_and_released(loop: Loop) -> None:
    merchant_releases(loop)
    look(loop)
    order = there(loop)
    picture = Attribute(key="Photo", value=f"{PHOTOS}dandelions.jpg")
    order.lines.append(Line(id=order.take_id(), sku="KEY", attributes=[picture]))
    order.fulfillment_orders[0].line_ids.append(order.lines[-1].id)
    order.updated_at = order.fulfillment_orders[0].updated_at = now()
    loop.shop.save([order])
    loop.sync()
    loop.work()

    assert held(loop) == [["photo-review"]]

    approve(*photos())
    loop.work()

    assert held(loop) == [[]]


def test_a_hold_of_which_we_never_heard_is_released(loop: Loop) -> None:
    with db.transaction() as session:
        session.execute(delete(Hold))

    approve(*photos())
    loop.work()

    assert held(loop) == [[]]


def test_what_others_ship_unseen_is_said(loop: Loop) -> None:
    order = there(loop)
    order.fulfillment_orders[0].line_ids.pop()

    look(loop)
    assert ours().refusal == "shipped_by_others"

    change_shop(granted_scopes=[holds.SHIPPED_BY_OTHERS])
    look(loop)
    assert ours().refusal is None


def test_what_has_shipped_is_not_opened_again(loop: Loop) -> None:
    approve(*photos())
    loop.work()
    with db.transaction() as session:
        session.execute(update(LineItem).values(is_fulfilled=True))

    with pytest.raises(AlreadyShipped):
        reopen(photos()[0])
