"""A Postgres with the desk's photos, and the two servers that show them; all thrown away."""

import atexit
import os
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from core import db, schema
from core.config import settings
from core.embedded import Postgres
from core.services import staff
from core.services.actors import Actor
from tests.bench.desk.photos import hang, keep_pictures, take_back
from tests.bench.workers import say
from tests.cast import Cast
from tests.databases import new_database
from tests.serving import PASSWORD, Served, serve
from tests.sockets import signed_in

PHOTOS = 500


@dataclass(frozen=True)
class Stage:
    """Ada works with our desk, Bob with the plain page: neither takes the other's photos away."""

    folder: Path
    engine: Engine
    ada: Actor
    bob: Actor
    #: Waiting for each of the two.
    photos: int

    def take_back(self) -> None:
        with Session(self.engine) as session, session.begin():
            take_back(session)


@dataclass(frozen=True)
class Servers:
    ours: Served
    plain: Served
    #: Ada's session.
    token: str


@cache
def stage(photos: int = PHOTOS) -> Stage:
    # Killed, it leaves nothing behind either.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    began = time.monotonic()
    stack = _until_the_end()
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="loupe-desk-")))
    folder.chmod(0o711)  # Postgres' own user, if we are root, has to reach it
    _use_no_settings_but(folder)
    server = stack.enter_context(Postgres(folder)).url
    stack.enter_context(new_database(server, "desk"))
    schema.upgrade()
    with db.transaction() as session:
        cast = Cast(session, undo_seconds=600)
        staff.set_password(session, staff.COMMAND_LINE, "ada", PASSWORD)
        hang(session, cast.shop, (cast.ada, cast.bob), photos)
    engine = db.engine()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    say(f"desk: {photos} photos wait for each of two after {time.monotonic() - began:.0f} s")
    return Stage(folder, engine, cast.ada, cast.bob, photos)


@cache
def servers(here: Stage) -> Servers:
    """The real one behind its gate, and that of the plain page; side by side on the same photos."""
    stack = _until_the_end()
    began = time.monotonic()
    keep_pictures(here.folder / "pictures", (here.ada, here.bob), here.photos)
    ours = stack.enter_context(serve(here.folder))
    plain = stack.enter_context(
        serve(
            here.folder, "tests.bench.desk.plain_server:app", LOUPE_BENCH_REVIEWER=str(here.bob.id)
        )
    )
    say(f"desk: pictures are kept and two servers run after {time.monotonic() - began:.0f} s")
    return Servers(ours, plain, signed_in("ada"))


def _until_the_end() -> ExitStack:
    stack = ExitStack()
    atexit.register(stack.close)
    return stack


def _use_no_settings_but(folder: Path) -> None:
    for name in [name for name in os.environ if name.startswith("LOUPE_")]:
        del os.environ[name]
    os.environ["LOUPE_DATA_DIR"] = str(folder)
    os.environ["LOUPE_SECRET_KEY"] = "only for benches"
    settings.cache_clear()
