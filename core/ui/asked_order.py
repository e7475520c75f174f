"""An order that somebody named, read from Shopify while they wait.

On the page rather than by a job: the answer is for this one screen, holds a customer's words, and
is to be kept nowhere. No transaction is open meanwhile.
"""

from dataclasses import dataclass, replace

import streamlit as st

from core import clients
from core.errors import Unavailable
from core.integrations.shopify.order_references import OrderReference
from core.integrations.shopify.orders import ShopifyOrder
from core.ui import state


@dataclass(frozen=True)
class Asked:
    shop_id: int
    reference: OrderReference
    order: ShopifyOrder | None  #: None: Shopify shows none
    error: str | None = None  #: As `Unavailable.code`


def ask(shop_id: int, reference: OrderReference) -> Asked:
    """Ask once: what a rule changes is told from the answer that is on the screen."""
    known = st.session_state.get(state.ASKED_ORDER)
    if isinstance(known, Asked) and (known.shop_id, known.reference) == (shop_id, reference):
        return known
    with st.spinner("Asking Shopify …"):
        asked = _ask(shop_id, reference)
    st.session_state[state.ASKED_ORDER] = asked
    return asked


def forget() -> None:
    st.session_state.pop(state.ASKED_ORDER, None)


def _ask(shop_id: int, reference: OrderReference) -> Asked:
    try:
        with clients.of_pages().admin(shop_id) as client:
            order = (
                client.order(reference.id) if reference.id else client.order_named(reference.name)
            )
    except Unavailable as error:
        return Asked(shop_id, reference, None, error.code)
    # Of the customer, nothing is needed here.
    bare = replace(order, customer=None, email=None, note=None) if order else None
    return Asked(shop_id, reference, bare)
