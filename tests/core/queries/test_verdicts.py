from sqlalchemy.orm import Session

from core.models import PhotoState, Verdict
from core.queries import verdicts
from core.services import reversals
from tests.cast import Cast, seen
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


def test_what_can_be_undone_is_listed_newest_first_while_its_time_lasts(session: Session) -> None:
    cast = Cast(session, undo_seconds=600)
    first, second, third = cast.order(photos=3).photos
    cast.approve(first)
    outcome = cast.reject(second, third)

    assert [(batch.verdict, batch.photos) for batch in verdicts.undoable(session, cast.ada.id)] == [
        (Verdict.REJECTED, 2),
        (Verdict.APPROVED, 1),
    ]
    assert verdicts.undoable(session, cast.bob.id) == []

    reversals.undo(session, outcome.batch, reviewer=cast.ada)
    assert [batch.verdict for batch in verdicts.undoable(session, cast.ada.id)] == [
        Verdict.APPROVED
    ]

    pass_time(session, minutes=11)
    assert verdicts.undoable(session, cast.ada.id) == []


def test_ten_actions_can_be_undone_and_cost_one_statement(
    session: Session, queries: list[str]
) -> None:
    cast = Cast(session, undo_seconds=600)
    done = [cast.approve(*cast.order().photos).batch for _ in range(12)]
    before = len(queries)

    batches = verdicts.undoable(session, cast.ada.id)

    assert len(queries) == before + 1
    assert [batch.id for batch in batches] == done[:1:-1]


def test_what_was_decided_again_no_longer_counts_in_its_batch(session: Session) -> None:
    cast = Cast(session, undo_seconds=600)
    first, second = cast.order(photos=2).photos
    cast.reject(first, second)
    session.refresh(first)
    reversals.take_back(session, seen(first), reviewer=cast.bob)

    (batch,) = verdicts.undoable(session, cast.ada.id)

    assert batch.photos == 1
