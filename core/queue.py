"""The job queue, and how to put a job in it."""

from datetime import datetime
from functools import cache
from typing import Any

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from sqlalchemy import (
    ColumnElement,
    DateTime,
    SQLColumnExpression,
    Text,
    cast,
    column,
    exists,
    func,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from core import db


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
    session.flush()
    connection = session.connection().connection.driver_connection
    _deferring().configure_task(
        task,
        allow_unknown=True,
        schedule_at=at,
        lock=lock,
        priority=priority,
        connection=connection,
    ).defer(**arguments)


def now(session: Session) -> datetime:
    """The clock by which jobs become due: the database's, which ours may lag behind."""
    return session.scalars(select(func.clock_timestamp(type_=DateTime(timezone=True)))).one()


def is_pending(task: str, argument: str, value: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """Whether a job of this task, with this argument, still waits or runs."""
    jobs = table("procrastinate_jobs", column("task_name"), column("args", JSONB), column("status"))
    return exists().where(
        jobs.c.task_name == task,
        cast(jobs.c.status, Text).in_(["todo", "doing"]),
        jobs.c.args[argument].as_integer() == value,
    )
