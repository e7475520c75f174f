"""Connect a shop: what to click in Shopify, and where to paste what it shows."""

import sys
from pathlib import Path

import streamlit as st

from core import clients, db
from core.config import ROOT
from core.errors import AppError, OwnAccountNeeded, Unavailable
from core.models import Role
from core.services import connections
from core.services.actors import Actor
from core.ui import auth, plain, shop_words, state

_FIELDS = ("domain", "client_id", "client_secret", "access_token")


def draw_condition(manager: Actor) -> bool:
    """Say what the demo's people do first; return whether this person may go on."""
    try:
        with db.transaction() as session:
            connections.admit(session, manager)
    except OwnAccountNeeded as error:
        st.info(str(error), icon=":material/person_add:")
        st.code(_first_manager(), language=None, wrap_lines=True)
        return False
    return True


def _first_manager() -> str:
    python = Path(sys.executable)
    if python.is_relative_to(ROOT):
        python = python.relative_to(ROOT)
    return f'{python} -m core staff add YOUR-NAME --name "Your Name" --role manager'


def draw(*, may_connect: bool) -> None:
    for number, step in enumerate(shop_words.STEPS, start=1):
        st.text(f"{number}.  {step}")
        if step.endswith(":"):
            st.code(shop_words.SCOPE_LIST, language=None, wrap_lines=True)
    if may_connect:
        _draw_form()


def _draw_form() -> None:
    st.text(f"{len(shop_words.STEPS) + 1}.  Paste them here. Loupe keeps them encrypted.")
    if connected := st.session_state.pop(state.CONNECTED, None):
        st.success(connected, icon=":material/task_alt:")
        # With what was pasted, the next shop would begin with this one's secrets.
        st.session_state.update(dict.fromkeys(map(_key, _FIELDS), ""))
    with st.form("connect", enter_to_submit=False, width=560):
        st.text_input("Shop", key=_key("domain"), placeholder="my-shop.myshopify.com")
        st.text_input("Client ID", key=_key("client_id"), autocomplete="off")
        _secret("Client secret", "client_secret")
        with st.expander("An older app with an access token"):
            st.caption(
                "Apps made in the shop's admin before 2026 show a token that begins with shpat_. "
                "Paste it here, with the API secret key above, and leave the client ID empty."
            )
            _secret("Access token", "access_token")
        is_sent = st.form_submit_button("Check and connect", type="primary", icon=":material/link:")
    if is_sent:
        _connect()


def _connect() -> None:
    """Ask Shopify first: what does not open the shop is not kept."""
    given = {name: str(st.session_state[_key(name)]) for name in _FIELDS}
    try:
        with st.spinner("Asking Shopify …"):
            manager = auth.signed_in(Role.MANAGER)
            with db.transaction() as session:
                connections.admit(session, manager)
            credentials = connections.credentials(given.pop("domain"), **given)
            token, found = clients.look_in(credentials)
        with db.transaction() as session:
            connections.connect(session, credentials, token, found, manager=manager)
    except AppError as error:
        st.error(str(error), icon=":material/error:")
    except Unavailable as error:
        st.error(shop_words.refusal(error.code), icon=":material/error:")
    else:
        st.session_state[state.CONNECTED] = (
            f"{plain.label(found.name)} is connected and watched: its orders of the last 60 days "
            "come in now."
        )
        st.rerun()


def _secret(label: str, name: str) -> None:
    st.text_input(label, key=_key(name), type="password", autocomplete="off")


def _key(name: str) -> str:
    return f"connect_{name}"
