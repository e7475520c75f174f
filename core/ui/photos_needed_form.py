"""How many photos a product needs, where a manager knows better than its orders."""

import streamlit as st

from core.models import Role
from core.queries.products import PrintedProduct
from core.services import products
from core.ui import actions, auth, format


def said(product: PrintedProduct) -> str:
    """ "needs 3 photos"; "" where its orders show it."""
    if product.photos_needed is None:
        return ""
    if product.photos_needed == 0:
        return "needs no photo"
    return f"needs {format.counted(product.photos_needed, 'photo')}"


def draw(product: PrintedProduct) -> None:
    key = f"photos_of_{product.id}_{product.photos_needed}"
    # Not as its `value`: a field that begins with a number cannot be emptied.
    st.session_state.setdefault(key, product.photos_needed)
    with st.form(f"photos_{product.id}", border=False):
        st.number_input(
            "Photos that each needs",
            min_value=0,
            value=None,
            step=1,
            placeholder="As its orders show",
            key=key,
            help="A line with fewer is shown under To check. 0: it needs none. Empty: one, where "
            "other orders came with a photo.",
        )
        st.form_submit_button(
            "Save", key=f"save_photos_{product.id}", on_click=_save, args=(product.id, key)
        )


def _save(product_id: int, key: str) -> None:
    photos = st.session_state[key]
    with actions.action("Saved. Open orders are read again now, within a minute or two") as session:
        manager = auth.signed_in(Role.MANAGER)
        products.set_photos_needed(session, product_id, photos, manager=manager)
