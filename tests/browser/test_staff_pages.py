"""The pages of staff for those who cannot see them, and on a phone."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from core import db
from core.models import PhotoState, ShopMode, utc_now
from tests.browser.axe import serious_violations
from tests.browser.conftest import SignIn, fill_in
from tests.cast import Cast
from tests.released import released
from tests.serving import PASSWORD, Served

pytestmark = pytest.mark.browser

PAGES = {
    "/": "Image approval",
    "/to_check": "To check",
    "/issues": "Image issues",
    "/orders": "Orders",
    "/ready": "Ready to print",
    "/statistics": "Statistics",
    "/shops": "Shops",
    "/find": "Photo finder",
    "/settings": "Settings",
    "/mail": "Mail",
}
NOT_FOUND = re.compile("Page not found")

#: What a customer could try to do to whoever reads their words.
HOSTILE = (
    "https://evil.example/c www.evil.example me@evil.example "
    "<img src='https://evil.example/a.png' onerror='document.title=1'> **bold** "
    "![x](https://evil.example/b.png) # heading \u202egnp.exe\u202c " + "long " * 2000
)


@pytest.fixture
def work(served: Served) -> None:
    """Something to see on every page."""
    with db.transaction() as session:
        cast = Cast(session)
        order = cast.order(photos=3)
        order.order.note = order.order.customer_name = HOSTILE[:2000]
        order.line.title = HOSTILE[:300]
        cast.reject(order.photos[0], comment=HOSTILE[:2000])
        printed = released(cast, product=HOSTILE[:300])
        printed.order.customer_name = HOSTILE[:2000]
        lost = order.photos[1]
        lost.state, lost.check_code, lost.upload_id = PhotoState.TO_CHECK, "not_found", None
        cast.shop.taken_properties = ["Photo", HOSTILE[:300]]
        cast.shop.trusted_hosts = ["photos.example"]
        watched = Cast(session, is_demo=False).shop
        watched.name, watched.mode, watched.checked_at = HOSTILE[:200], ShopMode.WATCH, utc_now()


@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious(page: Page, sign_in: SignIn, work: None, path: str) -> None:
    page.goto(path)
    sign_in(page, "mia")
    expect(page.get_by_role("heading", name=PAGES[path], level=1)).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)

    assert serious_violations(page, "body") == []


def test_the_first_page_has_an_address_of_its_own(page: Page, sign_in: SignIn) -> None:
    page.goto("/approval")
    expect(page.get_by_label("Username")).to_be_visible()
    expect(page.get_by_text(NOT_FOUND)).to_have_count(0)
    sign_in(page, "ada")

    page.goto("/approval")

    expect(page.get_by_role("heading", name="Image approval", level=1)).to_be_visible()
    expect(page.get_by_text(NOT_FOUND)).to_have_count(0)


@pytest.mark.parametrize("path", ["/shops", "/find", "/settings", "/statistics"])
def test_a_processor_is_told_whom_a_page_is_for(page: Page, sign_in: SignIn, path: str) -> None:
    page.goto(path)
    sign_in(page, "ada")

    expect(page.get_by_text("This page is for managers.")).to_be_visible()
    expect(page.get_by_text(NOT_FOUND)).to_have_count(0)
    expect(page.get_by_role("link", name=PAGES[path])).to_have_count(0)


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_cut_off_on_a_phone(
    browser: Browser, served: Served, sign_in: SignIn, work: None, path: str
) -> None:
    context = browser.new_context(
        base_url=served.url, viewport={"width": 360, "height": 740}, has_touch=True
    )
    page = context.new_page()
    page.goto(path)
    page.get_by_label("Username").wait_for()
    sign_in_on_phone(page)
    expect(page.get_by_role("heading", name=PAGES[path], level=1)).to_be_visible()

    widest = page.evaluate("document.scrollingElement.scrollWidth")

    assert widest <= 360
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_s3_what_a_customer_wrote_is_only_text(
    page: Page, sign_in: SignIn, work: None, path: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(path)
    sign_in(page, "mia")
    expect(page.get_by_role("heading", name=PAGES[path], level=1)).to_be_visible()
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0)

    assert not [url for url in asked if "evil.example" in url]
    assert page.locator("img[src*='evil'], a[href*='evil']").count() == 0
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.title() != "1"


def test_new_photos_are_announced_and_drawn_when_asked_for(
    page: Page, sign_in: SignIn, work: None
) -> None:
    page.goto("/?whose=Everybody's")
    sign_in(page, "ada")
    tiles = page.get_by_role("group", name=re.compile(r"^#\d+"))
    expect(tiles.first).to_be_visible()
    before = tiles.count()

    with db.transaction() as session:
        Cast(session).order(photos=2)
    page.get_by_role("button", name="2 new").click()

    expect(tiles).to_have_count(before + 2)
    expect(page.get_by_role("button", name="2 new")).to_have_count(0)


def sign_in_on_phone(page: Page) -> None:
    """There the menu, and the way out in it, are folded away."""

    fill_in(page, "mia", PASSWORD)
    expect(page.get_by_label("Username")).to_have_count(0)
