"""A browser's cookies for `AppTest`, which has none of its own."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from streamlit.runtime import context

Hold = Callable[[str, str], None]


@pytest.fixture
def hold_cookie(monkeypatch: pytest.MonkeyPatch) -> Hold:
    """Have the browser hold a cookie from now on."""
    held: dict[str, str] = {}
    client = SimpleNamespace(cookies=held, headers=[("Host", "localhost:8501")])
    monkeypatch.setattr(context, "_get_client_context", lambda: client)
    return held.__setitem__
