import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.models import Event, EventName, Role, Staff
from core.services import assignments
from tests.cast import Cast, CastOrder


def nobodys(cast: Cast) -> CastOrder:
    placed = cast.order()
    placed.order.assignee_id = None
    cast.session.flush()
    return placed


def retire(session: Session, *staff: int) -> None:
    session.execute(update(Staff).where(Staff.id.in_(staff)).values(is_active=False))


def test_an_order_goes_to_the_processor_with_the_least_waiting(cast: Cast) -> None:
    cast.order(photos=2)  # Ada's
    placed = nobodys(cast)

    assignments.assign(cast.session, placed.order)

    assert placed.order.assignee_id == cast.bob.id


def test_decided_photos_are_no_load(cast: Cast) -> None:
    cast.approve(*cast.order(photos=5).photos)  # Ada's
    bobs = cast.order()
    bobs.order.assignee_id = cast.bob.id
    placed = nobodys(cast)

    assignments.assign(cast.session, placed.order)

    assert placed.order.assignee_id == cast.ada.id


def test_an_assigned_order_stays_where_it_is(cast: Cast) -> None:
    placed = cast.order(photos=9)

    assignments.assign(cast.session, placed.order)

    assert placed.order.assignee_id == cast.ada.id


def test_a_manager_is_asked_only_where_there_is_no_processor(cast: Cast) -> None:
    placed = nobodys(cast)
    retire(cast.session, cast.ada.id, cast.bob.id)

    assignments.assign(cast.session, placed.order)

    assert placed.order.assignee_id == cast.mia.id


def test_without_staff_an_order_is_nobodys(cast: Cast) -> None:
    placed = nobodys(cast)
    retire(cast.session, cast.ada.id, cast.bob.id, cast.mia.id)

    assignments.assign(cast.session, placed.order)

    assert placed.order.assignee_id is None


@pytest.mark.parametrize(("is_active", "returns"), [(True, True), (False, False)])
def test_an_order_returns_to_a_person_only_if_active(
    cast: Cast, is_active: bool, returns: bool
) -> None:
    cast.order(photos=3)  # so that Bob would have less to do than Ada
    placed = cast.order()
    placed.order.assignee_id = cast.bob.id
    cast.session.flush()
    if not is_active:
        retire(cast.session, cast.ada.id)

    assignments.give_to(cast.session, placed.order, cast.ada.id)

    assert (placed.order.assignee_id == cast.ada.id) is returns


def test_every_change_of_hands_is_told_once(cast: Cast) -> None:
    placed = cast.order()

    for _ in range(2):
        assignments.give_to(cast.session, placed.order, cast.bob.id)

    told = select(Event).where(Event.order_id == placed.id)
    event = cast.session.scalars(told).one()
    assert (event.name, event.ids) == (EventName.ORDER_ASSIGNED, {"assignee": cast.bob.id})


def test_new_staff_with_nothing_to_do_come_first(cast: Cast) -> None:
    for helper in (cast.ada, cast.bob):
        cast.order().order.assignee_id = helper.id
    new = Staff(username="zoe", name="Zoe", role=Role.PROCESSOR, password_hash="")
    cast.session.add(new)
    cast.session.flush()
    placed = nobodys(cast)

    assignments.assign(cast.session, placed.order)

    assert placed.order.assignee_id == new.id
