"""Databases of a test's own."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from sqlalchemy import make_url, text

from core import db
from core.config import settings, use_database


@contextmanager
def new_database(server: str, name: str, template: str = "template1") -> Iterator[None]:
    """Make a database, have the app use it, and drop it afterwards."""
    before = settings().database_url
    _on(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    _use(make_url(server).set(database=name).render_as_string(hide_password=False))
    try:
        yield
    finally:
        _use(before)
        _on(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def out_of_reach(server: str) -> Iterator[None]:
    """As when Postgres is down: who is connected to the database in use is cut off, none gets in.

    The next ones do.
    """
    name = make_url(str(settings().database_url)).database
    _on(server, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    _on(
        server,
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",  # noqa: S608
    )
    try:
        yield
    finally:
        _on(server, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


def is_somebody_waiting() -> bool:
    """Whether a transaction stands still for what another one holds."""
    with db.transaction() as session:
        return bool(session.scalar(text("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")))


def how_many_wait() -> int:
    """How many transactions stand still for what others hold."""
    with db.transaction() as session:
        waiting = text("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
        return int(session.scalars(waiting).one())


def _on(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.encode())


def _use(url: str | None) -> None:
    if db.engine.cache_info().currsize:
        db.engine().dispose()
    if url is None:
        del os.environ["LOUPE_DATABASE_URL"]
        settings.cache_clear()
    else:
        use_database(url)
    db.engine.cache_clear()
    db.session_factory.cache_clear()
