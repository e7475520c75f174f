"""What can be taken back is found without all that was ever decided."""

from sqlalchemy import text

from core import db
from core.models import utc_now
from core.queries import verdicts
from tests.cast import Cast
from tests.core.queries import crowd
from tests.core.services.test_products import sold, variant_of

#: Long ago: nothing of it can be taken back.
_DECIDED = """
    INSERT INTO decisions (photo_id, photo_version, verdict, reviewer_id, batch, decided_at,
        undo_until)
    SELECT id, 2, 'approved', :ada, gen_random_uuid(), now() - interval '1 day',
        now() - interval '1 day'
    FROM photos
"""
_IN_FORCE = """
    UPDATE photos SET state = 'approved', decision_id = decisions.id FROM decisions
    WHERE decisions.photo_id = photos.id
"""


def test_what_a_person_can_undo_is_read_without_all_that_they_ever_decided(
    own_database: None, queries: list[str]
) -> None:
    with db.transaction() as session:
        cast = Cast(session, undo_seconds=600)
        canvas = variant_of(session, cast, sold(None, title="Canvas", id_="canvas"))
        crowd.gather(cast, canvas.id)
        session.execute(text(_DECIDED), {"ada": cast.ada.id})
        session.execute(text(_IN_FORCE))
        session.execute(text("ANALYZE decisions, photos"))
        cast.approve(*cast.order().photos)
        assert len(verdicts.undoable(session, cast.ada.id)) == 1
        values = {"reviewer_id_1": cast.ada.id, "undo_until_1": utc_now(), "param_1": 10}

        plan = session.connection().exec_driver_sql(f"EXPLAIN {queries[-1]}", values)

        lines = [line for (line,) in plan]
    assert any("ix_decisions_undoable" in line for line in lines), lines
    # Read by the index, or by a bitmap of it, which checks once more what it has found.
    (condition,) = [line for line in lines if "Index Cond" in line and "undo_until >" in line]
    assert "reviewer_id =" in condition
    assert not any("Filter" in line and "undo_until >" in line for line in lines)
