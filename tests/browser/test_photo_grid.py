"""The grid by itself, with made-up photos: every gesture, in real Chromium."""

import json
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.axe import serious_violations
from tests.browser.grid import button, dialog, names, select, tile, told, top_of, unanswered
from tests.core.ui.photo_grid.desk.made_up import photo
from tests.serving import Served

pytestmark = pytest.mark.browser


def test_what_was_noticed_is_said_on_the_tile_and_only_suggests_reasons(desk: Page) -> None:
    noticed = tile(desk, "#1003, photo 1 of 2").get_by_role("list", name="Noticed")
    expect(noticed).to_contain_text("Too small: 82 ppi")
    expect(noticed).to_contain_text("+1 more: Blurred by movement")

    select(desk, "#1003, photo 1 of 2")
    button(desk, "Reject").click()
    rejection = dialog(desk, "Reject 1 photo?")

    reasons = rejection.locator(".reason")
    expect(reasons).to_contain_text(
        [
            "Too small for the sizesuggested1",
            "Out of focussuggested2",
            "Does not fit the product's shapesuggested",
            "Copyright3",
            "Something else4",
            "Too dark5",
        ]
    )
    expect(rejection.get_by_text("suggested", exact=True)).to_have_count(3)
    expect(rejection.get_by_role("checkbox", checked=True)).to_have_count(0)


def test_a_reason_that_is_only_suggested_stays_with_its_draft(desk: Page) -> None:
    select(desk, "#1001")
    button(desk, "Reject").click()
    shape = desk.get_by_label("Does not fit the product's shape")
    expect(desk.get_by_label("Too dark")).to_be_visible()
    expect(shape).to_have_count(0)
    desk.keyboard.press("Escape")

    select(desk, "#1003, photo 1 of 2")
    button(desk, "Reject").click()
    shape.check()
    desk.keyboard.press("Escape")
    desk.get_by_role("checkbox", name="Select #1003, photo 1 of 2").uncheck()
    button(desk, "Reject").click()

    expect(shape).to_be_checked()
    button(dialog(desk, "Reject 1 photo?"), "Reject").click()
    assert told(desk)[0]["decided"]["reasons"] == [60]


def test_each_photo_is_a_group_named_by_its_order(desk: Page) -> None:
    assert names(desk)[:5] == [
        "#1001",
        "#1002",
        "#1003, photo 1 of 2",
        "#1003, photo 2 of 2",
        "#1005",
    ]
    expect(tile(desk, "#1002")).to_contain_text("Second try")
    expect(tile(desk, "#1005")).to_contain_text("Third tryCustomer keeps it")
    expect(tile(desk, "#1009")).to_contain_text("This picture could not be loaded")


def test_what_a_customer_wrote_is_text_and_nothing_else(desk: Page) -> None:
    expect(tile(desk, "#1008")).to_contain_text("<b>Is this</b> one better?")


def test_a_click_on_the_picture_opens_it_full_screen(desk: Page) -> None:
    tile(desk, "#1002").get_by_role("img").first.click()

    view = dialog(desk, "Full screen")
    expect(view).to_contain_text("#1002")
    expect(view).to_contain_text("1600 × 2400 px")
    expect(view).to_contain_text("AnimatedOnly the first frame is printed")
    expect(view).to_contain_text("enough to print well up to 27 × 40 cm")
    expect(view).to_contain_text("Could you send the original from your phone?")
    expect(view.get_by_role("img").first).to_have_js_property("complete", True)
    expect(desk.get_by_text("0 selected")).to_be_visible()


def test_a_click_on_the_footer_selects(desk: Page) -> None:
    tile(desk, "#1001").get_by_text("Photo mug, White").click()

    expect(desk.get_by_role("checkbox", name="Select #1001")).to_be_checked()
    expect(desk.get_by_text("1 selected")).to_be_visible()

    tile(desk, "#1001").get_by_text("#1001").click()

    expect(desk.get_by_role("checkbox", name="Select #1001")).not_to_be_checked()


def test_a_shift_click_selects_a_range(desk: Page) -> None:
    tile(desk, "#1002").get_by_text("#1002").click()
    tile(desk, "#1006").get_by_text("#1006").click(modifiers=["Shift"])

    expect(desk.get_by_text("5 selected")).to_be_visible()
    expect(desk.get_by_role("checkbox", name="Select #1003, photo 2 of 2")).to_be_checked()
    expect(desk.get_by_role("checkbox", name="Select #1001")).not_to_be_checked()


def test_all_are_selected_and_cleared(desk: Page) -> None:
    button(desk, "Select all").click()
    expect(desk.get_by_text("12 selected")).to_be_visible()

    button(desk, "Clear").click()
    expect(desk.get_by_text("0 selected")).to_be_visible()

    desk.keyboard.press("Control+a")
    expect(desk.get_by_text("12 selected")).to_be_visible()


def test_verdicts_wait_for_a_selection(desk: Page) -> None:
    for verdict in ("Approve", "Reject", "Set aside"):
        expect(button(desk, verdict)).to_be_disabled()

    button(desk, "Approve").click(force=True)

    expect(desk.get_by_role("dialog")).to_have_count(0)


def test_approving_asks_first_and_shows_the_photos(desk: Page) -> None:
    select(desk, "#1001", "#1006")
    button(desk, "Approve").click()

    question = dialog(desk, "Approve 2 photos?")
    expect(question.get_by_role("listitem")).to_have_text(["#1001", "#1006"])

    button(question, "Approve").click()

    (message,) = told(desk)
    assert message["decided"]["verdict"] == "approved"
    assert message["decided"]["photos"] == [{"id": 1, "version": 1}, {"id": 6, "version": 1}]
    expect(tile(desk, "#1001")).to_have_count(0)
    expect(desk.get_by_text("Approved 2 photos", exact=True)).to_be_visible()


def test_a_question_that_is_cancelled_changes_nothing(desk: Page) -> None:
    select(desk, "#1001")
    button(desk, "Approve").click()
    button(dialog(desk, "Approve 1 photo?"), "Cancel").click()

    expect(desk.get_by_role("dialog")).to_have_count(0)
    expect(desk.get_by_text("1 selected")).to_be_visible()
    expect(desk.get_by_text("Told 0 times")).to_be_visible()


def test_setting_aside_says_that_nobody_is_mailed(desk: Page) -> None:
    select(desk, "#1001")
    button(desk, "Set aside").click()

    question = dialog(desk, "Set aside 1 photo?")
    expect(question).to_contain_text("not printed, nobody is mailed")

    button(question, "Set aside").click()

    assert told(desk)[0]["decided"]["verdict"] == "set_aside"


def test_a_rejection_keeps_its_reasons_in_the_order_chosen(desk: Page) -> None:
    select(desk, "#1001")
    button(desk, "Reject").click()
    question = dialog(desk, "Reject 1 photo?")
    question.get_by_label("Out of focus").check()
    question.get_by_label("Too small for the size").check()
    question.get_by_label("Comment for the customer").fill("Both dogs, please <3")

    expect(question.get_by_text("filed under", exact=True)).to_have_count(1)
    expect(question.locator(".preview p")).to_have_text(
        [
            "Hello customer1@example.com, thank you for your order #1001. Before we print it, "
            "we would like your help with your photo.",
            "Photo mug",
            "At this size, fine details would come out soft.",
            "Your photo would look soft at the size you chose.",
            "Both dogs, please <3",
            "There you can choose a new photo, keep this one as it is or write to us.",
        ]
    )

    button(question, "Reject").click()

    decided = told(desk)[0]["decided"]
    assert decided["verdict"] == "rejected"
    assert decided["reasons"] == [20, 10]
    assert decided["comment"] == "Both dogs, please <3"


def test_a_rejection_says_what_it_still_needs(desk: Page) -> None:
    select(desk, "#1001")
    button(desk, "Reject").click()
    question = dialog(desk, "Reject 1 photo?")
    confirm = button(question, "Reject")

    expect(confirm).to_be_disabled()
    expect(confirm).to_have_accessible_description("Choose at least one reason.")

    question.get_by_label("Something else").check()

    expect(confirm).to_have_accessible_description("“Something else” needs a comment.")
    desk.keyboard.press("Enter")
    expect(question.get_by_label("Comment for the customer")).to_be_focused()

    question.get_by_label("Comment for the customer").fill("Please write to us")

    expect(confirm).to_be_enabled()


def test_a_strict_reason_does_not_offer_to_keep_the_photo(desk: Page) -> None:
    select(desk, "#1001")
    button(desk, "Reject").click()
    question = dialog(desk, "Reject 1 photo?")
    question.get_by_label("Too dark").check()
    expect(question).to_contain_text("keep this one as it is")

    question.get_by_label("Copyright").check()

    expect(question).not_to_contain_text("keep this one as it is")
    expect(question).to_contain_text("The customer may not keep this photo: Copyright.")


def test_a_draft_survives_escape_for_the_same_photo_only(desk: Page) -> None:
    select(desk, "#1001")
    button(desk, "Reject").click()
    desk.get_by_label("Too dark").check()
    desk.get_by_label("Comment for the customer").fill("By daylight, please")
    desk.keyboard.press("Escape")

    button(desk, "Reject").click()
    expect(desk.get_by_label("Too dark")).to_be_checked()
    expect(desk.get_by_label("Comment for the customer")).to_have_value("By daylight, please")
    desk.keyboard.press("Escape")

    button(desk, "Clear").click()
    select(desk, "#1002")
    button(desk, "Reject").click()
    expect(desk.get_by_label("Too dark")).not_to_be_checked()
    expect(desk.get_by_label("Comment for the customer")).to_have_value("")


def test_a_refused_photo_comes_back_and_says_why(desk: Page) -> None:
    select(desk, "#1006", "#1007")
    button(desk, "Approve").click()
    button(dialog(desk, "Approve 2 photos?"), "Approve").click()

    refused = tile(desk, "#1007")
    expect(refused).to_contain_text("Bob approved this 2 min ago")
    expect(refused.get_by_role("checkbox")).to_have_count(0)
    expect(tile(desk, "#1006")).to_have_count(0)
    expect(desk.get_by_text("Approved 1 photo, 1 photo came back")).to_be_visible()

    button(refused, "OK").click()

    expect(refused).to_have_count(0)


def test_tiles_leave_and_the_next_page_fills_in_before_the_server_answers(
    desk: Page, shop: Served
) -> None:
    with unanswered(shop):
        select(desk, "#1001", "#1002")
        desk.keyboard.press("a")
        desk.keyboard.press("Enter")

        expect(desk.get_by_text("Approved 2 photos, saving …")).to_be_visible()
        expect(tile(desk, "#1001")).to_have_count(0)
        assert names(desk)[-2:] == ["#1013", "#1014"]

        # Decided while the first answer is still awaited: sent after it, and not lost.
        select(desk, "#1005")
        desk.keyboard.press("s")
        desk.keyboard.press("Enter")
        expect(tile(desk, "#1005")).to_have_count(0)

    first, second = told(desk, times=2)
    assert [seen["id"] for seen in first["decided"]["photos"]] == [1, 2]
    assert [seen["id"] for seen in second["decided"]["photos"]] == [5]
    expect(desk.get_by_text("Set aside 1 photo", exact=True)).to_be_visible()
    assert names(desk)[-1] == "#1015"


def test_what_was_decided_is_taken_back(desk: Page) -> None:
    select(desk, "#1001")
    desk.keyboard.press("a")
    desk.keyboard.press("Enter")
    expect(tile(desk, "#1001")).to_have_count(0)
    expect(button(desk, "Undo")).to_contain_text("9:5")

    desk.keyboard.press("u")

    expect(tile(desk, "#1001")).to_be_visible()
    decided, undone = told(desk, times=2)
    assert undone["undone"]["batch"] == decided["decided"]["request"]
    expect(button(desk, "Undo")).to_have_count(0)


def test_an_answer_that_does_not_come_can_be_asked_for_again(
    context: BrowserContext, shop: Served
) -> None:
    page = context.new_page()
    sent: list[str | bytes] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.clock.install()
    page.goto("/")
    select(page, "#1001")
    with unanswered(shop):
        page.keyboard.press("a")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Approved 1 photo, saving …")).to_be_visible()

        page.clock.fast_forward(21_000)
        expect(page.get_by_text("The server has not answered yet.")).to_be_visible()
        button(page, "Send again").click()

        expect(page.get_by_text("Approved 1 photo, saving …")).to_be_visible()
    expect(page.get_by_text("Approved 1 photo", exact=True)).to_be_visible()

    # It may have been told several times: it knows the request by its id.
    lines = page.get_by_test_id("stCode").locator("code").inner_text().splitlines()
    (request,) = {json.loads(line)["decided"]["request"].encode() for line in lines}
    assert sum(request in frame for frame in sent if isinstance(frame, bytes)) > 2
    page.close()


def test_arrows_and_letters_move_and_space_selects(desk: Page) -> None:
    desk.keyboard.press("ArrowRight")  # onto the first tile
    expect(tile(desk, "#1001")).to_be_focused()

    for key, name in [
        ("ArrowRight", "#1002"),
        ("l", "#1003, photo 1 of 2"),
        ("h", "#1002"),
        ("ArrowLeft", "#1001"),
    ]:
        desk.keyboard.press(key)
        expect(tile(desk, name)).to_be_focused()
    desk.keyboard.press("j")
    assert top_of(desk.locator(".tile:focus")) > top_of(tile(desk, "#1001"))
    desk.keyboard.press("ArrowUp")
    expect(tile(desk, "#1001")).to_be_focused()

    desk.keyboard.press(" ")
    expect(desk.get_by_role("checkbox", name="Select #1001")).to_be_checked()
    desk.keyboard.press("Shift+ArrowRight")
    expect(desk.get_by_text("2 selected")).to_be_visible()


def test_without_a_selection_keys_are_about_the_tile_in_focus(desk: Page) -> None:
    desk.keyboard.press("a")
    expect(desk.get_by_text("Select photos first.")).to_be_visible()

    tile(desk, "#1002").focus()
    desk.keyboard.press("a")

    expect(dialog(desk, "Approve 1 photo?").get_by_role("listitem")).to_have_text("#1002")


def test_focus_goes_on_to_the_next_tile_after_a_verdict(desk: Page) -> None:
    tile(desk, "#1002").focus()

    desk.keyboard.press("a")
    desk.keyboard.press("Enter")

    expect(tile(desk, "#1003, photo 1 of 2")).to_be_focused()


def test_digits_choose_reasons_and_enter_rejects(desk: Page) -> None:
    tile(desk, "#1002").focus()
    for key in ("r", "5", "2", "1", "2"):
        desk.keyboard.press(key)
    desk.keyboard.press("Enter")

    assert told(desk)[0]["decided"]["reasons"] == [50, 10]


def test_typing_a_comment_is_only_typing(desk: Page) -> None:
    tile(desk, "#1002").focus()
    desk.keyboard.press("r")
    desk.get_by_label("Comment for the customer").focus()
    desk.keyboard.type("a rush? 1 ask: u")

    expect(desk.get_by_label("Comment for the customer")).to_have_value("a rush? 1 ask: u")
    expect(desk.get_by_label("Too small for the size")).not_to_be_checked()
    expect(desk.get_by_role("dialog")).to_have_count(1)


def test_keys_with_control_are_the_browsers(desk: Page) -> None:
    select(desk, "#1001")

    desk.keyboard.press("Control+s")
    desk.keyboard.press("Alt+a")

    expect(desk.get_by_role("dialog")).to_have_count(0)


def test_the_keys_are_shown(desk: Page) -> None:
    desk.keyboard.press("?")
    expect(dialog(desk, "Keys")).to_contain_text("Approve")

    desk.keyboard.press("Escape")
    expect(desk.get_by_role("dialog")).to_have_count(0)


def test_pages_turn_and_a_selection_does_not_turn_with_them(desk: Page) -> None:
    select(desk, "#1001")

    button(desk, "Next page").click()

    expect(tile(desk, "#1013")).to_be_focused()
    expect(desk.get_by_text("0 selected")).to_be_visible()
    assert told(desk) == [{"turned": "next"}]
    button(desk, "Previous page").click()
    expect(tile(desk, "#1001")).to_be_focused()


def test_the_next_pages_pictures_are_fetched_ahead(context: BrowserContext) -> None:
    page = context.new_page()
    with page.expect_response(f"**/photos/{photo(13).sha256}/grid"):
        page.goto("/?photos=14")
    page.close()


def test_a_page_that_is_done_says_so(desk: Page, shop: Served) -> None:
    desk.goto("/?photos=3")
    expect(tile(desk, "#1001")).to_be_visible()
    with unanswered(shop):
        button(desk, "Select all").click()
        desk.keyboard.press("a")
        desk.keyboard.press("Enter")

        expect(desk.get_by_text("All done here")).to_be_visible()
        expect(button(desk, "Approve")).to_have_count(0)
    expect(button(desk, "Undo")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(desk: Page, scheme: Literal["light", "dark"]) -> None:
    desk.emulate_media(color_scheme=scheme)
    select(desk, "#1001", "#1007")
    found = {"grid": serious_violations(desk, ".stBidiComponent")}
    for name in ("Approve", "Reject", "Keys", "Open #1002 full screen"):
        button(desk, name).click()
        found[name] = serious_violations(desk, ".stBidiComponent")
        desk.keyboard.press("Escape")

    assert not any(found.values()), found


def test_nothing_overflows_on_a_phone(browser: Browser, shop: Served) -> None:
    context = browser.new_context(
        base_url=shop.url,
        viewport={"width": 360, "height": 740},
        has_touch=True,
        is_mobile=True,
        reduced_motion="reduce",
    )
    phone = context.new_page()
    phone.goto("/")
    expect(tile(phone, "#1001")).to_be_visible()

    def overflow() -> list[str]:
        found: list[str] = phone.evaluate(
            """() => {
                const root = document.querySelector("[data-testid=stBidiComponentIsolated]")
                const nodes = [...root.shadowRoot.querySelectorAll(".desk *:not(.thumbnails *)")]
                return nodes.filter((node) => {
                    const { left, right, width } = node.getBoundingClientRect()
                    return width > 1 && (right > innerWidth + 0.5 || left < -0.5)
                }).map((node) => node.outerHTML.slice(0, 120))
            }"""
        )
        return found

    assert overflow() == []
    tile(phone, "#1002").get_by_text("#1002").tap()
    assert overflow() == []
    button(phone, "Reject").tap()
    assert overflow() == []
    button(phone, "Cancel").tap()
    button(phone, "Open #1002 full screen").tap()
    assert overflow() == []
    for name in ("Next photo", "Approve", "Select"):
        box = button(dialog(phone, "Full screen"), name).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44
    context.close()
