"""How fresh our copy of the shops is, and the button that refreshes it."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st
from sqlalchemy.orm import Session

from core import db
from core.errors import NotFound
from core.models import Role, utc_now
from core.queries import sync_state
from core.queries.queue_choices import COUNTED
from core.queries.sync_state import SyncState
from core.services import sync
from core.ui import actions, auth, format, plain, state

_AGAIN = "Trying again every minute."
_REASONS = {
    "unreadable_orders": "Some orders could not be read: the worker's log names them.",
    "unauthorized": "The shop does not let us in any more: see Shops.",
    "access_denied": "Loupe lacks a permission in this shop: see Shops.",
    "locked": "The shop is frozen, or locked by Shopify.",
    "stopped": f"The last reading was stopped. {_AGAIN}",
}


@st.fragment(run_every="3s")
def draw() -> None:
    auth.guard(Role.PROCESSOR)
    with db.transaction() as session:
        shops = sync_state.states(session, utc_now())
        arrived = _arrived(session)
    if not shops:
        st.caption("No shop is connected.")
        return
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        now = utc_now()
        st.caption(line(shops, now), width="content", help=_each(shops, now))
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
            args=([shop.shop_id for shop in shops],),
            disabled=all(shop.is_running for shop in shops),
        )


def _arrived(session: Session) -> int:
    """How many photos the grid would show besides those that it was drawn with."""
    if state.NEWEST not in st.session_state:
        return 0
    return sync_state.arrivals(
        session, st.session_state[state.VIEW], after=st.session_state[state.NEWEST]
    )


def start(shops: Sequence[int]) -> None:
    with actions.action() as session:
        auth.signed_in(Role.PROCESSOR)
        # What was disconnected since is left out.
        known = [shop_id for shop_id in sync_state.shop_ids(session) if shop_id in shops]
        if not known:
            raise NotFound
        for shop_id in known:
            sync.start(session, shop_id)


def line(shops: Sequence[SyncState], now: datetime) -> str:
    """Of the shop that people should know of first, named where there are several."""
    return _named(shops[0], now) if len(shops) > 1 else _words(shops[0], now)


def _each(shops: Sequence[SyncState], now: datetime) -> str | None:
    return "\n\n".join(_named(shop, now) for shop in shops) if len(shops) > 1 else None


def _named(shop: SyncState, now: datetime) -> str:
    return f"{plain.label(shop.shop_name)}: {_words(shop, now)}"


def _words(shop: SyncState, now: datetime) -> str:
    if shop.is_importing:
        return f"Reading the shop: {_progress(shop)} …"
    if shop.is_stale(now) and shop.read_at is not None:
        since = format.clock(shop.read_at, now, shop.time_zone)
        if shop.error is None and not shop.is_running:
            return f"Not read since {since}: the worker may have stopped."
        return f"No answer since {since}. {_REASONS.get(shop.error or '', _AGAIN)}"
    if shop.error and not shop.is_running:
        return _REASONS.get(shop.error, f"The shop did not answer. {_AGAIN}")
    if shop.is_running and shop.orders:
        return f"Reading the shop: {format.counted(shop.orders, 'order')} so far …"
    if shop.fetching:
        return f"Fetching {format.counted(shop.fetching, 'photo')} …"
    if shop.read_at is None:
        return "Reading the shop …" if shop.is_running else "Not read yet"
    return f"Up to date {format.ago(shop.read_at)}"


def _progress(shop: SyncState) -> str:
    if not shop.expected:
        return format.counted(shop.orders, "order") + " so far"
    # Orders come in and go while they are read.
    about = f"about {format.counted(max(shop.expected, shop.orders), 'order')}"
    return f"{shop.orders:,} of {about}" if shop.orders else about
