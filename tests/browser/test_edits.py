"""Turning and cropping in full screen: every key and gesture, and what becomes of what is saved."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from obstore.store import LocalStore
from playwright.sync_api import Browser, Locator, Page, Request, Route, expect
from sqlalchemy import select

from core import db
from core.demo import photographs
from core.integrations.intake import take_in
from core.integrations.storage import Storage
from core.models import Decision, Origin, Upload
from tests.browser.axe import serious_violations
from tests.browser.conftest import SignIn
from tests.browser.grid import button, dialog, tile, told, unanswered
from tests.browser.test_full_screen import (
    Fingers,
    await_photo,
    box_of,
    drag,
    open_photo,
    percent,
    shown,
)
from tests.cast import Cast
from tests.core.ui.photo_grid.desk.made_up import photo
from tests.serving import Served
from tests.waiting import until

pytestmark = pytest.mark.browser

# Of the made-up photos #1002 is a cushion of 40 by 40 cm with bleed, 1600 by 2400 pixels; of #1001
# nobody knows the size.
#: 30 by 40 cm, 1600 by 1200 pixels.
CANVAS = "#1003, photo 1 of 2"


@pytest.fixture
def asked(desk: Page) -> list[Any]:
    """What the server is asked to save."""
    bodies: list[Any] = []

    def note(request: Request) -> None:
        if is_edit(request.url):
            bodies.append(request.post_data_json)

    desk.on("request", note)
    return bodies


def is_edit(url: str) -> bool:
    return url.endswith("/edits")


def editor(view: Locator) -> Locator:
    return view.locator(".editor")


def part(view: Locator) -> Locator:
    return view.locator(".part")


def sides(place: Locator) -> dict[str, float]:
    """Where it begins and ends in the window, and how large it is."""
    found: dict[str, float] = place.evaluate("node => node.getBoundingClientRect().toJSON()")
    return found


def shares(view: Locator) -> dict[str, float]:
    """Where the part lies in the picture, as shares of its width and height."""
    inner, outer = box_of(part(view)), box_of(view.locator(".edited"))
    return {
        "left": (inner["x"] - outer["x"]) / outer["width"],
        "top": (inner["y"] - outer["y"]) / outer["height"],
        "width": inner["width"] / outer["width"],
        "height": inner["height"] / outer["height"],
    }


def press(desk: Page, *keys: str) -> None:
    for key in keys:
        desk.keyboard.press(key)


def saved(view: Locator) -> None:
    expect(editor(view)).to_be_hidden()
    expect(view.locator(".notice")).to_contain_text("Saved")


def test_a_photo_is_turned_and_saved_by_keys(desk: Page, asked: list[Any]) -> None:
    view = open_photo(desk, "#1001")
    upright, lying = "1200 × 1600 px", "1600 × 1200 px"
    edits = [("]", 1, upright), ("[", 3, lying), ("]]", 2, lying), ("[[[", 1, upright)]

    for version, (keys, turns, size) in enumerate(edits, start=1):
        before = shown(view).get_attribute("src") or ""
        press(desk, *keys)
        expect(view.locator(".pixels")).to_have_text(size)
        picture = sides(view.locator(".edited img"))
        assert (picture["width"] < picture["height"]) == (size == upright)
        assert len(asked) == version - 1

        desk.keyboard.press("Enter")

        saved(view)
        assert asked[-1] == {"version": version, "quarter_turns": turns, "crop": None}
        expect(view.locator(".details")).to_contain_text(size)
        expect(shown(view)).not_to_have_attribute("src", before)
    expect(view.locator("strong")).to_have_text("#1001")


def test_it_is_turned_and_saved_by_buttons_too(desk: Page, asked: list[Any]) -> None:
    view = open_photo(desk, "#1001")

    button(view, "Turn left").click()
    button(view, "Turn left").click()
    button(view, "Turn right").click()
    button(view, "Save").click()

    saved(view)
    assert asked == [{"version": 1, "quarter_turns": 3, "crop": None}]


def test_after_a_click_on_a_button_enter_saves(desk: Page, asked: list[Any]) -> None:
    view = open_photo(desk, "#1001")
    button(view, "Turn right").click()
    button(view, "Turn right").click()

    desk.keyboard.press("Enter")

    saved(view)
    assert asked == [{"version": 1, "quarter_turns": 2, "crop": None}]


def test_whoever_has_no_mouse_gets_along_with_the_buttons(desk: Page, asked: list[Any]) -> None:
    view = open_photo(desk, "#1001")
    button(view, "Turn right").focus()
    desk.keyboard.press("Enter")
    expect(editor(view)).to_be_focused()

    button(view, "Turn right").focus()
    desk.keyboard.press("Space")
    expect(button(view, "Turn right")).to_be_focused()
    button(view, "Save").focus()
    desk.keyboard.press("Enter")

    saved(view)
    assert asked == [{"version": 1, "quarter_turns": 2, "crop": None}]


def test_brackets_that_take_altgr_are_brackets(desk: Page) -> None:
    view = open_photo(desk, "#1001")

    view.dispatch_event("keydown", {"key": "]", "altKey": True, "ctrlKey": True})

    expect(view.locator(".pixels")).to_have_text("1200 × 1600 px")


def test_what_is_saved_is_what_is_approved_and_stands_in_the_grid(desk: Page) -> None:
    view = open_photo(desk, "#1001")
    press(desk, "]", "Enter")
    saved(view)
    new = re.sub(r"/\w+$", "/grid", shown(view).get_attribute("src") or "")
    expect(button(view, "Fit")).to_have_attribute("aria-pressed", "true")

    press(desk, "Escape")
    expect(tile(desk, "#1001").locator("img").first).to_have_attribute("src", new)
    press(desk, "Enter")
    expect(view.locator(".stage")).to_have_attribute("aria-busy", "false")
    press(desk, "a")
    expect(dialog(desk, "Approve 1 photo?").locator("img")).to_have_attribute("src", new)
    desk.keyboard.press("Enter")

    decided = told(desk)[0]["decided"]
    assert decided["photos"] == [{"id": 1, "version": 2}]


def test_a_second_edit_begins_where_the_first_one_ended(desk: Page, asked: list[Any]) -> None:
    view = open_photo(desk, "#1001")

    press(desk, "]", "Enter")
    saved(view)
    press(desk, "]", "Enter")
    expect(view.locator(".details")).to_contain_text("1600 × 1200 px")

    saved(view)
    assert [each["version"] for each in asked] == [1, 2]


def test_an_edit_outlasts_a_page_that_does_not_know_it_yet(desk: Page) -> None:
    view = open_photo(desk, "#1001")
    press(desk, "]", "Enter")
    saved(view)
    new = re.sub(r"/\w+$", "/grid", shown(view).get_attribute("src") or "")
    desk.keyboard.press("Escape")

    # The page is drawn again, with the rows that it has.
    desk.get_by_label("Search").fill("rex")
    desk.get_by_label("Search").press("Enter")
    button(desk, "Open #1002 full screen").click()
    press(desk, "a", "Enter", "Escape")

    told(desk)
    expect(tile(desk, "#1001").locator("img").first).to_have_attribute("src", new)


def test_zoomed_in_the_new_picture_is_shown_as_a_whole(desk: Page) -> None:
    view = open_photo(desk, CANVAS)
    press(desk, "z", "]", "Enter")

    saved(view)

    expect(button(view, "Fit")).to_have_attribute("aria-pressed", "true")
    expect(percent(view)).to_have_text(re.compile(r"\d+ %"))


def test_x_shows_the_largest_part_of_the_products_shape(desk: Page, asked: list[Any]) -> None:
    view = open_photo(desk, "#1002")

    desk.keyboard.press("x")

    expect(button(view, "Crop")).to_have_attribute("aria-pressed", "true")
    expect(view.locator(".pixels")).to_have_text("1600 × 1600 px · 99 ppi, too few")
    expected = {"left": 0, "top": 1 / 6, "width": 1, "height": 2 / 3}
    assert shares(view) == pytest.approx(expected, abs=0.002)
    face, whole = box_of(part(view).locator(".part-face")), box_of(part(view))
    assert face["width"] / whole["width"] == pytest.approx(400 / 410, rel=0.01)

    desk.keyboard.press("Enter")

    saved(view)
    crop = {"left": 0, "top": 400, "width": 1600, "height": 1600}
    assert asked == [{"version": 1, "quarter_turns": 0, "crop": crop}]
    expect(view.locator(".details")).to_contain_text("1600 × 1600 px")
    expect(view.locator(".details")).not_to_contain_text("cut away")


def test_x_once_more_keeps_all_of_it(desk: Page) -> None:
    view = open_photo(desk, "#1002")

    press(desk, "x", "x")

    expect(part(view)).to_be_hidden()
    expect(view.locator(".pixels")).to_contain_text("1600 × 2400 px")


def test_arrows_move_the_part_and_stop_at_the_edge(desk: Page, asked: list[Any]) -> None:
    view = open_photo(desk, "#1002")
    desk.keyboard.press("x")

    desk.keyboard.press("ArrowUp")
    one = shares(view)["top"]
    desk.keyboard.press("Shift+ArrowUp")
    ten = shares(view)["top"]
    press(desk, *["Shift+ArrowDown"] * 9, "ArrowLeft", "ArrowRight", "Enter")

    saved(view)
    assert (one, ten) == pytest.approx((1 / 6 - 0.01, 1 / 6 - 0.11), abs=0.002)
    assert asked[0]["crop"] == {"left": 0, "top": 800, "width": 1600, "height": 1600}


def test_plus_and_minus_and_the_wheel_change_its_size(desk: Page) -> None:
    view = open_photo(desk, "#1002")
    desk.keyboard.press("x")

    press(desk, "-", "-")
    smaller = shares(view)
    desk.keyboard.press("+")
    larger = shares(view)["width"]
    press(desk, *["="] * 9)
    largest = shares(view)["width"]

    assert smaller["width"] == pytest.approx(1.05**-2, rel=0.01)
    assert smaller["left"] == pytest.approx((1 - smaller["width"]) / 2, abs=0.005)
    assert larger == pytest.approx(1 / 1.05, rel=0.01)
    assert largest == pytest.approx(1)
    box = box_of(part(view))
    desk.mouse.move(box["x"] + 50, box["y"] + 50)
    desk.mouse.wheel(0, 100)
    expect(view.locator(".pixels")).not_to_contain_text("1600 × 1600 px")
    assert shares(view)["width"] < 1


def test_no_part_is_too_small_to_print(desk: Page, asked: list[Any]) -> None:
    view = open_photo(desk, "#1002")

    press(desk, "x", *["-"] * 60, "Enter")

    saved(view)
    assert (asked[0]["crop"]["width"], asked[0]["crop"]["height"]) == (200, 200)


def test_the_part_is_dragged_and_stays_inside(desk: Page) -> None:
    view = open_photo(desk, CANVAS)
    press(desk, "x", *["-"] * 5)
    before, outer = sides(part(view)), sides(view.locator(".edited"))
    middle = (round(before["x"] + before["width"] / 2), round(before["y"] + before["height"] / 2))

    drag(desk, middle, (middle[0] + 30, middle[1] - 20))

    after = box_of(part(view))
    assert (after["x"] - before["x"], after["y"] - before["y"]) == pytest.approx((30, -20), abs=1)
    assert after["width"] == pytest.approx(before["width"])
    drag(desk, middle, (middle[0] + 2000, middle[1]))
    assert sides(part(view))["right"] == pytest.approx(outer["right"], abs=1)


def test_a_corner_is_dragged_and_the_shape_stays(desk: Page) -> None:
    view = open_photo(desk, CANVAS)
    press(desk, "x", *["-"] * 8)

    for x, y in [("left", "top"), ("right", "bottom"), ("left", "bottom"), ("right", "top")]:
        before = sides(part(view))
        start = (round(before[x]), round(before[y]))
        out = (-1 if x == "left" else 1, -1 if y == "top" else 1)
        drag(desk, start, (start[0] + 40 * out[0], start[1] + 10 * out[1]))

        after = sides(part(view))
        assert after["width"] == pytest.approx(before["width"] + 40, abs=2)
        assert after["width"] / after["height"] == pytest.approx(4 / 3, rel=0.01)
        for opposite in {"left", "right", "top", "bottom"} - {x, y}:
            assert after[opposite] == pytest.approx(before[opposite], abs=1)


def test_fingers_drag_the_part_and_its_corners(browser: Browser, shop: Served) -> None:
    context = browser.new_context(
        base_url=shop.url,
        viewport={"width": 360, "height": 740},
        has_touch=True,
        is_mobile=True,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/")
    view = open_photo(page, CANVAS)
    button(view, "Crop").click()
    fingers = Fingers(page)
    box = sides(part(view))

    fingers.move(((box["right"], box["bottom"]), (250, 100)))
    small = sides(part(view))
    middle = (small["x"] + small["width"] / 2, small["y"] + small["height"] / 2)
    fingers.move((middle, (middle[0] + 40, middle[1] + 30)))

    moved = sides(part(view))
    assert small["width"] < box["width"]
    assert (moved["x"] - small["x"], moved["y"] - small["y"]) == pytest.approx((40, 30), abs=2)
    assert page.evaluate("document.scrollingElement.scrollWidth") == 360
    button(view, "Save").click()
    saved(view)
    context.close()


def test_the_part_turns_with_the_picture(desk: Page, asked: list[Any]) -> None:
    view = open_photo(desk, CANVAS)
    press(desk, "x", *["-"] * 5, "Shift+ArrowLeft", "ArrowDown")
    before = shares(view)

    desk.keyboard.press("]")

    after = shares(view)
    assert after == pytest.approx(
        {
            "left": 1 - before["top"] - before["height"],
            "top": before["left"],
            "width": before["height"],
            "height": before["width"],
        },
        abs=0.005,
    )
    desk.keyboard.press("Enter")
    saved(view)
    crop = asked[0]["crop"]
    assert crop["height"] / crop["width"] == pytest.approx(4 / 3, rel=0.005)
    expect(view.locator(".details")).to_contain_text(f"{crop['width']} × {crop['height']} px")


def test_o_turns_the_frame_of_a_product_that_may_lie_either_way(desk: Page) -> None:
    view = open_photo(desk, CANVAS)
    desk.keyboard.press("x")
    lying = box_of(part(view))

    desk.keyboard.press("o")

    upright = box_of(part(view))
    assert lying["width"] / lying["height"] == pytest.approx(4 / 3, rel=0.01)
    assert upright["width"] / upright["height"] == pytest.approx(3 / 4, rel=0.01)
    assert upright["height"] <= lying["height"] + 1
    button(view, "Turn frame").click()
    again = box_of(part(view))
    assert again["width"] / again["height"] == pytest.approx(4 / 3, rel=0.01)
    press(desk, "Escape", "ArrowLeft")
    await_photo(view, "#1002")
    desk.keyboard.press("x")
    expect(button(view, "Turn frame")).to_have_count(0)  # a square


def test_where_no_shape_is_known_it_says_why_it_cannot_be_cropped(desk: Page) -> None:
    view = open_photo(desk, "#1001")
    crop = button(view, "Crop")
    expect(crop).to_have_attribute("aria-disabled", "true")
    expect(crop).to_have_attribute("title", re.compile("No print size"))

    desk.keyboard.press("x")

    expect(view.locator(".notice")).to_contain_text("No print size is known for it")
    expect(editor(view)).to_be_hidden()


KEYS = ["a", "r", "s", "n", "m", "c", "u", "h", "l", "j", "k", "z", "f", "b", "ArrowRight", " "]


def test_nothing_else_means_anything_until_it_is_saved_or_cancelled(
    desk: Page, asked: list[Any]
) -> None:
    view = open_photo(desk, "#1002")
    desk.keyboard.press("]")

    for key in KEYS:
        desk.keyboard.press("Space" if key == " " else key)
        expect(view.locator(".notice")).to_contain_text("Save or cancel first.")
        assert desk.get_by_role("dialog").count() == 1
    for name in ("Approve", "Reject", "Set aside", "Skip", "Manager", "Select", "Compare"):
        button(view, name).click()
        assert desk.get_by_role("dialog").count() == 1
    expect(view.get_by_role("button", name="Next photo")).to_have_count(0)

    expect(view.locator("strong")).to_have_text("#1002")
    expect(view.locator(".pixels")).to_contain_text("2400 × 1600 px")
    expect(button(view, "Select")).to_have_attribute("aria-pressed", "false")
    expect(desk.get_by_text("Told 0 times")).to_be_attached()
    assert asked == []


def test_what_is_cancelled_is_as_before(desk: Page, asked: list[Any]) -> None:
    view = open_photo(desk, "#1002")
    expect(shown(view)).to_have_attribute("src", re.compile("/full$"))
    before = shown(view).get_attribute("src")

    for way in ("Escape", "Cancel"):
        press(desk, "]", "x", "-")
        if way == "Escape":
            desk.keyboard.press(way)
        else:
            button(view, way).click()

        expect(editor(view)).to_be_hidden()
        expect(view).to_be_visible()
        assert shown(view).get_attribute("src") == before

    press(desk, "x")
    expect(view.locator(".pixels")).to_contain_text("1600 × 1600 px")
    press(desk, "Escape", "l")
    await_photo(view, CANVAS)
    assert asked == []


def test_what_changes_nothing_is_not_sent(desk: Page, asked: list[Any]) -> None:
    view = open_photo(desk, "#1001")

    press(desk, "]", "[", "Enter")

    expect(view.locator(".notice")).to_contain_text("Nothing is changed yet.")
    expect(editor(view)).to_be_visible()
    assert asked == []


def test_while_it_is_saved_it_says_so_and_waits(desk: Page, asked: list[Any], shop: Served) -> None:
    view = open_photo(desk, "#1002")
    press(desk, "x")
    with unanswered(shop):
        desk.keyboard.press("Enter")
        expect(view.get_by_text("Saving …")).to_be_visible()
        expect(editor(view)).to_have_attribute("aria-busy", "true")

        before = shares(view)
        for key in ("a", "Escape", "Enter", "]", "x", "ArrowUp", "l", "-"):
            desk.keyboard.press(key)
            expect(view.locator(".notice")).to_contain_text("it is being saved")
        button(view, "Approve").click()

        assert shares(view) == before
        assert desk.get_by_role("dialog").count() == 1

    saved(view)
    assert len(asked) == 1
    desk.keyboard.press("a")
    expect(dialog(desk, "Approve 1 photo?")).to_be_visible()


def test_the_old_picture_is_not_seen_again_on_the_way(desk: Page) -> None:
    view = open_photo(desk, "#1001")
    old = shown(view).get_attribute("src")
    view.evaluate(
        """(view, old) => {
            window.flashes = 0
            const look = () => {
                const stage = view.querySelector(".stage")
                const isOld = stage.querySelector("img")?.getAttribute("src") === old
                const isSeen = getComputedStyle(stage).visibility === "visible"
                if (window.hasBegun && isOld && isSeen) window.flashes += 1
                window.looking = requestAnimationFrame(look)
            }
            look()
        }""",
        old,
    )
    desk.keyboard.press("]")
    desk.evaluate("window.hasBegun = true")
    desk.keyboard.press("Enter")
    saved(view)

    assert desk.evaluate("cancelAnimationFrame(window.looking), window.flashes") == 0


FAULTS: dict[str, tuple[dict[str, Any] | None, str]] = {
    "busy": (
        {"status": 503, "body": json.dumps({"error": "Other pictures are being saved."})},
        "Other pictures are being saved.",
    ),
    "refused": (
        {"status": 422, "body": json.dumps({"error": "This part is too small."})},
        "This part is too small.",
    ),
    "signed out": (
        {"status": 401, "body": json.dumps({"error": "You are signed out."})},
        "You are signed out.",
    ),
    "another page": ({"status": 502, "body": "<h1>Bad gateway</h1>"}, "It could not be saved."),
    "no connection": (None, "It could not be saved."),
}


def test_what_could_not_be_saved_stays_and_is_tried_again(desk: Page, asked: list[Any]) -> None:
    view = open_photo(desk, "#1002")
    press(desk, "]", "x", "-")

    for answer, words in FAULTS.values():
        desk.route(is_edit, fault(answer), times=1)
        desk.keyboard.press("Enter")
        expect(view.locator(".notice")).to_contain_text(words)
        expect(editor(view)).to_have_attribute("aria-busy", "false")
    desk.keyboard.press("Enter")

    saved(view)
    assert len(asked) == len(FAULTS) + 1
    assert all(each == asked[0] for each in asked)
    assert asked[0]["quarter_turns"] == 1


def fault(answer: dict[str, Any] | None) -> Callable[[Route], None]:
    return lambda route: route.fulfill(**answer) if answer else route.abort()


def test_what_somebody_else_has_saved_is_shown(desk: Page, asked: list[Any]) -> None:
    words = "Somebody else has changed this meanwhile."

    def conflict(route: Route) -> None:
        row = route.fetch().json()["photo"]
        route.fulfill(status=409, body=json.dumps({"error": words, "photo": row}))

    desk.route(is_edit, conflict, times=1)
    view = open_photo(desk, "#1001")
    press(desk, "]", "Enter")

    expect(view.locator(".notice")).to_contain_text(words)
    expect(editor(view)).to_be_hidden()
    expect(view.locator(".details")).to_contain_text("1200 × 1600 px")
    press(desk, "]", "Enter")
    saved(view)
    assert [each["version"] for each in asked] == [1, 2]


def test_of_a_photo_that_waits_no_more_the_edit_is_over(desk: Page) -> None:
    view = open_photo(desk, "#1001")

    for status, words in [(404, "This no longer exists."), (409, "Bob approved this just now.")]:
        answer = {"status": status, "body": json.dumps({"error": words, "photo": None})}
        desk.route(is_edit, fault(answer), times=1)
        press(desk, "]", "Enter")

        expect(view.locator(".notice")).to_contain_text(words)
        expect(editor(view)).to_be_hidden()

    desk.keyboard.press("l")
    await_photo(view, "#1002")


@pytest.fixture
def edited(desk: Page) -> Locator:
    view = open_photo(desk, "#1001")
    expect(button(view, "As it came")).to_have_count(0)
    press(desk, "]", "Enter")
    saved(view)
    return view


@pytest.mark.parametrize("way", ["b", "As it came"])
def test_the_picture_as_it_came_is_had_back(
    desk: Page, asked: list[Any], edited: Locator, way: str
) -> None:
    if way == "b":
        desk.keyboard.press("b")
    else:
        button(edited, "As it came").click()
    question = dialog(desk, "Back to the picture as it came?")
    expect(question).to_be_visible()
    assert len(asked) == 1

    desk.keyboard.press("Enter")

    expect(edited.locator(".details")).to_contain_text("1600 × 1200 px")
    expect(editor(edited)).to_be_hidden()
    assert asked[1] == {"version": 2, "revert": True}
    expect(button(edited, "As it came")).to_have_count(0)
    expect(shown(edited)).to_have_attribute("src", f"/photos/{photo(1).sha256}/full")


def test_if_it_cannot_be_had_back_nothing_is_left_half_done(desk: Page, edited: Locator) -> None:
    desk.route(is_edit, lambda route: route.abort(), times=1)

    press(desk, "b", "Enter")

    expect(edited.locator(".notice")).to_contain_text("It could not be saved.")
    expect(editor(edited)).to_be_hidden()
    expect(button(edited, "As it came")).to_be_visible()


def test_the_history_is_asked_anew(desk: Page) -> None:
    with desk.expect_response(re.compile("/1/history$")):
        view = open_photo(desk, "#1001")

    with desk.expect_response(re.compile("/1/history$")):
        press(desk, "]", "Enter")

    saved(view)


def test_on_the_issues_nothing_is_edited(desk: Page) -> None:
    desk.goto("/?desk=issues")
    desk.get_by_role("button", name=re.compile("^Open .* full screen$")).nth(1).click()
    view = dialog(desk, "Full screen")
    expect(view.locator(".stage")).to_have_attribute("aria-busy", "false")

    press(desk, "]", "[", "x")

    expect(editor(view)).to_be_hidden()
    expect(button(view, "Turn right")).to_have_count(0)
    expect(button(view, "Crop")).to_have_count(0)


def test_the_keys_are_listed(desk: Page) -> None:
    view = open_photo(desk, "#1001")
    desk.keyboard.press("]")

    desk.keyboard.press("?")

    expect(dialog(desk, "Keys")).to_contain_text("Turn left, turn right")
    desk.keyboard.press("Escape")
    expect(dialog(desk, "Keys")).to_have_count(0)
    expect(editor(view)).to_be_visible()


@pytest.mark.parametrize("width", [1280, 360])
def test_editing_is_open_to_everybody(desk: Page, width: int) -> None:
    desk.set_viewport_size({"width": width, "height": 740})
    view = open_photo(desk, CANVAS)
    press(desk, "x", "-", "l")
    expect(view.locator(".notice")).to_contain_text("Save or cancel first.")

    assert serious_violations(desk, ".stBidiComponent") == []
    assert desk.evaluate("document.scrollingElement.scrollWidth") <= width
    desk.keyboard.press("Escape")
    assert serious_violations(desk, ".stBidiComponent") == []


def test_a_real_picture_is_cropped_and_approved(
    page: Page, served: Served, sign_in: SignIn, tmp_path: Path
) -> None:
    shutil.copy(photographs.originals()["honey-bee"], tmp_path / "bee.jpg")
    store = Storage(LocalStore(served.data_dir / "pictures", mkdir=True))
    bee = take_in(tmp_path / "bee.jpg", store, file_name="bee.jpg")
    with db.transaction() as session:
        cast = Cast(session)
        placed = cast.order()
        (waiting,) = placed.photos
        upload = Upload(photo_id=waiting.id, origin=Origin.ORDER, **bee.columns())
        session.add(upload)
        session.flush()
        waiting.upload_id = upload.id
        name = placed.order.name
    page.goto("/")
    sign_in(page, "ada")
    view = open_photo(page, name)

    press(page, "]", "x", "-", "-")
    (across, down) = re.findall(r"\d+", view.locator(".pixels").inner_text())[:2]
    page.keyboard.press("Enter")

    saved(view)
    expect(view.locator(".details")).to_contain_text(f"{across} × {down} px")
    expect(view.locator(".rounds")).to_contain_text("This picture · By staff")
    expect(view.locator(".rounds")).to_contain_text("1620 × 1280 px")
    natural = shown(view).evaluate("it => [it.naturalWidth, it.naturalHeight]")
    assert natural == [int(across), int(down)]
    press(page, "a", "Enter")
    until(lambda: approved(waiting.id))
    assert approved(waiting.id) == [(Origin.STAFF, int(across))]


def approved(photo_id: int) -> list[tuple[Origin, int]]:
    with db.transaction() as session:
        rows = session.execute(
            select(Upload.origin, Upload.width)
            .join(Decision, Decision.upload_id == Upload.id)
            .where(Decision.photo_id == photo_id)
        )
        return [(row.origin, row.width) for row in rows]
