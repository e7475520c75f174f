"""Addresses that name orders to be printed."""

from collections.abc import Sequence

from core.queries.ready import MOST

#: Of an order's id.
_DIGITS = 18


def download(ids: Sequence[int]) -> str:
    return f"/desk/hand-over.zip?orders={_joined(ids)}"


def changed(ids: Sequence[int]) -> str:
    """Where it is said why nothing of these can be downloaded."""
    return f"/ready?changed={_joined(ids) or '0'}"


def ids(text: str) -> Sequence[int]:
    """What such an address names, of all that somebody may have typed there."""
    named = text.split(",")[:MOST]
    return [int(id_) for id_ in named if id_.isascii() and id_.isdecimal() and len(id_) <= _DIGITS]


def _joined(ids: Sequence[int]) -> str:
    return ",".join(map(str, ids))
