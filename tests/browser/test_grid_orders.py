"""From the grid to an order's own page, and what has changed there."""

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.axe import serious_violations
from tests.browser.grid import button, dialog, select, tile
from tests.serving import Served

pytestmark = pytest.mark.browser

ORDER = re.compile(r"/orders\?order=1001$")
MARK = "New photo on order"


@pytest.fixture
def grid(desk: Page) -> Iterator[Page]:
    """The orders' own pages are not served here."""
    desk.context.route("**/orders?order=*", lambda route: route.fulfill(body="The order"))
    yield desk
    desk.context.unroute("**/orders?order=*")


def link(page: Page | Locator, order: str) -> Locator:
    return page.get_by_role("link", name=order, exact=True)


def test_a_link_leads_to_the_order_and_all_around_it_selects(grid: Page) -> None:
    for text in ("#1001", "× 2"):
        tile(grid, "#1001").get_by_text(text).click()
        expect(grid.get_by_text("1 selected")).to_be_visible()
        grid.keyboard.press("Escape")

    link(grid, "Order #1001").click()

    expect(grid).to_have_url(ORDER)


def test_what_is_selected_stays_so_while_one_looks_at_an_order(grid: Page) -> None:
    select(grid, "#1002")

    with grid.context.expect_page() as beside:
        link(grid, "Order #1001").click()
    expect(beside.value).to_have_url(ORDER)
    beside.value.close()

    expect(grid.get_by_text("1 selected")).to_be_visible()


def test_a_frame_may_begin_and_end_on_the_link(grid: Page) -> None:
    box = link(grid, "Order #1001").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2

    grid.mouse.move(box["x"] + 4, middle)
    grid.mouse.down()
    grid.mouse.move(box["x"] + box["width"] - 4, middle, steps=4)
    grid.mouse.up()

    expect(grid.get_by_text("1 selected")).to_be_visible()
    assert not ORDER.search(grid.url)


@pytest.mark.parametrize("is_large", [False, True])
def test_a_key_leads_to_the_order_and_the_link_is_no_stop_on_the_way(
    grid: Page, is_large: bool
) -> None:
    tile(grid, "#1001").focus()
    stops = tile(grid, "#1001").locator("[tabindex='0']")
    assert [stop.evaluate("(node) => node.localName") for stop in stops.all()] == [
        "button",
        "input",
    ]
    if is_large:
        grid.keyboard.press("Enter")
        expect(link(dialog(grid, "Full screen"), "#1001")).to_be_visible()

    grid.keyboard.press("o")

    expect(grid).to_have_url(ORDER)


def test_on_a_phone_the_link_is_in_full_screen_where_no_finger_selects(
    browser: Browser, shop: Served
) -> None:
    context = browser.new_context(
        base_url=shop.url, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    )
    phone = context.new_page()
    phone.goto("/")
    expect(tile(phone, "#1001")).to_be_visible(timeout=20_000)
    expect(link(phone, "Order #1001")).to_be_hidden()

    button(phone, "Open #1001 full screen").tap()

    expect(link(dialog(phone, "Full screen"), "#1001")).to_be_visible()
    context.close()


@pytest.mark.parametrize("which", ["review", "issues"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_photo_that_changed_on_its_order_says_so_and_where_to_choose(
    grid: Page, which: str, scheme: Literal["light", "dark"]
) -> None:
    grid.emulate_media(color_scheme=scheme)
    grid.goto(f"/?desk={which}")
    expect(tile(grid, "#1006")).to_have_accessible_description(re.compile(MARK))
    assert grid.get_by_text(MARK, exact=True).count() == 1
    button(tile(grid, "#1006"), "Open #1006 full screen").click()
    view = dialog(grid, "Full screen")
    expect(view.get_by_text("The photo on the order has changed.")).to_be_visible()
    assert serious_violations(grid, ".stBidiComponent") == []

    link(view, "Say which one counts").click()

    expect(grid).to_have_url(re.compile(r"order=1006$"))
