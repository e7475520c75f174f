"""Where the web part starts: `uvicorn Home:app`, or `streamlit run Home.py`."""

import streamlit as st

from core.config import ROOT
from core.ui.apology import apologise
from core.ui.configured import configured
from core.web.routes import middleware, routes

app = st.App(
    ROOT / "core/ui/router.py",
    routes=routes(),
    middleware=middleware(),
    lifespan=configured,
    on_script_error=apologise,
)
