"""Real Chromium before a real server."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.grid import tile
from tests.serving import PASSWORD, Served, serve

CHROMIUM = ["chromium", "chromium-browser", "google-chrome"]
#: No sandbox, because tests may run as root; and no word to anybody but our server.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

#: Milliseconds: only what fails takes so long, and machines are busy.
expect.set_options(timeout=20_000)

SignIn = Callable[[Page, str], None]


@contextmanager
def chromium() -> Iterator[Browser]:
    """While it runs, nobody else can use asyncio."""
    path = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    assert path is not None, "These tests need Chromium: `make test` gets it."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, served: Served) -> Iterator[Page]:
    context = browser.new_context(base_url=served.url)
    yield context.new_page()
    context.close()


@pytest.fixture
def sign_in() -> SignIn:
    """Fill the form on the page that is open, and wait until it is left."""

    def sign_in(page: Page, username: str) -> None:
        fill_in(page, username, PASSWORD)
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()

    return sign_in


def fill_in(page: Page, username: str, password: str) -> None:
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The grid on a page by itself, with made-up photos."""
    with serve(tmp_path_factory.mktemp("grid"), "tests.core.ui.photo_grid.desk.server:app") as shop:
        yield shop


@pytest.fixture(scope="module")
def context(browser: Browser, shop: Served) -> Iterator[BrowserContext]:
    """One for all tests: Streamlit's own files are then fetched once."""
    context = browser.new_context(
        base_url=shop.url, viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    yield context
    context.close()


@pytest.fixture
def desk(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto("/")
    expect(tile(page, "#1001")).to_be_visible(timeout=20_000)  # the first has a cold server
    yield page
    page.evaluate("localStorage.clear()")
    page.close()
    assert problems == []
