"""The questions before a decision: which are spared, and what helps to reject well."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.grid import button, dialog, select, tile, told

pytestmark = pytest.mark.browser

CHAT = "If it came through a chat, whoever took it may still have the original."
SIZE = "When you send it from a phone, please choose “Actual size” or “Original”."


def reject(page: Page, *names: str) -> Locator:
    select(page, *names)
    page.keyboard.press("r")
    count = "1 photo" if len(names) == 1 else f"{len(names)} photos"
    return dialog(page, f"Reject {count}?")


def spare_approvals(page: Page) -> None:
    select(page, "#1001")
    for key in ("a", "d", "Enter"):
        page.keyboard.press(key)
    expect(tile(page, "#1001")).to_have_count(0)


def test_small_batches_are_not_asked_about_again_that_day(desk: Page) -> None:
    spare_approvals(desk)

    select(desk, "#1002", "#1005")
    desk.keyboard.press("a")

    expect(tile(desk, "#1002")).to_have_count(0)
    assert len(told(desk, times=2)[1]["decided"]["photos"]) == 2

    # Another verdict is another question.
    select(desk, "#1006")
    desk.keyboard.press("s")
    expect(dialog(desk, "Set aside 1 photo?")).to_be_visible()


def test_large_batches_and_rejections_are_always_asked_about(desk: Page) -> None:
    spare_approvals(desk)

    button(desk, "Select all").click()
    desk.keyboard.press("a")
    question = dialog(desk, "Approve 12 photos?")
    expect(question.get_by_role("checkbox")).to_have_count(0)
    desk.keyboard.press("Escape")

    desk.keyboard.press("r")
    expect(dialog(desk, "Reject 12 photos?")).to_be_visible()


def test_tomorrow_and_somebody_else_are_asked(desk: Page) -> None:
    spare_approvals(desk)
    desk.evaluate("""() => {
        const place = "loupe.1.unasked"
        const kept = JSON.parse(localStorage[place])
        localStorage[place] = JSON.stringify({ ...kept, day: "Mon Jan 05 2026" })
        localStorage["loupe.2.unasked"] = JSON.stringify(kept)
    }""")

    select(desk, "#1002")
    desk.keyboard.press("a")

    expect(dialog(desk, "Approve 1 photo?")).to_be_visible()


def test_asking_is_switched_on_again_among_the_keys(desk: Page) -> None:
    spare_approvals(desk)
    desk.keyboard.press("?")
    expect(dialog(desk, "Keys")).to_contain_text("Not asked today, for few photos: Approve")
    button(dialog(desk, "Keys"), "Ask again").click()
    desk.keyboard.press("Escape")

    select(desk, "#1002")
    desk.keyboard.press("a")

    expect(dialog(desk, "Approve 1 photo?")).to_be_visible()


def test_a_key_held_down_decides_once(desk: Page) -> None:
    spare_approvals(desk)
    tile(desk, "#1002").focus()

    desk.keyboard.down("a")
    desk.keyboard.down("a")  # repeats, as a key that is held does
    desk.keyboard.up("a")

    expect(tile(desk, "#1002")).to_have_count(0)
    assert len(told(desk, times=2)) == 2
    expect(tile(desk, "#1003, photo 1 of 2")).to_be_focused()


def test_a_photo_is_left_for_a_manager_with_a_note(desk: Page) -> None:
    select(desk, "#1001")
    desk.keyboard.press("m")
    question = dialog(desk, "Leave 1 photo for a manager?")
    expect(button(question, "Leave")).to_be_disabled()

    question.get_by_label("What should they know?").fill("Is this <her> dog?")
    desk.keyboard.press("Control+Enter")

    left = told(desk)[0]["left"]
    assert left["note"] == "Is this <her> dog?"
    assert left["photos"] == [{"id": 1, "version": 1}]
    # Here it may still be seen, with the note.
    expect(tile(desk, "#1001")).to_contain_text("Ada asks a manager: Is this <her> dog?")
    expect(tile(desk, "#1001")).to_contain_text("For a manager")
    expect(button(desk, "Undo")).to_have_count(0)


def test_a_rejection_says_to_how_many_customers_it_goes(desk: Page) -> None:
    rejection = reject(desk, "#1001", "#1003, photo 1 of 2", "#1003, photo 2 of 2")

    expect(rejection.locator(".goes-to")).to_have_text("Goes to the customers of 2 orders.")
    desk.keyboard.press("Escape")
    button(desk, "Clear").click()

    rejection = reject(desk, "#1001", "#1002", "#1005")

    expect(rejection.locator(".goes-to")).to_have_text("Goes to 3 customers.")


def test_a_combination_chosen_lately_is_one_key(desk: Page) -> None:
    reject(desk, "#1001")
    for key in ("5", "2", "Enter"):
        desk.keyboard.press(key)
    expect(tile(desk, "#1001")).to_have_count(0)
    reject(desk, "#1002")
    for key in ("1", "2", "Enter"):
        desk.keyboard.press(key)
    expect(tile(desk, "#1002")).to_have_count(0)

    rejection = reject(desk, "#1005")
    lately = rejection.get_by_role("group", name="Chosen lately").get_by_role("button")
    expect(lately).to_have_text(
        ["Too small for the size + Out of focusQ", "Too dark + Out of focusW"]
    )
    for key in ("1", "w", "Enter"):
        desk.keyboard.press(key)

    assert told(desk, times=3)[2]["decided"]["reasons"] == [50, 20]


def test_a_snippet_is_one_click_or_key_and_deletes_nothing(desk: Page) -> None:
    rejection = reject(desk, "#1001")
    comment = rejection.get_by_label("Comment for the customer")
    snippets = rejection.get_by_role("group", name="Insert").get_by_role("button")
    expect(snippets).to_have_count(0)

    desk.keyboard.press("1")
    expect(snippets).to_have_text([CHAT + "I", SIZE])
    desk.keyboard.press("i")
    expect(comment).to_have_value(CHAT)

    comment.fill("Dear Carl, yours truly, Ada")
    comment.evaluate("node => node.setSelectionRange(5, 10)")
    button(rejection, f"Insert: {SIZE}").click()

    expect(comment).to_have_value(f"Dear Carl, {SIZE} yours truly, Ada")
    expect(comment).to_be_focused()
    expect(rejection.locator(".preview .said")).to_contain_text(SIZE)
    expect(snippets).to_have_text([CHAT + "I"])

    comment.fill("x" * 1990)
    expect(snippets).to_have_count(0)


def test_each_shop_has_reasons_of_its_own(desk: Page) -> None:
    desk.goto("/?shops=2")

    question = reject(desk, "#1002", "#1006")
    question.get_by_role("checkbox", name="Copyright").check()
    desk.keyboard.press("Enter")

    assert told(desk)[0]["decided"]["reasons"] == [30]
    question = reject(desk, "#1005", "#1008")
    expect(question.get_by_role("checkbox", name="Shop 0: Copyright")).to_be_visible()
    expect(question.get_by_role("checkbox", name="Shop 1: Copyright")).to_be_visible()
