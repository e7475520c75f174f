"""What there is to say of an order that was asked for, before what is on it."""

from collections.abc import Container

import streamlit as st

from core.integrations.shopify.order_references import OrderReference
from core.queries.property_rules import KnownOrder
from core.ui import plain, shop_words
from core.ui.asked_order import Asked


def unfit(reference: OrderReference, stores: Container[str]) -> str | None:
    """Why there is nothing to ask for; `stores` are those that are connected."""
    if reference.store and reference.store not in stores:
        return "That address is of another shop."
    return None if reference.could_be_one else "That is no order number."


def draw(asked: Asked, known: KnownOrder | None) -> None:
    if asked.error:
        st.error(shop_words.refusal(asked.error), icon=":material/cloud_off:")
    elif asked.order is None:
        st.warning(_not_shown(known), icon=":material/search_off:")
    else:
        order = asked.order
        st.subheader(plain.label(order.name))
        if known is not None:
            # No button of Streamlit's: its links open another tab.
            st.html(f"<a class='plain' href='/orders?order={known.id}'>Open the order's page</a>")
        if order.is_cancelled:
            st.info("This order is cancelled: its photos are not printed.", icon=None)
        if known is None:
            st.info("Loupe has not taken this order over yet.", icon=None)
        elif known.is_erased:
            st.info(
                "Loupe has forgotten this order's customer, and takes nothing from it any more. "
                "What follows is what Shopify still shows.",
                icon=None,
            )


def _not_shown(known: KnownOrder | None) -> str:
    if known and known.is_erased:
        return "Loupe has forgotten this order's customer, and Shopify shows the order no more."
    if known and known.is_deleted:
        return "This order was deleted in Shopify."
    return (
        "Shopify shows no such order of this shop. See whether the number is right, with all that "
        "stands before and after it. Orders older than 60 days are shown only to apps that have "
        "the permission read_all_orders."
    )
