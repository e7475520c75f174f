"""The pages of a grid: which one is shown, and how another comes to be."""

from collections.abc import Hashable, Sequence

import streamlit as st

from core import db
from core.models import Role
from core.queries import queue_choices
from core.queries.issue_queue import IssueView
from core.queries.queue_view import View
from core.queries.review_queue import GridPhoto, Place
from core.ui import auth
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


@st.fragment(run_every="3s")
def wait_for_more(view: View | IssueView, trail_key: str) -> None:
    """Draw the page anew once there is something to see."""
    auth.guard(Role.PROCESSOR)
    with db.transaction() as session:
        is_there = queue_choices.count(session, {"view": view})["view"] > 0
    if is_there:
        st.session_state[trail_key] = []
        st.rerun()
