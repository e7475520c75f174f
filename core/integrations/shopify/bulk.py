"""All orders of a shop at once: Shopify writes them into a file, which we read as it comes.

A line of the file is an order or a line item, and a line item may come anywhere behind its order.
So they wait in a SQLite file, and memory stays the same however long Shopify's file is.
"""

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import httpcore
import httpx
from pydantic import AwareDatetime, TypeAdapter
from pydantic.dataclasses import dataclass

from core.errors import Unavailable
from core.integrations.guard import Address, Guard, GuardedNetwork, public_guard
from core.integrations.shopify.client import AdminClient, raise_user_errors
from core.integrations.shopify.documents import selection
from core.integrations.shopify.order_reader import Page, stamp
from core.integrations.shopify.orders import ORDER, ShopifyOrder, answered, parse

#: Bytes. A million orders are about as much.
FILE_BYTES = 4 * 2**30
LINE_BYTES = 8 * 2**20
ORDERS_AT_ONCE = 50
READ_SECONDS = 30.0
TOTAL_SECONDS = 3600.0
#: Another operation of ours has to end first.
_BUSY = {"OPERATION_IN_PROGRESS", "LIMIT_REACHED"}
_BUSY_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True, config=answered)
class BulkOperation:
    id: str
    #: CREATED, RUNNING, COMPLETED, CANCELING, CANCELED, FAILED, EXPIRED.
    status: str
    created_at: AwareDatetime
    error_code: str | None = None
    #: Of the file; None where there is nothing to read. It works for a week.
    url: str | None = None

    @property
    def is_under_way(self) -> bool:
        return self.status in ("CREATED", "RUNNING", "CANCELING")

    @property
    def is_complete(self) -> bool:
        return self.status == "COMPLETED"


_OPERATION = TypeAdapter(BulkOperation)


def start(client: AdminClient, since: datetime) -> BulkOperation:
    """Have all orders written down that changed at or after a time.

    Raises `Unavailable("bulk_busy")` while too many operations are under way.
    """
    query = selection("bulk_orders").replace("SINCE", stamp(since))
    payload = client.run("bulk_run", {"query": query})["bulkOperationRunQuery"]
    if any(error["code"] in _BUSY for error in payload["userErrors"]):
        raise Unavailable("bulk_busy", retry_after=_BUSY_SECONDS)
    raise_user_errors(payload["userErrors"])
    return parse(_OPERATION, payload["bulkOperation"])


def look(client: AdminClient, operation_id: str) -> BulkOperation | None:
    """How far it has come; None once Shopify knows of it no more."""
    node = client.run("bulk_status", {"id": operation_id})["bulkOperation"]
    return parse(_OPERATION, node) if node else None


def pages(
    operation: BulkOperation,
    folder: Path,
    *,
    demo: Address | None = None,
    guard: Guard | None = None,
) -> Iterator[Page]:
    """The orders of a complete operation, in the order of its file.

    `folder` is empty and for this only; `demo` is the one address that may be fetched from over
    http. Raises `Unavailable`: `bad_url`, `forbidden_address`, `bulk_file`, `too_large`,
    `bad_answer`, `timeout`, `connection`, `disk_full`.
    """
    if operation.url is None:
        return
    network = GuardedNetwork(guard or public_guard(), time.monotonic() + TOTAL_SECONDS, demo)
    with _outages(), closing(sqlite3.connect(folder / "objects.sqlite")) as objects:
        _keep(objects, _lines(_checked(operation.url, demo), network))
        orders = objects.execute("SELECT node FROM objects WHERE parent = '' ORDER BY rowid")
        while rows := orders.fetchmany(ORDERS_AT_ONCE):
            yield _page(objects, [json.loads(node) for (node,) in rows], operation.created_at)


def _page(objects: sqlite3.Connection, nodes: list[dict[str, Any]], asked_at: datetime) -> Page:
    read: list[ShopifyOrder] = []
    unreadable = []
    for node in nodes:
        of_it = objects.execute(
            "SELECT node FROM objects WHERE parent = ? ORDER BY rowid", [node.get("id")]
        )
        node["lineItems"] = [json.loads(line) for (line,) in of_it]
        try:
            read.append(parse(ORDER, node))
        except Unavailable as error:
            if error.code != "unreadable":
                raise
            unreadable.append(str(node.get("id")))
    has_more = len(nodes) == ORDERS_AT_ONCE
    return Page(tuple(read), tuple(unreadable), has_more, asked_at)


def _keep(objects: sqlite3.Connection, lines: Iterable[bytes]) -> None:
    # Nobody else has it, and it is made anew after a crash.
    objects.execute("PRAGMA journal_mode = OFF")
    objects.execute("PRAGMA synchronous = OFF")
    objects.execute("CREATE TABLE objects (parent TEXT NOT NULL, node TEXT NOT NULL)")
    rows = (_row(line) for line in lines if line.strip())
    while some := list(islice(rows, 500)):
        objects.executemany("INSERT INTO objects VALUES (?, ?)", some)
    objects.execute("CREATE INDEX children ON objects (parent)")


def _row(line: bytes) -> tuple[str, str]:
    try:
        return json.loads(line).get("__parentId") or "", line.decode()
    except (ValueError, AttributeError):
        # Not what it says: those are customers' names and addresses.
        raise Unavailable("bad_answer", "not a line of a bulk operation's file") from None


def _checked(url: str, demo: Address | None) -> httpx.URL:
    """Whatever host it names: it comes from Shopify, and only public addresses are connected to."""
    try:
        target = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise Unavailable("bad_url", str(error), permanent=True) from error
    host = target.raw_host.decode("ascii")
    if demo and target.scheme == "http" and (host, target.port or 80) == demo:
        return target
    if target.scheme != "https" or target.port is not None or target.userinfo or not host:
        raise Unavailable("bad_url", "only https, and its own port", permanent=True)
    return target


def _lines(url: httpx.URL, network: GuardedNetwork) -> Iterator[bytes]:
    """Read without our token, which is Shopify's business only, and without redirects."""
    target = httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )
    extensions = {"timeout": {"connect": READ_SECONDS, "read": READ_SECONDS}}
    headers = [("Accept-Encoding", "identity"), ("User-Agent", "Loupe")]
    size, rest = 0, b""
    with (
        httpcore.ConnectionPool(network_backend=network, ssl_context=network.guard.tls) as pool,
        pool.stream("GET", target, headers=headers, extensions=extensions) as response,
    ):
        if response.status != 200:
            raise Unavailable("bulk_file", f"HTTP {response.status}")
        for chunk in response.iter_stream():
            *whole, rest = (rest + chunk).split(b"\n")
            size += len(chunk)
            if size > FILE_BYTES or len(rest) > LINE_BYTES:
                raise Unavailable("too_large", permanent=True)
            yield from whole
    yield rest


@contextmanager
def _outages() -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException as error:
        raise Unavailable("timeout", type(error).__name__) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise Unavailable("connection", type(error).__name__) from error
    except sqlite3.OperationalError as error:
        raise Unavailable("disk_full", str(error)) from error
