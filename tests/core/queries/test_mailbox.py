from sqlalchemy.orm import Session

from core.models import MessageState
from core.queries import mailbox
from core.services import messages, outbox
from tests.cast import Cast, CastOrder, seen


def remind(cast: Cast, placed: CastOrder) -> int:
    """Queue a mail, and return its id."""
    for photo in placed.photos:
        cast.session.refresh(photo)
    assert messages.remind(cast.session, seen(*placed.photos), actor=cast.ada).done
    message_id: int = cast.jobs("send_message")[-1]["message_id"]
    return message_id


def captured(cast: Cast) -> int:
    placed = cast.order()
    cast.reject(*placed.photos)
    message_id = remind(cast, placed)
    outbox.claim(cast.session, message_id)
    outbox.sent(cast.session, message_id, is_captured=True)
    return message_id


def test_the_mailbox_shows_what_the_demo_would_have_sent(cast: Cast, session: Session) -> None:
    message_id = captured(cast)

    (letter,) = mailbox.captured(session)

    assert (letter.id, letter.to, letter.state) == (
        message_id,
        "carl@example.org",
        MessageState.SENT,
    )
    assert letter.subject == f"About the photo for your order {letter.order_name}"
    assert letter.sent_at is not None
    assert len(letter.pictures) == 1
    assert letter.text
    assert letter.html


def test_what_was_really_sent_or_still_waits_is_not_in_it(cast: Cast, session: Session) -> None:
    placed = cast.order()
    cast.reject(*placed.photos)
    really = remind(cast, placed)
    outbox.claim(session, really)
    outbox.sent(session, really)
    remind(cast, placed)

    assert mailbox.captured(session) == []


def test_the_newest_come_first_page_by_page(
    cast: Cast, session: Session, queries: list[str]
) -> None:
    ids = [captured(cast) for _ in range(5)]
    session.flush()
    before = len(queries)

    first = mailbox.captured(session, limit=3)
    second = mailbox.captured(session, before=first[-1].id, limit=3)

    assert [letter.id for letter in (*first, *second)] == ids[::-1]
    assert len(queries) == before + 2
