"""Ids in the order of their last change, kept sorted so that a page need not sort them again."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, TypeVar

from core.demo.paging import Key, check, place_of, shown

T = TypeVar("T")


class Timeline:
    def __init__(self) -> None:
        self._keys: list[Key] = []
        self._key_of: dict[int, Key] = {}

    def put(self, any_id: int, stamp: str) -> None:
        key = (stamp, any_id)
        if self._key_of.get(any_id) != key:
            self.drop(any_id)
            insort(self._keys, key)
            self._key_of[any_id] = key

    def drop(self, any_id: int) -> None:
        key = self._key_of.pop(any_id, None)
        if key is not None:
            del self._keys[bisect_left(self._keys, key)]

    def page(
        self,
        find: Callable[[int], T | None],
        answer: Callable[[T], dict[str, Any]],
        arguments: dict[str, Any],
    ) -> dict[str, Any]:
        """One page of a connection, forwards; `find` gives what is wanted of an id's record."""
        first, cursor = arguments.get("first"), arguments.get("after")
        check(first, None)
        behind = self._after(cursor and place_of(cursor), reverse=bool(arguments.get("reverse")))
        found = ((key, item) for key in behind if (item := find(key[1])) is not None)
        page = list(islice(found, first))
        return shown(
            page,
            answer,
            has_next=next(found, None) is not None,
            has_previous=cursor is not None,
        )

    def _after(self, key: Key | None, *, reverse: bool) -> Iterator[Key]:
        """What stands behind `key`, which need not be there any more, or everything."""
        if reverse:
            end = len(self._keys) if key is None else bisect_left(self._keys, key)
            return (self._keys[index] for index in range(end - 1, -1, -1))
        start = 0 if key is None else bisect_right(self._keys, key)
        return (self._keys[index] for index in range(start, len(self._keys)))
