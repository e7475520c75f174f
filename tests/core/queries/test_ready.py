import pytest
from sqlalchemy.orm import Session

from core.models import PhotoState, utc_now
from core.queries import not_ready, ready
from core.queries.not_ready import LeftOut, NotReady
from core.services import hand_overs, reversals
from tests.cast import Cast, CastOrder, seen
from tests.released import as_seen, released


def names(session: Session, product: str | None = None) -> list[str]:
    return [order.name for order in ready.orders(session, product=product)]


def test_orders_come_whole_and_the_longest_waiting_first(cast: Cast, session: Session) -> None:
    first, second = released(cast, photos=2), released(cast)

    found = ready.orders(session)

    assert [(order.name, len(order.photos)) for order in found] == [
        (first.order.name, 2),
        (second.order.name, 1),
    ]
    assert [order.id for order in ready.orders(session, limit=1)] == [first.id]


def test_a_product_chooses_the_orders_it_is_on(cast: Cast, session: Session) -> None:
    released(cast, photos=2)
    mug = released(cast, product="mug")

    assert names(session, "mug") == [mug.order.name]
    assert names(session, "Calendar") == []
    assert ready.products(session) == [
        ready.ReadyProduct("Canvas", 1, 2),
        ready.ReadyProduct("mug", 1, 1),
    ]


@pytest.mark.parametrize("column", ["cancelled_at", "deleted_at", "erased_at", "handed_over_at"])
def test_what_is_over_is_not_ready(cast: Cast, session: Session, column: str) -> None:
    placed = released(cast)
    setattr(placed.order, column, utc_now())
    session.flush()

    assert names(session) == []
    assert ready.products(session) == []


def test_what_has_shipped_or_was_never_released_is_not_ready(cast: Cast, session: Session) -> None:
    released(cast).order.is_fulfilled = True
    cast.approve(*cast.order().photos)
    session.flush()

    assert names(session) == []


def test_what_was_handed_over_is_listed_the_newest_first(cast: Cast, session: Session) -> None:
    first, second = released(cast), released(cast, photos=2)
    for placed in (first, second):
        hand_overs.mark(session, [as_seen(placed)], actor=cast.ada)

    found = ready.lately(session)

    assert [(each.name, each.photos, each.by) for each in found] == [
        (second.order.name, 2, "Ada Adler"),
        (first.order.name, 1, "Ada Adler"),
    ]
    assert not any(each.is_open_again for each in found)


def test_what_was_handed_over_is_counted_as_it_was_then(cast: Cast, session: Session) -> None:
    placed = released(cast, photos=2)
    hand_overs.mark(session, [as_seen(placed)], actor=cast.ada)
    placed.photos[0].state = PhotoState.WITHDRAWN
    session.flush()

    assert [each.photos for each in ready.lately(session)] == [2]


@pytest.mark.parametrize(
    ("column", "why"),
    [
        ("deleted_at", NotReady.DELETED),
        ("cancelled_at", NotReady.CANCELLED),
        ("erased_at", NotReady.FORGOTTEN),
        ("handed_over_at", NotReady.TAKEN),
        ("settled_at", NotReady.CHANGED),
    ],
)
def test_what_is_not_ready_any_more_has_its_cause(
    cast: Cast, session: Session, column: str, why: NotReady
) -> None:
    placed = released(cast)
    setattr(placed.order, column, utc_now())
    session.flush()

    left = not_ready.left_out(session, [placed.id, 0])

    assert left == [LeftOut(placed.id, placed.order.name, why)]


def test_what_is_looked_at_again_or_shipped_says_so(cast: Cast, session: Session) -> None:
    again, shipped = released(cast), released(cast)
    reversals.reopen(session, seen(*again.photos), manager=cast.mia)
    shipped.order.is_fulfilled = True
    session.flush()

    left = not_ready.left_out(session, [shipped.id, again.id])

    assert [each.why for each in left] == [NotReady.OPEN, NotReady.SHIPPED]


def test_files_are_those_of_orders_that_were_let_go(cast: Cast, session: Session) -> None:
    placed, open_ = released(cast, photos=2), cast.order()
    cast.approve(*open_.photos)
    cancelled = released(cast)
    cancelled.order.cancelled_at = utc_now()
    session.flush()

    found = ready.files(session, [placed.id, open_.id, cancelled.id])

    assert [(file.order, file.number) for file in found] == [
        (placed.order.name, 1),
        (placed.order.name, 2),
    ]


def test_a_photo_that_was_replaced_on_its_order_says_so(cast: Cast, session: Session) -> None:
    photo = released(cast).photos[0]

    photo.changed_url = "https://cdn.shopify.com/new.jpg"
    session.flush()
    (outdated,) = ready.orders(session)[0].photos
    photo.declined_url = photo.changed_url
    session.flush()
    (declined,) = ready.orders(session)[0].photos

    assert (outdated.is_outdated, declined.is_outdated) == (True, False)


def test_each_is_one_statement(cast: Cast, session: Session, queries: list[str]) -> None:
    def fill(orders: int) -> list[CastOrder]:
        return [released(cast, photos=2) for _ in range(orders)]

    def count(placed: list[CastOrder]) -> int:
        queries.clear()
        ready.products(session)
        ready.orders(session)
        ready.lately(session)
        ready.files(session, [each.id for each in placed])
        return len(queries)

    assert count(fill(1)) == count(fill(5)) == 4
