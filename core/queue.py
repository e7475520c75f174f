"""The job queue: how to put a job in it, which ones are in it, and when one is tried again."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    Integer,
    SQLColumnExpression,
    Text,
    cast,
    column,
    exists,
    func,
    literal,
    null,
    select,
    table,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, array
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.types import UserDefinedType

from core import db
from core.errors import Unavailable

#: An outage that asks for a longer pause, in seconds, is asked again after a day.
LONGEST_ASKED = 24 * 3600.0

_jobs = table(
    "procrastinate_jobs",
    column("task_name", Text),
    column("args", JSONB),
    column("status", Text),
    column("priority", Integer),
    column("scheduled_at", DateTime(timezone=True)),
)


class _JobToDefer(UserDefinedType[Any]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "procrastinate_job_to_defer_v1"


class Backoff(BaseRetryStrategy):
    """Wait longer each time after an outage, or as long as it asked for; then give up.

    A bug is not tried again: only `Unavailable` is, and a database that went away meanwhile or
    where two transactions stood in each other's way.
    """

    def __init__(
        self,
        *,
        tries: int | None,
        first: float,
        longest: float,
        tries_by_code: Mapping[str, int] | None = None,
    ) -> None:
        self.tries = tries  #: None: never give up
        self._first = first  #: seconds
        self._longest = longest
        self._tries_by_code = tries_by_code or {}

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        # Of 2 to the power of a thousand no float would come.
        wait = min(self._longest, self._first * 2 ** min(job.attempts, 30))
        tries = self.tries
        match exception:
            case Unavailable(permanent=False):
                wait = min(LONGEST_ASKED, exception.retry_after or wait)
                tries = self._tries_by_code.get(exception.code, tries)
            case OperationalError():
                pass
            case _:
                return None
        if tries is not None and job.attempts + 1 >= tries:
            return None
        return RetryDecision(retry_in={"seconds": int(max(1, wait))})


def worker_app() -> App:
    """Return the app that a worker opens and runs; its tasks are added by `core.jobs`."""
    return App(connector=PsycopgConnector(conninfo=db.conninfo()))


@cache
def _deferring() -> App:
    # Never opened, and without tasks: it only writes through connections handed to it. The
    # worker's own app would refuse a synchronous connection.
    return App(connector=SyncPsycopgConnector())


def defer(
    session: Session,
    task: str,
    *,
    at: datetime | None = None,
    lock: str | None = None,
    priority: int = 0,
    **arguments: Any,
) -> None:
    """Queue a job in the session's own transaction: it exists only if that commits.

    Of the jobs with one `lock`, one runs at a time, in order. One that waits for its time makes
    all later ones wait, too: give `at` or `lock`, not both.
    """
    defer_each(session, task, [arguments], at=at, lock=lock, priority=priority)


def defer_each(
    session: Session,
    task: str,
    arguments: Iterable[Mapping[str, Any]],
    *,
    at: datetime | None = None,
    lock: str | None = None,
    priority: int = 0,
) -> None:
    """Queue a job for each of these arguments, in one statement."""
    session.flush()
    connection = session.connection().connection.driver_connection
    _deferring().configure_task(
        task,
        allow_unknown=True,
        schedule_at=at,
        lock=lock,
        priority=priority,
        connection=connection,
    ).batch_defer(*map(dict, arguments))


def deferred(
    task: str,
    *,
    lock: SQLColumnExpression[str] | None = None,
    priority: int = 0,
    **arguments: SQLColumnExpression[Any],
) -> Any:
    """SQL that queues a job for each row that it is selected with: for many, or in one statement.

    The arguments are of that row. The function is the one that Procrastinate defers with.
    """
    words = itertools.chain.from_iterable(arguments.items())
    job = func.row(
        *("default", task, priority, null() if lock is None else lock, null()),
        *(func.jsonb_build_object(*words), null()),
    )
    return func.procrastinate_defer_jobs_v1(array([cast(job, _JobToDefer())]))


def hasten(session: Session, task: str, argument: str, value: str) -> None:
    """Have the job of this task, with this argument, done now, should it wait for its time."""
    session.execute(
        update(_jobs)
        .where(
            _jobs.c.task_name == task,
            _jobs.c.status == _written("todo"),
            _jobs.c.scheduled_at > func.now(),
            _argument(argument) == value,
        )
        .values(scheduled_at=func.now())
    )


def prefer(
    session: Session, task: str, argument: str, value: str, *, priority: int, **others: str
) -> bool:
    """Have the jobs with these arguments that wait done before others; False if there is none."""
    preferred = session.execute(
        update(_jobs)
        .where(*_waits(task, {argument: value, **others}))
        .values(priority=func.greatest(_jobs.c.priority, priority), scheduled_at=null())
        .returning(_jobs.c.priority)
    )
    return bool(preferred.all())


def hasten_all(session: Session, task: str) -> None:
    """The same of every job of this task."""
    session.execute(
        update(_jobs)
        .where(
            _jobs.c.task_name == task,
            _jobs.c.status == _written("todo"),
            _jobs.c.scheduled_at > func.now(),
        )
        .values(scheduled_at=func.now())
    )


def now(session: Session) -> datetime:
    """The clock by which jobs become due: the database's, which ours may lag behind."""
    return session.scalars(select(func.clock_timestamp(type_=DateTime(timezone=True)))).one()


def is_pending(task: str, argument: str, value: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Whether a job of this task, with this argument, still waits or runs."""
    return exists().where(
        _jobs.c.task_name == _written(task),
        _jobs.c.status.in_([_written("todo"), _written("doing")]),
        cast(_argument(argument), BigInteger) == value,
    )


def is_waiting(task: str, argument: str, value: str, **others: str) -> ColumnElement[bool]:
    """Whether a job of this task, with these arguments, waits; one that runs does not count."""
    return exists().where(*_waits(task, {argument: value, **others}))


def is_due(task: str, argument: str, value: str, **others: str) -> ColumnElement[bool]:
    """The same of a job that waits for nothing but a worker."""
    is_its_time = func.coalesce(_jobs.c.scheduled_at <= func.now(), True)
    return exists().where(*_waits(task, {argument: value, **others}), is_its_time)


def _waits(task: str, arguments: Mapping[str, str]) -> Sequence[ColumnElement[bool]]:
    return (
        _jobs.c.task_name == _written(task),
        _jobs.c.status == _written("todo"),
        *(_argument(name) == value for name, value in arguments.items()),
    )


def _argument(name: str) -> ColumnElement[str]:
    return _jobs.c.args.op("->>", return_type=Text())(_written(name))


def _written(word: str) -> ColumnElement[str]:
    """As it stands, not as a parameter: partial indexes serve what is known in advance."""
    return literal(word, Text, literal_execute=True)
