"""Time, as tests let it pass."""

from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session


def pass_time(session: Session, **duration: float) -> None:
    """Put every decision further back, by a `timedelta`'s arguments."""
    # They are append-only: only a replica may write to them.
    session.execute(text("SET LOCAL session_replication_role = replica"))
    session.execute(
        text("UPDATE decisions SET decided_at = decided_at - :by, undo_until = undo_until - :by"),
        {"by": timedelta(**duration)},
    )
    session.execute(text("SET LOCAL session_replication_role = origin"))
