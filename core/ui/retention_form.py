"""How long a shop remembers its customers, and whom a change would make it forget."""

import streamlit as st

from core import db
from core.errors import RetentionImplausible
from core.models import Role
from core.queries import erasable
from core.services import shops
from core.ui import actions, auth, format

_WHAT = """
- **Which:** finished orders only: released, shipped or cancelled, with every photo decided.
- **Erased for good:** the customer's name, e-mail address and language; the order's note and tags;
  its photos and what was measured on them; comments, answers and mails. Shopify keeps its own copy.
- **Kept for the statistics:** the order's number and products, the decisions with their reasons,
  what was noticed, and when everything happened.
"""


def draw(shop_id: int) -> None:
    with db.transaction() as session:
        saved = erasable.retention_days(session, shop_id)
    key = f"retention_{shop_id}"
    # Not as its `value`: a field that begins with a number cannot be emptied.
    st.session_state.setdefault(key, saved)
    with st.container(border=True, key="retention"):
        days = st.number_input(
            "Forget customers after so many days",
            min_value=0,
            value=None,
            step=30,
            placeholder="Never",
            key=key,
            help="Counted from the day when the order was released, or else from its last change "
            "in Shopify. Empty: nobody is forgotten.",
            width=320,
        )
        st.caption(_WHAT)
        _say_effect(shop_id, days, saved)
        # With the number whose effect is on the screen, not with one just typed over it.
        st.button(
            "Save",
            key=f"save_retention_{shop_id}",
            disabled=days == saved,
            on_click=_save,
            args=(shop_id, days),
        )


def _say_effect(shop_id: int, days: int | None, saved: int | None) -> None:
    if days is None:
        st.info("Nobody is forgotten: orders stay until somebody erases them.", icon=None)
        return
    if days not in shops.RETENTION:
        st.error(str(RetentionImplausible()), icon=None)
        return
    with db.transaction() as session:
        due = erasable.count_expired(session, shop_id, days)
    number = format.count_to(due, erasable.COUNTED) if due else "No"
    orders = "orders" if due > 1 else "order"
    would = "will" if days == saved else "would"
    say, follows = (st.warning, "Every other one follows") if due else (st.info, "Each follows")
    say(
        f"{number} {orders} {would} be forgotten tonight. {follows} {format.counted(days, 'day')} "
        "after it is finished.",
        icon=None,
    )


def _save(shop_id: int, days: int | None) -> None:
    done = "forgotten" if days is None else f"forgotten after {format.counted(days, 'day')}"
    who = "Nobody is" if days is None else "Customers are"
    with actions.action(f"Saved. {who} {done}") as session:
        manager = auth.signed_in(Role.MANAGER)
        shops.set_retention(session, shop_id, days, manager=manager)
