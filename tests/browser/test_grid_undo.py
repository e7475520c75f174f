"""Taking back: the last ten actions, the newest first, also while one is still on its way."""

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.grid import button, select, tile, told, unanswered
from tests.serving import Served

pytestmark = pytest.mark.browser


def approve(page: Page, *names: str) -> None:
    select(page, *names)
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(tile(page, names[0])).to_have_count(0)


def set_aside(page: Page, *names: str) -> None:
    select(page, *names)
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    expect(tile(page, names[0])).to_have_count(0)


def saved(page: Page, label: str) -> None:
    expect(page.locator(".notice [role=status]")).to_have_text(label)


def earlier(page: Page) -> Locator:
    return page.get_by_role("list", name="Earlier actions").get_by_role("listitem")


def test_the_newest_comes_first_and_the_others_are_in_a_list(desk: Page) -> None:
    approve(desk, "#1001")
    saved(desk, "Approved 1 photo")
    set_aside(desk, "#1002")
    saved(desk, "Set aside 1 photo")
    approve(desk, "#1005", "#1006")
    saved(desk, "Approved 2 photos")

    expect(earlier(desk)).to_have_count(0)
    button(desk, "2 more").click()

    expect(earlier(desk)).to_contain_text(["Set aside 1 photo", "Approved 1 photo"])
    expect(earlier(desk).first).to_contain_text("9:5")

    button(desk, "Undo: Approved 1 photo").click()

    expect(tile(desk, "#1001")).to_be_visible()
    messages = told(desk, times=4)
    assert messages[3]["undone"]["batch"] == messages[0]["decided"]["request"]
    expect(tile(desk, "#1002")).to_have_count(0)
    saved(desk, "Approved 2 photos")
    button(desk, "1 more").press("Escape")
    expect(earlier(desk)).to_have_count(0)


def test_u_takes_back_one_after_the_other(desk: Page) -> None:
    for name in ("#1001", "#1002"):
        approve(desk, name)
        saved(desk, "Approved 1 photo")

    desk.keyboard.press("u")
    expect(tile(desk, "#1002")).to_be_visible()
    expect(tile(desk, "#1001")).to_have_count(0)
    desk.keyboard.press("u")
    expect(tile(desk, "#1001")).to_be_visible()

    messages = told(desk, times=4)
    requests = [message["decided"]["request"] for message in messages[:2]]
    assert [message["undone"]["batch"] for message in messages[2:]] == requests[::-1]


def test_the_list_opens_with_a_key_and_has_ten_at_most(desk: Page) -> None:
    for number in (1001, 1002, 1005, 1006, 1008, 1009, 1010, 1011, 1012, 1013, 1014):
        approve(desk, f"#{number}")
    told(desk, times=11)

    desk.keyboard.press("Shift+U")

    expect(earlier(desk)).to_have_count(9)
    desk.keyboard.press("Escape")
    expect(earlier(desk)).to_have_count(0)


def test_what_is_on_its_way_is_taken_back_behind_it(desk: Page, shop: Served) -> None:
    with unanswered(shop):
        approve(desk, "#1001")
        expect(desk.get_by_text("Approved 1 photo, saving …")).to_be_visible()

        desk.keyboard.press("u")

        expect(desk.get_by_text("Taking it back …")).to_be_visible()
        expect(button(desk, "Undo")).to_have_count(0)

    expect(tile(desk, "#1001")).to_be_visible()
    decided, undone = told(desk, times=2)
    assert undone["undone"]["batch"] == decided["decided"]["request"]


def test_what_was_not_sent_yet_never_leaves(desk: Page, shop: Served) -> None:
    with unanswered(shop):
        approve(desk, "#1001")
        approve(desk, "#1002")

        desk.keyboard.press("u")

        # At once: nobody has to be asked.
        expect(tile(desk, "#1002")).to_be_visible()
        expect(desk.get_by_text("Approved 1 photo, saving …")).to_be_visible()

    saved(desk, "Approved 1 photo")
    (message,) = told(desk)
    assert message["decided"]["photos"] == [{"id": 1, "version": 1}]


def test_where_nothing_was_decided_nothing_is_taken_back(desk: Page, shop: Served) -> None:
    with unanswered(shop):
        approve(desk, "#1007")  # Bob was first
        desk.keyboard.press("u")

    expect(tile(desk, "#1007")).to_contain_text("Bob approved this 2 min ago")
    assert [*told(desk)[0]] == ["decided"]


def test_what_can_no_longer_be_undone_leaves_the_list(context: BrowserContext) -> None:
    page = context.new_page()
    page.clock.install()
    page.goto("/")
    for name in ("#1001", "#1002"):
        approve(page, name)
        saved(page, "Approved 1 photo")
    expect(button(page, "1 more")).to_be_visible()

    page.clock.fast_forward(601_000)

    expect(button(page, "1 more")).to_have_count(0)
    expect(button(page, "Undo")).to_have_count(0)
    page.close()
