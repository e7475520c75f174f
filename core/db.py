"""The database engine and the unit of work."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache, wraps
from typing import ParamSpec, TypeVar

from psycopg.errors import DeadlockDetected
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from core.config import settings

_P = ParamSpec("_P")
_T = TypeVar("_T")


def conninfo() -> str:
    """The database's URL as libpq reads it."""
    url = settings().database_url
    if url is None:
        raise RuntimeError("LOUPE_DATABASE_URL is not set: start through `python -m core`")
    return url


@cache
def engine() -> Engine:
    return create_engine(
        conninfo().replace("postgresql://", "postgresql+psycopg://", 1),
        pool_pre_ping=True,
        # An action looks up who acts while its own transaction is open.
        max_overflow=30,
        connect_args={"connect_timeout": 5},
    )


@cache
def session_factory() -> sessionmaker[Session]:
    # Rows stay readable after the commit, so a page can draw what it just saved.
    return sessionmaker(engine(), expire_on_commit=False)


def transaction() -> AbstractContextManager[Session]:
    """Commit when the block ends, roll back if it raises."""
    return session_factory().begin()


def despite_deadlocks(action: Callable[_P, _T]) -> Callable[_P, _T]:
    """Do it once more where Postgres has ended its transaction so that others could go on."""

    @wraps(action)
    def once_more(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return action(*args, **kwargs)
        except OperationalError as error:
            if not isinstance(error.orig, DeadlockDetected):
                raise
            return action(*args, **kwargs)

    return once_more
