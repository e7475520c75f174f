import streamlit as st

from core.models import Role
from core.ui import auth, desk, state, sync_line

auth.guard(Role.PROCESSOR)


def start_over() -> None:
    st.session_state[state.TRAIL] = []


@st.fragment
def grid() -> None:
    # A fragment may run without the page around it.
    reviewer = auth.guard(Role.PROCESSOR)
    desk.draw(mine=whose == "Mine", search=search, reviewer=reviewer)


title, sync = st.columns([3, 2], vertical_alignment="bottom")
title.title("Image approval")
filters, finder = st.columns([3, 2], vertical_alignment="bottom")
with filters:
    whose = st.segmented_control(
        "Whose photos",
        ["Mine", "Everybody's"],
        default="Mine",
        required=True,
        key="whose",
        bind="query-params",
        on_change=start_over,
        label_visibility="collapsed",
    )
with finder:
    search = st.text_input(
        "Search",
        key="search",
        bind="query-params",
        placeholder="Order number or e-mail",
        icon=":material/search:",
        on_change=start_over,
        label_visibility="collapsed",
    )

grid()
# After the grid, which notes what is the newest that it shows.
with sync:
    sync_line.draw()
