"""Pictures' bytes, and until when they are kept: they go with the last row that names them.

The same bytes may arrive again at the very moment when nobody names them any more. So whoever
brings bytes says so first, and commits: `expect` queues a look at them in an hour. Whoever wants
to remove them asks `is_free`, which takes a lock on their SHA-256 and then looks for rows that
name them and for later looks that are queued. An expectation made before the lock was had is seen,
and the bytes stay; one made later has waited for the lock, so its bytes are written after the
removal. The look an hour later finds the row that was made meanwhile, or removes what came to
nothing. No clock of the storage counts, and nothing is held while bytes are on their way.

It rests on three things: from `expect` to the row it takes less than `LEASE`; a row that takes
bytes over from another does so in one transaction, as an upload does from its draft; and the bytes
are gone before the transaction that asked `is_free` ends.
"""

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from core import queue
from core.models import Draft, Upload

#: An upload may take 15 minutes, but its bytes are known and expected only when it has ended.
LEASE = timedelta(hours=1)
_TASK = "remove_picture"


def expect(session: Session, sha256: str) -> None:
    """Keep bytes that are about to be written; commit before they are."""
    _lock(session, sha256)
    _look(session, sha256, after=LEASE)


def let_go(session: Session, sha256s: Iterable[str]) -> None:
    """Have bytes removed that some row has stopped to name, unless another does."""
    for sha256 in sorted(set(sha256s)):
        _look(session, sha256)


def is_free(session: Session, sha256: str) -> bool:
    """Whether nobody needs these bytes; it stays so until the transaction ends."""
    _lock(session, sha256)
    # A statement of its own, and one for all: it sees what was committed before the lock was had.
    return not session.scalar(
        select(
            exists().where(Upload.sha256 == sha256)
            | exists().where(Draft.sha256 == sha256)
            # Not the one that is asking: it does not wait, but runs.
            | queue.is_waiting(_TASK, "sha256", sha256)
        )
    )


def _lock(session: Session, sha256: str) -> None:
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(sha256, 0))))


def _look(session: Session, sha256: str, *, after: timedelta = timedelta()) -> None:
    queue.defer(
        session,
        _TASK,
        at=queue.now(session) + after if after else None,
        priority=-10,
        sha256=sha256,
    )
