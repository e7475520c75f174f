import re
from itertools import count

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from core.models import Event, EventName, Role, Staff
from core.queries import review_queue
from core.queries.queue_view import View
from core.services import assignments, reversals, staff
from tests.cast import Cast, CastOrder


def nobodys(cast: Cast) -> CastOrder:
    placed = cast.order()
    placed.order.assignee_id = None
    cast.session.flush()
    return placed


def retire(session: Session, *people: int) -> None:
    session.execute(update(Staff).where(Staff.id.in_(people)).values(is_active=False))


def test_an_order_goes_to_the_processor_with_the_least_waiting(cast: Cast) -> None:
    cast.order(photos=2)  # Ada's
    placed = nobodys(cast)

    assignments.assign(cast.session, [placed.id])

    assert placed.order.assignee_id == cast.bob.id


def test_decided_photos_are_no_load(cast: Cast) -> None:
    cast.approve(*cast.order(photos=5).photos)  # Ada's
    bobs = cast.order()
    bobs.order.assignee_id = cast.bob.id
    placed = nobodys(cast)

    assignments.assign(cast.session, [placed.id])

    assert placed.order.assignee_id == cast.ada.id


def test_what_somebody_left_behind_who_is_gone_is_assigned_anew(cast: Cast) -> None:
    placed = cast.order()
    retire(cast.session, cast.ada.id)

    assignments.assign(cast.session, [placed.id])

    assert placed.order.assignee_id == cast.bob.id


def test_several_orders_are_shared_evenly(cast: Cast) -> None:
    orders = [nobodys(cast) for _ in range(6)]

    assignments.assign(cast.session, [placed.id for placed in orders])

    given = [placed.order.assignee_id for placed in orders]
    assert given == [cast.ada.id, cast.bob.id] * 3


def test_whoever_leaves_shares_out_what_is_not_finished(cast: Cast) -> None:
    waiting, rejected, approved = (cast.order() for _ in range(3))
    cast.reject(*rejected.photos)
    cast.approve(*approved.photos)
    others = cast.order()
    others.order.assignee_id = cast.mia.id
    cast.session.flush()

    staff.deactivate(cast.session, cast.mia, "ada")

    assert [placed.order.assignee_id for placed in (waiting, rejected)] == [cast.bob.id] * 2
    assert (approved.order.assignee_id, others.order.assignee_id) == (cast.ada.id, cast.mia.id)
    (shown,) = review_queue.page(cast.session, View(cast.bob.id))
    assert shown.order_name == waiting.order.name


def test_sharing_out_costs_one_count_of_who_has_how_much(cast: Cast, queries: list[str]) -> None:
    for _ in range(9):
        cast.order()
    queries.clear()

    staff.deactivate(cast.session, cast.mia, "ada")

    assert len([query for query in queries if "GROUP BY" in query]) == 1


def test_what_is_undone_after_somebody_left_goes_to_the_others(session: Session) -> None:
    cast = Cast(session, undo_seconds=600)
    placed = cast.order()
    batch = cast.approve(*placed.photos, by=cast.mia).batch
    staff.deactivate(session, cast.mia, "ada")

    reversals.undo(session, batch, reviewer=cast.mia)

    session.refresh(placed.order)
    assert placed.order.assignee_id == cast.bob.id


def test_an_assigned_order_stays_where_it_is(cast: Cast) -> None:
    placed = cast.order(photos=9)

    assignments.assign(cast.session, [placed.id])

    assert placed.order.assignee_id == cast.ada.id


def test_a_manager_is_asked_only_where_there_is_no_processor(cast: Cast) -> None:
    placed = nobodys(cast)
    retire(cast.session, cast.ada.id, cast.bob.id)

    assignments.assign(cast.session, [placed.id])

    assert placed.order.assignee_id == cast.mia.id


def test_without_staff_an_order_is_nobodys(cast: Cast) -> None:
    placed = nobodys(cast)
    retire(cast.session, cast.ada.id, cast.bob.id, cast.mia.id)

    for _ in range(2):
        assignments.assign(cast.session, [placed.id])

    assert placed.order.assignee_id is None
    told = select(Event).where(Event.name == EventName.ORDER_ASSIGNED)
    assert cast.session.scalars(told).all() == []


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

    assignments.assign(cast.session, [placed.id])

    assert placed.order.assignee_id == new.id


def test_the_waiting_are_counted_in_an_index_of_theirs(cast: Cast, queries: list[str]) -> None:
    """Also once Postgres keeps a plan, for any values."""
    placed = nobodys(cast)
    cast.session.execute(text("SET LOCAL enable_seqscan = off"))
    queries.clear()
    assignments.assign(cast.session, [placed.id])
    (asked,) = [query for query in queries if "GROUP BY" in query]
    numbers = count(1)

    plan = cast.session.execute(
        text("EXPLAIN (GENERIC_PLAN) " + re.sub(r"%\(\w+\)s", lambda _: f"${next(numbers)}", asked))
    )

    assert "ix_photos_waiting" in "\n".join(plan.scalars())
