"""The page of photos as the queue grows, and deep in it: `grid_query_growth`, `grid_query`.

Each length of the queue has a database of its own, in a Postgres that is thrown away, so that all
of them can be asked in turn. A tenth of what waits is Ada's.
"""

import atexit
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import cache, partial
from pathlib import Path

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from core import db, schema
from core.embedded import Postgres
from core.models import Role, Shop, Staff
from core.queries import review_queue
from core.queries.queue_view import Sort, View
from core.queries.review_queue import PAGE_SIZE, GridPhoto, Place
from tests.bench.result import Result
from tests.bench.workers import say
from tests.databases import new_database

SIZES = (1_000, 100_000, 1_000_000)
RUNS = 41
#: Of the page in the longest queue over that in the shortest.
LIMIT = 1.5
#: Postgres plans a statement anew for the first ten times; a desk's connections are older.
_WARM_UP = 12
_DEEP = 10_000

Read = Callable[[], list[GridPhoto]]

_SEED = """
    INSERT INTO products (id, shop_id, shopify_id, title, making, bleed)
    VALUES (1, :shop, '1', 'Canvas', 'printed', 0);
    INSERT INTO variants (id, product_id, shopify_id, title, width, height, is_fixed, is_corrected)
    VALUES (1, 1, '1', '30 x 40 cm', 300, 400, false, false);
    INSERT INTO orders (id, shop_id, shopify_id, name, email, customer_name, tags, placed_at,
        updated_at, is_fulfilled, is_gentle, assignee_id, link_epoch, created_at)
    SELECT n, :shop, n, '#' || n, n || '@example.org', 'Carl Client', '{}',
        now() - n * interval '10 s', now(), false, false,
        CASE n % 10 WHEN 0 THEN :ada ELSE :bob END, 0, now()
    FROM generate_series(1, :photos / 2) AS n;
    INSERT INTO line_items (id, order_id, shopify_id, position, title, variant_title, quantity,
        is_fulfilled, variant_id)
    SELECT id, id, id, 0, 'Canvas', '30 x 40 cm', 1, false, 1 FROM orders;
    INSERT INTO uploads (id, photo_id, origin, sha256, size, format, width, height, is_animated,
        received_at)
    SELECT n, n, 'order', md5(CAST(n AS text)), 1000, 'JPEG', 3000, 2000, false, now()
    FROM generate_series(1, :photos) AS n;
    INSERT INTO findings (upload_id, kind, level, score, details)
    SELECT id, 'soft', 'look', 0.6, '{}' FROM uploads WHERE id % 5 = 0;
    INSERT INTO photos (id, shop_id, order_id, line_item_id, source, ordinal, state, version,
        upload_id, queue_rank, flag_rank, waiting_since, created_at, ordered_at, assignee_id,
        product_id)
    SELECT uploads.id, :shop, orders.id, orders.id, 'line:Photo', uploads.id % 2, 'in_review', 2,
        uploads.id, CASE uploads.id % 50 WHEN 0 THEN 0 ELSE 1 END,
        CASE uploads.id % 5 WHEN 0 THEN 1 ELSE 2 END, placed_at, now(), placed_at, assignee_id, 1
    FROM uploads JOIN orders ON orders.id = (uploads.id + 1) / 2
"""


def _growth() -> Iterator[Result]:
    ada, queues = _queues()
    mine = View(ada, sort=Sort.OLDEST)
    with ExitStack() as stack:
        sessions = {size: stack.enter_context(Session(queues[size])) for size in SIZES}
        medians = _in_turn(
            {f"{size:,}": partial(_read, sessions[size], mine, None) for size in SIZES}
        )
    shortest, *_, longest = medians.values()
    yield Result(
        name="grid_query_growth",
        ours=longest,
        other=shortest,
        ratio=longest / shortest,
        unit="ms",
        runs=RUNS,
        more={"limit": LIMIT, **medians},
    )


def _deep() -> Iterator[Result]:
    """The plain way finds the page by counting the rows before it, and then reads as we do."""
    _, queues = _queues()
    everybodys = View()
    with Session(queues[SIZES[-1]]) as session:
        before = _place(session, everybodys)
        ours = partial(_read, session, everybodys, before)

        def plain() -> list[GridPhoto]:
            return _read(session, everybodys, _place(session, everybodys))

        if ours() != plain():
            raise AssertionError("The two show different photos.")
        medians = _in_turn({"loupe": ours, "offset": plain})
    yield Result(
        name="grid_query",
        ours=medians["loupe"],
        other=medians["offset"],
        ratio=medians["offset"] / medians["loupe"],
        unit="ms",
        runs=RUNS,
        more={"page": _DEEP, "waiting": SIZES[-1]},
    )


BENCHES = {"grid_query_growth": _growth, "grid_query": _deep}


def _read(session: Session, view: View, after: Place | None) -> list[GridPhoto]:
    return list(review_queue.page(session, view, after=after, limit=PAGE_SIZE))


def _place(session: Session, view: View) -> Place:
    statement = select(*view.keys()).where(*view.conditions()).order_by(*view.order())
    return tuple(session.execute(statement.offset(_DEEP * PAGE_SIZE - 1).limit(1)).one())


def _in_turn(reads: Mapping[str, Read]) -> dict[str, float]:
    """Median milliseconds of each."""
    taken: dict[str, list[float]] = {name: [] for name in reads}
    for _ in range(_WARM_UP + RUNS):
        for name, read in reads.items():
            began = time.perf_counter()
            found = read()
            taken[name].append(1000 * (time.perf_counter() - began))
            if len(found) != PAGE_SIZE:
                raise AssertionError(f"{name} shows {len(found)} photos.")
    return {name: statistics.median(times[_WARM_UP:]) for name, times in taken.items()}


@cache
def _queues() -> tuple[int, Mapping[int, Engine]]:
    """Ada's id, the same everywhere, and the databases by how many photos wait in them."""
    stack = ExitStack()
    atexit.register(stack.close)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="loupe-bench-")))
    folder.chmod(0o711)  # Postgres' own user, if we are root, has to reach it
    server = stack.enter_context(Postgres(folder, durable=False)).url
    queues = {}
    for size in SIZES:
        began = time.monotonic()
        stack.enter_context(new_database(server, f"queue_{size}"))
        schema.upgrade()
        queues[size] = db.engine()
        ada = _fill(queues[size], size)
        say(f"queue: {size:,} photos wait after {time.monotonic() - began:.0f} s")
    return ada, queues


def _fill(engine: Engine, photos: int) -> int:
    with Session(engine) as session:
        shop = Shop(domain="", name="", email="", client_id="", client_secret=b"")
        ada, bob = (
            Staff(username=name, name=name, role=Role.PROCESSOR, password_hash="")
            for name in ("ada", "bob")
        )
        session.add_all([shop, ada, bob])
        session.flush()
        # Neither triggers nor foreign keys, and indexes when all is there: ten times as fast.
        session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text("SET LOCAL maintenance_work_mem = '256MB'"))
        indexes = session.execute(
            text("SELECT indexname, indexdef FROM pg_indexes WHERE indexname LIKE 'ix_%'")
        ).all()
        for name, _ in indexes:
            session.execute(text(f"DROP INDEX {name}"))
        values = {"shop": shop.id, "ada": ada.id, "bob": bob.id, "photos": photos}
        for statement in _SEED.split(";"):
            used = {name: value for name, value in values.items() if f":{name}" in statement}
            session.execute(text(statement), used)
        for _, definition in indexes:
            session.execute(text(definition))
        session.commit()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return values["ada"]
