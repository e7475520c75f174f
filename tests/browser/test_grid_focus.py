"""Where the keyboard goes on: after clicks, on other layouts, and when what had it is gone."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.grid import button, dialog, select, tile, told, unanswered
from tests.browser.test_full_screen import await_photo, open_photo
from tests.browser.test_grid_mistakes import decide, hold, notice, spare_questions
from tests.serving import Served

pytestmark = pytest.mark.browser

#: Types a key as another layout would: what it means, and where it is.
PRESS = """(node, pressed) => {
  const event = { bubbles: true, composed: true, cancelable: true, ...pressed }
  node.getRootNode().activeElement.dispatchEvent(new KeyboardEvent("keydown", event))
}"""


def press(page: Page, **pressed: Any) -> None:
    page.locator(".desk").evaluate(PRESS, pressed)


def click_empty_ground(page: Page) -> None:
    page.mouse.click(4, 500)
    assert page.evaluate("document.activeElement.tagName") == "MAIN"


def test_keys_go_on_working_after_a_click_on_empty_ground(desk: Page) -> None:
    select(desk, "#1001", "#1002")
    click_empty_ground(desk)

    desk.keyboard.press("Escape")
    expect(desk.get_by_text("0 selected")).to_be_visible()
    desk.keyboard.press("ArrowRight")
    expect(desk.locator(".tile:focus")).to_have_count(1)
    click_empty_ground(desk)
    desk.keyboard.press("?")
    expect(dialog(desk, "Keys")).to_be_visible()


def test_a_click_on_a_question_s_backdrop_leaves_the_keys_to_full_screen(desk: Page) -> None:
    view = open_photo(desk, "#1001")
    desk.keyboard.press("r")
    expect(dialog(desk, "Reject 1 photo?")).to_be_visible()

    desk.mouse.click(5, 5)

    expect(dialog(desk, "Reject 1 photo?")).to_have_count(0)
    desk.keyboard.press("l")
    await_photo(view, "#1002")


def test_a_click_on_a_question_s_words_leaves_it_its_keys(desk: Page) -> None:
    tile(desk, "#1001").focus()
    desk.keyboard.press("r")
    rejection = dialog(desk, "Reject 1 photo?")
    rejection.get_by_role("heading", name="Reject 1 photo?").click()

    desk.keyboard.press("5")
    expect(rejection.get_by_label("Too dark")).to_be_checked()
    desk.keyboard.press("Enter")

    assert told(desk)[0]["decided"]["reasons"] == [50]


def test_text_selected_up_to_the_edge_leaves_a_dialog_open(desk: Page) -> None:
    tile(desk, "#1001").focus()
    desk.keyboard.press("r")
    comment = desk.get_by_label("Comment for the customer")
    comment.fill("By daylight, please")
    box = comment.bounding_box()
    assert box is not None
    desk.mouse.move(box["x"] + box["width"] / 2, box["y"] + 12)
    desk.mouse.down()
    desk.mouse.move(5, box["y"] + 12, steps=3)
    desk.mouse.up()

    expect(dialog(desk, "Reject 1 photo?")).to_be_visible()


def test_a_tap_outside_closes_a_dialog_and_does_nothing_else(
    browser: Browser, shop: Served
) -> None:
    context = browser.new_context(
        base_url=shop.url, viewport={"width": 1280, "height": 900}, has_touch=True
    )
    page = context.new_page()
    page.goto("/")
    tile(page, "#1001").focus()
    page.keyboard.press("a")
    expect(dialog(page, "Approve 1 photo?")).to_be_visible()
    for place in (".open", ".footer"):
        box = tile(page, "#1001").locator(place).bounding_box()
        assert box is not None
        page.touchscreen.tap(box["x"] + 20, box["y"] + 8)
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.keyboard.press("a")
        # Had the tap gone through, it would be another question, or none.
        expect(dialog(page, "Approve 1 photo?")).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_text("0 selected")).to_be_visible()
    context.close()


def test_digits_of_a_french_keyboard_choose_reasons(desk: Page) -> None:
    tile(desk, "#1001").focus()
    desk.keyboard.press("r")
    rejection = dialog(desk, "Reject 1 photo?")

    press(desk, key="&", code="Digit1")
    press(desk, key="(", code="Digit5")
    expect(rejection.get_by_label("Too small for the size")).to_be_checked()
    expect(rejection.get_by_label("Too dark")).to_be_checked()
    press(desk, key="5", code="Digit5", shiftKey=True)
    expect(rejection.get_by_label("Too dark")).not_to_be_checked()


def test_letters_of_a_keyboard_without_latin_ones_count_by_their_place(desk: Page) -> None:
    tile(desk, "#1001").focus()
    press(desk, key="д", code="KeyL")
    expect(tile(desk, "#1002")).to_be_focused()

    press(desk, key="ф", code="KeyA")
    expect(dialog(desk, "Approve 1 photo?")).to_be_visible()
    desk.keyboard.press("Enter")
    notice(desk, "Approved 1 photo")
    # A layout of Latin letters says itself what they mean, wherever they are.
    press(desk, key="u", code="KeyF")
    expect(tile(desk, "#1002")).to_be_visible()


def test_undo_returns_to_the_photo_by_button_too(desk: Page) -> None:
    decide(desk, "a", "#1001")
    notice(desk, "Approved 1 photo")
    for _ in range(3):
        desk.keyboard.press("ArrowRight")

    button(desk, "Undo").click()

    expect(tile(desk, "#1001")).to_be_focused()
    desk.keyboard.press("r")
    expect(dialog(desk, "Reject 1 photo?").locator(".thumbnails")).to_have_text("#1001")


def test_undo_returns_to_the_photo_in_full_screen(desk: Page) -> None:
    view = open_photo(desk, "#1001")
    desk.keyboard.press("a")
    desk.keyboard.press("Enter")
    await_photo(view, "#1002")
    notice(view, "Approved 1 photo")
    desk.keyboard.press("l")
    await_photo(view, "#1003, photo 1 of 2")

    desk.keyboard.press("u")

    await_photo(view, "#1001")


def test_whoever_types_elsewhere_is_left_there_by_an_undo(desk: Page, shop: Served) -> None:
    decide(desk, "a", "#1001")
    notice(desk, "Approved 1 photo")
    with unanswered(shop):
        desk.keyboard.press("u")
        desk.get_by_label("Search").click()

    expect(tile(desk, "#1001")).to_be_visible()
    expect(desk.get_by_label("Search")).to_be_focused()


def test_the_keyboard_waits_for_rows_that_decisions_outran(desk: Page, shop: Served) -> None:
    spare_questions(desk)
    tile(desk, "#1001").focus()
    with unanswered(shop):
        for _ in range(24):  # all that are here, and all that were fetched ahead
            desk.keyboard.press("a")
        expect(desk.get_by_text("All done here")).to_be_visible()

    expect(desk.locator(".tile:focus")).to_have_count(1)
    desk.keyboard.press("a")
    expect(desk.get_by_text("Select photos first.")).to_have_count(0)


def test_a_key_held_while_a_note_opens_is_not_typed_into_it(desk: Page) -> None:
    tile(desk, "#1001").focus()

    hold(desk, "m")

    note = desk.get_by_label("What should they know?")
    expect(note).to_be_focused()
    expect(note).to_have_value("")
    desk.keyboard.press("m")
    hold(desk, "x", times=3)
    expect(note).to_have_value("mxxx")
