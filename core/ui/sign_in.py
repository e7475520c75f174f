"""The sign-in screen: streamlit-authenticator's form over our own accounts and sessions.

Of the library we use the form. Its cookie is written by JavaScript and outlives a sign-out, so
a ticket for an HttpOnly one takes its place; its count of attempts lives in one process only.
"""

from typing import Any

import streamlit as st
from streamlit_authenticator import Authenticate
from streamlit_authenticator.controllers import AuthenticationController
from streamlit_authenticator.utilities import LoginError

from core import db
from core.errors import TooManyAttempts
from core.queries import access
from core.services import staff, throttle
from core.ui import auth, state

_FIELDS = {
    "Form name": "Sign in",
    "Username": "Username",
    "Password": "Password",
    "Login": "Sign in",
}


def screen() -> None:
    st.title("Loupe")
    with db.transaction() as session:
        credentials = staff.credentials(session)
        is_demo = access.is_demo(session)
    # What an earlier run or person left says nothing about this one.
    st.session_state[state.FORM_STATUS] = None
    place = st.empty()
    with place.container():
        try:
            form(credentials).login(fields=_FIELDS)
        except LoginError as error:
            st.error(str(error))
        if st.session_state[state.FORM_STATUS] is False:
            st.error("Username or password is not right.")
        if is_demo:
            st.caption(_demo_hint())
    ticket = st.session_state.pop(state.TICKET, None)
    if ticket is not None:
        with place.container():
            st.write("Signing in…")
            _begin_session(ticket)


def end_session() -> None:
    """Have the browser drop its cookie and start again."""
    st.html(
        """<script>
        fetch("/session", {method: "DELETE", headers: {"X-Loupe": "1"}})
            .finally(() => location.assign("/"))
        </script>""",
        unsafe_allow_javascript=True,
    )


def _begin_session(ticket: str) -> None:
    # Only an answer over HTTP can set an HttpOnly cookie; the reload keeps the page asked for.
    st.html(
        f"""<script>
        fetch("/session", {{
            method: "POST",
            headers: {{"X-Loupe": "1", "Authorization": "Bearer {ticket}"}},
        }}).finally(() => location.reload())
        </script>""",
        unsafe_allow_javascript=True,
    )


def form(credentials: dict[str, Any]) -> Any:
    """Return the library's form, put together without its constructor and the cookie in it."""
    controller = AuthenticationController(credentials, auto_hash=False)
    controller.authentication_model.check_credentials = lambda username, password: _may_enter(
        credentials, username, password
    )
    made = object.__new__(Authenticate)
    made.authentication_controller = controller
    made.cookie_controller = _Tickets()
    made.path = None
    made.attrs = {"login_sleep_time": 0}
    return made


class _Tickets:
    """Stands where the library keeps its cookie."""

    def get_cookie(self) -> None:
        """Nobody who sees the form is signed in."""

    def set_cookie(self) -> None:
        """After a correct password."""
        with db.transaction() as session:
            ticket = staff.mint_ticket(session, st.session_state[state.FORM_USERNAME])
        st.session_state[state.TICKET] = ticket


def _may_enter(credentials: dict[str, Any], username: str, password: str) -> bool:
    with db.transaction() as session:
        may_try = throttle.may_sign_in(session, username, auth.address())
    if not may_try:
        raise LoginError(str(TooManyAttempts()))
    person = credentials["usernames"].get(username, {})
    if not staff.is_password(person.get("password"), password):
        return False
    with db.transaction() as session:
        throttle.signed_in(session, username, auth.address())
    return True


def _demo_hint() -> str:
    return (
        "This is the demo. Sign in as ada or bob, who review photos, or as mia, who manages the "
        "shop. The password stands where Loupe was started."
    )
