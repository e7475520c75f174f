"""Documents of one kind, in memory and in the shop's file."""

import sqlite3
import threading
from typing import Generic, TypeVar

from core.demo.records import Kept

T = TypeVar("T", bound=Kept)

TABLE = """
    CREATE TABLE IF NOT EXISTS documents (
        kind TEXT NOT NULL, id INTEGER NOT NULL, document TEXT NOT NULL, PRIMARY KEY (kind, id)
    );
"""


class Shelf(Generic[T]):
    def __init__(self, rows: sqlite3.Connection, lock: threading.RLock, kind: type[T]) -> None:
        self._rows, self._lock, self._kind = rows, lock, kind
        found = rows.execute(
            "SELECT document FROM documents WHERE kind = ? ORDER BY id", (kind.__name__,)
        )
        documents = [kind.model_validate_json(document) for (document,) in found]
        self._items = {each.id: each for each in documents}

    def all(self) -> list[T]:
        with self._lock:
            return list(self._items.values())

    def get(self, any_id: int) -> T | None:
        return self._items.get(any_id)

    def put(self, item: T) -> None:
        with self._lock, self._rows:
            self._rows.execute(
                "INSERT OR REPLACE INTO documents VALUES (?, ?, ?)",
                (self._kind.__name__, item.id, item.model_dump_json()),
            )
            self._items[item.id] = item

    def drop(self, any_id: int) -> None:
        with self._lock, self._rows:
            self._rows.execute(
                "DELETE FROM documents WHERE kind = ? AND id = ?", (self._kind.__name__, any_id)
            )
            self._items.pop(any_id, None)
