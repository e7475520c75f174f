import streamlit as st

from core.models import Role
from core.ui import auth, issue_desk

auth.guard(Role.PROCESSOR)


@st.fragment
def grid() -> None:
    # A fragment may run without the page around it.
    issue_desk.draw(actor=auth.guard(Role.PROCESSOR))


st.title("Image issues")

grid()
