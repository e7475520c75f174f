import streamlit as st

from core.models import Role
from core.ui import auth, desk, filters, sync_line

reviewer = auth.guard(Role.PROCESSOR)


@st.fragment
def grid() -> None:
    # A fragment may run without the page around it.
    desk.draw(view, reviewer=auth.guard(Role.PROCESSOR))


title, sync = st.columns([3, 2], vertical_alignment="bottom")
title.title("Image approval")
view = filters.draw(reviewer.id)

desk.look_anew()
grid()
# After the grid, which notes what is the newest that it shows.
with sync:
    sync_line.draw()
