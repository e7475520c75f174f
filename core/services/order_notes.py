"""What staff did about an order outside Loupe."""

from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core.errors import MessageRequired, MessageTooLong, NotFound
from core.models import EventName, Order, OrderNote, OrderNoteKind, Role
from core.services import history, locks
from core.services.actors import Actor

LONGEST = 2000


def write(
    session: Session,
    order_id: int,
    kind: OrderNoteKind,
    text: str,
    *,
    actor: Actor,
    request: UUID,
) -> None:
    """Note it in the order's history. The same `request` a second time is the same note."""
    actor.require(Role.PROCESSOR)
    text = text.replace("\0", "").strip()
    if not text and kind is OrderNoteKind.NOTE:
        raise MessageRequired
    if len(text) > LONGEST:
        raise MessageTooLong
    locks.order(session, order_id)
    order = session.get(Order, order_id, populate_existing=True)
    if order is None or order.erased_at is not None:
        raise NotFound
    is_written = exists().where(OrderNote.order_id == order_id, OrderNote.request == request)
    if session.scalar(select(is_written)):
        return
    note = OrderNote(order_id=order_id, staff_id=actor.id, kind=kind, text=text, request=request)
    session.add(note)
    session.flush()
    history.record(
        session,
        EventName.ORDER_NOTED,
        shop_id=order.shop_id,
        order_id=order_id,
        actor=actor,
        order_note=note.id,
    )
