"""What a held key, a second click or somebody else must not make of a reviewer's work."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.grid import button, dialog, names, select, tile, told
from tests.browser.test_full_screen import await_photo, open_photo

pytestmark = pytest.mark.browser


def hold(page: Page, key: str, times: int = 5) -> None:
    """As a key that repeats while it is down."""
    for _ in range(times):
        page.keyboard.down(key)
    page.keyboard.up(key)


def decide(page: Page, key: str, name: str) -> None:
    tile(page, name).focus()
    page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(tile(page, name)).to_have_count(0)


def notice(place: Page | Locator, text: str) -> None:
    expect(place.locator(".notice [role=status]")).to_have_text(text)


def spare_questions(page: Page) -> None:
    page.evaluate("""() => {
        const kept = { day: new Date().toDateString(), verbs: ["Approve", "Set aside"] }
        localStorage["loupe.1.unasked"] = JSON.stringify(kept)
    }""")


def test_a_photo_that_takes_the_place_of_another_by_itself_is_not_decided_at_once(
    desk: Page,
) -> None:
    # #1002 is decided by somebody else when #1001 is: it stands there until the answer is here.
    desk.goto("/?gone=2")
    expect(tile(desk, "#1001")).to_be_visible()
    spare_questions(desk)
    view = open_photo(desk, "#1001")
    # The hand is quicker than any: it presses as soon as the photo is another one.
    desk.evaluate("""() => {
        const root = document.querySelector("[data-testid=stBidiComponentIsolated]").shadowRoot
        const name = root.querySelector(".place strong")
        new MutationObserver(() => {
            if (!name.textContent.startsWith("#1003")) return
            const press = { key: "s", code: "KeyS", bubbles: true, composed: true }
            root.querySelector(".full-screen").dispatchEvent(new KeyboardEvent("keydown", press))
        }).observe(name, { childList: true })
    }""")

    desk.keyboard.press("a")

    await_photo(view, "#1003, photo 1 of 2")
    expect(view).to_contain_text("#1002 was dealt with meanwhile: this is another photo.")
    notice(view, "Approved 1 photo")  # what was said is over
    assert len(told(desk)) == 1
    desk.keyboard.press("s")
    await_photo(view, "#1003, photo 2 of 2")
    assert told(desk, times=2)[1]["decided"]["photos"] == [{"id": 3, "version": 1}]


def test_a_photo_that_came_back_settled_cannot_be_opened(desk: Page) -> None:
    tile(desk, "#1007").focus()
    desk.keyboard.press("a")
    desk.keyboard.press("Enter")
    refused = tile(desk, "#1007")
    expect(refused).to_contain_text("Bob approved this 2 min ago")

    refused.get_by_role("img").click()
    tile(desk, "#1002").get_by_text("#1002").click()

    expect(desk.get_by_text("1 selected")).to_be_visible()
    expect(desk.get_by_role("dialog")).to_have_count(0)


def test_the_key_that_rejects_chooses_nothing_however_often_it_is_pressed(desk: Page) -> None:
    desk.evaluate("""() => {
        const kept = [[10, 20], [10, 50], [20, 50], [30, 10], [20, 10]]
        localStorage["loupe.1.recent_reasons"] = JSON.stringify(kept)
    }""")
    tile(desk, "#1001").focus()

    hold(desk, "r")
    desk.keyboard.press("r")

    rejection = dialog(desk, "Reject 1 photo?")
    keys = rejection.get_by_role("group", name="Chosen lately").locator("kbd")
    expect(keys).to_have_text(["Q", "W", "E", "T", "Y"])
    expect(rejection.get_by_role("checkbox", checked=True)).to_have_count(0)
    hold(desk, "5", times=4)
    expect(rejection.get_by_role("checkbox", name="Too dark")).to_be_checked()


def test_a_question_held_on_is_spared_once(desk: Page) -> None:
    tile(desk, "#1001").focus()
    desk.keyboard.press("a")

    hold(desk, "d", times=4)

    expect(desk.get_by_label("Don’t ask again today")).to_be_checked()


def test_keys_held_in_full_screen_do_one_thing_once_and_go_on_turning(desk: Page) -> None:
    for name in ("#1001", "#1002"):
        decide(desk, "a", name)
        notice(desk, "Approved 1 photo")
    view = open_photo(desk, "#1005")

    hold(desk, "u")
    expect(view).to_contain_text("#1002 is back.")
    assert [*told(desk, times=3)[2]] == ["undone"]
    desk.keyboard.press("l")
    await_photo(view, "#1003, photo 1 of 2")
    hold(desk, "n")
    await_photo(view, "#1003, photo 2 of 2")
    hold(desk, " ", times=3)
    expect(button(view, "Select")).to_have_attribute("aria-pressed", "true")
    hold(desk, "l", times=2)
    await_photo(view, "#1006")


def test_u_after_leaving_a_photo_for_a_manager_takes_back_nothing_older(desk: Page) -> None:
    decide(desk, "a", "#1001")
    notice(desk, "Approved 1 photo")
    tile(desk, "#1002").focus()
    desk.keyboard.press("m")
    desk.get_by_label("What should they know?").fill("Is this her dog?")
    desk.keyboard.press("Control+Enter")
    notice(desk, "1 photo left for a manager")
    expect(button(desk, "Undo")).to_have_count(0)

    desk.keyboard.press("u")

    notice(desk, "Leaving cannot be taken back here. 1 photo left for a manager")
    assert [[*message] for message in told(desk, times=2)] == [["decided"], ["left"]]
    # What is older is in the list, and can still be chosen there.
    button(desk, "1 more").click()
    button(desk, "Undo: Approved 1 photo").click()
    expect(tile(desk, "#1001")).to_be_visible()


def test_the_next_decision_can_be_taken_back_as_ever(desk: Page) -> None:
    tile(desk, "#1002").focus()
    desk.keyboard.press("m")
    desk.get_by_label("What should they know?").fill("Is this her dog?")
    desk.keyboard.press("Control+Enter")
    notice(desk, "1 photo left for a manager")

    decide(desk, "a", "#1001")
    notice(desk, "Approved 1 photo")
    desk.keyboard.press("u")

    expect(tile(desk, "#1001")).to_be_visible()


def test_a_rejection_that_is_refused_need_not_be_written_again(desk: Page) -> None:
    select(desk, "#1010")
    desk.keyboard.press("r")
    desk.keyboard.press("5")
    desk.get_by_label("Comment for the customer").fill("By daylight, please")
    desk.keyboard.press("Control+Enter")
    expect(tile(desk, "#1010")).to_contain_text("Its picture has changed meanwhile")

    tile(desk, "#1010").focus()
    desk.keyboard.press("r")

    expect(desk.get_by_label("Too dark")).to_be_checked()
    expect(desk.get_by_label("Comment for the customer")).to_have_value("By daylight, please")
    desk.keyboard.press("Enter")
    expect(tile(desk, "#1010")).to_have_count(0)
    assert told(desk, times=2)[1]["decided"]["photos"] == [{"id": 10, "version": 2}]


def test_several_drafts_wait_for_their_photos(desk: Page) -> None:
    comment = desk.get_by_label("Comment for the customer")
    for name, words in (("#1001", "By daylight, please"), ("#1005", "Without the flash")):
        tile(desk, name).focus()
        desk.keyboard.press("r")
        comment.fill(words)
        desk.keyboard.press("Escape")
    tile(desk, "#1002").focus()
    desk.keyboard.press("r")
    expect(comment).to_have_value("")
    desk.keyboard.press("Escape")

    tile(desk, "#1001").focus()
    desk.keyboard.press("r")

    expect(comment).to_have_value("By daylight, please")
    desk.keyboard.press("Escape")
    tile(desk, "#1005").focus()
    desk.keyboard.press("r")
    expect(comment).to_have_value("Without the flash")


def test_a_double_click_turns_one_page(desk: Page) -> None:
    button(desk, "Next page").dblclick()

    expect(tile(desk, "#1013")).to_be_focused()
    assert told(desk) == [{"turned": "next"}]
    button(desk, "Next page").click()
    expect(tile(desk, "#1025")).to_be_focused()
    button(desk, "Previous page").click()
    expect(tile(desk, "#1013")).to_be_focused()


def test_in_full_screen_a_refusal_says_who_was_first(desk: Page) -> None:
    view = open_photo(desk, "#1007")

    desk.keyboard.press("a")
    desk.keyboard.press("Enter")

    notice(view, "1 photo came back. #1007: Bob approved this 2 min ago")


def test_what_others_bring_moves_no_tile(desk: Page) -> None:
    before = names(desk)

    button(desk, "Two come in").click()
    decide(desk, "a", "#1002")
    notice(desk, "Approved 1 photo")

    after = [name for name in before if name != "#1002"]
    assert names(desk)[: len(after)] == after
    desk.keyboard.press("u")
    expect(tile(desk, "#1002")).to_be_visible()
    assert names(desk) == before
    # On another page all is as the server has it.
    button(desk, "Next page").click()
    expect(tile(desk, "#1011")).to_be_visible()
    button(desk, "Previous page").click()
    expect(tile(desk, "#1031")).to_be_focused()
    assert names(desk)[:3] == ["#1031", "#1032", "#1001"]
