"""The pages of a grid that were turned before the one that is shown."""

from collections.abc import Hashable, Sequence

import streamlit as st

from core.queries.review_queue import GridPhoto, Place
from core.ui.photo_grid import Turn


def trail(view: object, view_key: str, trail_key: str) -> list[Place]:
    """Where the pages before this one end; another view begins at its first."""
    # Compared, since the address of a page may change the filters without a widget's callback.
    if st.session_state.get(view_key) != view:
        st.session_state[view_key] = view
        st.session_state[trail_key] = []
    places: list[Place] = st.session_state[trail_key]
    return places


def arrangement(view: Hashable, trail: Sequence[Place], newest: int = 0) -> str:
    """Name what the order of a page hangs on: the grid lets nothing move while it is the same."""
    return str(hash((view, *trail, newest)))


def turn(turned: Turn, page: Sequence[GridPhoto], trail_key: str) -> None:
    places: list[Place] = st.session_state[trail_key]
    if turned is Turn.NEXT and page:
        places.append(page[-1].place)
    elif turned is Turn.PREVIOUS and places:
        places.pop()
