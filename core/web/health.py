"""What watches over us asks here."""

from functools import cache

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import OperationalError, TimeoutError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from core import db
from core.config import ROOT


def alive(_: Request) -> Response:
    return PlainTextResponse("alive")


def ready(_: Request) -> Response:
    """503 unless the database answers and has the tables that this code expects."""
    try:
        with db.engine().connect() as connection:
            heads = MigrationContext.configure(connection).get_current_heads()
    except (OperationalError, TimeoutError):
        return PlainTextResponse("the database does not answer", 503)
    if set(heads) != _expected_heads():
        return PlainTextResponse("the database is not migrated", 503)
    return PlainTextResponse("ready")


@cache
def _expected_heads() -> set[str]:
    return set(ScriptDirectory(str(ROOT / "core/migrations")).get_heads())
