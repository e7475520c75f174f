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
        neighbours = _neighbours(address)
        is_full = self._by_address.total() >= self._in_total
        if is_full or self._by_address[neighbours] >= self._per_address:
            yield False
            return
        self._by_address[neighbours] += 1
        try:
            yield True
        finally:
            self._by_address[neighbours] -= 1
            self._by_address += Counter()  # drops the zeros


def _neighbours(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:  # a Unix socket has none
        return address
    # Everybody with IPv6 has 2**64 addresses to come from.
    return str(int(parsed) >> 64) if isinstance(parsed, IPv6Address) else address
