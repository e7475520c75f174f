from sqlalchemy.orm import Session

from core import queue
from core.models import MessageState, PhotoState, utc_now
from core.queries import counts
from core.services import messages, outbox
from tests.cast import Cast, seen


def test_an_empty_house_counts_to_zero(session: Session) -> None:
    status = counts.status(session)

    assert status.photos == dict.fromkeys([state.value for state in PhotoState], 0)
    assert status.messages == dict.fromkeys([state.value for state in MessageState], 0)
    assert status.orders == {"total": 0, "released": 0, "cancelled": 0}
    assert status.jobs == {"todo": 0, "doing": 0, "succeeded": 0, "failed": 0}


def test_everything_is_counted_by_state(cast: Cast, session: Session) -> None:
    rejected, released, cancelled = cast.order(photos=3), cast.order(), cast.order()
    cast.reject(rejected.photos[0])
    session.refresh(rejected.photos[0])
    messages.remind(session, seen(rejected.photos[0]), actor=cast.ada)
    sent = cast.jobs("send_message")[0]["message_id"]
    outbox.claim(session, sent)
    outbox.sent(session, sent)
    messages.remind(session, seen(rejected.photos[0]), actor=cast.ada)
    released.order.released_at = cancelled.order.cancelled_at = utc_now()
    session.flush()

    status = counts.status(session)

    assert (status.photos["in_review"], status.photos["rejected"]) == (4, 1)
    assert status.orders == {"total": 3, "released": 1, "cancelled": 1}
    assert (status.messages["queued"], status.messages["sent"]) == (1, 1)
    assert status.jobs["todo"] == 3
    assert counts.photos_by_state(session)[PhotoState.IN_REVIEW] == 4


def test_counting_takes_a_fixed_number_of_statements(
    cast: Cast, session: Session, queries: list[str]
) -> None:
    numbers = []
    for photos in (1, 9):
        cast.order(photos=photos)
        queue.defer(session, "fetch_photo", photo_id=1)
        before = len(queries)
        counts.status(session)
        numbers.append(len(queries) - before)

    assert numbers == [4, 4]
