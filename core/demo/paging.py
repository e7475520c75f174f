"""Shopify's connections: sorted, cut into pages, and continued after a cursor."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from graphql import GraphQLError

T = TypeVar("T")

MOST = 250

# An argument of ours: the connections in a bulk query have no size.
EVERYTHING = "everything"

# A value to sort by, and the id that decides between equals.
Key = tuple[str | int, int]


def connection(
    items: Iterable[T],
    key: Callable[[T], Key],
    answer: Callable[[T], dict[str, Any]],
    arguments: dict[str, Any],
) -> dict[str, Any]:
    """One page. What changes between two pages moves as in Shopify: cursors hold a place in
    the order of sorting, not a position."""
    first, last = arguments.get("first"), arguments.get("last")
    if not arguments.get(EVERYTHING):
        check(first, last)
    rows = sorted(((key(item), item) for item in items), key=lambda row: row[0])
    if arguments.get("reverse"):
        rows.reverse()
    total = len(rows)
    start = _position(rows, arguments.get("after"), 0, arguments.get("reverse"), past=True)
    end = _position(rows, arguments.get("before"), total, arguments.get("reverse"), past=False)
    if first is not None:
        end = min(end, start + first)
    if last is not None:
        start = max(start, end - last)
    return shown(rows[start:end], answer, has_next=end < total, has_previous=start > 0)


def shown(
    page: Sequence[tuple[Key, T]],
    answer: Callable[[T], dict[str, Any]],
    *,
    has_next: bool,
    has_previous: bool,
) -> dict[str, Any]:
    return {
        "nodes": lambda _info: [answer(item) for _, item in page],
        "edges": lambda _info: [
            {"cursor": _cursor(place), "node": answer(item)} for place, item in page
        ],
        "pageInfo": {
            "hasNextPage": has_next,
            "hasPreviousPage": has_previous,
            "startCursor": _cursor(page[0][0]) if page else None,
            "endCursor": _cursor(page[-1][0]) if page else None,
        },
    }


def check(first: int | None, last: int | None) -> None:
    if first is None and last is None:
        raise _bad("you must provide one of first or last")
    for name, size in (("first", first), ("last", last)):
        if size is not None and size < 0:
            raise _bad(f"{name} cannot be less than 0")
        if size is not None and size > MOST:
            raise _bad(f"{name} cannot be more than {MOST}")


def _position(
    rows: list[tuple[Key, T]], cursor: str | None, default: int, reverse: bool | None, *, past: bool
) -> int:
    if cursor is None:
        return default
    place = place_of(cursor)

    def before(key: Key) -> bool:
        if key == place:
            return past
        return (key > place) if reverse else (key < place)

    return sum(before(key) for key, _ in rows)


def _cursor(place: Key) -> str:
    value, last_id = place
    text = json.dumps({"last_id": last_id, "last_value": value})
    return base64.b64encode(text.encode()).decode()


def place_of(cursor: str) -> Key:
    try:
        place = json.loads(base64.b64decode(cursor, validate=True))
        return place["last_value"], place["last_id"]
    except (binascii.Error, ValueError, KeyError, TypeError):
        raise _bad(f"Invalid cursor for current pagination sort: {cursor}") from None


def _bad(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "BAD_REQUEST"})
