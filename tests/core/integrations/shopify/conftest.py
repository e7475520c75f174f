from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from core.demo import control
from core.demo.control import Action
from core.demo.server import open_shop
from core.demo.shop import DOMAIN, DemoShop
from core.integrations.shopify.client import AdminClient
from tests.core.demo.serving import serving


@dataclass
class Peer:
    """The demo shop over HTTP, and a client of it whose waits are noted, not waited."""

    shop: DemoShop
    base_url: str
    waits: list[float] = field(default_factory=list)

    def client(self, **options: Any) -> AdminClient:
        settings: dict[str, Any] = {
            "token": SecretStr(self.shop.issue_token()),
            "base_url": self.base_url,
            "sleep": self.waits.append,
        }
        return AdminClient(DOMAIN, **(settings | options))

    def act(self, order_name: str, action: Action) -> None:
        control.act(self.base_url, self.shop.credentials.control_token, order_name, action)

    def go_wrong(self, **faults: Any) -> None:
        with httpx.Client(trust_env=False) as http:
            http.post(f"{self.base_url}/demo/faults", json=faults).raise_for_status()


@pytest.fixture(scope="session")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    with closing(open_shop(tmp_path_factory.mktemp("photographs"))) as shop:
        return dict(shop.photos)


@pytest.fixture
def peer(tmp_path: Path, photographs: dict[str, Path]) -> Iterator[Peer]:
    with (
        closing(open_shop(tmp_path / "shop", photos=photographs)) as shop,
        serving(shop) as base_url,
    ):
        yield Peer(shop, base_url)


@pytest.fixture
def admin(peer: Peer) -> Iterator[AdminClient]:
    with peer.client() as client:
        yield client
