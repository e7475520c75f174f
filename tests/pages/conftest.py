"""A browser's cookies for `AppTest`, which has none of its own."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.runtime import context

Hold = Callable[[str, str], None]


@pytest.fixture
def hold_cookie(monkeypatch: pytest.MonkeyPatch) -> Hold:
    """Have the browser hold a cookie from now on."""
    held: dict[str, str] = {}
    client = SimpleNamespace(cookies=held, headers=[("Host", "localhost:8501")])
    monkeypatch.setattr(context, "_get_client_context", lambda: client)
    return held.__setitem__


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The session state of a screen, for gestures that no `AppTest` can make."""
    held: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", held)
    return held
