"""Who may be one and the same person."""

import pytest

from core.web.visitors import neighbours


@pytest.mark.parametrize(
    ("one", "other", "are_near"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        # As a socket or a proxy for both kinds of addresses writes them.
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
    ],
)
def test_people_are_told_apart_by_their_addresses(one: str, other: str, are_near: bool) -> None:
    assert (neighbours(one) == neighbours(other)) is are_near
