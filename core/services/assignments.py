"""Who an order's photos are waiting for."""

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from core.models import EventName, Order, Photo, PhotoState, Role, Staff
from core.services import history


def assign(session: Session, order: Order) -> None:
    """Give an order that nobody has to the active processor with the least waiting."""
    if order.assignee_id is not None:
        return
    order.assignee_id = _least_loaded(session)
    _record(session, order)


def give_to(session: Session, order: Order, staff_id: int | None) -> None:
    """Give the order to this person, if still active, else to whoever has the least waiting."""
    is_active = staff_id is not None and session.scalar(
        select(Staff.is_active).where(Staff.id == staff_id)
    )
    assignee_id = staff_id if is_active else _least_loaded(session)
    if assignee_id != order.assignee_id:
        order.assignee_id = assignee_id
        _record(session, order)


def _record(session: Session, order: Order) -> None:
    history.record(
        session,
        EventName.ORDER_ASSIGNED,
        shop_id=order.shop_id,
        order_id=order.id,
        assignee=order.assignee_id,
    )


def _least_loaded(session: Session) -> int | None:
    session.flush()
    waiting = (
        select(Order.assignee_id, func.count().label("photos"))
        .join(Photo, Photo.order_id == Order.id)
        .where(
            Order.assignee_id.is_not(None),
            Photo.state.in_([PhotoState.FETCHING, PhotoState.TO_CHECK, PhotoState.IN_REVIEW]),
        )
        .group_by(Order.assignee_id)
        .subquery()
    )
    return session.scalar(
        select(Staff.id)
        .outerjoin(waiting, waiting.c.assignee_id == Staff.id)
        .where(Staff.is_active)
        # Managers only where there is no processor.
        .order_by(
            case((Staff.role == Role.PROCESSOR, 0), else_=1),
            func.coalesce(waiting.c.photos, 0),
            Staff.id,
        )
        .limit(1)
    )
