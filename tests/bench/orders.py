"""Made-up orders as Shopify answers them, and a host that answers with them at once."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from core.integrations.shopify.order_reader import FIRST_ORDERS

Json = dict[str, Any]

BEGAN = datetime(2026, 11, 1, 12, tzinfo=UTC)
#: Of a page of photos' addresses; nobody fetches them.
_CDN = "https://cdn.shopify.com/s/files/1/0000/0000/0001/uploads"
_PRODUCTS = 40


def order(number: int, *, note: str | None = None) -> Json:
    """Two lines, the first of them printed with a photo."""
    placed = (BEGAN + timedelta(seconds=number)).isoformat()
    return {
        "id": f"gid://shopify/Order/{number}",
        "name": f"#{number}",
        "createdAt": placed,
        "processedAt": placed,
        "updatedAt": placed,
        "cancelledAt": None,
        "closedAt": None,
        "test": False,
        "tags": ["gift"],
        "note": note,
        "email": f"{number}@example.org",
        "customerLocale": "en",
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "UNFULFILLED",
        "customAttributes": [],
        "customer": {
            "id": f"gid://shopify/Customer/{number}",
            "firstName": "Carl",
            "lastName": "Client",
            "locale": "en",
            "defaultEmailAddress": {"emailAddress": f"{number}@example.org"},
        },
    }


def lines(number: int) -> list[Json]:
    photo = {"key": "Photo", "value": f"{_CDN}/{number}.jpg"}
    return [
        _line(2 * number, f"canvas-{number % _PRODUCTS}", "30 x 40 cm", [photo]),
        _line(2 * number + 1, f"card-{number % _PRODUCTS}", "Default Title", []),
    ]


def _line(number: int, product: str, variant: str, attributes: list[Json]) -> Json:
    return {
        "id": f"gid://shopify/LineItem/{number}",
        "name": f"{product} - {variant}",
        "title": product,
        "variantTitle": variant,
        "sku": product,
        "quantity": 1,
        "currentQuantity": 1,
        "unfulfilledQuantity": 1,
        "requiresShipping": True,
        "customAttributes": attributes,
        "lineItemGroup": None,
        "product": {
            "id": f"gid://shopify/Product/{product}",
            "title": product,
            "productType": "",
            "tags": [],
        },
        "variant": {"id": f"gid://shopify/ProductVariant/{product}"},
        "image": None,
    }


@contextmanager
def serving(numbers: Sequence[int]) -> Iterator[str]:
    """Give the base URL of a shop that has these orders: in pages, and at `/orders.jsonl`."""

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._send(pages[int(asked["variables"]["after"] or 0)])

        def do_GET(self) -> None:
            self._send(file)

        def _send(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    pages, file = _pages(numbers), _jsonl(numbers)
    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def _pages(numbers: Sequence[int]) -> list[bytes]:
    bodies: list[bytes] = []
    for start in range(0, len(numbers), FIRST_ORDERS):
        nodes = [
            order(number) | {"lineItems": {"nodes": lines(number), "pageInfo": _END}}
            for number in numbers[start : start + FIRST_ORDERS]
        ]
        has_next = start + FIRST_ORDERS < len(numbers)
        info = {"hasNextPage": has_next, "endCursor": str(len(bodies) + 1)}
        data = {"orders": {"nodes": nodes, "pageInfo": info}}
        bodies.append(json.dumps({"data": data}).encode())
    return bodies


_END = {"hasNextPage": False, "endCursor": None}


def _jsonl(numbers: Sequence[int]) -> bytes:
    """The lines behind all of the orders, as far away as they can be."""
    nodes = [order(number) for number in numbers]
    for number in numbers:
        parent = f"gid://shopify/Order/{number}"
        nodes += [line | {"__parentId": parent} for line in lines(number)]
    return "".join(f"{json.dumps(node)}\n" for node in nodes).encode()
