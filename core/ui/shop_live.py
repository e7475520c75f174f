"""Switch a shop on: which order is the first that counts, and what that does."""

import streamlit as st

from core import db
from core.models import Role
from core.queries import going_live
from core.queries.shops import ShopStanding
from core.services import connections
from core.ui import actions, auth, format, shop_words

_NEXT = 0


def draw(shop: ShopStanding) -> None:
    with st.container(border=True, key=f"live_{shop.id}"):
        st.subheader("Go live")
        st.caption(
            "Now photos come in and can be looked at, but nothing leaves: no mail, no hold, no "
            "tag. Choose the first order that counts; older ones are left alone."
        )
        with db.transaction() as session:
            orders = {each.id: each for each in going_live.orders(session, shop.id)}
        names = {_NEXT: "The next order that is placed"} | {
            id_: f"{order.name}, placed {format.ago(order.placed_at)}"
            for id_, order in orders.items()
        }
        chosen = st.selectbox(
            "First order that counts",
            list(names),
            format_func=names.__getitem__,
            key=f"first_{shop.id}",
            width=360,
        )
        with db.transaction() as session:
            effect = going_live.preview(session, shop.id, chosen or None)
        st.info(shop_words.preview(effect), icon=":material/info:")
        if not shop.places_holds:
            st.warning("Holds are switched off: orders may ship unapproved.")
        if shop.lacking:
            st.caption("First the app needs the permissions that are missing.")
        with st.popover("Go live", icon=":material/rocket_launch:", disabled=bool(shop.lacking)):
            st.text(f"{names[chosen]}. {shop_words.preview(effect)}")
            st.button(
                "Go live now",
                key=f"go_live_{shop.id}",
                type="primary",
                on_click=_go_live,
                args=(shop.id, chosen or None),
            )


def _go_live(shop_id: int, first: int | None) -> None:
    with actions.action("Live. Holds are placed in the next minutes") as session:
        connections.go_live(session, shop_id, first, manager=auth.signed_in(Role.MANAGER))
