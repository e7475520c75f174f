"""The grid of issues by itself, with made-up photos: every key and button, in real Chromium."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, FilePayload, Locator, Page, expect

from tests.browser.axe import serious_violations
from tests.browser.grid import button, dialog, select, tile, told, unanswered
from tests.serving import Served

pytestmark = pytest.mark.browser

PICTURE: FilePayload = {"name": "from mail.jpg", "mimeType": "image/jpeg", "buffer": b"a picture"}
BROKEN: FilePayload = {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"broken"}
#: Drops or pastes a file onto what was found, as a hand would.
HAND_OVER = """(node, { kind, content }) => {
  const carried = new DataTransfer()
  carried.items.add(new File([content], "image.png", { type: "image/png" }))
  const event = kind === "drop"
    ? new DragEvent(kind, { dataTransfer: carried, bubbles: true, cancelable: true })
    : new ClipboardEvent(kind, { clipboardData: carried, bubbles: true, cancelable: true })
  node.dispatchEvent(event)
}"""


@pytest.fixture
def issues(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    # Else Playwright may begin to look for choosers when a key has opened one already.
    page.on("filechooser", lambda _: None)
    page.goto("/?desk=issues")
    expect(tile(page, "#1001")).to_be_visible(timeout=20_000)
    yield page
    page.evaluate("localStorage.clear()")
    page.close()
    assert problems == []


def ids(gesture: dict[str, list[dict[str, int]]]) -> list[int]:
    return [photo["id"] for photo in gesture["photos"]]


def open_photo(page: Page, name: str) -> Locator:
    button(tile(page, name), f"Open {name} full screen").click()
    view = dialog(page, "Full screen")
    expect(view.get_by_role("status").first).to_contain_text(name)
    return view


def hand_over(place: Locator, kind: str, content: str = "a picture") -> None:
    place.evaluate(HAND_OVER, {"kind": kind, "content": content})


def test_a_tile_says_what_was_asked_and_how_far_that_has_come(issues: Page) -> None:
    first, missing = tile(issues, "#1001"), tile(issues, "#1003, photo 2 of 2")
    expect(first.get_by_role("list", name="Rejected for")).to_have_text("Too darkOut of focus")
    expect(first).to_contain_text("Perhaps <b>one</b> by daylight?")
    expect(first).to_contain_text("First time, by Ada Adler")
    expect(first).to_contain_text("Mail sent 2 days ago")
    expect(first).to_contain_text("Answer overdue since")
    expect(tile(issues, "#1005")).to_contain_text("Answer due")
    expect(tile(issues, "#1005")).to_contain_text("Second time")
    expect(tile(issues, "#1002")).to_contain_text("Could not reach: this order has no e-mail")
    expect(tile(issues, "#1003, photo 1 of 2")).to_contain_text("the mail was refused")
    expect(missing).to_contain_text("No picture came")
    expect(missing).to_contain_text("by Loupe")


def test_full_screen_begins_with_the_issue(issues: Page) -> None:
    view = open_photo(issues, "#1005")

    details = view.get_by_role("region", name="About this photo")
    expect(details).to_contain_text("Comment for the customer: Perhaps <b>one</b> by daylight?")
    expect(details).to_contain_text("E-mailcustomer5@example.com")
    expect(details.get_by_role("list", name="Before")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Remind now", "R"),
        ("Take back", "B"),
        ("Print as it is", "P"),
        ("Attach a photo", "T"),
        ("Customer's link", "Y"),
    ],
)
def test_the_keys_are_printed_on_the_buttons(issues: Page, name: str, key: str) -> None:
    expect(button(issues, name).locator("kbd")).to_have_text(key)
    expect(button(issues, name)).to_have_attribute("aria-disabled", "true")

    issues.keyboard.press("?")

    keys = dialog(issues, "Keys").locator("dt")
    expect(keys.get_by_text(key, exact=True)).to_have_count(1)
    for absent in ("A", "S", "M", "U"):
        expect(keys.get_by_text(absent, exact=True)).to_have_count(0)


@pytest.mark.parametrize("by", ["key", "button"])
def test_customers_are_reminded_and_their_photos_stay(issues: Page, by: str) -> None:
    select(issues, "#1001", "#1003, photo 1 of 2", "#1002")

    issues.keyboard.press("r") if by == "key" else button(issues, "Remind now").click()
    question = dialog(issues, "Remind about 2 photos?")
    expect(question).to_contain_text("Mails 2 customers")
    expect(question).to_contain_text("1 photo without an e-mail address left out.")
    button(question, "Remind now").click()

    expect(tile(issues, "#1001")).to_contain_text("Reminded just now")
    assert ids(told(issues)[0]["reminded"]) == [1, 3]
    expect(issues.get_by_text("Reminded about 2 photos")).to_be_visible()
    expect(tile(issues, "#1003, photo 1 of 2")).to_contain_text("Reminded just now")
    expect(issues.get_by_text("1 selected")).to_be_visible()


def test_without_an_address_nobody_is_asked_about_a_reminder(issues: Page) -> None:
    select(issues, "#1002")

    issues.keyboard.press("r")

    expect(
        issues.get_by_text("No e-mail address: copy the customer’s link instead.")
    ).to_be_visible()
    expect(issues.get_by_role("dialog")).to_have_count(0)


def test_a_refused_reminder_says_why_on_the_tile(issues: Page) -> None:
    select(issues, "#1007")

    issues.keyboard.press("r")
    button(dialog(issues, "Remind about 1 photo?"), "Remind now").click()

    expect(tile(issues, "#1007")).to_contain_text("Reminded 5 minutes ago.")
    expect(tile(issues, "#1007")).not_to_contain_text("Reminded just now")
    button(tile(issues, "#1007"), "OK").click()
    expect(tile(issues, "#1007")).not_to_contain_text("Reminded 5 minutes ago.")


def test_one_photo_is_taken_back_at_once(issues: Page, shop: Served) -> None:
    tile(issues, "#1001").focus()

    with unanswered(shop):
        issues.keyboard.press("b")
        expect(tile(issues, "#1001")).to_have_count(0)
        expect(tile(issues, "#1013")).to_be_visible()

    assert ids(told(issues)[0]["taken_back"]) == [1]
    expect(issues.get_by_text("Took back 1 photo")).to_be_visible()


def test_several_are_taken_back_after_a_question_and_what_was_answered_comes_back(
    issues: Page,
) -> None:
    select(issues, "#1001", "#1007")

    button(issues, "Take back").click()
    button(dialog(issues, "Take back 2 photos?"), "Take back").click()

    expect(tile(issues, "#1001")).to_have_count(0)
    expect(tile(issues, "#1007")).to_contain_text("The customer has answered meanwhile.")


@pytest.mark.parametrize("by", ["key", "button"])
def test_printing_as_it_is_asks_why(issues: Page, by: str) -> None:
    select(issues, "#1001", "#1002")

    issues.keyboard.press("p") if by == "key" else button(issues, "Print as it is").click()
    question = dialog(issues, "Print 1 photo as it is?")
    expect(question).to_contain_text("1 photo left out: A reason it was rejected for")
    expect(button(question, "Print as it is")).to_have_attribute("aria-disabled", "true")
    issues.keyboard.type("Phoned her")
    issues.keyboard.press("Control+Enter")

    expect(tile(issues, "#1001")).to_have_count(0)
    (kept,) = (line["kept"] for line in told(issues))
    assert (ids(kept), kept["why"]) == ([1], "Phoned her")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("#1003, photo 2 of 2", "No picture came: there is nothing to print."),
        ("#1002", "A reason it was rejected for does not allow it."),
    ],
)
def test_what_cannot_be_printed_says_why(issues: Page, name: str, why: str) -> None:
    tile(issues, name).focus()

    issues.keyboard.press("p")

    expect(issues.get_by_text(why)).to_be_visible()
    expect(issues.get_by_role("dialog")).to_have_count(0)


@pytest.mark.parametrize("by", ["key", "button"])
def test_a_photo_is_attached_and_its_tile_leaves(issues: Page, shop: Served, by: str) -> None:
    select(issues, "#1001")

    with unanswered(shop):
        with issues.expect_file_chooser() as chooser:
            issues.keyboard.press("t") if by == "key" else button(issues, "Attach a photo").click()
        chooser.value.set_files(PICTURE)
        expect(tile(issues, "#1001").get_by_role("progressbar")).to_be_visible()
        expect(tile(issues, "#1001")).to_contain_text("Opening it")

    expect(tile(issues, "#1001")).to_have_count(0)
    assert ids(told(issues)[0]["attached"]) == [1]


def test_a_photo_is_attached_to_one_at_a_time(issues: Page) -> None:
    select(issues, "#1001", "#1002")

    expect(button(issues, "Attach a photo")).to_have_attribute("aria-disabled", "true")
    issues.keyboard.press("t")

    expect(issues.get_by_text("Attach a photo: one photo at a time.")).to_be_visible()


def test_a_refused_file_says_why_and_another_can_be_tried(issues: Page) -> None:
    tile(issues, "#1001").focus()
    with issues.expect_file_chooser() as chooser:
        issues.keyboard.press("t")
    chooser.value.set_files(BROKEN)
    expect(tile(issues, "#1001")).to_contain_text("This file cannot be opened.")

    with issues.expect_file_chooser() as chooser:
        button(tile(issues, "#1001"), "Try again").click()
    chooser.value.set_files(PICTURE)

    expect(tile(issues, "#1001")).to_have_count(0)


def test_attaching_can_be_given_up(issues: Page, shop: Served) -> None:
    with unanswered(shop):
        hand_over(tile(issues, "#1001"), "drop")
        button(tile(issues, "#1001"), "Cancel").click()
        expect(tile(issues, "#1001").get_by_role("progressbar")).to_have_count(0)

    expect(tile(issues, "#1001")).to_be_visible()


def test_a_file_dropped_on_a_tile_is_attached_to_it(issues: Page) -> None:
    hand_over(tile(issues, "#1005").get_by_role("img"), "drop")

    expect(tile(issues, "#1005")).to_have_count(0)
    assert ids(told(issues)[0]["attached"]) == [5]


def test_a_picture_pasted_in_full_screen_is_attached(issues: Page) -> None:
    view = open_photo(issues, "#1001")

    hand_over(view, "paste", "broken")
    expect(view).to_contain_text("This file cannot be opened.")
    hand_over(view, "paste")

    expect(view.get_by_role("status").first).to_contain_text("#1002")
    assert ids(told(issues)[0]["attached"]) == [1]


def test_the_customers_link_is_copied(context: BrowserContext, issues: Page) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    tile(issues, "#1005").focus()

    issues.keyboard.press("y")

    expect(issues.get_by_text("Copied the link of #1005’s customer.")).to_be_visible()
    assert issues.evaluate("navigator.clipboard.readText()") == "https://shop/o/1005"
    context.clear_permissions()


def test_where_there_is_no_clipboard_the_link_is_shown_selected(issues: Page) -> None:
    issues.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    select(issues, "#1005")

    button(issues, "Customer's link").click()

    field = issues.get_by_role("textbox", name="The link of #1005’s customer")
    expect(field).to_have_value("https://shop/o/1005")
    expect(field).to_be_focused()
    assert field.evaluate("node => node.selectionEnd - node.selectionStart") == 19


def test_full_screen_has_the_same_verbs(issues: Page) -> None:
    view = open_photo(issues, "#1001")
    for name in ("Remind now", "Take back", "Print as it is", "Attach", "Link"):
        expect(button(view, name)).to_be_visible()

    issues.keyboard.press("r")
    button(dialog(issues, "Remind about 1 photo?"), "Remind now").click()
    expect(view).to_contain_text("Reminded just now")
    issues.keyboard.press("b")
    expect(view.get_by_role("status").first).to_contain_text("#1002")

    first, second = told(issues, 2)
    assert (ids(first["reminded"]), ids(second["taken_back"])) == ([1], [1])


def test_full_screen_without_a_picture_can_be_worked_in(issues: Page) -> None:
    view = open_photo(issues, "#1003, photo 2 of 2")
    expect(view).to_contain_text("No picture came")

    issues.keyboard.press("p")
    expect(view).to_contain_text("No picture came: there is nothing to print.")
    issues.keyboard.press("b")

    assert ids(told(issues)[0]["taken_back"]) == [4]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(issues: Page, scheme: str) -> None:
    issues.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    select(issues, "#1001")
    hand_over(tile(issues, "#1001"), "drop", "broken")
    expect(tile(issues, "#1001")).to_contain_text("This file cannot be opened.")

    assert serious_violations(issues, "body") == []

    open_photo(issues, "#1005")
    assert serious_violations(issues, "body") == []


@pytest.mark.parametrize("width", [1280, 1440])
def test_the_toolbar_stands_in_one_row_on_a_small_desktop(
    issues: Page, desk: Page, width: int
) -> None:
    for page in (issues, desk):
        page.set_viewport_size({"width": width - 220, "height": 800})  # the menu stands beside it
        select(page, "#1001", "#1002")

        tops = page.locator(".toolbar button:visible").evaluate_all(
            "buttons => buttons.map((each) => Math.round(each.getBoundingClientRect().top))"
        )

        assert len(tops) >= 9
        assert len(set(tops)) == 1
