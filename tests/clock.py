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


def let_customers_wait(session: Session, **duration: float) -> None:
    """Put all that was written to customers, and when they are to answer, further back."""
    for assignment in (
        "messages SET sent_at = sent_at - :by, created_at = created_at - :by",
        "photos SET answer_due_at = answer_due_at - :by",
    ):
        session.execute(text(f"UPDATE {assignment}"), {"by": timedelta(**duration)})
