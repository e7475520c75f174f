"""The pictures in `docs/`, taken anew of the demo shop: `python -m tests.screenshots`."""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from core.config import ROOT
from tests.browser.conftest import CHROMIUM, FLAGS, fill_in
from tests.serving import free_port
from tests.waiting import until

CORE = [sys.executable, "-m", "core"]
PASSWORD = "screenshots"
#: Photos in review: more than a page of them.
ENOUGH = 70
DESKTOP: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
EVERYBODYS = "/?whose=Everybody%27s"

Draw = Callable[[Page], None]


def approval(page: Page) -> None:
    page.goto(EVERYBODYS)
    await_tiles(page)
    for at in (1, 2, 4):
        tiles(page).nth(at).get_by_role("checkbox").check()


def dense(page: Page) -> None:
    approval(page)
    page.keyboard.press("d")
    page.evaluate("scrollTo(0, 0)")
    await_tiles(page)


def phone(page: Page) -> None:
    page.goto(EVERYBODYS)
    await_tiles(page)
    tiles(page).first.scroll_into_view_if_needed()


def full_screen(page: Page) -> None:
    page.goto(f"{EVERYBODYS}&sort=Flagged+first")
    await_tiles(page)
    tiles(page).nth(1).get_by_role("button", name=re.compile("full screen")).click()
    expect(page.locator(".full-screen .stage")).to_have_attribute("aria-busy", "false")
    expect(page.locator(".full-screen")).to_contain_text("Product")


def empty(page: Page) -> None:
    page.goto("/?whose=Unassigned")
    expect(page.get_by_text("Every photo has somebody who looks at it.")).to_be_visible()


def issues(page: Page) -> None:
    page.goto("/issues")
    await_tiles(page)


def ready(page: Page) -> None:
    page.goto("/ready")
    expect(page.get_by_role("checkbox").first).to_be_visible()


def order(page: Page) -> None:
    """One that may be printed."""
    ready(page)
    page.locator(".ready-row .number a").first.click()
    expect(page.get_by_role("heading", name="What has happened")).to_be_visible()


def shops(page: Page) -> None:
    page.goto("/shops")
    expect(page.get_by_role("heading", name="Shops", level=1)).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)


#: A file's name, how wide the screen is, light or dark, and what is on it.
STAFF = [
    ("approval", DESKTOP, "light", approval),
    ("approval_dark", DESKTOP, "dark", approval),
    ("approval_dense", DESKTOP, "light", dense),
    ("approval_phone", PHONE, "light", phone),
    ("approval_empty", DESKTOP, "light", empty),
    ("full_screen", DESKTOP, "light", full_screen),
    ("issues", DESKTOP, "light", issues),
    ("order", DESKTOP, "light", order),
    ("ready", DESKTOP, "light", ready),
    ("shops", DESKTOP, "light", shops),
]


def take(into: Path) -> None:
    with demo_shop() as shop, chromium() as browser:
        desk = signed_in(browser, shop.url, DESKTOP)
        approve_some(desk, shop)
        link = reject_some(desk, shop)
        for name, screen, scheme, draw in STAFF:
            page = signed_in(browser, shop.url, {**screen, "color_scheme": scheme})
            draw(page)
            shoot(page, into / f"{name}.png")
        customer = open_page(browser, shop.url, PHONE)
        customer.goto(link)
        expect(customer.get_by_role("button", name="Write to us").first).to_be_visible()
        shoot(customer, into / "customer.png")


def approve_some(page: Page, shop: "DemoRun") -> None:
    page.goto(EVERYBODYS)
    for number in range(1, 9):
        await_tiles(page)
        tiles(page, alone=True).nth(3).get_by_role("checkbox").check()
        page.keyboard.press("a")
        page.keyboard.press("Enter")
        until(lambda: shop.status()["photos"].get("approved") == number)  # noqa: B023  at once


def reject_some(page: Page, shop: "DemoRun") -> str:
    """Reject the worst photos, and return a link out of the mails about them."""
    page.goto(f"{EVERYBODYS}&sort=Flagged+first")
    for number in range(1, 7):
        await_tiles(page)
        tiles(page, alone=True).first.get_by_role("checkbox").check()
        page.keyboard.press("r")
        page.keyboard.press("Space")  # what was noticed stands first
        page.keyboard.press("Enter")
        until(lambda: shop.status()["photos"]["rejected"] == number)  # noqa: B023  called at once
    page.goto("/mail")
    link = page.frame_locator("iframe").first.locator("a[href*='/o/']").first
    expect(link).to_be_visible(timeout=60_000)  # once nothing can be undone any more
    return link.get_attribute("href") or ""


@contextmanager
def chromium() -> Iterator[Browser]:
    path = next(found for name in CHROMIUM if (found := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def signed_in(browser: Browser, url: str, screen: dict[str, Any]) -> Page:
    page = open_page(browser, url, screen)
    page.goto("/mail")
    fill_in(page, "mia", PASSWORD)
    expect(page.get_by_role("heading", name="Mail", level=1)).to_be_visible()
    return page


@dataclass(frozen=True)
class DemoRun:
    """All of Loupe, started in an empty folder."""

    url: str
    environment: Mapping[str, str]

    def status(self) -> Any:
        told = subprocess.run(
            [*CORE, "status", "--json"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            check=True,
        )
        return json.loads(told.stdout)

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", trust_env=False).is_success
        except httpx.TransportError:
            return False

    def is_filled(self) -> bool:
        return bool(self.status()["photos"]["in_review"] >= ENOUGH)


@contextmanager
def demo_shop() -> Iterator[DemoRun]:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="loupe-screenshots-") as folder:
        Path(folder).chmod(0o711)
        own = {
            "LOUPE_DATA_DIR": folder,
            "LOUPE_PORT": str(port),
            "LOUPE_DEMO_PASSWORD": PASSWORD,
        }
        rest = {name: value for name, value in os.environ.items() if not name.startswith("LOUPE_")}
        shop = DemoRun(f"http://localhost:{port}", rest | own)
        process = subprocess.Popen([*CORE, "run"], cwd=ROOT, env=shop.environment)
        try:
            until(shop.is_ready)
            until(shop.is_filled, seconds=300)
            yield shop
        finally:
            process.terminate()
            process.wait()


def open_page(browser: Browser, url: str, screen: dict[str, Any]) -> Page:
    context = browser.new_context(base_url=url, reduced_motion="reduce", **screen)
    return context.new_page()


def tiles(page: Page, *, alone: bool = False) -> Locator:
    """Those in the grid; `alone`, those without other photos on their orders."""
    return page.get_by_role("group", name=re.compile(r"^#\d+$" if alone else r"^#\d+"))


def await_tiles(page: Page) -> None:
    expect(tiles(page).first).to_be_visible()
    # Those that are on the screen: the others load when they are scrolled to.
    page.wait_for_function(
        """() => {
            const desk = [...document.querySelectorAll("*")].find(
                (node) => node.shadowRoot?.querySelector(".desk"))
            const seen = [...desk.shadowRoot.querySelectorAll(".tile img")].filter(
                (image) => image.getBoundingClientRect().top < innerHeight)
            return seen.every((image) => image.complete && image.naturalWidth)
        }"""
    )


def shoot(page: Page, path: Path) -> None:
    page.mouse.move(0, 0)
    page.evaluate("document.fonts.ready")
    page.screenshot(path=path, animations="disabled")
    page.context.close()
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=ROOT / "docs")
    take(parser.parse_args().into)
