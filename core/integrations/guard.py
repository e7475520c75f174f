"""Connections to public addresses only, whatever a host name claims to be.

The address that was checked is the one we connect to, so a name that changes its answer between
two questions gains nothing. It plugs into httpcore, which checks certificates against the name.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpcore

from core.errors import Unavailable

_ADDRESSES_TRIED = 3

#: Not public, though older Pythons or the registry call them global: ranges that carry an IPv4
#: address inside, anycast relays and sinks, and the metadata services of clouds.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/23", "::/96", "fec0::/10"),
        *("100::/63", "3fff::/20", "5f00::/16", "2620:4f:8000::/48"),
        *("192.0.0.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24"),
        *("192.175.48.0/24", "168.63.129.16/32"),
    )
)

Address = tuple[str, int]


def resolve(host: str, port: int) -> list[Address]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(str(address[0]), int(address[1])) for *_, address in found]


def is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    if any(ip in network for network in _NOT_PUBLIC):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


@dataclass(frozen=True)
class Guard:
    """How names become addresses, which of them may be reached, and whose certificates count."""

    resolve: Callable[[str, int], Iterable[Address]] = resolve
    is_allowed: Callable[[str], bool] = is_public
    tls: ssl.SSLContext = field(default_factory=httpcore.default_ssl_context)


@cache
def public_guard() -> Guard:
    return Guard()


class GuardedNetwork(httpcore.NetworkBackend):
    """Connects to nothing but checked addresses, and to nothing after the deadline."""

    def __init__(self, guard: Guard, deadline: float, demo: Address | None) -> None:
        self.guard = guard
        self._deadline = deadline
        self._demo = demo
        self._backend = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        problem: Exception | None = None
        for address in self._addresses(host, port, timeout)[:_ADDRESSES_TRIED]:
            try:
                stream = self._backend.connect_tcp(*address, _left(self._deadline, timeout))
                return _Stream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        raise problem or httpcore.ConnectError(f"{host} has no address")

    def _addresses(self, host: str, port: int, timeout: float | None) -> list[Address]:
        if (host, port) == self._demo:
            return [self._demo]
        # No library lets a look-up be ended: it is left behind, until the system gives it up.
        thread = ThreadPoolExecutor(1)
        try:
            asked = thread.submit(self.guard.resolve, host, port)
            addresses = list(dict.fromkeys(asked.result(_left(self._deadline, timeout))))
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"{host} is not found in time") from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host}: {error}") from error
        finally:
            thread.shutdown(wait=False)
        # One forbidden address condemns the name: an honest one has none.
        if not all(self.guard.is_allowed(address) for address, _ in addresses):
            raise Unavailable("forbidden_address", host, permanent=True)
        return addresses


class _Stream(httpcore.NetworkStream):
    """Ends at the deadline, however slowly and steadily the bytes drip in."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        timeout = _left(self._deadline, timeout)
        stream = self._stream.start_tls(ssl_context, server_hostname, timeout)
        return _Stream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the whole took too long")
    return left if timeout is None else min(left, timeout)
