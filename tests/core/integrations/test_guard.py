import ipaddress
import threading
import time

import httpcore
import pytest

from core.integrations.guard import Address, Guard, GuardedNetwork, is_public

# The ranges that Microsoft's AntiSSRF 1.0.0 denies (`IPAddressRanges.recommended_v1`, MIT).
DENIED = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 168.63.129.16/32 169.254.0.0/16 172.16.0.0/12
192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.168.0.0/16
192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 ::1/128
::/128 64:ff9b::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001:db8::/32 2002::/16
2620:4f:8000::/48 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8
"""


@pytest.mark.parametrize("network", DENIED.split())
def test_a_range_that_is_not_public_is_refused_from_end_to_end(network: str) -> None:
    parsed = ipaddress.ip_network(network)

    assert not is_public(str(parsed[0]))
    assert not is_public(str(parsed[-1]))


@pytest.mark.parametrize(
    "address",
    [
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::127.0.0.1",  # the older way to write IPv4 inside IPv6
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "fe80::1%eth0",
    ],
)
def test_an_address_in_disguise_is_refused(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "172.15.0.1", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_public(address)


# The whole may have less time left than one connection may take, or more.
@pytest.mark.parametrize(("seconds", "timeout"), [(0.1, 30), (30, 0.1)])
def test_a_name_that_is_not_found_in_time_is_given_up(seconds: float, timeout: float) -> None:
    is_over = threading.Event()

    def hang(host: str, port: int) -> list[Address]:
        is_over.wait(5)
        return []

    network = GuardedNetwork(Guard(resolve=hang), time.monotonic() + seconds, None)

    with pytest.raises(httpcore.ConnectTimeout):
        network.connect_tcp("photos.example", 443, timeout)

    is_over.set()
