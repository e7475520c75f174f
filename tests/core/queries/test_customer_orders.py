from datetime import timedelta

from sqlalchemy.orm import Session

from core.models import PhotoState, Reason, utc_now
from core.queries import customer_orders
from core.queries.customer_orders import OwnOrder
from core.queries.customer_photos import Standing
from core.services import responses
from core.services.customer_sign_in import Customer
from tests.cast import Cast, CastOrder, seen


def own(cast: Cast, *, limit: int = 20) -> list[OwnOrder]:
    return list(
        customer_orders.of(cast.session, Customer(cast.shop.id, "carl@example.org"), limit=limit)
    )


def place(cast: Cast, days_ago: int, *, photos: int = 1) -> CastOrder:
    placed = cast.order(photos=photos)
    placed.order.placed_at = utc_now() - timedelta(days=days_ago)
    cast.session.flush()
    return placed


def test_what_needs_an_answer_comes_first_and_then_the_newest(cast: Cast) -> None:
    old, newest, asked = place(cast, 30), place(cast, 1), place(cast, 20)
    cast.reject(*asked.photos)
    place(cast, 2).order.email = "dora@example.org"
    Cast(cast.session).order()

    found = own(cast)

    assert [order.id for order in found] == [asked.id, newest.id, old.id]
    assert [order.needs_answer for order in found] == [True, False, False]
    assert [order.id for order in own(cast, limit=2)] == [asked.id, newest.id]


def test_each_photo_says_where_it_stands(cast: Cast, session: Session) -> None:
    placed = place(cast, 1, photos=5)
    waits, asked, answered, approved, withdrawn = placed.photos
    cast.reject(asked, answered)
    session.refresh(answered)
    responses.ask(session, placed.carl, seen(answered)[0], message="My only one")
    cast.approve(approved)
    withdrawn.state = PhotoState.WITHDRAWN
    session.flush()

    (order,) = own(cast)

    assert [(photo.standing, photo.is_answered) for photo in order.photos] == [
        (Standing.BEING_CHECKED, False),
        (Standing.NEEDS_ANSWER, False),
        (Standing.BEING_CHECKED, True),
        (Standing.FINE, False),
    ]
    assert {photo.product for photo in order.photos} == {"Canvas"}
    assert waits.version == 2


def test_a_rejection_that_may_be_undone_is_nobodys_business(session: Session) -> None:
    cast = Cast(session, undo_seconds=600)
    placed, newer = place(cast, 2), place(cast, 1)
    cast.reject(*placed.photos)

    found = own(cast)

    assert [order.id for order in found] == [newer.id, placed.id]
    assert found[1].photos[0].standing is Standing.BEING_CHECKED


def test_a_picture_that_must_not_be_shown_is_not(cast: Cast) -> None:
    placed = place(cast, 1, photos=2)
    cast.session.get_one(Reason, cast.reason("blurry")).shows_picture = False
    cast.reject(placed.photos[0])

    (order,) = own(cast)

    assert [photo.sha256 is None for photo in order.photos] == [True, False]


def test_orders_without_photos_are_left_out_and_cancelled_ones_are_not(cast: Cast) -> None:
    place(cast, 1, photos=0)
    cancelled = place(cast, 2)
    cancelled.order.cancelled_at = utc_now()
    cancelled.photos[0].state = PhotoState.WITHDRAWN
    cast.session.flush()

    (order,) = own(cast)

    assert (order.id, order.is_cancelled, order.photos) == (cancelled.id, True, [])


def test_all_of_it_is_one_statement(cast: Cast, queries: list[str]) -> None:
    for days in range(5):
        cast.reject(*place(cast, days, photos=3).photos)
    queries.clear()

    own(cast)

    assert len(queries) == 1
