"""Bad days: what the client makes of them, and that its token stays where it belongs."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple

import pytest
import shopify
from pydantic import SecretStr

from core.errors import Unavailable
from core.integrations.shopify.client import AdminClient
from core.integrations.shopify.documents import document
from core.integrations.shopify.transport import LONGEST_WAIT, Transport
from tests.core.integrations.shopify.conftest import Peer

SHOP = "ada-prints.myshopify.com"
TOKEN = "shpat_0123456789abcdef"
QUERY = document("check")


class Seen(NamedTuple):
    token: str | None
    body: str


@contextmanager
def answering(status: int, body: str = "{}", **headers: str) -> Iterator[tuple[str, list[Seen]]]:
    """A server that answers everything the same, and the requests it saw."""
    seen: list[Seen] = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            seen.append(Seen(self.headers["X-Shopify-Access-Token"], sent.decode()))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", seen
        finally:
            server.shutdown()
            thread.join()


def failure(base_url: str, waits: list[float] | None = None) -> Unavailable:
    sleep = (waits if waits is not None else []).append
    with (
        Transport(SHOP, SecretStr(TOKEN), base_url=base_url, sleep=sleep, tries=3) as transport,
        pytest.raises(Unavailable) as raised,
    ):
        transport.execute(QUERY)
    return raised.value


@pytest.mark.parametrize(
    ("faults", "count"),
    [
        ({"throttled": 2}, 2),
        ({"too_many_requests": 1, "retry_after": 7}, 1),
        ({"server_error": 3}, 3),
        ({"bad_json": 1}, 1),
    ],
)
def test_a_bad_moment_is_waited_out(peer: Peer, faults: dict[str, float], count: int) -> None:
    peer.go_wrong(**faults)

    with peer.client() as admin:
        connection = admin.check()

    assert connection.name == "Demo Photo Gifts"
    assert len(peer.waits) == count
    assert all(wait > 0 for wait in peer.waits)


def test_the_shop_says_how_long_to_wait(peer: Peer) -> None:
    peer.go_wrong(too_many_requests=1, retry_after=7)

    with peer.client() as admin:
        admin.check()

    assert peer.waits == [7]


def test_an_empty_bucket_is_waited_for_by_its_rate(peer: Peer) -> None:
    body = (
        '{"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}], "extensions":'
        ' {"cost": {"requestedQueryCost": 700, "throttleStatus": {"maximumAvailable": 2000,'
        ' "currentlyAvailable": 200, "restoreRate": 100}}}}'
    )
    waits: list[float] = []

    with answering(200, body) as (base_url, seen):
        error = failure(base_url, waits)

    assert error.code == "throttled"
    # More often than it may fail, but not for ever.
    assert len(seen) == len(waits) + 1 > 3
    assert sum(waits) <= LONGEST_WAIT
    # 500 points at 100 a second, and a little more so that workers do not wake together.
    assert all(5 <= wait <= 6.25 for wait in waits)


def test_a_bad_day_ends_the_tries(peer: Peer) -> None:
    peer.go_wrong(server_error=99)

    with peer.client(tries=4) as admin, pytest.raises(Unavailable) as raised:
        admin.check()

    assert raised.value.code == "server_error"
    assert not raised.value.permanent
    assert len(peer.waits) == 3
    assert peer.waits == sorted(peer.waits)


def test_whoever_must_wait_long_comes_back_later(peer: Peer) -> None:
    peer.go_wrong(too_many_requests=1, retry_after=900)

    with peer.client() as admin, pytest.raises(Unavailable) as raised:
        admin.check()

    assert raised.value.retry_after == 900
    assert peer.waits == []


def test_a_slow_shop_is_left_after_the_timeout(peer: Peer) -> None:
    peer.go_wrong(slow_seconds=1)

    with peer.client(timeout=0.1, tries=2) as admin, pytest.raises(Unavailable) as raised:
        admin.check()

    assert raised.value.code == "timeout"
    assert len(peer.waits) == 1


def test_a_missing_scope_is_named(peer: Peer) -> None:
    peer.go_wrong(missing_scopes=["read_orders", "write_orders"])

    with peer.client() as admin, pytest.raises(Unavailable) as raised:
        admin.order("gid://shopify/Order/1")

    assert raised.value.code == "access_denied"
    assert "read_orders" in raised.value.detail
    assert raised.value.permanent
    assert peer.waits == []


def test_an_outdated_token_is_told_apart(peer: Peer) -> None:
    with peer.client(token=SecretStr(TOKEN)) as admin, pytest.raises(Unavailable) as raised:
        admin.check()

    assert raised.value.code == "unauthorized"
    assert peer.waits == []


def test_a_version_served_in_place_of_ours_is_noticed(peer: Peer) -> None:
    with peer.client(version="2025-10") as old, peer.client() as current:
        old.check()
        current.check()

    assert (old.served_version, current.served_version) == ("2026-10", "2026-10")


def test_a_redirect_is_not_followed_with_the_token() -> None:
    with (
        answering(200) as (elsewhere, caught),
        answering(302, Location=f"{elsewhere}/admin") as (base_url, _),
    ):
        error = failure(base_url)

    assert error.code == "redirected"
    assert caught == []


def test_a_proxy_of_the_environment_does_not_see_the_token(
    peer: Peer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(502) as (proxy, caught):
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy)
        monkeypatch.delenv("no_proxy", raising=False)
        with peer.client() as admin:
            admin.check()

    assert caught == []


@pytest.mark.parametrize(
    ("status", "body", "code", "permanent"),
    [
        (200, "<html>", "bad_answer", False),
        (200, "[]", "bad_answer", False),
        (200, '{"data": null}', "bad_answer", False),
        (200, '{"errors": "Not Found"}', "rejected", True),  # a string where a list should be
        (200, '{"errors": [{"message": "Field \'x\' doesn\'t exist"}]}', "rejected", True),
        (200, '{"errors": [null]}', "rejected", True),
        (402, "{}", "locked", False),  # the shop's bill is unpaid
        (403, "{}", "unauthorized", True),
        (404, '{"errors": "Not Found"}', "rejected", True),
        (423, "{}", "locked", False),
        (503, "<html>", "server_error", False),
    ],
)
def test_each_failure_has_its_name(status: int, body: str, code: str, permanent: bool) -> None:
    with answering(status, body) as (base_url, _):
        error = failure(base_url)

    assert (error.code, error.permanent) == (code, permanent)


def test_nobody_there_is_a_failure_that_may_pass() -> None:
    with answering(200) as (base_url, _):
        pass

    error = failure(base_url)

    assert (error.code, error.permanent) == ("unreachable", False)


@pytest.mark.parametrize(
    "domain",
    [
        "ada-prints.example",
        "evil.example/.myshopify.com",
        "a@b.myshopify.com",
        "",
        "-a.myshopify.com",
    ],
)
def test_a_token_goes_to_no_other_domain_than_shopify_s(domain: str) -> None:
    with pytest.raises(Unavailable, match="bad_domain"):
        AdminClient(domain, SecretStr(TOKEN))


@pytest.mark.parametrize("version", ["2026-13", "latest", "2026-10/../..", ""])
def test_only_a_quarter_s_version_is_asked_for(version: str) -> None:
    with pytest.raises(Unavailable, match="bad_version"):
        AdminClient(SHOP, SecretStr(TOKEN), version=version)


def test_a_real_shop_is_asked_at_its_own_address() -> None:
    with AdminClient(SHOP, SecretStr(TOKEN)) as admin:
        assert admin.endpoint == f"https://{SHOP}/admin/api/2026-10/graphql.json"


def test_the_token_is_in_no_text_of_ours(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)

    with answering(500, f'{{"errors": "{TOKEN}"}}') as (base_url, seen):
        admin = Transport(SHOP, SecretStr(TOKEN), base_url=base_url, sleep=lambda _: None, tries=1)
        with admin, pytest.raises(Unavailable) as raised:
            admin.execute(QUERY)

    assert seen[0].token == TOKEN
    written = "".join(capfd.readouterr())
    for text in (repr(admin), str(admin.__dict__), repr(raised.value), caplog.text, written):
        assert TOKEN not in text


def test_two_shops_in_one_process_keep_to_themselves() -> None:
    with answering(500) as (first, seen_first), answering(500) as (second, seen_second):
        for base_url, token in [(first, "token-1"), (second, "token-2"), (first, "token-1")]:
            with (
                Transport(SHOP, SecretStr(token), base_url=base_url, tries=1) as transport,
                pytest.raises(Unavailable),
            ):
                transport.execute(QUERY)

    assert {request.token for request in seen_first} == {"token-1"}
    assert {request.token for request in seen_second} == {"token-2"}
    assert shopify.ShopifyResource.get_headers().get("X-Shopify-Access-Token") is None


def test_an_order_that_cannot_be_read_does_not_stop_the_others(peer: Peer) -> None:
    with peer.client() as admin:
        variables = {"query": "updated_at:>='2020-01-01'", "first": 2, "lines": 5, "after": None}
        orders = admin.execute(document("orders_since"), variables)["orders"]
    orders["pageInfo"]["hasNextPage"] = False
    good, strange = orders["nodes"]
    del strange["processedAt"]

    with (
        answering(200, json.dumps({"data": {"orders": orders}})) as (address, _),
        AdminClient(SHOP, SecretStr(TOKEN), base_url=address) as client,
    ):
        (page,) = client.orders_updated_since(datetime.now(UTC))

    assert [order.id for order in page.orders] == [good["id"]]
    assert page.unreadable == (strange["id"],)
