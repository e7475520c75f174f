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

from core.demo import shelf
from core.demo.records import BulkOperation, Order, Subscription, now, stamp
from core.demo.timeline import Timeline

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
    CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value TEXT NOT NULL);
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
        self.folder = data_dir
        self.scopes = set(SCOPES)
        self.lock = threading.RLock()
        self._rows = sqlite3.connect(data_dir / "shop.sqlite", check_same_thread=False)
        self._rows.executescript(_TABLES + shelf.TABLE)
        self.subscriptions = shelf.Shelf(self._rows, self.lock, Subscription)
        self.bulk_operations = shelf.Shelf(self._rows, self.lock, BulkOperation)
        self.orders_by_change, self.fulfillment_orders_by_change = Timeline(), Timeline()
        documents = self._rows.execute("SELECT document FROM orders ORDER BY number")
        self.orders = {
            order.number: order
            for order in (Order.model_validate_json(document) for (document,) in documents)
        }
        for order in self.orders.values():
            self._place(order)

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
            for order in orders:
                self.orders[order.number] = order
                self._place(order)

    def delete(self, order: Order) -> None:
        """Forget an order; its number is not given again."""
        with self.lock:
            self.note("last_number", str(self.next_number - 1))
            with self._rows:
                self._rows.execute("DELETE FROM orders WHERE number = ?", (order.number,))
            del self.orders[order.number]
            self.orders_by_change.drop(order.id)
            for each in order.fulfillment_orders:
                self.fulfillment_orders_by_change.drop(each.id)

    def _place(self, order: Order) -> None:
        self.orders_by_change.put(order.id, stamp(order.updated_at))
        for each in order.fulfillment_orders:
            self.fulfillment_orders_by_change.put(each.id, stamp(each.updated_at))

    def note(self, name: str, value: str) -> None:
        with self.lock, self._rows:
            self._rows.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, value))

    def noted(self, name: str) -> str | None:
        with self.lock:
            found = self._rows.execute("SELECT value FROM notes WHERE name = ?", (name,)).fetchone()
        return found and str(found[0])

    @property
    def is_installed(self) -> bool:
        return self.noted("installed") != "no"

    def install(self) -> None:
        self.note("installed", "yes")

    def uninstall(self) -> None:
        """The app's tokens and subscriptions end with it."""
        with self.lock:
            self.note("installed", "no")
            with self._rows:
                self._rows.execute("DELETE FROM tokens")
            for each in self.subscriptions.all():
                self.subscriptions.drop(each.id)

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
        last = int(self.noted("last_number") or 1000)
        return max(last, *self.orders) + 1 if self.orders else last + 1
