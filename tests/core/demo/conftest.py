from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from core.demo.server import open_shop
from core.demo.shop import DemoShop
from tests.core.demo.serving import Client, serving


@pytest.fixture(scope="session")
def photographs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The photographs are the same for all shops, and take a second to make."""
    with closing(open_shop(tmp_path_factory.mktemp("photographs"))) as shop:
        return dict(shop.photos)


@pytest.fixture
def shop(tmp_path: Path, photographs: dict[str, Path]) -> Iterator[DemoShop]:
    with closing(open_shop(tmp_path / "shop", photos=photographs)) as shop:
        yield shop


@pytest.fixture
def client(shop: DemoShop) -> Iterator[Client]:
    with serving(shop) as base_url, httpx.Client(trust_env=False) as http:
        yield Client(shop, base_url, http)
