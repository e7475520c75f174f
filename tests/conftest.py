"""A real database for the tests that ask for one, and nothing of this machine's settings."""

import os
import shutil
import tempfile
from pathlib import Path

# Before the app is imported. Postgres' own user, if we are root, has to reach the folder.
TEST_DATABASE_URL = os.environ.get("LOUPE_TEST_DATABASE_URL")
DATA_DIR = Path(tempfile.mkdtemp(prefix="loupe-tests-"))
DATA_DIR.chmod(0o711)
for name in [name for name in os.environ if name.startswith("LOUPE_")]:
    del os.environ[name]
os.environ["LOUPE_DATA_DIR"] = str(DATA_DIR)
os.environ["LOUPE_SECRET_KEY"] = "only for tests"

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import event, make_url
from sqlalchemy.orm import Session

from core import db, schema
from core.config import Settings, settings, use_database
from core.embedded import Postgres
from tests.cast import Cast

Settings.model_config["env_file"] = None


def pytest_unconfigure() -> None:
    shutil.rmtree(DATA_DIR, ignore_errors=True)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a Postgres where databases may be made and dropped."""
    if TEST_DATABASE_URL is not None:
        yield TEST_DATABASE_URL
        return
    with Postgres(DATA_DIR, durable=False) as postgres:
        yield postgres.url


@pytest.fixture(scope="session")
def template(server: str) -> Iterator[str]:
    """The name of a database with all migrations and no rows, to copy from."""
    name = f"loupe_template_{os.getpid()}"
    with _database(server, name):
        schema.upgrade()
        db.engine().dispose()
        yield name


@pytest.fixture(scope="session")
def database(server: str, template: str) -> Iterator[None]:
    with _database(server, f"loupe_test_{os.getpid()}", template):
        yield


@pytest.fixture
def session(database: None) -> Iterator[Session]:
    """A session whose work is undone, together with that of the code under test."""
    with db.engine().connect() as connection:
        outer = connection.begin()
        db.session_factory().configure(bind=connection, join_transaction_mode="create_savepoint")
        with db.session_factory()() as session:
            yield session
        db.session_factory().configure(bind=db.engine())
        outer.rollback()


@pytest.fixture
def cast(session: Session) -> Cast:
    return Cast(session)


@pytest.fixture
def committed(server: str, template: str, request: pytest.FixtureRequest) -> Iterator[None]:
    """A database of its own, where `db.transaction()` really commits: for races.

    Not for a test that also asks for `session`.
    """
    assert "session" not in request.fixturenames
    with _database(server, f"loupe_committed_{os.getpid()}", template):
        yield


@pytest.fixture
def queries(session: Session) -> Iterator[list[str]]:
    """The SQL statements sent since the test began."""
    statements: list[str] = []

    def record(_conn: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            statements.append(statement)

    event.listen(db.engine(), "before_cursor_execute", record)
    yield statements
    event.remove(db.engine(), "before_cursor_execute", record)


@contextmanager
def _database(server: str, name: str, template: str = "template1") -> Iterator[None]:
    """Make a database, have the app use it, and drop it afterwards."""
    before = settings().database_url
    _on(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    _use(make_url(server).set(database=name).render_as_string(hide_password=False))
    try:
        yield
    finally:
        _use(before)
        _on(server, f'DROP DATABASE "{name}" WITH (FORCE)')


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
