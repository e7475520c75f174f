"""How much there is of everything: for the menu, for `status` and for monitoring."""

from dataclasses import dataclass

from sqlalchemy import Text, cast, column, func, select, table
from sqlalchemy.orm import Session

from core.models import Message, MessageState, Order, Photo, PhotoState


@dataclass(frozen=True, slots=True)
class Status:
    """Each field: how many, by state."""

    photos: dict[str, int]
    orders: dict[str, int]
    messages: dict[str, int]
    jobs: dict[str, int]


def photos_by_state(session: Session) -> dict[PhotoState, int]:
    rows = session.execute(select(Photo.state, func.count()).group_by(Photo.state)).all()
    return {state: dict(rows).get(state, 0) for state in PhotoState}


def status(session: Session) -> Status:
    jobs = table("procrastinate_jobs", column("status"))
    order_state = select(
        func.count(),
        func.count(Order.released_at),
        func.count(Order.cancelled_at),
    )
    total, released, cancelled = session.execute(order_state).one()
    messages = dict(
        session.execute(select(Message.state, func.count()).group_by(Message.state)).all()
    )
    by_status = session.execute(
        select(cast(jobs.c.status, Text), func.count()).group_by(jobs.c.status)
    ).all()
    return Status(
        photos={state.value: count for state, count in photos_by_state(session).items()},
        orders={"total": total, "released": released, "cancelled": cancelled},
        messages={state.value: messages.get(state, 0) for state in MessageState},
        jobs={"todo": 0, "doing": 0, "succeeded": 0, "failed": 0, **dict(by_status)},
    )
