import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import GENTLE_WORDS, Event, EventName, Message, MessageKind, Order, PhotoState
from core.services import gentle, messages
from tests.cast import Cast, seen
from tests.core.services.orders import line, record, shopify_order


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("Memorial portrait", True),
        ("MEMORIAL", True),
        ("Mémorial de Rex", True),
        ("In loving   memory: Rex", True),
        ("rainbow-bridge", True),
        ("An urn, with a photo", True),
        ("Urn", True),
        # Only whole words.
        ("Please return it", False),
        ("Memorials", False),
        ("Saturn", False),
        ("Rainbow over a bridge", False),
        ("", False),
    ],
)
def test_whole_words_are_found_whatever_their_case_and_accents(text: str, is_so: bool) -> None:
    assert gentle.is_gentle(GENTLE_WORDS, ["Canvas", text]) is is_so


def test_a_phrase_is_not_put_together_from_two_texts() -> None:
    assert not gentle.is_gentle(["rainbow bridge"], ["Rainbow", "Bridge"])


@pytest.mark.parametrize("word", ["", " ", "…"])
def test_a_word_without_letters_is_in_no_text(word: str) -> None:
    assert not gentle.is_gentle([word], ["Canvas"])


@pytest.mark.parametrize("word", ["straße", "STRASSE", "Straße"])
def test_letters_that_are_written_in_two_ways_are_the_same(word: str) -> None:
    assert gentle.is_gentle([word], ["In der Straße"])


def test_an_order_is_flagged_by_its_titles_tags_and_note(cast: Cast) -> None:
    for place in ("title", "tag", "note"):
        order = cast.order().order
        order.tags = ["Memorial"] if place == "tag" else []
        order.note = "For our rainbow bridge wall" if place == "note" else None
        gentle.flag(cast.shop, order, ["Urn"] if place == "title" else ["Canvas"])
        assert order.is_gentle

    usual = cast.order().order
    gentle.flag(cast.shop, usual, ["Canvas"])
    assert not usual.is_gentle


def test_an_order_is_flagged_as_it_comes_in(cast: Cast, session: Session) -> None:
    read = shopify_order(line("rex", title="Memorial stone"))

    record(session, cast, read)

    order = session.scalars(select(Order).where(Order.shopify_id == read.id)).one()
    assert order.is_gentle


def test_what_staff_have_said_stays(cast: Cast, session: Session) -> None:
    order = cast.order().order
    gentle.flag(cast.shop, order, ["Urn"])

    gentle.say(session, [order.id], False, actor=cast.bob)
    gentle.flag(cast.shop, order, ["Urn"])

    assert not order.is_gentle
    changed = session.scalars(select(Event).where(Event.name == EventName.ORDER_CHANGED)).one()
    assert (changed.order_id, changed.staff_id) == (order.id, cast.bob.id)
    assert changed.ids == {"is_gentle": False}


def test_saying_what_is_so_keeps_it_and_is_no_news(cast: Cast, session: Session) -> None:
    order = cast.order().order

    gentle.say(session, [order.id], False, actor=cast.bob)
    gentle.flag(cast.shop, order, ["Urn"])

    assert not order.is_gentle
    assert not session.scalars(select(Event).where(Event.name == EventName.ORDER_CHANGED)).all()


def test_other_words_count_for_orders_that_are_open(cast: Cast, session: Session) -> None:
    found, decided, said = cast.order(), cast.order(), cast.order()
    decided.photos[0].state = PhotoState.WITHDRAWN
    for placed in (found, decided, said):
        placed.order.note = "Sternenkind"
    gentle.say(session, [said.id], False, actor=cast.bob)
    cast.shop.gentle_words = ["Sternenkind"]
    session.flush()

    assert gentle.count_open(session, cast.shop.id, ["sternenkind"]) == 1
    gentle.flag_open(session, cast.shop.id)

    assert [placed.order.is_gentle for placed in (found, decided, said)] == [True, False, False]


@pytest.mark.parametrize("code", ["low_res", "dark", "cut_off", "screenshot", "missing_file"])
def test_gentle_mail_asks_for_nothing_that_may_be_gone(
    cast: Cast, session: Session, code: str
) -> None:
    placed = cast.order()
    placed.order.is_gentle = True
    cast.reject(*placed.photos, reasons=(code,))
    session.refresh(placed.photos[0])

    messages.remind(session, seen(*placed.photos), actor=cast.ada)

    mail = session.scalars(select(Message).where(Message.kind == MessageKind.PHOTO_ISSUE)).one()
    for words in (
        "take a photo",
        "daylight",
        "from the phone",
        "same day",
        "Please upload",
        "held",
    ):
        assert words not in mail.text
    assert "There is no hurry" in mail.text
    assert not mail.announces_going_on
