import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.config import ROOT
from core.models import (
    Message,
    MessageKind,
    Order,
    PhotoState,
    Response,
    ResponseKind,
    utc_now,
)
from core.services import links
from core.ui import answering
from core.ui.customer_english import ENGLISH as TEXTS
from core.ui.photo_upload import Answer, SecondThought
from tests.cast import Cast, CastOrder
from tests.pages.conftest import Hold


def open_page(order_id: object) -> AppTest:
    app = AppTest.from_file(ROOT / "pages/my_photos.py", default_timeout=20)
    app.query_params["order"] = str(order_id)
    return app.run()


def let_in(hold_cookie: Hold, placed: CastOrder) -> None:
    hold_cookie(f"loupe_order_{placed.id}", links.order_token(placed.order))


def drawn(app: AppTest) -> Any:
    assert not app.exception
    (component,) = app.get("bidi_component")
    return json.loads(component.proto.json)


def offers_to_sign_in(app: AppTest) -> bool:
    """Whether nothing else is drawn."""
    return [component.proto.component_name for component in app.get("bidi_component")] == [
        "mail_sign_in"
    ]


def settle_long_ago(placed: CastOrder, session: Session) -> None:
    placed.order.settled_at = utc_now() - timedelta(days=15)
    session.flush()


def answer_to(placed: CastOrder, kind: ResponseKind | SecondThought, **more: Any) -> Answer:
    (photo,) = placed.photos
    placed.cast.session.refresh(photo)
    return Answer(request="1", kind=kind, photo=photo.id, version=photo.version, **more)


def test_a_question_is_drawn_with_its_three_answers(cast: Cast, hold_cookie: Hold) -> None:
    placed = cast.order()
    cast.reject(*placed.photos, comment="Lovely dog.")
    let_in(hold_cookie, placed)

    page = drawn(open_page(placed.id))

    (photo,) = page["photos"]
    assert page["greeting"] == "Hello Carl,"
    assert photo["detail"] == "30 x 40 cm"
    assert photo["question"]["comment"] == "Lovely dog."
    assert photo["question"]["consent"].startswith("It will be printed as it is.\n")
    assert photo["picture"].startswith("/photos/")


def test_a_page_without_questions_is_calm(cast: Cast, hold_cookie: Hold) -> None:
    placed = cast.order(photos=2)
    placed.order.settled_at = utc_now()
    placed.cast.session.flush()
    let_in(hold_cookie, placed)

    page = drawn(open_page(placed.id))

    assert page["photos"] == []
    assert page["lead"] == TEXTS.all_fine
    assert page["others"] == "There are 2 more photos on this order. They need nothing from you."


@pytest.mark.parametrize("order_id", ["", "x", "-1", "1e3", "9" * 400, "²"])
def test_an_address_that_was_mistyped_says_one_kind_sentence(
    cast: Cast, hold_cookie: Hold, order_id: str
) -> None:
    let_in(hold_cookie, cast.order())

    app = open_page(order_id)

    assert not app.exception
    assert [text.value for text in app.text] == [TEXTS.no_link]
    assert offers_to_sign_in(app)


def test_a_stranger_and_another_customer_see_one_kind_sentence(
    cast: Cast, hold_cookie: Hold
) -> None:
    placed, eves = cast.order(), cast.order()
    cast.reject(*placed.photos, *eves.photos)
    stranger = open_page(placed.id)
    let_in(hold_cookie, eves)

    eve = open_page(placed.id)

    for app in (stranger, eve):
        assert [text.value for text in app.text] == [TEXTS.no_link]
        assert not app.button
        assert offers_to_sign_in(app)


def test_an_expired_link_offers_a_new_one_and_shows_no_address(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    placed = cast.order()
    settle_long_ago(placed, session)
    let_in(hold_cookie, placed)
    app = open_page(placed.id)
    before = [text.value for text in app.text]

    app.button[0].click().run()

    assert before == [TEXTS.expired]
    assert [text.value for text in app.text] == [TEXTS.new_link_sent]
    message = session.scalars(select(Message)).one()
    assert (message.kind, message.to) == (MessageKind.NEW_LINK, "carl@example.org")
    session.refresh(placed.order)
    assert links.order_url(placed.order) in message.text


def test_drawing_the_page_changes_nothing(
    cast: Cast, session: Session, hold_cookie: Hold, queries: list[str]
) -> None:
    placed = cast.order(photos=12)
    cast.reject(*placed.photos)
    let_in(hold_cookie, placed)
    queries.clear()

    open_page(placed.id)

    assert all(statement.startswith("SELECT") for statement in queries)
    assert len(queries) == 3


@pytest.mark.parametrize(
    ("kind", "more"), [(ResponseKind.KEPT, {}), (ResponseKind.ASKED, {"message": "My only one"})]
)
def test_an_answer_puts_the_photo_back_in_review(
    cast: Cast, session: Session, hold_cookie: Hold, kind: ResponseKind, more: dict[str, str]
) -> None:
    placed = cast.order()
    cast.reject(*placed.photos)
    let_in(hold_cookie, placed)
    answer = answer_to(placed, kind, **more)

    refusal = answering.give(answer, order_id=placed.id, consents={answer.photo: "Words"})

    assert refusal is None
    session.refresh(placed.photos[0])
    assert placed.photos[0].state is PhotoState.IN_REVIEW
    response = session.scalars(select(Response)).one()
    assert response.kind is kind
    assert response.words_shown == ("Words" if kind is ResponseKind.KEPT else None)


def test_an_answer_is_taken_back(cast: Cast, session: Session, hold_cookie: Hold) -> None:
    placed = cast.order()
    cast.reject(*placed.photos)
    let_in(hold_cookie, placed)
    kept = answer_to(placed, ResponseKind.KEPT)
    answering.give(kept, order_id=placed.id, consents={kept.photo: "Words"})
    thanked = drawn(open_page(placed.id))

    refusal = answering.give(answer_to(placed, SecondThought.UNDO), order_id=placed.id, consents={})

    assert refusal is None
    assert thanked["photos"][0]["thanks"]["undo"] == TEXTS.undo
    assert drawn(open_page(placed.id))["photos"][0]["question"]


def test_a_gentle_order_may_have_more_time(cast: Cast, session: Session, hold_cookie: Hold) -> None:
    placed = cast.order()
    placed.order.is_gentle = True
    cast.reject(*placed.photos)
    let_in(hold_cookie, placed)
    offered = drawn(open_page(placed.id))["wait"]

    refusal = answering.give(
        answer_to(placed, SecondThought.MORE_TIME), order_id=placed.id, consents={}
    )

    assert refusal is None
    assert offered == {"words": TEXTS.waits_gently, "may_take_longer": True}
    wait = drawn(open_page(placed.id))["wait"]
    assert wait == {"words": TEXTS.more_time_given, "may_take_longer": False}


def test_an_answer_without_a_file_is_refused_in_words(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    placed = cast.order()
    cast.reject(*placed.photos)
    let_in(hold_cookie, placed)
    answer = answer_to(placed, ResponseKind.REPLACED, draft=7)

    refusal = answering.give(answer, order_id=placed.id, consents={})

    assert refusal is not None
    assert "choose it once more" in refusal.message
    session.refresh(placed.photos[0])
    assert placed.photos[0].state is PhotoState.REJECTED


def test_an_answer_is_refused_once_the_link_is_revoked(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    placed = cast.order()
    cast.reject(*placed.photos)
    let_in(hold_cookie, placed)
    session.get_one(Order, placed.id).link_epoch += 1
    session.flush()
    answer = answer_to(placed, ResponseKind.ASKED, message="Hello")

    refusal = answering.give(answer, order_id=placed.id, consents={})

    assert refusal is not None
    assert session.scalar(select(func.count()).select_from(Response)) == 0


def test_no_word_to_a_customer_is_unkind() -> None:
    texts = asdict(TEXTS)
    several = [*texts.pop("advice").values(), *texts.pop("once_more").values()]
    words = " ".join([*several, *texts.values()]).lower()

    assert not [word for word in ("reject", "fail", "poor", "waiver", "!") if word in words]
