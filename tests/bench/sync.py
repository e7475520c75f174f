"""Orders taken in: `sync_pages`, `sync_bulk` and, as the shop grows, `sync_growth`.

From pages and from a bulk operation's file, over HTTP, with all that belongs to an order: its
products, photos, assignment, events and jobs. The plain way inserts the very same rows, an order
at a time, and knows nothing of what is there already.
"""

import atexit
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import psycopg
from pydantic import SecretStr
from sqlalchemy import Engine, event, select, text
from sqlalchemy.orm import Session

from core import db, schema
from core.clients import Clients
from core.embedded import Postgres
from core.integrations.shopify import bulk
from core.integrations.shopify.bulk import BulkOperation
from core.integrations.shopify.client import AdminClient
from core.integrations.shopify.order_photos import find_on_order
from core.integrations.shopify.order_reader import Page
from core.integrations.shopify.orders import ORDER, ShopifyOrder, parse
from core.jobs import order_pages
from core.models import Shop, utc_now
from core.queries.sync_state import Source
from core.services import order_intake
from tests.bench import orders
from tests.bench.result import Result
from tests.bench.workers import say
from tests.cast import Cast
from tests.databases import new_database

ORDERS = 500
RUNS = 3
#: Orders that are there.
SIZES = (1_000, 100_000)
#: Of a page in the biggest shop over one in the smallest.
LIMIT = 1.5
ROUNDS = 31
_WARM_UP = 5
_PAGE = 25
#: The tables of an order, as foreign keys ask for them, and how its rows are found.
_TABLES = {
    "orders": "id = %(id)s",
    "line_items": "order_id = %(id)s",
    "photos": "order_id = %(id)s",
    "events": "order_id = %(id)s",
    "procrastinate_jobs": "(args ->> 'order_id')::bigint = %(id)s OR (args ->> 'photo_id')::bigint"
    " IN (SELECT id FROM photos WHERE order_id = %(id)s)",
}
#: What orders share.
_SHARED = ("products", "variants")

Read = Callable[[str, Path], Iterator[Page]]
#: A table, and rows of it as JSON.
Rows = tuple[str, str]


def _pages(address: str, _: Path) -> Iterator[Page]:
    client = AdminClient("bench.myshopify.com", SecretStr("none"), base_url=address)
    with client:
        yield from client.orders_updated_since(orders.BEGAN)


def _bulk(address: str, folder: Path) -> Iterator[Page]:
    url = urlsplit(address)
    operation = BulkOperation(
        id="1", status="COMPLETED", created_at=orders.BEGAN, url=f"{address}/orders.jsonl"
    )
    yield from bulk.pages(operation, folder, demo=(url.hostname or "", url.port or 0))


def _taken_in(name: str, read: Read) -> Iterator[Result]:
    ours, plain, statements = [], [], 0.0
    with orders.serving(range(1, ORDERS + 1)) as address:
        for run in range(RUNS):
            with _shop(f"{name}_{run}") as shop_id, TemporaryDirectory() as folder:
                began = time.perf_counter()
                with _counting(db.engine()) as sent:
                    for page in read(address, Path(folder)):
                        order_pages.take_over(Clients(), Source(shop_id, is_demo=False), page)
                ours.append(ORDERS / (time.perf_counter() - began))
                shared, each_order = _rows()
                statements = len(sent) / ORDERS
            with _shop(f"{name}_plain_{run}"):
                plain.append(ORDERS / _insert(shared, each_order))
    yield Result(
        name=name,
        ours=statistics.median(ours),
        other=statistics.median(plain),
        ratio=statistics.median(ours) / statistics.median(plain),
        unit="orders/s",
        runs=RUNS,
        more={"orders": ORDERS, "statements_per_order": statements},
    )


def _growth() -> Iterator[Result]:
    with ExitStack() as stack:
        sizes = {size: stack.enter_context(_filled(size)) for size in SIZES}
        taken: dict[int, list[float]] = {size: [] for size in SIZES}
        for number in range(_WARM_UP + ROUNDS):
            for size, (engine, shop_id) in sizes.items():
                taken[size].append(_page(engine, shop_id, size, number))
    medians = {size: statistics.median(times[_WARM_UP:]) for size, times in taken.items()}
    smallest, biggest = (medians[size] for size in SIZES)
    yield Result(
        name="sync_growth",
        ours=biggest,
        other=smallest,
        ratio=biggest / smallest,
        unit="ms",
        runs=ROUNDS,
        more={"limit": LIMIT, "page": _PAGE, **{f"{size:,}": medians[size] for size in SIZES}},
    )


BENCHES = {
    "sync_pages": lambda: _taken_in("sync_pages", _pages),
    "sync_bulk": lambda: _taken_in("sync_bulk", _bulk),
    "sync_growth": _growth,
}


def _page(engine: Engine, shop_id: int, size: int, number: int) -> float:
    """Milliseconds to take over a page of orders: ten new ones, ten that changed, five as before.

    Each page is of orders that no other page has touched.
    """
    first = 10 * number
    new = [_seen(10_000_000 + first + each) for each in range(10)]
    old = [_seen(1 + first + each) for each in range(15)]
    with Session(engine) as session, session.begin():
        _take_over(session, shop_id, old)
    changed = [_seen(1 + first + each, note="By Friday, please") for each in range(10)]
    page = [*new, *changed, *old[10:]]
    began = time.perf_counter()
    with Session(engine) as session, session.begin():
        _take_over(session, shop_id, page)
    return 1000 * (time.perf_counter() - began)


def _take_over(session: Session, shop_id: int, page: Sequence[ShopifyOrder]) -> None:
    found = [(order, find_on_order(order)) for order in page]
    for sightings in order_intake.news(session, shop_id, found, read_at=utc_now()):
        order_intake.record(session, shop_id, sightings)


def _seen(number: int, *, note: str | None = None) -> ShopifyOrder:
    node = orders.order(number, note=note) | {"lineItems": orders.lines(number)}
    return parse(ORDER, node)


@contextmanager
def _counting(engine: Engine) -> Iterator[list[str]]:
    """The statements that are sent, each as often as it is; new orders' jobs are among them."""
    sent: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, rows: object, *_: object) -> None:
        sent.extend([statement] * (len(rows) if isinstance(rows, list) else 1))

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@contextmanager
def _shop(name: str) -> Iterator[int]:
    """The id of a shop without orders, with its team, in a database of its own."""
    server, template = _server()
    with new_database(server, name, template), db.transaction() as session:
        yield session.scalars(select(Shop.id)).one()


def _rows() -> tuple[list[Rows], list[list[Rows]]]:
    """What is there now: what all orders share, and what each order has."""
    with psycopg.connect(db.conninfo()) as connection:

        def rows(table: str, which: str = "true", **parameters: int) -> Rows:
            query = f"SELECT jsonb_agg(t ORDER BY id)::text FROM {table} t WHERE {which}"  # noqa: S608
            (found,) = connection.execute(query.encode(), parameters).fetchone() or ("",)
            return table, found or "[]"

        ids = [id_ for (id_,) in connection.execute("SELECT id FROM orders ORDER BY id")]
        shared = [rows(table) for table in _SHARED]
        return shared, [[rows(*each, id=id_) for each in _TABLES.items()] for id_ in ids]


def _insert(shared: Sequence[Rows], each_order: Sequence[Sequence[Rows]]) -> float:
    """Seconds for the orders."""
    with psycopg.connect(db.conninfo()) as connection:

        def insert(table: str, rows: str) -> None:
            query = f"INSERT INTO {table} SELECT * FROM jsonb_populate_recordset(NULL::{table}, %s)"  # noqa: S608
            connection.execute(query.encode(), [rows])

        for table, rows in shared:
            insert(table, rows)
        connection.commit()
        began = time.perf_counter()
        for tables in each_order:
            for table, rows in tables:
                insert(table, rows)
            connection.commit()
        return time.perf_counter() - began


@cache
def _server() -> tuple[str, str]:
    """A Postgres that is thrown away, and the database to copy from."""
    stack = ExitStack()
    atexit.register(stack.close)
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="loupe-bench-")))
    folder.chmod(0o711)  # Postgres' own user, if we are root, has to reach it
    server = stack.enter_context(Postgres(folder, durable=False)).url
    stack.enter_context(new_database(server, "sync_template"))
    schema.upgrade()
    with db.transaction() as session:
        Cast(session)
    db.engine().dispose()
    return server, "sync_template"


@contextmanager
def _filled(size: int) -> Iterator[tuple[Engine, int]]:
    """The database of a shop with so many orders; the last thousand wait for their reviewers."""
    server, template = _server()
    with new_database(server, f"sync_{size}", template):
        began = time.monotonic()
        engine = db.engine()
        with Session(engine) as session, session.begin():
            shop_id = session.scalars(select(Shop.id)).one()
            session.execute(text("SET LOCAL session_replication_role = replica"))
            for statement in _SEED.split(";"):
                session.execute(
                    text(statement), {"shop": shop_id, "size": size, "began": orders.BEGAN}
                )
        with engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
        say(f"sync: {size:,} orders are there after {time.monotonic() - began:.0f} s")
        yield engine, shop_id


_SEED = """
    INSERT INTO products (id, shop_id, shopify_id, title, making, bleed)
    SELECT n, :shop, 'gid://shopify/Product/' || kind || '-' || n % 40, kind, 'printed', 0
    FROM generate_series(1, 80) AS n, LATERAL (SELECT CASE WHEN n <= 40 THEN 'canvas' ELSE 'card'
        END AS kind) AS kinds;
    INSERT INTO variants (id, product_id, shopify_id, title, is_fixed, is_corrected)
    SELECT id, id, replace(shopify_id, 'Product', 'ProductVariant'), '', false, false
    FROM products;
    INSERT INTO orders (id, shop_id, shopify_id, name, email, customer_name, tags, placed_at,
        updated_at, is_fulfilled, is_gentle, released_at, link_epoch, created_at, assignee_id)
    SELECT n, :shop, 'gid://shopify/Order/' || n, '#' || n, n || '@example.org', 'Carl Client',
        '{}', :began, :began, false, false, CASE WHEN n <= :size - 1000 THEN now() END, 0, now(),
        (SELECT min(id) FROM staff)
    FROM generate_series(1, :size) AS n;
    INSERT INTO line_items (id, order_id, shopify_id, position, title, quantity, is_fulfilled,
        variant_id, shopify_product_id)
    SELECT 2 * orders.id + k, orders.id, 'gid://shopify/LineItem/' || 2 * orders.id + k, k,
        products.title, 1, false, products.id, products.shopify_id
    FROM orders, generate_series(0, 1) AS k
    JOIN products ON true
    WHERE products.id = (orders.id + 39) % 40 + 1 + 40 * k;
    INSERT INTO photos (id, shop_id, order_id, line_item_id, source, ordinal, url, state, version,
        queue_rank, flag_rank, waiting_since, created_at, ordered_at, assignee_id, product_id)
    SELECT id, :shop, id, 2 * id, 'line:Photo', 0,
        'https://cdn.shopify.com/s/files/1/0000/0000/0001/uploads/' || id || '.jpg',
        CASE WHEN released_at IS NULL THEN 'in_review' ELSE 'approved' END, 2, 1, 2, placed_at,
        now(), placed_at, assignee_id, (id + 39) % 40 + 1
    FROM orders;
    SELECT setval(pg_get_serial_sequence(t, 'id'), 10000000)
    FROM unnest(ARRAY['products', 'variants', 'orders', 'line_items', 'photos']) AS t
"""
