from sqlalchemy.orm import Session

from core.models import PhotoState, Verdict
from core.queries import verdicts
from core.services import reversals
from tests.cast import Cast
from tests.clock import pass_time


def test_whoever_was_first_is_told(cast: Cast, session: Session, queries: list[str]) -> None:
    first, second, open_ = (cast.order() for _ in range(3))
    cast.approve(*first.photos, by=cast.bob)
    cast.reject(*second.photos)
    ids = [placed.photos[0].id for placed in (first, second, open_)]
    before = len(queries)

    standings = verdicts.standings(session, ids)

    assert [(each.id, each.state, each.reviewer) for each in standings] == [
        (ids[0], PhotoState.APPROVED, "Bob Berg"),
        (ids[1], PhotoState.REJECTED, "Ada Adler"),
        (ids[2], PhotoState.IN_REVIEW, ""),
    ]
    assert len(queries) == before + 1
    assert verdicts.standings(session, []) == []


def test_the_last_batch_can_be_undone_while_its_time_lasts(session: Session) -> None:
    cast = Cast(session, undo_seconds=600)
    first, second = cast.order(photos=2).photos
    cast.approve(first)
    outcome = cast.reject(second)

    batch = verdicts.undoable(session, cast.ada.id)

    assert batch is not None
    assert (batch.id, batch.verdict, batch.photos) == (outcome.batch, Verdict.REJECTED, 1)
    assert verdicts.undoable(session, cast.bob.id) is None
    reversals.undo(session, outcome.batch, reviewer=cast.ada)
    earlier = verdicts.undoable(session, cast.ada.id)
    assert earlier is not None
    assert earlier.verdict is Verdict.APPROVED
    pass_time(session, minutes=11)
    assert verdicts.undoable(session, cast.ada.id) is None
