"""A demo shop over real HTTP, in a thread of the test's own process."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn

from core.demo.server import app
from core.demo.shop import DemoShop
from core.demo.site import HOST


@contextmanager
def serving(shop: DemoShop, *, faults: bool = True) -> Iterator[str]:
    """Serve the shop and give its base URL."""
    # Connections wait in the listening socket until the server takes them.
    with socket.create_server((HOST, 0)) as listener:
        config = uvicorn.Config(app(shop, faults=faults), log_level="warning")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://{HOST}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@dataclass
class Client:
    """An app that is installed in the shop."""

    shop: DemoShop
    base_url: str
    http: httpx.Client
    token: str = field(init=False)

    def __post_init__(self) -> None:
        self.token = self.shop.issue_token()

    def post(self, query: str, /, **variables: Any) -> httpx.Response:
        return self.http.post(
            f"{self.base_url}/admin/api/2026-10/graphql.json",
            headers={"X-Shopify-Access-Token": self.token},
            json={"query": query, "variables": variables},
        )

    def ask(self, query: str, /, **variables: Any) -> Any:
        """The data of an answer without errors."""
        body = self.post(query, **variables).json()
        assert "errors" not in body, body["errors"]
        return body["data"]

    def refused(self, query: str, /, **variables: Any) -> Any:
        """The first error of an answer."""
        return self.post(query, **variables).json()["errors"][0]

    def go_wrong(self, **faults: Any) -> None:
        self.http.post(f"{self.base_url}/demo/faults", json=faults).raise_for_status()
