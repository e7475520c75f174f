"""How fresh our copy of the shop is, and the button that refreshes it."""

import streamlit as st
from sqlalchemy.orm import Session

from core import db
from core.errors import NotFound
from core.models import Role
from core.queries import sync_state
from core.queries.queue_choices import COUNTED
from core.queries.sync_state import SyncState
from core.services import sync
from core.ui import actions, auth, format, state


@st.fragment(run_every="3s")
def draw() -> None:
    auth.guard(Role.PROCESSOR)
    with db.transaction() as session:
        found = sync_state.state(session)
        arrived = _arrived(session)
    if found is None:
        st.caption("No shop is connected.")
        return
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        st.caption(_words(found), width="content")
        # Announced rather than drawn: nothing moves under the hand of whoever is choosing.
        if arrived and st.button(
            f"{format.count_to(arrived, COUNTED)} new",
            key="show_new",
            icon=":material/fiber_new:",
            type="primary",
            help="Show the photos that came in since",
        ):
            st.rerun()
        st.button(
            "Sync now",
            key="sync_now",
            icon=":material/sync:",
            on_click=start,
            args=(found.shop_id,),
            disabled=found.is_running,
        )


def _arrived(session: Session) -> int:
    """How many photos the grid would show besides those that it was drawn with."""
    if state.NEWEST not in st.session_state:
        return 0
    return sync_state.arrivals(
        session, st.session_state[state.VIEW], after=st.session_state[state.NEWEST]
    )


def start(shop_id: int) -> None:
    with actions.action() as session:
        auth.signed_in(Role.PROCESSOR)
        if shop_id not in sync_state.shop_ids(session):
            raise NotFound
        sync.start(session, shop_id)


def _words(found: SyncState) -> str:
    if found.is_running:
        return f"Reading the shop: {format.counted(found.orders, 'order')} so far …"
    if found.fetching:
        return f"Fetching {format.counted(found.fetching, 'photo')} …"
    if found.error == "unreadable_orders":
        return "Some orders could not be read: the worker's log names them."
    if found.error:
        return "The shop did not answer. Trying again every minute."
    if found.finished_at is None:
        return "Not read yet"
    return f"Up to date {format.ago(found.finished_at)}"
