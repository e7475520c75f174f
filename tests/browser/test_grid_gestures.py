"""Choosing photos with the keyboard, the mouse, a pen and a finger."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.grid import button, dialog, names, select, tile, told
from tests.serving import Served

pytestmark = pytest.mark.browser


def selected(page: Page) -> list[str]:
    boxes = page.get_by_role("checkbox", checked=True).all()
    return [(box.get_attribute("aria-label") or "").removeprefix("Select ") for box in boxes]


def middle_of(place: Locator) -> tuple[float, float]:
    box = place.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, begin: Locator, end: Locator) -> None:
    """With the button still down at the end."""
    page.mouse.move(*middle_of(begin))
    page.mouse.down()
    page.mouse.move(*middle_of(end), steps=4)


def test_shift_extends_the_selection_and_takes_it_back_again(desk: Page) -> None:
    tile(desk, "#1001").focus()
    for key in ("Shift+ArrowRight", "Shift+L", "Shift+ArrowRight"):
        desk.keyboard.press(key)
    expect(desk.get_by_text("4 selected")).to_be_visible()

    desk.keyboard.press("Shift+H")
    assert selected(desk) == ["#1001", "#1002", "#1003, photo 1 of 2"]

    # From where the keyboard has walked to, not from where the last range began.
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight"):
        desk.keyboard.press(key)
    expect(desk.get_by_text("5 selected")).to_be_visible()
    expect(desk.get_by_role("checkbox", name="Select #1003, photo 2 of 2")).not_to_be_checked()


def test_escape_clears_the_selection(desk: Page) -> None:
    select(desk, "#1001", "#1002")

    desk.keyboard.press("Escape")

    expect(desk.get_by_text("0 selected")).to_be_visible()


def test_keys_are_printed_on_the_buttons(desk: Page) -> None:
    for name, key in {
        "Select all": "Ctrl A",
        "Clear": "Esc",
        "Approve": "A",
        "Reject": "R",
        "Set aside": "S",
        "Tiles: compact": "D",
        "Keys": "?",
    }.items():
        expect(button(desk, name).locator("kbd")).to_have_text(key)


def test_keys_go_on_working_after_a_click_beside_the_grid(desk: Page) -> None:
    select(desk, "#1001")
    desk.get_by_role("button", name="Beside", exact=True).click()

    desk.keyboard.press("a")

    expect(dialog(desk, "Approve 1 photo?")).to_be_visible()


def test_typing_in_a_field_of_the_page_is_only_typing(desk: Page) -> None:
    select(desk, "#1001")
    field = desk.get_by_label("Search")
    field.click()

    desk.keyboard.type("arsu? ")
    desk.keyboard.press("Control+a")

    expect(field).to_have_value("arsu? ")
    expect(desk.get_by_role("dialog")).to_have_count(0)
    expect(desk.get_by_text("1 selected")).to_be_visible()


def test_dragging_over_tiles_selects_them(desk: Page) -> None:
    drag(desk, tile(desk, "#1001").get_by_role("img"), tile(desk, "#1003, photo 1 of 2"))
    expect(desk.get_by_text("3 selected")).to_be_visible()
    desk.mouse.up()

    assert selected(desk) == ["#1001", "#1002", "#1003, photo 1 of 2"]
    expect(desk.get_by_role("dialog")).to_have_count(0)
    expect(desk.locator(".frame")).to_have_count(0)


def test_a_drag_follows_the_hand_back_and_keeps_what_was_selected_before(desk: Page) -> None:
    select(desk, "#1005")
    first, third = tile(desk, "#1001"), tile(desk, "#1003, photo 1 of 2")

    drag(desk, first.locator(".footer"), third)
    expect(desk.get_by_text("4 selected")).to_be_visible()
    desk.mouse.move(*middle_of(tile(desk, "#1002")), steps=3)
    expect(desk.get_by_text("3 selected")).to_be_visible()
    desk.mouse.up()

    assert selected(desk) == ["#1001", "#1002", "#1005"]


def test_a_drag_that_begins_on_a_selected_tile_takes_away(desk: Page) -> None:
    button(desk, "Select all").click()

    drag(desk, tile(desk, "#1001").get_by_role("img"), tile(desk, "#1002"))
    expect(desk.get_by_text("10 selected")).to_be_visible()
    desk.mouse.up()

    assert "#1001" not in selected(desk)


def test_escape_cancels_a_drag_and_nothing_else(desk: Page) -> None:
    select(desk, "#1005")
    drag(desk, tile(desk, "#1001").get_by_role("img"), tile(desk, "#1002"))
    expect(desk.get_by_text("3 selected")).to_be_visible()

    desk.keyboard.press("a")
    desk.keyboard.press("Escape")
    expect(desk.get_by_text("1 selected")).to_be_visible()
    desk.mouse.move(*middle_of(tile(desk, "#1006")), steps=3)
    desk.mouse.up()

    assert selected(desk) == ["#1005"]
    expect(desk.get_by_role("dialog")).to_have_count(0)


def test_a_hand_that_shakes_still_clicks(desk: Page) -> None:
    x, y = middle_of(tile(desk, "#1002").get_by_role("img").first)
    desk.mouse.move(x, y)
    desk.mouse.down()
    desk.mouse.move(x + 4, y + 3)
    desk.mouse.up()

    expect(dialog(desk, "Full screen")).to_be_visible()
    expect(desk.get_by_text("0 selected")).to_be_visible()


def test_words_of_a_customer_can_be_selected_and_copied(desk: Page) -> None:
    words = tile(desk, "#1008").locator(".remark")
    words.scroll_into_view_if_needed()
    box = words.bounding_box()
    assert box is not None
    desk.mouse.move(box["x"] + 4, box["y"] + 8)
    desk.mouse.down()
    desk.mouse.move(box["x"] + box["width"] - 4, box["y"] + box["height"] - 4, steps=4)
    desk.mouse.up()

    expect(desk.get_by_text("0 selected")).to_be_visible()
    copied = words.evaluate("node => node.getRootNode().getSelection().toString()")
    assert "Is this" in copied


def test_a_drag_to_the_edge_scrolls_on(desk: Page) -> None:
    last = button(desk, "Open #1012 full screen")
    desk.set_viewport_size({"width": 1280, "height": 500})
    expect(last).not_to_be_in_viewport()
    desk.mouse.move(*middle_of(tile(desk, "#1001").get_by_role("img")))
    desk.mouse.down()
    desk.mouse.move(1200, 490, steps=4)

    expect(last).to_be_in_viewport()
    expect(desk.get_by_text("12 selected")).to_be_visible()
    desk.mouse.up()


def test_a_finger_scrolls_and_a_tap_selects(browser: Browser, shop: Served) -> None:
    context = browser.new_context(
        base_url=shop.url, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
    )
    phone = context.new_page()
    phone.goto("/")
    expect(tile(phone, "#1001")).to_be_visible()
    x, y = middle_of(tile(phone, "#1001").locator(".footer"))
    touch = context.new_cdp_session(phone)

    def send(kind: str, *points: tuple[float, float]) -> None:
        spots = [{"x": px, "y": py} for px, py in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    send("touchStart", (x, y))
    for step in range(1, 6):
        send("touchMove", (x, y - 40 * step))
    send("touchEnd")

    expect(phone.get_by_text("0 selected")).to_be_attached()
    assert middle_of(tile(phone, "#1001").locator(".footer"))[1] < y - 100
    tile(phone, "#1001").locator(".footer").tap()
    expect(phone.get_by_text("1 selected")).to_be_attached()
    context.close()


def test_what_is_skipped_goes_to_the_end_undecided(desk: Page) -> None:
    tile(desk, "#1001").focus()

    desk.keyboard.press("n")
    expect(tile(desk, "#1002")).to_be_focused()
    desk.keyboard.press("n")
    expect(tile(desk, "#1003, photo 1 of 2")).to_be_focused()

    assert names(desk)[-3:] == ["#1012", "#1001", "#1002"]
    expect(desk.get_by_text("Told 0 times")).to_be_visible()

    # Others go and come: it stays last, until it is decided.
    desk.keyboard.press("a")
    desk.keyboard.press("Enter")
    expect(tile(desk, "#1013")).to_be_visible()
    assert names(desk)[-2:] == ["#1001", "#1002"]
    select(desk, "#1001")
    desk.keyboard.press("a")
    desk.keyboard.press("Enter")
    expect(tile(desk, "#1001")).to_have_count(0)


def test_the_selection_of_a_drag_is_decided_together(desk: Page) -> None:
    drag(desk, tile(desk, "#1001").get_by_role("img"), tile(desk, "#1002"))
    desk.mouse.up()

    desk.keyboard.press("a")
    desk.keyboard.press("Enter")

    assert [seen["id"] for seen in told(desk)[0]["decided"]["photos"]] == [1, 2]
