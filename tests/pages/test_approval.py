import json
from typing import Any
from uuid import uuid4

import pytest
import streamlit as st
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.models import PhotoState, Verdict
from core.ui import desk, state
from core.ui.photo_grid import Decided
from core.ui.photo_grid.gestures import SeenPhoto
from tests.cast import Cast, CastOrder
from tests.pages.conftest import Hold
from tests.pages.staff_page import open_page, sign_in, words


def grid(page: AppTest) -> Any:
    (component,) = page.get("bidi_component")
    return json.loads(component.proto.json)


def decision(cast: Cast, order: CastOrder, verdict: Verdict, *reasons: str) -> Decided:
    return Decided(
        request=uuid4(),
        verdict=verdict,
        photos=tuple(SeenPhoto(photo.id, photo.version) for photo in order.photos),
        reasons=tuple(cast.reason(code) for code in reasons),
        comment="",
    )


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The session state of a screen, for gestures that no `AppTest` can make."""
    held: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", held)
    return held


def test_the_grid_shows_ones_own_photos(cast: Cast, session: Session, hold_cookie: Hold) -> None:
    order = cast.order(photos=2)
    sign_in(session, hold_cookie, cast.ada)

    rows = grid(open_page("approval"))["photos"]

    assert [row["id"] for row in rows] == [photo.id for photo in order.photos]
    assert rows[0]["order_name"] == order.order.name


def test_whoever_has_none_is_pointed_to_those_of_others(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    cast.order(photos=3)
    sign_in(session, hold_cookie, cast.bob)

    assert "3 of other people's photos do" in words(open_page("approval"))


def test_everybodys_photos_are_one_click_away(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    cast.order(photos=3)
    sign_in(session, hold_cookie, cast.bob)

    assert len(grid(open_page("approval", whose="Everybody's"))["photos"]) == 3


def test_a_search_finds_an_order_by_its_number(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    cast.order()
    wanted = cast.order()
    sign_in(session, hold_cookie, cast.ada)

    rows = grid(open_page("approval", search=wanted.order.name.removeprefix("#")))["photos"]

    assert [row["order_name"] for row in rows] == [wanted.order.name]


def test_a_decision_is_answered_with_what_became_of_it(
    cast: Cast, session: Session, hold_cookie: Hold, screen: dict[str, Any]
) -> None:
    order = cast.order(photos=2)
    sign_in(session, hold_cookie, cast.ada)
    decided = decision(cast, order, Verdict.REJECTED, "dark")
    cast.approve(order.photos[0], by=cast.bob)

    desk.decide(decided)

    outcome = screen[state.OUTCOME]
    assert outcome.request == decided.request
    assert outcome.done == [order.photos[1].id]
    assert [refusal.message for refusal in outcome.refused] == ["Bob Berg approved this 0 s ago."]


def test_an_action_is_refused_without_a_session(cast: Cast, screen: dict[str, Any]) -> None:
    order = cast.order()

    desk.decide(decision(cast, order, Verdict.APPROVED))

    (refusal,) = screen[state.OUTCOME].refused
    assert refusal.message == "You do not have permission to do this."
    cast.session.refresh(order.photos[0])
    assert order.photos[0].state is PhotoState.IN_REVIEW


def test_the_shop_is_read_at_the_push_of_a_button(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("approval")
    assert "Not read yet" in words(page)

    page.button(key="sync_now").click().run()

    assert len(cast.jobs("sync_orders")) == 1
    assert "Reading the shop: 0 orders so far" in words(page)
    assert page.button(key="sync_now").disabled


def test_photos_on_their_way_are_counted(cast: Cast, session: Session, hold_cookie: Hold) -> None:
    order = cast.order(photos=3)
    for photo in order.photos[:2]:
        photo.state = PhotoState.FETCHING
    session.flush()
    sign_in(session, hold_cookie, cast.ada)

    assert "Fetching 2 photos" in words(open_page("approval"))
