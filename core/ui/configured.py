"""A web part that starts with the settings it is safe with, or not at all."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

from core.errors import CannotStart

#: Those of `.streamlit/config.toml` that safety hangs on. Streamlit finds the file by the working
#: directory and says nothing when it does not.
_EXPECTED = {
    "client.showErrorDetails": "none",
    "server.trustedUserHeaders": {"X-Loupe-User": "id", "X-Loupe-Session": "session"},
    "server.enableStaticServing": False,
    "server.scriptHealthCheckEnabled": False,
    "global.developmentMode": False,
}


@asynccontextmanager
async def configured(_: st.App) -> AsyncIterator[None]:
    for name, expected in _EXPECTED.items():
        if st.get_option(name) != expected:
            raise CannotStart(
                f"Streamlit's option {name} is not {expected!r}: start Loupe in its own folder, "
                "which holds .streamlit/config.toml."
            )
    yield
