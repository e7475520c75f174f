"""The demo shop's state: its orders in memory, each written to its folder as it changes."""

import json
import os
import secrets
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from core.demo.records import Order, now

DOMAIN = "demo-photo-gifts.myshopify.com"
NAME = "Demo Photo Gifts"
TIME_ZONE = "Europe/Berlin"
SCOPES = (
    "read_orders",
    "write_orders",
    "read_customers",
    "read_products",
    "read_merchant_managed_fulfillment_orders",
    "write_merchant_managed_fulfillment_orders",
)
TOKEN_SECONDS = 86_399

_TABLES = """
    CREATE TABLE IF NOT EXISTS orders (number INTEGER PRIMARY KEY, document TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS tokens (token TEXT PRIMARY KEY, expires_at REAL NOT NULL);
"""


@dataclass(frozen=True)
class Credentials:
    """What an app needs to speak to the shop, and a person to make it send orders."""

    client_id: str
    client_secret: str
    control_token: str


def credentials(data_dir: Path) -> Credentials:
    """The shop's credentials, made at the first call. Only the owner of the folder reads them."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = data_dir / "credentials.json"
    made = Credentials(
        client_id=secrets.token_hex(16),
        client_secret=f"shpss_{secrets.token_hex(16)}",
        control_token=secrets.token_urlsafe(24),
    )
    draft = data_dir / f".credentials-{secrets.token_hex(4)}"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(made)))
    try:
        # A link is made whole or not at all: of two processes starting together, both read
        # what the first one wrote.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return Credentials(**json.loads(path.read_text()))


class DemoShop:
    """Safe to use from several threads, one at a time under `lock`. Close it when done."""

    def __init__(self, data_dir: Path, photos: Mapping[str, Path]) -> None:
        self.credentials = credentials(data_dir)
        self.photos = photos
        self.scopes = set(SCOPES)
        self.lock = threading.RLock()
        self._rows = sqlite3.connect(data_dir / "shop.sqlite", check_same_thread=False)
        self._rows.executescript(_TABLES)
        documents = self._rows.execute("SELECT document FROM orders ORDER BY number")
        self.orders = {
            order.number: order
            for order in (Order.model_validate_json(document) for (document,) in documents)
        }

    def close(self) -> None:
        self._rows.close()

    def save(self, orders: Iterable[Order]) -> None:
        """Keep these orders as they are now, all of them or none."""
        orders = list(orders)
        with self.lock, self._rows:
            self._rows.executemany(
                "INSERT OR REPLACE INTO orders VALUES (?, ?)",
                [(order.number, order.model_dump_json()) for order in orders],
            )
            self.orders.update((order.number, order) for order in orders)

    def issue_token(self) -> str:
        token = f"shpat_{secrets.token_hex(16)}"
        expires_at = now() + timedelta(seconds=TOKEN_SECONDS)
        with self.lock, self._rows:
            self._rows.execute("INSERT INTO tokens VALUES (?, ?)", (token, expires_at.timestamp()))
        return token

    def accepts(self, token: str) -> bool:
        with self.lock:
            found = self._rows.execute(
                "SELECT 1 FROM tokens WHERE token = ? AND expires_at > ?",
                (token, now().timestamp()),
            )
            return found.fetchone() is not None

    @property
    def next_number(self) -> int:
        return max(self.orders, default=1000) + 1
