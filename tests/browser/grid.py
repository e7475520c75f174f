"""How tests find their way around the grid."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.serving import Served


@contextmanager
def unanswered(shop: Served) -> Iterator[None]:
    """Until the end of the block, no decision is answered."""
    with shop.client() as client:
        client.get("/hold")
        try:
            yield
        finally:
            client.get("/release")


def tile(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name=name, exact=True)


def select(page: Page, *names: str) -> None:
    for name in names:
        page.get_by_role("checkbox", name=f"Select {name}", exact=True).check()


def button(place: Page | Locator, name: str) -> Locator:
    return place.get_by_role("button", name=name, exact=True)


def dialog(page: Page, name: str) -> Locator:
    return page.get_by_role("dialog", name=name, exact=True)


def top_of(place: Locator) -> float:
    box = place.bounding_box()
    assert box is not None
    return box["y"]


def told(page: Page, times: int = 1) -> list[Any]:
    """What the page was told by the grid, oldest first."""
    expect(page.get_by_text(f"Told {times} times", exact=True)).to_be_visible()
    lines = page.get_by_test_id("stCode").locator("code").inner_text()
    return [json.loads(line) for line in lines.splitlines()]


def names(page: Page) -> list[str | None]:
    groups = page.get_by_role("group")
    return [group.get_attribute("aria-label") for group in groups.all()]
