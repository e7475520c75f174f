"""A demo shop over real HTTP, in a thread of the test's own process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from core.demo.server import app
from core.demo.shop import DemoShop
from core.demo.site import HOST
from tests.serving import in_thread


@contextmanager
def serving(shop: DemoShop, *, faults: bool = True) -> Iterator[str]:
    """Serve the shop and give its base URL."""
    with in_thread(app(shop, faults=faults)) as port:
        yield f"http://{HOST}:{port}"


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
