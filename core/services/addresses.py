"""Where an order's mail goes, as staff have corrected it."""

import re

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from core.errors import AddressImplausible, NotFound
from core.models import EventName, Message, MessageState, Order, Role
from core.services import history, links, locks
from core.services.actors import Actor

_LONGEST = 254  # RFC 5321, 4.5.3.1.3, without the brackets
#: Whether it exists, only a mail can tell: what could not be one at all is refused.
_PLAUSIBLE = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[\w-]+(\.[\w-]+)+")


def is_plausible(address: str) -> bool:
    return (
        len(address) <= _LONGEST
        and address.isprintable()
        and _PLAUSIBLE.fullmatch(address) is not None
    )


def correct(session: Session, order_id: int, address: str, *, actor: Actor) -> None:
    """Have the order's mail go there from now on, also what waits to be sent.

    What Shopify knows stays as it is, and is what counts again once both are the same. Links that
    were mailed to the address before let nobody in any more. Raises `AddressImplausible`.
    """
    actor.require(Role.PROCESSOR)
    address = address.strip()
    if not is_plausible(address):
        raise AddressImplausible
    locks.order(session, order_id)
    order = session.get(Order, order_id, populate_existing=True)
    if order is None or order.erased_at is not None:
        raise NotFound
    if address == order.address:
        return
    order.mail_to = None if address == order.email else address
    link = links.order_url(order)
    order.link_epoch += 1
    new_link = links.order_url(order)
    session.execute(
        update(Message)
        .where(Message.order_id == order_id, Message.state == MessageState.QUEUED)
        .values(
            to=address,
            text=func.replace(Message.text, link, new_link),
            html=func.replace(Message.html, link, new_link),
        )
    )
    # Not what it is: events are never blanked.
    history.record(
        session,
        EventName.ORDER_CHANGED,
        shop_id=order.shop_id,
        order_id=order_id,
        actor=actor,
        has_address=True,
    )
