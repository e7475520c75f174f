"""Our gate, routes and settings around a page that shows what a page may do."""

from pathlib import Path

import streamlit as st
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from core.ui.apology import apologise
from core.ui.configured import configured
from core.web.routes import middleware, routes


def fail(_: Request) -> Response:
    raise RuntimeError("SELECT secret_column FROM staff -- /srv/loupe hunter2")


app = st.App(
    Path(__file__).with_name("page.py"),
    routes=[*routes(), Route("/fail", fail)],
    middleware=middleware(),
    lifespan=configured,
    on_script_error=apologise,
)
