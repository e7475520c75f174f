from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import db
from core.errors import AlreadyShipped
from core.models import Event, EventName, Hold, Origin, PhotoState, WithdrawnBecause, utc_now
from core.queries import ready
from core.services import decisions, hand_overs, reversals
from core.services.decisions import PhotoVersion
from tests.cast import Cast, CastOrder, seen
from tests.released import as_seen, handed_over_by, let_go, released, states


def hand_overs_of(session: Session, placed: CastOrder) -> list[Event]:
    return list(
        session.scalars(
            select(Event).where(
                Event.order_id == placed.id, Event.name == EventName.ORDER_HANDED_OVER
            )
        )
    )


def test_what_is_let_go_has_its_print_copies_made_and_is_ready(
    cast: Cast, session: Session
) -> None:
    placed = released(cast, photos=2)

    made = {job["sha256"] for job in cast.jobs("make_print_copy")}
    (order,) = ready.orders(session)

    assert made == {photo.sha256 for photo in order.photos}
    assert (order.id, len(order.photos)) == (placed.id, 2)


def test_orders_are_marked_as_handed_over_with_the_files_that_were(
    cast: Cast, session: Session
) -> None:
    placed = released(cast)

    marked = hand_overs.mark(session, [as_seen(placed)], actor=cast.ada)

    assert (marked.done, marked.left) == ([placed.id], [])
    assert handed_over_by(cast, placed) == cast.ada.id
    (event,) = hand_overs_of(session, placed)
    assert event.ids == {"uploads": [placed.photos[0].upload_id]}
    assert ready.orders(session) == []


def test_asked_a_second_time_it_says_the_same_and_happens_once(
    cast: Cast, session: Session
) -> None:
    placed = released(cast)

    first = hand_overs.mark(session, [as_seen(placed)], actor=cast.ada)
    second = hand_overs.mark(session, [as_seen(placed)], actor=cast.ada)
    somebody_else = hand_overs.mark(session, [as_seen(placed)], actor=cast.bob)

    assert first == second
    assert somebody_else.left == [placed.id]
    assert len(hand_overs_of(session, placed)) == 1


def cancelled(cast: Cast, placed: CastOrder) -> None:
    placed.order.cancelled_at = utc_now()


def opened_again(cast: Cast, placed: CastOrder) -> None:
    reversals.reopen(cast.session, seen(*placed.photos), manager=cast.mia)


def replaced(cast: Cast, placed: CastOrder) -> None:
    placed.photos[0].upload_id = cast.upload(placed.photos[0], Origin.STAFF).id
    placed.photos[0].version += 1


def shipped(cast: Cast, placed: CastOrder) -> None:
    placed.order.is_fulfilled = True


@pytest.mark.parametrize("change", [cancelled, opened_again, replaced, shipped])
def test_what_has_changed_since_it_was_seen_is_named_and_left(
    cast: Cast, session: Session, change: Callable[[Cast, CastOrder], None]
) -> None:
    placed, other = released(cast), released(cast)
    before = [as_seen(placed), as_seen(other)]
    change(cast, placed)
    session.flush()

    marked = hand_overs.mark(session, before, actor=cast.ada)

    assert (marked.done, marked.left) == ([other.id], [placed.id])
    assert not hand_overs_of(session, placed)


def test_what_was_never_released_cannot_be_handed_over(cast: Cast, session: Session) -> None:
    placed = cast.order()
    cast.approve(*placed.photos)
    session.refresh(placed.photos[0])

    assert hand_overs.mark(session, [as_seen(placed)], actor=cast.ada).left == [placed.id]


def test_opened_again_it_is_held_and_comes_back_marked_as_changed(
    cast: Cast, session: Session
) -> None:
    placed = released(cast, photos=2)
    hand_overs.mark(session, [as_seen(placed)], actor=cast.ada)
    photo = placed.photos[0]

    reopened = reversals.reopen(session, seen(photo), manager=cast.mia)
    session.refresh(placed.order)
    session.refresh(photo)

    assert reopened == [photo.id]
    assert states(cast, placed) == [PhotoState.IN_REVIEW, PhotoState.APPROVED]
    assert placed.order.released_at is None
    assert placed.order.handed_over_at is not None
    assert {"order_id": placed.id} in cast.jobs("tell_shopify")

    photo.upload_id = cast.upload(photo, Origin.CUSTOMER).id
    photo.version += 1
    session.flush()
    cast.approve(photo)
    let_go(cast, placed)
    (order,) = ready.orders(session)
    assert order.handed_over_before is not None
    assert [each.is_changed for each in order.photos] == [True, False]
    assert hand_overs.mark(session, [as_seen(placed)], actor=cast.bob).done == [placed.id]
    assert len(hand_overs_of(session, placed)) == 2


def test_opened_again_for_nothing_it_stays_handed_over(cast: Cast, session: Session) -> None:
    placed = released(cast, photos=2)
    hand_overs.mark(session, [as_seen(placed)], actor=cast.ada)
    reversals.reopen(session, seen(*placed.photos), manager=cast.mia)
    for photo in placed.photos:
        session.refresh(photo)

    cast.approve(*placed.photos)
    let_go(cast, placed)

    assert ready.orders(session) == []
    assert handed_over_by(cast, placed) == cast.ada.id


def test_opened_again_asked_a_second_time_it_says_the_same(cast: Cast, session: Session) -> None:
    placed = released(cast)
    before = seen(*placed.photos)

    first = reversals.reopen(session, before, manager=cast.mia)
    second = reversals.reopen(session, before, manager=cast.mia)

    assert first == second == [placed.photos[0].id]


def test_what_was_set_aside_can_be_opened_again_and_what_changed_meanwhile_not(
    cast: Cast, session: Session
) -> None:
    placed, other = cast.order(), released(cast)
    decisions.set_aside(session, seen(*placed.photos), reviewer=cast.ada, batch=uuid4())
    session.refresh(placed.photos[0])
    assert placed.photos[0].withdrawn_because is WithdrawnBecause.SET_ASIDE
    stale = [PhotoVersion(photo.id, photo.version - 1) for photo in other.photos]

    reopened = reversals.reopen(session, [*seen(*placed.photos), *stale], manager=cast.mia)

    assert reopened == [placed.photos[0].id]
    assert states(cast, other) == [PhotoState.APPROVED]


def test_what_has_shipped_stays_as_it_is(cast: Cast, session: Session) -> None:
    placed = released(cast)
    placed.order.is_fulfilled = True
    session.flush()

    with pytest.raises(AlreadyShipped):
        reversals.reopen(session, seen(*placed.photos), manager=cast.mia)

    assert states(cast, placed) == [PhotoState.APPROVED]
    assert session.scalars(select(Hold)).all() == []


@pytest.mark.usefixtures("committed")
def test_of_two_people_at_once_one_hands_over_and_the_other_is_told() -> None:
    with db.transaction() as session:
        cast = Cast(session)
        placed = released(cast, photos=2)
        wanted, people = as_seen(placed), (cast.ada, cast.bob)

    def mark(number: int) -> hand_overs.Marked:
        with db.transaction() as session:
            return hand_overs.mark(session, [wanted], actor=people[number])

    with ThreadPoolExecutor() as pool:
        first, second = pool.map(mark, range(2))

    assert sorted([list(first.done), list(second.done)]) == [[], [placed.id]]
    assert sorted([list(first.left), list(second.left)]) == [[], [placed.id]]
    with db.transaction() as session:
        assert len(hand_overs_of(session, placed)) == 1
