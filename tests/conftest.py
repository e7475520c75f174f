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

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from core import db, schema
from core.config import Settings, settings
from core.embedded import Postgres
from core.services import staff
from tests.cast import Cast
from tests.databases import new_database
from tests.serving import PASSWORD, Served, serve
from tests.smtp import HOST, PostOffice, post_office

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
    with new_database(server, name):
        schema.upgrade()
        db.engine().dispose()
        yield name


@pytest.fixture(scope="session")
def database(server: str, template: str) -> Iterator[None]:
    with new_database(server, f"loupe_test_{os.getpid()}", template):
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
    with new_database(server, f"loupe_committed_{os.getpid()}", template):
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


@pytest.fixture(scope="module")
def own_database(server: str, template: str) -> Iterator[None]:
    """A database that commits, for this module's tests and its server."""
    with new_database(server, f"loupe_served_{os.getpid()}", template):
        yield


@pytest.fixture(scope="module")
def team(own_database: None) -> None:
    """Ada and Bob, processors, and Mia, manager, of a demo shop, with passwords."""
    with db.transaction() as session:
        Cast(session)
        for name in ("ada", "bob", "mia"):
            staff.set_password(session, staff.COMMAND_LINE, name, PASSWORD)


@pytest.fixture(scope="module")
def served(team: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The web part over `own_database`."""
    with serve(tmp_path_factory.mktemp("served")) as served:
        yield served


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[PostOffice]:
    """A real mail server, in the settings of a shop that may write to its customers."""
    with post_office() as office:
        monkeypatch.setenv("LOUPE_SMTP_HOST", HOST)
        monkeypatch.setenv("LOUPE_SMTP_PORT", str(office.port))
        monkeypatch.setenv("LOUPE_SMTP_SECURITY", "none")
        monkeypatch.setenv("LOUPE_PUBLIC_URL", "https://photos.example")
        settings.cache_clear()
        yield office
    monkeypatch.undo()
    settings.cache_clear()
