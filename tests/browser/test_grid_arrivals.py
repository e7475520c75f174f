"""Photos that come in while others are judged: announced, and nothing moves for them."""

import re

import pytest
from playwright.sync_api import Page, expect

from core import db
from tests.browser.conftest import SignIn
from tests.browser.grid import button, tile
from tests.cast import Cast
from tests.core.queries.test_review_queue import wait
from tests.serving import Served

pytestmark = pytest.mark.browser


def order(*, hours: float) -> str:
    """Its name; it has waited so long already."""
    with db.transaction() as session:
        return wait(Cast(session, undo_seconds=600).order(), hours=hours).order.name


def shown(page: Page) -> list[str | None]:
    return [each.get_attribute("aria-label") for each in page.locator(".tile").all()]


def test_what_comes_in_is_announced_and_shown_where_it_belongs_once_it_is_wanted(
    page: Page, served: Served, sign_in: SignIn
) -> None:
    first, second, third = (order(hours=hours) for hours in (4, 3, 2))
    page.goto("/")
    sign_in(page, "ada")
    expect(tile(page, first)).to_be_visible()
    assert shown(page) == [first, second, third]

    urgent = order(hours=9)
    expect(button(page, "1 new")).to_be_visible()
    tile(page, second).focus()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.locator(".notice [role=status]")).to_have_text(re.compile("Approved 1 photo$"))

    # One's own decision had the page drawn again, and the promise is kept.
    expect(tile(page, urgent)).to_be_visible()
    assert shown(page) == [first, third, urgent]
    expect(tile(page, third)).to_be_focused()
    button(page, "1 new").click()
    expect(button(page, "1 new")).to_have_count(0)
    expect(page.locator(".tile").first).to_have_accessible_name(urgent)
    assert shown(page) == [urgent, first, third]
