"""How many people who have not signed in we serve at once; staff always find room."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, ip_address

_PER_ADDRESS = 40
_IN_TOTAL = 400


class Visitors:
    """Open sockets without a staff session, in this process."""

    def __init__(self) -> None:
        self._by_address: Counter[str] = Counter()

    @contextmanager
    def admitted(self, address: str) -> Iterator[bool]:
        """Count a visitor while the block runs, or yield False."""
        neighbours = _neighbours(address)
        if self._by_address[neighbours] >= _PER_ADDRESS or self._by_address.total() >= _IN_TOTAL:
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
