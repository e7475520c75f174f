"""The customers' page without an order's link: signing in by e-mail, and all of one's orders."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.config import ROOT
from core.models import PhotoState, Response, ResponseKind, utc_now
from core.services import customer_sign_in, links, sign_in_letters
from core.ui import answering, own_orders
from core.ui.customer_english import ENGLISH as TEXTS
from core.ui.photo_upload import Answer
from tests.cast import Cast, CastOrder
from tests.pages.conftest import Hold

CARL = "carl@example.org"
PHONE = "secret of the phone"


def open_page(**query: object) -> AppTest:
    app = AppTest.from_file(ROOT / "pages/my_photos.py", default_timeout=20)
    for name, value in query.items():
        app.query_params[name] = str(value)
    return app.run()


def form(app: AppTest) -> Any:
    assert not app.exception
    (component,) = app.get("bidi_component")
    assert component.proto.component_name == "mail_sign_in"
    return json.loads(component.proto.json)


def ask(cast: Cast, email: str = CARL) -> UUID:
    customer_sign_in.ask(cast.session, cast.shop.id, email, PHONE)
    return UUID(cast.jobs("mail_sign_in")[-1]["sign_in_id"])


def sign_in(cast: Cast, hold_cookie: Hold) -> None:
    token = sign_in_letters.token(ask(cast))
    entry = customer_sign_in.enter_by_link(cast.session, token)
    assert entry is not None
    cast.session.flush()
    hold_cookie(f"loupe_customer_{cast.shop.id}", entry.token)


def words(app: AppTest) -> str:
    assert not app.exception
    return " ".join(element.proto.body for element in app.get("html"))


def place(cast: Cast, days_ago: int) -> CastOrder:
    placed = cast.order()
    placed.order.placed_at = utc_now() - timedelta(days=days_ago)
    cast.session.flush()
    return placed


@pytest.mark.usefixtures("hold_cookie")
def test_a_stranger_is_asked_for_an_address(cast: Cast) -> None:
    asked = form(open_page())

    assert (asked["step"], asked["shop_id"], asked["email"]) == ("ask", cast.shop.id, "")
    assert asked["to"] == f"/my_photos?shop={cast.shop.id}"


@pytest.mark.parametrize("email", [CARL, "nobody@example.org"])
def test_a_page_that_is_loaded_again_still_asks_for_the_code(
    cast: Cast, hold_cookie: Hold, email: str
) -> None:
    cast.order()
    ask(cast, email)
    hold_cookie("loupe_asking", PHONE)

    asked = form(open_page())

    assert (asked["step"], asked["email"]) == ("code", email)


def test_several_shops_are_named_by_the_address_or_chosen(cast: Cast, hold_cookie: Hold) -> None:
    other = Cast(cast.session)
    other.shop.name = "Cat Prints"
    cast.session.flush()

    unnamed = open_page()
    by_id, by_domain = open_page(shop=other.shop.id), open_page(shop=cast.shop.domain)

    assert not unnamed.get("bidi_component")
    assert unnamed.selectbox[0].options == ["Cat Prints", "Paw Prints"]
    assert form(unnamed.selectbox[0].select_index(0).run())["shop_id"] == other.shop.id
    assert form(by_id)["shop_id"] == other.shop.id
    assert form(by_domain)["shop_id"] == cast.shop.id


def test_whoever_is_signed_in_to_several_shops_chooses_one(cast: Cast, hold_cookie: Hold) -> None:
    other = Cast(cast.session)
    other.shop.name = "Cat Prints"
    for each in (cast, other):
        each.order()
        sign_in(each, hold_cookie)

    chosen = open_page().selectbox[0].select_index(0).run()

    assert not chosen.exception
    assert [title.value for title in chosen.title] == [TEXTS.my_orders.format(shop="Cat Prints")]


@pytest.mark.usefixtures("hold_cookie")
def test_without_a_shop_there_is_nobody_to_sign_in_to(session: Session) -> None:
    app = open_page()

    assert [text.value for text in app.text] == [TEXTS.no_link]
    assert not app.get("bidi_component")


def test_the_mails_link_shows_a_button_and_a_used_one_asks_again(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    token = sign_in_letters.token(ask(cast))
    hold_cookie("loupe_link", token)

    opened = form(open_page(by="link"))
    customer_sign_in.enter_by_link(session, token)
    used = open_page(by="link")

    assert (opened["step"], opened["email"]) == ("link", CARL)
    assert form(used)["step"] == "ask"
    assert [text.value for text in used.text] == [TEXTS.no_link]


def test_all_orders_are_listed_and_no_more_than_those(cast: Cast, hold_cookie: Hold) -> None:
    quiet, asked = place(cast, 1), place(cast, 9)
    cast.reject(*asked.photos)
    doras = cast.order(email="dora@example.org")
    sign_in(cast, hold_cookie)

    app = open_page()

    assert [button.key for button in app.button[:-1]] == [
        f"answer_own_{asked.id}",
        f"open_own_{quiet.id}",
    ]
    assert TEXTS.asked_about in words(app)
    assert TEXTS.being_checked in words(app)
    assert doras.order.name not in words(app)
    assert not app.get("bidi_component")


def test_without_orders_it_says_so(cast: Cast, hold_cookie: Hold) -> None:
    sign_in(cast, hold_cookie)

    app = open_page()

    assert [text.value for text in app.text] == [
        TEXTS.no_orders,
        TEXTS.signed_in_as.format(email=CARL),
    ]


def test_a_products_name_is_text(cast: Cast, session: Session, hold_cookie: Hold) -> None:
    placed = cast.order()
    placed.line.title = "<img src=x>' onerror='"
    session.flush()
    sign_in(cast, hold_cookie)

    assert "<img src=x>" not in words(open_page())


def test_a_long_list_is_shown_in_parts_in_one_statement(
    cast: Cast, hold_cookie: Hold, queries: list[str]
) -> None:
    for days in range(own_orders.PAGE + 3):
        place(cast, days)
    sign_in(cast, hold_cookie)
    queries.clear()

    app = open_page()
    sent = len(queries)
    shown = len([button for button in app.button if button.key])
    more = next(button for button in app.button if button.label == TEXTS.older_orders).click().run()

    assert shown == own_orders.PAGE
    assert sent == 3  # the shops, who it is, the orders
    assert len([button for button in more.button if button.key]) == own_orders.PAGE + 3
    assert TEXTS.older_orders not in [button.label for button in more.button]


def test_an_order_is_opened_answered_and_left(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    placed = cast.order()
    cast.reject(*placed.photos)
    sign_in(cast, hold_cookie)
    app = open_page()

    opened = app.button(key=f"answer_own_{placed.id}").click().run()

    (component,) = opened.get("bidi_component")
    assert component.proto.component_name == "photo_upload"
    session.refresh(placed.photos[0])
    answer = Answer(
        request="1",
        kind=ResponseKind.ASKED,
        photo=placed.photos[0].id,
        version=placed.photos[0].version,
        message="My only one",
    )
    assert answering.give(answer, order_id=placed.id, consents={}) is None
    session.refresh(placed.photos[0])
    assert placed.photos[0].state is PhotoState.IN_REVIEW
    assert session.scalars(select(Response.message)).one() == "My only one"
    listed = opened.button[0].click().run()
    assert TEXTS.answer_checked in words(listed)


def test_c3_somebody_elses_order_is_not_there(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    doras = cast.order(email="dora@example.org")
    cast.reject(*doras.photos)
    sign_in(cast, hold_cookie)

    app = open_page(order=doras.id)

    assert form(app)["step"] == "ask"
    assert [text.value for text in app.text] == [TEXTS.no_link]
    session.refresh(doras.photos[0])
    answer = Answer(
        request="1",
        kind=ResponseKind.ASKED,
        photo=doras.photos[0].id,
        version=doras.photos[0].version,
        message="Hello",
    )
    assert answering.give(answer, order_id=doras.id, consents={}) is not None
    assert session.scalars(select(Response.id)).all() == []


def test_whoever_is_signed_in_needs_no_link_that_works(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    placed = cast.order()
    placed.order.settled_at = utc_now() - timedelta(days=15)
    session.flush()
    hold_cookie(f"loupe_order_{placed.id}", links.order_token(placed.order))
    expired = open_page(order=placed.id)
    sign_in(cast, hold_cookie)

    app = open_page(order=placed.id)

    assert form(expired)["to"] == f"/my_photos?order={placed.id}"
    (component,) = app.get("bidi_component")
    assert component.proto.component_name == "photo_upload"


def test_signing_out_ends_the_session_at_once(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    cast.order()
    sign_in(cast, hold_cookie)
    app = open_page()

    app.button[-1].click().run()

    assert f"/customer/{cast.shop.id}" in words(app)
    assert form(open_page())["step"] == "ask"
