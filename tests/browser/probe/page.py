import streamlit as st

from core.errors import NotAllowed
from core.models import Role
from core.ui import auth

st.session_state.setdefault("outcomes", [])


def manage(how: str) -> None:
    try:
        auth.signed_in(Role.MANAGER)
    except NotAllowed:
        st.session_state.outcomes.append(f"{how} refused")
    else:
        st.session_state.outcomes.append(f"{how} done")


def fail() -> None:
    raise RuntimeError("SELECT secret_column FROM staff -- /srv/loupe hunter2")


@st.fragment
def fragment() -> None:
    if st.button("Fragment"):
        manage("fragment")
    st.text("In the fragment: " + ", ".join(st.session_state.outcomes))


st.button("Callback", on_click=manage, args=("callback",))
if st.button("Click"):
    manage("click")
fragment()
if st.button("Fail"):
    fail()
st.button("Fail in a callback", on_click=fail)
