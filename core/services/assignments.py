"""Who an order's photos are waiting for."""

from collections.abc import Collection

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from core.models import EventName, Order, Photo, PhotoState, Role, Staff
from core.services import history, locks

#: In so many words, or their index could not be used.
_is_waiting = or_(
    *(
        Photo.is_in(state)
        for state in (PhotoState.FETCHING, PhotoState.TO_CHECK, PhotoState.IN_REVIEW)
    )
)


def assign(session: Session, orders: Collection[int]) -> None:
    """Give orders that nobody at work has to the active processors with the least waiting.

    The caller holds the orders' rows.
    """
    if not orders:
        return
    session.flush()
    of_order = select(func.count()).where(Photo.order_id == Order.id, _is_waiting)
    unattended = session.execute(
        select(Order, of_order.scalar_subquery())
        .outerjoin(Staff, Staff.id == Order.assignee_id)
        .where(Order.id.in_(orders), Staff.is_active.is_not(True))
        .order_by(Order.id),
        execution_options={"populate_existing": True},
    ).all()
    if not unattended:
        return
    loads = _loads(session)
    for order, photos in unattended:
        staff_id = _least(loads)
        _give(session, order, staff_id)
        if staff_id is not None:
            loads[staff_id] += photos


def give_to(session: Session, order: Order, staff_id: int | None) -> None:
    """Give the order to this person, if still active, else to whoever has the least waiting."""
    is_active = staff_id is not None and session.scalar(
        select(Staff.is_active).where(Staff.id == staff_id)
    )
    _give(session, order, staff_id if is_active else _least(_loads(session)))


def share_out(session: Session, staff_id: int) -> None:
    """Give the unfinished orders of somebody who is not active any more to the others."""
    is_unfinished = exists().where(
        Photo.order_id == Order.id,
        Photo.state.not_in([PhotoState.APPROVED, PhotoState.WITHDRAWN]),
    )
    orders = session.scalars(
        select(Order.id)
        .where(Order.assignee_id == staff_id, is_unfinished)
        .order_by(Order.id)
        .with_for_update(key_share=True)
    ).all()
    locks.photos_on(session, orders)
    assign(session, orders)


def _give(session: Session, order: Order, staff_id: int | None) -> None:
    if staff_id == order.assignee_id:
        return
    order.assignee_id = staff_id
    history.record(
        session,
        EventName.ORDER_ASSIGNED,
        shop_id=order.shop_id,
        order_id=order.id,
        assignee=staff_id,
    )


def _least(loads: dict[int, int]) -> int | None:
    return min(loads, key=lambda staff_id: loads[staff_id], default=None)


def _loads(session: Session) -> dict[int, int]:
    """How many photos wait for each of the active processors; of the managers if there is none."""
    session.flush()
    waiting = (
        select(Photo.assignee_id, func.count().label("photos"))
        .where(_is_waiting)
        .group_by(Photo.assignee_id)
        .subquery()
    )
    team = session.execute(
        select(Staff.id, Staff.role, func.coalesce(waiting.c.photos, 0))
        .outerjoin(waiting, waiting.c.assignee_id == Staff.id)
        .where(Staff.is_active)
        .order_by(Staff.id)
    ).all()
    processors = {id_: photos for id_, role, photos in team if role is Role.PROCESSOR}
    return processors or {id_: photos for id_, _, photos in team}
