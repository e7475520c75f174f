"""Webhooks acknowledged while a shop is read for the first time: `webhook_acknowledged`.

Beside each of them, in turn, stands one bare INSERT over a connection that is open already.
"""

import hashlib
import hmac
import json
import os
import statistics
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import psycopg
from sqlalchemy import func, select

from core import db, schema
from core.config import ROOT, settings
from core.demo import control
from core.demo.shop import DOMAIN, credentials
from core.embedded import Postgres
from core.models import Order, Photo, PhotoState
from core.processes import end, spawn
from core.services import demo
from tests import waiting
from tests.bench.result import Result
from tests.bench.workers import say
from tests.databases import new_database
from tests.serving import free_port, serve

ORDERS = 1000
RUNS = 500
_WARM_UP = 20


def _run() -> Iterator[Result]:
    with ExitStack() as stack:
        send, insert = _busy_shop(stack)
        taken: dict[str, list[float]] = {"ours": [], "bare": []}
        for _ in range(_WARM_UP + RUNS):
            for name, way in (("ours", send), ("bare", insert)):
                began = time.perf_counter()
                way()
                taken[name].append(1000 * (time.perf_counter() - began))
        if not _is_busy():
            raise AssertionError("The shop was read before all webhooks were sent.")
    ours, bare = (taken[name][_WARM_UP:] for name in ("ours", "bare"))
    yield Result(
        name="webhook_acknowledged",
        ours=_p99(ours),
        other=_p99(bare),
        ratio=_p99(bare) / _p99(ours),
        unit="ms",
        runs=RUNS,
        more={"p50": statistics.median(ours), "bare_p50": statistics.median(bare)},
    )


BENCHES = {"webhook_acknowledged": _run}


def _p99(times: list[float]) -> float:
    return statistics.quantiles(times, n=100)[-1]


def _busy_shop(stack: ExitStack) -> tuple[Callable[[], None], Callable[[], None]]:
    """Return what sends a webhook, and what inserts a row, once a worker has its hands full."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="loupe-hooks-")))
    folder.chmod(0o711)  # Postgres' own user, if we are root, has to reach it
    stack.enter_context(_settings(folder))
    stack.enter_context(new_database(stack.enter_context(Postgres(folder)).url, "hooks"))
    schema.upgrade()
    keys = credentials(folder / "demo-shop")
    with db.transaction() as session:
        demo.ensure(
            session,
            client_id=keys.client_id,
            client_secret=keys.client_secret,
            password="a good password",
        )
    shop = _open_shop(stack, folder)
    control.send_orders(shop, keys.control_token, ORDERS)
    served = stack.enter_context(serve(folder))
    _start(stack, folder, "worker", "--demo-shop", shop)
    waiting.until(_is_busy, seconds=120)
    say(f"webhooks: a worker reads {ORDERS} orders")
    client = stack.enter_context(httpx.Client(trust_env=False, timeout=30))
    secret, numbers = keys.client_secret.encode(), iter(range(1001, 10**9))

    def send() -> None:
        named = {"admin_graphql_api_id": f"gid://shopify/Order/{next(numbers)}"}
        body = json.dumps(named).encode()
        headers = {
            "X-Shopify-Topic": "orders/updated",
            "X-Shopify-Shop-Domain": DOMAIN,
            "X-Shopify-Webhook-Id": str(uuid4()),
            "X-Shopify-Hmac-Sha256": b64encode(hmac.digest(secret, body, hashlib.sha256)).decode(),
        }
        url = f"{served.url}/hooks/shopify/{DOMAIN}"
        client.post(url, content=body, headers=headers).raise_for_status()

    bare = stack.enter_context(psycopg.connect(db.conninfo(), autocommit=True))
    bare.execute("CREATE TABLE bare (id text PRIMARY KEY, body bytea)")

    def insert() -> None:
        bare.execute("INSERT INTO bare VALUES (%s, %s)", (str(uuid4()), b"{}"))

    return send, insert


def _is_busy() -> bool:
    """Orders are there, and photos still to be fetched."""
    with db.transaction() as session:
        orders = session.scalar(select(func.count()).select_from(Order)) or 0
        fetching = select(func.count()).where(Photo.state == PhotoState.FETCHING)
        return orders > 0 and bool(session.scalar(fetching))


def _open_shop(stack: ExitStack, folder: Path) -> str:
    port = free_port()
    _start(stack, folder, "demo-shop", "--port", str(port))
    address = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            return httpx.get(address, trust_env=False).is_success
        except httpx.TransportError:
            return False

    waiting.until(answers, seconds=120)
    return address


def _start(stack: ExitStack, folder: Path, *command: str) -> None:
    log = stack.enter_context((folder / f"{command[0]}.log").open("wb"))
    process = spawn(
        [sys.executable, "-m", "core", *command], cwd=ROOT, env=os.environ, stdout=log, stderr=log
    )
    stack.callback(end, process, within=5)


@contextmanager
def _settings(folder: Path) -> Iterator[None]:
    """Nothing of this machine's; another bench's come back."""
    before = {name: value for name, value in os.environ.items() if name.startswith("LOUPE_")}
    for name in before:
        del os.environ[name]
    os.environ |= {"LOUPE_DATA_DIR": str(folder), "LOUPE_SECRET_KEY": "only for benches"}
    settings.cache_clear()
    try:
        yield
    finally:
        for name in [name for name in os.environ if name.startswith("LOUPE_")]:
            del os.environ[name]
        os.environ |= before
        settings.cache_clear()
