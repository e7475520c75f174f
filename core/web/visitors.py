"""How many whom we do not know yet we serve at once; staff always find room."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address


class Visitors:
    """What is open at once in this process, without a staff session."""

    def __init__(self, *, per_address: int = 40, in_total: int = 400) -> None:
        self._per_address, self._in_total = per_address, in_total
        self._by_address: Counter[str] = Counter()

    @contextmanager
    def admitted(self, address: str) -> Iterator[bool]:
        """Count a visitor while the block runs, or yield False."""
        near = neighbours(address)
        is_full = self._by_address.total() >= self._in_total
        if is_full or self._by_address[near] >= self._per_address:
            yield False
            return
        self._by_address[near] += 1
        try:
            yield True
        finally:
            self._by_address[near] -= 1
            self._by_address += Counter()  # drops the zeros


def neighbours(address: str) -> str:
    """Return what all have in common whose address may be one person's."""
    try:
        parsed = ip_address(address)
    except ValueError:  # a Unix socket has none
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    # Everybody with IPv6 has 2**64 addresses to come from.
    return str(int(parsed) >> 64)
