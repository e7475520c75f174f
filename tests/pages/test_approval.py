from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.findings.finding import Kind, Level
from core.models import PhotoState, Verdict
from core.queries.review_queue import PAGE_SIZE
from core.ui import desk, state
from core.ui.photo_grid import Decided
from core.ui.photo_grid.gestures import SeenPhoto
from tests.cast import Cast, CastOrder
from tests.core.queries.test_queue_view import flag, multiply, sold_as
from tests.core.queries.test_review_queue import wait
from tests.core.services.test_products import sold, variant_of
from tests.pages.conftest import Hold
from tests.pages.staff_page import grid, open_page, sign_in, words


def decision(cast: Cast, order: CastOrder, verdict: Verdict, *reasons: str) -> Decided:
    return Decided(
        request=uuid4(),
        verdict=verdict,
        photos=tuple(SeenPhoto(photo.id, photo.version) for photo in order.photos),
        reasons=tuple(cast.reason(code) for code in reasons),
        comment="",
    )


def look_for(page: AppTest, words: str) -> AppTest:
    (search,) = page.text_input
    return search.set_value(words).run()


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

    page = look_for(open_page("approval"), wanted.order.name.removeprefix("#"))

    assert [row["order_name"] for row in grid(page)["photos"]] == [wanted.order.name]


def test_whoever_looks_for_too_little_of_an_address_is_told(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    cast.order()
    sign_in(session, hold_cookie, cast.ada)

    page = look_for(open_page("approval"), "ca")

    assert "E-mail addresses are searched from 3 letters on." in words(page)


def test_what_was_looked_for_is_told_neither_in_the_address_nor_to_the_next_person(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    cast.order(), cast.order(email="dora@example.org")
    sign_in(session, hold_cookie, cast.ada)
    page = look_for(open_page("approval", sort="Oldest order"), "dora@example.org")
    assert len(grid(page)["photos"]) == 1
    assert page.query_params == {"sort": "Oldest order"}

    sign_in(session, hold_cookie, cast.mia)
    page.run()

    (search,) = page.text_input
    assert search.value == ""


def test_the_address_says_which_photos_in_which_order(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    other, soft, dark = cast.order(), cast.order(), cast.order()
    sold_as(session, soft, "Mug *de luxe*")
    sold_as(session, dark, "Mug *de luxe*")
    flag(session, soft, Kind.SOFT, Level.LOOK)
    flag(session, dark, Kind.DARK, Level.POOR)
    flag(session, other, Kind.SOFT, Level.LOOK)
    sign_in(session, hold_cookie, cast.ada)

    page = open_page("approval", item="Mug *de luxe*", finding="Any finding", sort="Flagged first")

    assert [row["id"] for row in grid(page)["photos"]] == [
        photo.id for placed in (dark, soft) for photo in placed.photos
    ]
    assert page.selectbox(key="item").value == "Mug *de luxe*"
    assert "Mine 2 · Everybody's 2 · Unassigned 0" in words(page)


def test_what_was_chosen_stands_above_the_grid_and_is_one_click_away_from_gone(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    sold_as(session, cast.order(), "Mug *de luxe*")
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("approval", item="Mug *de luxe*", late="true")
    assert page.button(key="clear_item").label == "Mug \\*de luxe\\*"
    assert "No photo that waits for approval fits this search." in words(page)

    page.button(key="clear_late").click().run()

    assert len(grid(page)["photos"]) == 1
    assert page.query_params == {"item": "Mug *de luxe*"}

    page.toggle(key="second").set_value(True).run()
    page.button(key="clear_all").click().run()

    assert not page.query_params
    assert len(grid(page)["photos"]) == 1


def test_products_of_one_title_are_chosen_together(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    first, second, _ = (cast.order() for _ in range(3))
    for placed, id_ in ((first, "one"), (second, "two")):
        variant = variant_of(session, cast, sold(None, title="Canvas", id_=id_))
        placed.line.variant_id = variant.id
    session.flush()
    sign_in(session, hold_cookie, cast.ada)

    page = open_page("approval", item="Canvas")

    assert page.selectbox(key="item").options == ["Canvas"]
    assert [row["order_name"] for row in grid(page)["photos"]] == [
        first.order.name,
        second.order.name,
    ]


@pytest.mark.parametrize("title", ["Mug", "No such mug"])
def test_a_bookmark_of_a_product_that_nothing_waits_for_shows_nothing_else(
    cast: Cast, session: Session, hold_cookie: Hold, title: str
) -> None:
    decided, _ = cast.order(), cast.order()
    sold_as(session, decided, "Mug")
    cast.approve(*decided.photos)
    sign_in(session, hold_cookie, cast.ada)

    page = open_page("approval", item=title)

    assert "No photo that waits for approval fits this search." in words(page)
    assert page.query_params == {"item": title}

    page.button(key="clear_item").click().run()

    assert len(grid(page)["photos"]) == 1


def test_only_whoever_opens_the_filter_has_its_choices_counted(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    flag(session, cast.order(), Kind.SOFT, Level.LOOK)
    cast.order()
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("approval")
    assert "Blurred 1" not in words(page)

    page.session_state["filter"] = True
    page.run()

    assert "Any finding 1 · Blurred 1" in words(page)


@pytest.mark.parametrize(
    ("name", "value"), [("whose", "Everybody's"), ("sort", "Oldest order"), ("late", True)]
)
def test_another_view_begins_at_its_first_page(
    cast: Cast, session: Session, hold_cookie: Hold, name: str, value: str | bool
) -> None:
    order = wait(cast.order(photos=50), hours=30)
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("approval")
    (first, *_) = grid(page)["photos"]
    page.session_state[state.TRAIL].append((1, order.photos[47].waiting_since, order.photos[47].id))
    page.run()
    assert len(grid(page)["photos"]) == 2

    # No widget reports it, as when an address is opened.
    page.session_state[name] = value
    page.run()

    assert grid(page)["photos"][0] == first


def test_nobody_is_told_that_others_have_photos_that_nobody_has(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    cast.order()
    sign_in(session, hold_cookie, cast.ada)

    page = open_page("approval", whose="Unassigned")

    assert "Every photo has somebody who looks at it." in words(page)


def test_the_page_sends_as_many_statements_however_long_the_queue(
    cast: Cast, session: Session, hold_cookie: Hold, queries: list[str]
) -> None:
    order = cast.order(photos=10)
    sign_in(session, hold_cookie, cast.ada)
    open_page("approval")  # what is asked once in a process
    queries.clear()
    shown = len(grid(open_page("approval"))["photos"])
    few = list(queries)

    multiply(session, order.photos[0].id, by=10_000)
    queries.clear()
    page = open_page("approval")

    assert (shown, len(grid(page)["photos"])) == (10, PAGE_SIZE)
    assert "Mine 1,000+ · Everybody's 1,000+ · Unassigned 0" in words(page)
    assert queries == few
    assert len([each for each in queries if each.startswith("WITH page AS")]) == 1


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

    assert len(cast.jobs("import_orders")) == 1
    assert "Reading the shop: 0 orders so far" in words(page)
    assert page.button(key="sync_now").disabled


def test_photos_on_their_way_are_counted(cast: Cast, session: Session, hold_cookie: Hold) -> None:
    order = cast.order(photos=3)
    for photo in order.photos[:2]:
        photo.state = PhotoState.FETCHING
    session.flush()
    sign_in(session, hold_cookie, cast.ada)

    assert "Fetching 2 photos" in words(open_page("approval"))
