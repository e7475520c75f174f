"""A staff page as one person sees it."""

import json
from typing import Any

from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.config import ROOT
from core.services import staff
from core.services.actors import Actor
from tests.pages.conftest import Hold


def sign_in(session: Session, hold_cookie: Hold, person: Actor) -> None:
    """Have the browser hold the cookie of a session of theirs."""
    token = staff.open_session(session, staff.mint_ticket(session, person.username))
    assert token is not None
    hold_cookie("loupe_staff", token)


def open_page(name: str, **query: str) -> AppTest:
    app = AppTest.from_file(ROOT / "pages" / f"{name}.py", default_timeout=30)
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def grid(app: AppTest) -> Any:
    """What the grid of the page was given to draw."""
    (component,) = app.get("bidi_component")
    return json.loads(component.proto.json)


def words(app: AppTest) -> str:
    """Everything that can be read on the page."""
    assert not app.exception
    kinds = ("title", "text", "caption", "code", "info", "success", "warning", "error")
    plain = [getattr(element, "value", "") for kind in kinds for element in app.get(kind)]
    html = [element.proto.body for element in app.get("html")]
    metrics = [f"{metric.label} {metric.value}" for metric in app.metric]
    return "\n".join(map(str, [*plain, *html, *metrics]))
