from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import MessageRequired, MessageTooLong, NotFound
from core.models import OrderNote, OrderNoteKind, utc_now
from core.queries import order_story
from core.services import order_notes
from core.ui import order_timeline
from tests.cast import Cast


def test_a_note_stands_in_the_orders_history(cast: Cast, session: Session) -> None:
    placed = cast.order()

    order_notes.write(
        session,
        placed.id,
        OrderNoteKind.PHONED,
        " She sends another one \0",
        actor=cast.bob,
        request=uuid4(),
    )

    story = order_story.of_order(session, placed.id)
    assert story is not None
    line = order_timeline.lines(story)[0]
    assert (line.who, line.words) == ("Bob Berg", "spoke to the customer on the telephone")
    assert line.quote == "She sends another one"


def test_the_same_note_sent_twice_is_one(cast: Cast, session: Session) -> None:
    placed, request = cast.order(), uuid4()

    for _ in range(2):
        order_notes.write(
            session, placed.id, OrderNoteKind.NOTE, "Moved", actor=cast.bob, request=request
        )

    assert session.scalars(select(OrderNote)).one().text == "Moved"


def test_a_call_needs_no_words_and_a_note_does(cast: Cast, session: Session) -> None:
    placed = cast.order()

    def write(kind: OrderNoteKind, text: str) -> None:
        order_notes.write(session, placed.id, kind, text, actor=cast.bob, request=uuid4())

    write(OrderNoteKind.PHONED, "")
    with pytest.raises(MessageRequired):
        write(OrderNoteKind.NOTE, " ")
    with pytest.raises(MessageTooLong):
        write(OrderNoteKind.CHATTED, "x" * 2001)
    placed.order.erased_at = utc_now()
    session.flush()
    with pytest.raises(NotFound):
        write(OrderNoteKind.PHONED, "")
