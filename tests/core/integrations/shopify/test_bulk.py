"""All orders in one file: of the demo shop, and of a host that answers anything."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from graphql import NoDeprecatedCustomRule, parse, specified_rules, validate

from core.demo.schema import admin_schema
from core.errors import Unavailable
from core.integrations.guard import Address
from core.integrations.shopify import bulk
from core.integrations.shopify.bulk import BulkOperation
from core.integrations.shopify.client import AdminClient
from core.integrations.shopify.documents import selection
from core.integrations.shopify.order_reader import Page
from tests.core.integrations.shopify.conftest import Peer
from tests.waiting import until

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def complete(admin: AdminClient, operation: BulkOperation) -> BulkOperation:
    found = [operation]

    def is_over() -> bool:
        looked = bulk.look(admin, operation.id)
        assert looked is not None
        found.append(looked)
        return not looked.is_under_way

    until(is_over)
    return found[-1]


def address_of(peer: Peer) -> Address:
    return ("127.0.0.1", int(peer.base_url.rpartition(":")[2]))


def test_the_query_of_a_bulk_operation_has_no_fragments_and_fits_the_schema() -> None:
    query = selection("bulk_orders")

    assert "..." not in query
    errors = validate(admin_schema(), parse(query), [*specified_rules, NoDeprecatedCustomRule])
    assert errors == []


def test_it_tells_the_same_as_the_pages(peer: Peer, admin: AdminClient, tmp_path: Path) -> None:
    operation = complete(admin, bulk.start(admin, LONG_AGO))

    pages = list(bulk.pages(operation, tmp_path, demo=address_of(peer)))

    assert operation.is_complete
    orders = [order for page in pages for order in page.orders]
    by_pages = [order for page in admin.orders_updated_since(LONG_AGO) for order in page.orders]
    assert orders == by_pages
    assert {page.asked_at for page in pages} == {operation.created_at}
    assert [page.unreadable for page in pages] == [()] * len(pages)


def test_an_operation_that_fails_says_so(peer: Peer, admin: AdminClient, tmp_path: Path) -> None:
    peer.go_wrong(bulk_fails=1)

    operation = complete(admin, bulk.start(admin, LONG_AGO))

    assert not operation.is_complete
    assert operation.error_code == "INTERNAL_SERVER_ERROR"
    assert list(bulk.pages(operation, tmp_path)) == []


def test_another_operation_has_to_wait_until_there_is_room(peer: Peer, admin: AdminClient) -> None:
    peer.go_wrong(slow_bulk_seconds=30)
    for _ in range(5):
        bulk.start(admin, LONG_AGO)

    with pytest.raises(Unavailable) as raised:
        bulk.start(admin, LONG_AGO)

    assert (raised.value.code, raised.value.permanent) == ("bulk_busy", False)


def test_of_an_operation_that_shopify_has_forgotten_nothing_is_known(admin: AdminClient) -> None:
    assert bulk.look(admin, "gid://shopify/BulkOperation/1") is None


def test_a_download_that_breaks_off_is_an_outage(
    peer: Peer, admin: AdminClient, tmp_path: Path
) -> None:
    operation = complete(admin, bulk.start(admin, LONG_AGO))
    peer.go_wrong(cut_downloads=1)

    with pytest.raises(Unavailable) as raised:
        list(bulk.pages(operation, tmp_path, demo=address_of(peer)))

    assert (raised.value.code, raised.value.permanent) == ("connection", False)


@contextmanager
def answering(body: bytes, status: int = 200, **headers: str) -> Iterator[Address]:
    """A host that answers every request so."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(dict(self.headers))
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    asked: list[dict[str, str]] = []
    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield ("127.0.0.1", server.server_port)
            assert all("X-Shopify-Access-Token" not in headers for headers in asked)
        finally:
            server.shutdown()
            thread.join()


def operation_at(url: str) -> BulkOperation:
    return BulkOperation(
        id="gid://shopify/BulkOperation/1", status="COMPLETED", created_at=LONG_AGO, url=url
    )


def read(folder: Path, body: bytes, status: int = 200, **headers: str) -> list[Page]:
    with answering(body, status, **headers) as demo:
        url = f"http://{demo[0]}:{demo[1]}/orders.jsonl"
        return list(bulk.pages(operation_at(url), folder, demo=demo))


def order_node(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/Order/{number}",
        "name": f"#{number}",
        **dict.fromkeys(("createdAt", "processedAt", "updatedAt"), "2026-10-01T12:00:00Z"),
        **dict.fromkeys(("cancelledAt", "closedAt", "note", "email", "customerLocale")),
        "test": False,
        "tags": [],
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "UNFULFILLED",
        "customAttributes": [],
        "customer": None,
        **changes,
    }


def line_node(number: int, *, of: int) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/LineItem/{number}",
        **dict.fromkeys(("name", "title"), "Mug"),
        **dict.fromkeys(("variantTitle", "sku", "lineItemGroup", "product", "variant", "image")),
        **dict.fromkeys(("quantity", "currentQuantity", "unfulfilledQuantity"), 1),
        "requiresShipping": True,
        "customAttributes": [],
        "__parentId": f"gid://shopify/Order/{of}",
    }


def jsonl(*nodes: dict[str, Any]) -> bytes:
    return "".join(f"{json.dumps(node)}\n" for node in nodes).encode()


def test_lines_find_their_orders_wherever_they_stand(tmp_path: Path) -> None:
    body = jsonl(
        line_node(11, of=1),
        order_node(2),
        order_node(1),
        line_node(21, of=2),
        line_node(12, of=1),
        line_node(31, of=3),  # an order that is not in the file
    )

    (page,) = read(tmp_path, body)

    numbers = {
        order.name: [line.id.rpartition("/")[2] for line in order.lines] for order in page.orders
    }
    assert numbers == {"#2": ["21"], "#1": ["11", "12"]}


def test_an_order_that_cannot_be_read_does_not_stop_the_others(tmp_path: Path) -> None:
    (page,) = read(tmp_path, jsonl(order_node(1, name=None), order_node(2)))

    assert [order.name for order in page.orders] == ["#2"]
    assert page.unreadable == ("gid://shopify/Order/1",)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 404, "bulk_file"),
        (b"", 302, "bulk_file"),  # not followed: it could lead anywhere
        (b"{", 200, "bad_answer"),
        (b"[]\n", 200, "bad_answer"),
        (b"<html>Sorry</html>", 200, "bad_answer"),
    ],
)
def test_what_is_not_a_file_of_orders_is_an_outage(
    tmp_path: Path, body: bytes, status: int, code: str
) -> None:
    with pytest.raises(Unavailable) as raised:
        read(tmp_path, body, status, Location="https://example.org/")

    assert raised.value.code == code


def test_a_line_without_end_is_not_kept_in_memory(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="too_large"):
        read(tmp_path, b"x" * (bulk.LINE_BYTES + 2**20))


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://storage.googleapis.com/orders.jsonl", "bad_url"),
        ("https://storage.googleapis.com:8443/orders.jsonl", "bad_url"),
        ("https://user@storage.googleapis.com/orders.jsonl", "bad_url"),
        ("file:///etc/passwd", "bad_url"),
        ("http://127.0.0.1:2/orders.jsonl", "bad_url"),  # not the demo's own port
        ("https://127.0.0.1/orders.jsonl", "forbidden_address"),
        ("https://169.254.169.254/latest", "forbidden_address"),
    ],
)
def test_it_is_fetched_from_public_addresses_over_https_only(
    tmp_path: Path, url: str, code: str
) -> None:
    with pytest.raises(Unavailable) as raised:
        list(bulk.pages(operation_at(url), tmp_path, demo=("127.0.0.1", 1)))

    assert raised.value.code == code
