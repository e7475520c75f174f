"""Full screen: every key and gesture in it, in real Chromium."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import pytest
from obstore.store import LocalStore
from PIL import ExifTags, Image
from playwright.sync_api import Browser, BrowserContext, FloatRect, Locator, Page, Route, expect

from core import db
from core.integrations.intake import take_in
from core.integrations.storage import Storage
from core.models import Upload
from core.services import responses
from tests.browser.axe import serious_violations
from tests.browser.conftest import SignIn
from tests.browser.grid import button, dialog, select, tile, told
from tests.cast import Cast, seen
from tests.core.ui.photo_grid.desk.made_up import photo
from tests.serving import Served

pytestmark = pytest.mark.browser


def open_photo(page: Page, name: str) -> Locator:
    """Full screen with this photo, once its picture can be seen."""
    button(page, f"Open {name} full screen").click()
    view = dialog(page, "Full screen")
    await_photo(view, name)
    return view


def await_photo(view: Locator, name: str) -> None:
    expect(view.locator("strong")).to_have_text(name)
    expect(view.locator(".stage")).to_have_attribute("aria-busy", "false")


def shown(view: Locator) -> Locator:
    return view.locator(".pane img").last


def sheet(view: Locator) -> Locator:
    return view.locator(".sheet").last


def box_of(place: Locator) -> FloatRect:
    # Of what stays: a picture may give its place to its sharper copy meanwhile.
    box: FloatRect = place.evaluate("node => node.getBoundingClientRect().toJSON()")
    return box


def percent(view: Locator) -> Locator:
    return view.get_by_role("group", name="Zoom").locator("b")


def share_under(view: Locator, x: float, y: float) -> tuple[float, float]:
    """Which part of the picture stands at a point of the window."""
    box = box_of(sheet(view))
    return (x - box["x"]) / box["width"], (y - box["y"]) / box["height"]


@contextmanager
def kept_waiting(page: Page, number: int) -> Iterator[None]:
    """Until the end of the block, no picture of this photo comes."""
    waiting: list[Route] = []
    pictures = f"**/photos/{photo(number).sha256}/*"
    page.route(pictures, lambda route: waiting.append(route))
    yield
    for route in waiting:
        route.continue_()


def test_z_shows_the_originals_own_pixels_and_all_of_it_again(desk: Page) -> None:
    view = open_photo(desk, "#1001")
    expect(button(view, "Fit")).to_have_attribute("aria-pressed", "true")
    whole = box_of(sheet(view))

    desk.keyboard.press("z")

    expect(percent(view)).to_have_text("100 %")
    expect(button(view, "100 %")).to_have_attribute("aria-pressed", "true")
    expect(shown(view)).to_have_attribute("src", re.compile("/original$"))
    close = box_of(sheet(view))
    assert (close["width"], close["height"]) == (1600, 1200)
    assert close["x"] == round(close["x"])
    assert shown(view).evaluate("image => image.naturalWidth") == 1600

    desk.keyboard.press("z")

    assert box_of(sheet(view)) == whole


def test_a_pixel_is_one_of_the_screen_however_dense_that_is(browser: Browser, shop: Served) -> None:
    context = browser.new_context(base_url=shop.url, device_scale_factor=2, reduced_motion="reduce")
    page = context.new_page()
    page.goto("/")
    view = open_photo(page, "#1001")

    page.keyboard.press("z")

    expect(percent(view)).to_have_text("100 %")
    assert box_of(sheet(view))["width"] == 800
    context.close()


def test_where_the_original_cannot_be_shown_it_says_how_much_of_it_is(desk: Page) -> None:
    view = open_photo(desk, "#1008")

    desk.keyboard.press("z")
    expect(view.get_by_role("group", name="Zoom")).to_contain_text(
        "from a copy with 50 % of its pixels"
    )
    desk.keyboard.press("z")

    # The copy's own pixels are as close as it gets.
    expect(percent(view)).to_have_text("50 %")
    expect(view.get_by_role("group", name="Zoom")).not_to_contain_text("copy")


def test_of_an_animated_picture_only_the_still_copy_is_shown(desk: Page) -> None:
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    view = open_photo(desk, "#1002")
    expect(shown(view)).to_have_attribute("src", re.compile("/full$"))

    desk.keyboard.press("z")

    expect(percent(view)).to_have_text("50 %")
    assert not [url for url in asked if url.endswith("/original")]


def test_the_wheel_zooms_where_the_pointer_is(desk: Page) -> None:
    view = open_photo(desk, "#1001")
    desk.mouse.move(300, 350)
    before = share_under(view, 300, 350)
    whole = percent(view).inner_text()

    desk.mouse.wheel(0, -400)

    expect(percent(view)).not_to_have_text(whole)
    assert box_of(sheet(view))["width"] > 1300
    assert share_under(view, 300, 350) == pytest.approx(before, abs=0.002)

    desk.mouse.wheel(0, 2000)
    desk.mouse.wheel(0, 2000)

    expect(button(view, "Fit")).to_have_attribute("aria-pressed", "true")


def test_a_pinch_on_a_touchpad_zooms_and_not_the_page(desk: Page) -> None:
    view = open_photo(desk, "#1001")
    whole = percent(view).inner_text()
    desk.mouse.move(300, 350)
    desk.keyboard.down("Control")

    desk.mouse.wheel(0, -30)

    desk.keyboard.up("Control")
    expect(percent(view)).not_to_have_text(whole)
    assert desk.evaluate("visualViewport.scale") == 1


def test_dragging_moves_the_picture_as_far_as_there_is_more_of_it(desk: Page) -> None:
    view = open_photo(desk, "#1001")
    desk.keyboard.press("z")
    expect(percent(view)).to_have_text("100 %")
    start = box_of(sheet(view))

    drag(desk, (400, 400), (360, 430))

    moved = box_of(sheet(view))
    by = (moved["x"] - start["x"], moved["y"] - start["y"])
    assert by == pytest.approx((-40, 30), abs=1)

    drag(desk, (200, 200), (900, 800))

    assert (box_of(sheet(view))["x"], box_of(sheet(view))["y"]) == (0, 0)
    await_photo(view, "#1001")


def drag(page: Page, start: tuple[int, int], end: tuple[int, int]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def test_a_double_click_goes_close_there_and_back(desk: Page) -> None:
    view = open_photo(desk, "#1001")
    before = share_under(view, 250, 300)

    desk.mouse.dblclick(250, 300)

    expect(percent(view)).to_have_text("100 %")
    assert share_under(view, 250, 300) == pytest.approx(before, abs=0.002)

    desk.mouse.dblclick(250, 300)

    expect(button(view, "Fit")).to_have_attribute("aria-pressed", "true")


def test_plus_minus_and_0_zoom_by_steps_and_stop_at_100_percent(desk: Page) -> None:
    view = open_photo(desk, "#1001")
    whole, width = percent(view).inner_text(), box_of(sheet(view))["width"]

    desk.keyboard.press("+")
    closer = percent(view).inner_text()
    assert box_of(sheet(view))["width"] == pytest.approx(1.5 * width, abs=1)
    for key, said in [("+", "100 %"), ("=", "150 %"), ("-", "100 %"), ("-", "67 %")]:
        desk.keyboard.press(key)
        expect(percent(view)).to_have_text(said)
    desk.keyboard.press("0")
    expect(percent(view)).to_have_text(whole)

    button(view, "Zoom in").click()
    expect(percent(view)).to_have_text(closer)
    button(view, "Zoom out").click()
    expect(percent(view)).to_have_text(whole)
    button(view, "100 %").click()
    expect(percent(view)).to_have_text("100 %")
    button(view, "Fit").click()
    expect(percent(view)).to_have_text(whole)


def test_arrows_look_around_while_close_and_turn_to_other_photos_else(desk: Page) -> None:
    view = open_photo(desk, "#1001")
    desk.keyboard.press("z")
    expect(percent(view)).to_have_text("100 %")
    start = box_of(sheet(view))

    desk.keyboard.press("ArrowRight")
    assert box_of(sheet(view))["x"] < start["x"]
    desk.keyboard.press("ArrowLeft")
    assert box_of(sheet(view))["x"] == start["x"]
    desk.keyboard.press("ArrowDown")
    assert box_of(sheet(view))["y"] < start["y"]
    lowest = box_of(sheet(view))["y"]
    desk.keyboard.press("ArrowUp")
    assert box_of(sheet(view))["y"] > lowest

    desk.keyboard.press("l")
    await_photo(view, "#1002")
    # The next photo is whole again.
    expect(button(view, "Fit")).to_have_attribute("aria-pressed", "true")
    for key, name in [("ArrowLeft", "#1001"), ("ArrowRight", "#1002"), ("h", "#1001")]:
        desk.keyboard.press(key)
        await_photo(view, name)
    for key, name in [("j", "#1002"), ("k", "#1001")]:
        desk.keyboard.press(key)
        await_photo(view, name)


@pytest.fixture
def phone(browser: Browser, shop: Served) -> Iterator[Page]:
    context = browser.new_context(
        base_url=shop.url,
        viewport={"width": 360, "height": 740},
        has_touch=True,
        is_mobile=True,
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


class Fingers:
    """On the screen, as the browser feels them."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)

    def move(self, *strokes: tuple[tuple[float, float], tuple[float, float]]) -> None:
        """Put down a finger for each stroke, move them together, and lift them."""
        self._tell("touchStart", [start for start, _ in strokes])
        for part in (0.25, 0.5, 0.75, 1):
            self._tell("touchMove", [between(*stroke, part) for stroke in strokes])
        self._tell("touchEnd", [])

    def tap(self, point: tuple[float, float]) -> None:
        self._tell("touchStart", [point])
        self._tell("touchEnd", [])

    def _tell(self, kind: str, points: list[tuple[float, float]]) -> None:
        touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def between(
    start: tuple[float, float], end: tuple[float, float], part: float
) -> tuple[float, float]:
    return start[0] + part * (end[0] - start[0]), start[1] + part * (end[1] - start[1])


def test_two_fingers_zoom_and_move(phone: Page) -> None:
    phone.goto("/")
    view = open_photo(phone, "#1001")
    fingers = Fingers(phone)
    before = share_under(view, 180, 170)
    width = box_of(sheet(view))["width"]

    fingers.move(((150, 170), (90, 170)), ((210, 170), (270, 170)))

    assert box_of(sheet(view))["width"] == pytest.approx(3 * width, rel=0.05)
    assert share_under(view, 180, 170) == pytest.approx(before, abs=0.02)

    start = box_of(sheet(view))
    fingers.move(((150, 170), (190, 190)), ((210, 170), (250, 190)))

    moved = box_of(sheet(view))
    assert (moved["x"] - start["x"], moved["y"] - start["y"]) == pytest.approx((40, 20), abs=2)
    assert moved["width"] == pytest.approx(start["width"], rel=0.01)
    await_photo(view, "#1001")


def test_a_finger_swipes_to_other_photos_and_moves_one_that_is_close(phone: Page) -> None:
    phone.goto("/")
    view = open_photo(phone, "#1001")
    fingers = Fingers(phone)

    fingers.move(((280, 170), (120, 180)))
    await_photo(view, "#1002")
    fingers.move(((120, 170), (280, 180)))
    await_photo(view, "#1001")
    # Neither enough of it nor across.
    fingers.move(((200, 170), (180, 170)))
    fingers.move(((200, 100), (140, 250)))
    await_photo(view, "#1001")

    fingers.tap((180, 170))
    fingers.tap((180, 170))
    expect(button(view, "100 %")).to_have_attribute("aria-pressed", "true")
    start = box_of(sheet(view))
    fingers.move(((280, 170), (120, 180)))

    assert box_of(sheet(view))["x"] < start["x"] - 100
    await_photo(view, "#1001")


def test_the_crop_is_drawn_where_it_takes_much_away(desk: Page) -> None:
    view = open_photo(desk, "#1006")
    crop = view.locator(".frame > div")

    # 30 x 40 cm of 2 to 3.
    box, whole = box_of(crop), box_of(sheet(view))
    assert box["width"] / box["height"] == pytest.approx(3 / 4, abs=0.01)
    assert box["width"] == pytest.approx(whole["width"], abs=1)
    assert box["y"] - whole["y"] == pytest.approx(whole["height"] / 18, abs=1)
    expect(view).to_contain_text("11 % is cut away at top and bottom")
    expect(view.locator(".face")).to_have_count(0)

    desk.keyboard.press("f")
    expect(crop).to_have_count(0)
    expect(button(view, "Frame")).to_have_attribute("aria-pressed", "false")


def test_the_crop_shows_what_the_bleed_takes(desk: Page) -> None:
    view = open_photo(desk, "#1005")

    crop, face = box_of(view.locator(".frame > div")), box_of(view.locator(".face"))

    # 40 x 40 cm and 5 mm more on every side.
    assert crop["width"] == pytest.approx(crop["height"], abs=1)
    assert face["width"] / crop["width"] == pytest.approx(40 / 41, abs=0.002)
    expect(view).to_contain_text("25 % is cut away at the sides")


def test_whether_the_crop_is_drawn_is_remembered_in_this_tab(desk: Page) -> None:
    # The picture has the shape of its print: nothing is cut away.
    view = open_photo(desk, "#1003, photo 1 of 2")
    crop = view.locator(".frame")
    expect(crop).to_have_count(0)

    desk.keyboard.press("f")
    expect(crop).to_have_count(1)
    desk.reload()
    view = open_photo(desk, "#1003, photo 1 of 2")
    expect(crop).to_have_count(1)
    button(view, "Frame").click()
    expect(crop).to_have_count(0)

    # Nobody knows its size: there is nothing to draw.
    desk.keyboard.press("ArrowRight")
    await_photo(view, "#1003, photo 2 of 2")
    expect(button(view, "Frame")).to_have_count(0)
    desk.keyboard.press("f")
    expect(crop).to_have_count(0)


def test_the_history_tells_earlier_pictures_and_shows_them_beside(desk: Page) -> None:
    view = open_photo(desk, "#1002")
    rounds = view.get_by_role("list", name="Before").get_by_role("listitem")

    expect(rounds).to_have_count(1)
    for words in (
        "Rejected: Too small for the size, Out of focus",
        "Could you send the original from your phone?",
        "Bob, ",
        "The customer sent a new photo, ",
        "Came with the order, ",
        "1600 × 1200 px",
    ):
        expect(rounds.first).to_contain_text(words)

    button(view, "Compare with this picture").click()

    expect(view.locator("figcaption")).to_have_text([re.compile("Before · "), re.compile("Now · ")])
    button(view, "Compare with this picture").click()
    expect(view.locator("figure")).to_have_count(0)


def test_the_other_photos_of_the_order_are_there_to_turn_to(desk: Page) -> None:
    view = open_photo(desk, "#1003, photo 1 of 2")
    siblings = view.get_by_role("list", name="On this order")

    expect(siblings.get_by_role("listitem")).to_have_text(["In review", "In review", "Approved"])
    # Only those that wait in this grid, and not the one that is open.
    expect(siblings.get_by_role("button")).to_have_count(1)

    siblings.get_by_role("button").click()

    await_photo(view, "#1003, photo 2 of 2")
    button(siblings, "Photo 1, Canvas, 30 × 40 cm, In review").click()
    await_photo(view, "#1003, photo 1 of 2")


def test_a_history_that_cannot_be_had_is_said_and_stops_nothing(desk: Page) -> None:
    view = open_photo(desk, "#1010")

    expect(view).to_contain_text("What happened to it before could not be loaded.")
    desk.keyboard.press("ArrowRight")

    await_photo(view, "#1011")
    expect(view).not_to_contain_text("could not be loaded")


def test_old_and_new_picture_zoom_and_move_together(desk: Page) -> None:
    view = open_photo(desk, "#1002")
    desk.keyboard.press("c")
    expect(view.get_by_role("figure")).to_have_count(2)
    expect(view.locator(".stage")).to_have_attribute("aria-busy", "false")
    old, new = view.locator(".pane .sheet").all()
    wholes = box_of(old), box_of(new)

    desk.keyboard.press("+")
    drag(desk, (600, 400), (560, 380))

    for sheet_, whole in zip((old, new), wholes, strict=True):
        assert box_of(sheet_)["width"] == pytest.approx(1.5 * whole["width"], rel=0.01)
    # The new one is too narrow yet to move across.
    assert box_of(new)["y"] < wholes[1]["y"] - wholes[1]["height"] / 4

    desk.keyboard.press("c")
    expect(view.get_by_role("figure")).to_have_count(0)
    expect(button(view, "Compare")).to_have_attribute("aria-pressed", "false")


def test_what_stands_there_is_not_loaded_again_to_be_compared(desk: Page) -> None:
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    view = open_photo(desk, "#1005")
    desk.keyboard.press("z")
    original = re.compile(f"{photo(5).sha256}/original$")
    expect(shown(view)).to_have_attribute("src", original)

    desk.keyboard.press("c")
    expect(view.get_by_role("figure")).to_have_count(2)
    expect(shown(view)).to_have_attribute("src", original)
    desk.keyboard.press("c")
    expect(view.get_by_role("figure")).to_have_count(0)
    expect(shown(view)).to_have_attribute("src", original)

    assert len([url for url in asked if original.search(url)]) == 1


def test_a_verdict_waits_until_the_picture_can_be_seen(desk: Page) -> None:
    desk.goto("/?photos=3")
    with kept_waiting(desk, 2):
        desk.reload()
        view = open_photo(desk, "#1001")
        desk.keyboard.press("ArrowRight")
        expect(view.locator("strong")).to_have_text("#1002")

        desk.keyboard.press("a")

        expect(view).to_contain_text("One moment, the picture is loading.")
        button(view, "Approve").click()
        expect(dialog(desk, "Approve 1 photo?")).to_have_count(0)

    await_photo(view, "#1002")
    expect(view).not_to_contain_text("One moment")
    desk.keyboard.press("a")
    expect(dialog(desk, "Approve 1 photo?")).to_be_visible()


def test_a_picture_that_does_not_come_is_said_and_the_next_one_shown(desk: Page) -> None:
    view = open_photo(desk, "#1009")

    expect(view.locator(".stage")).to_have_text("This picture could not be loaded")
    desk.keyboard.press("z")
    expect(percent(view)).to_have_text("")
    desk.keyboard.press("l")

    await_photo(view, "#1010")
    expect(percent(view)).to_have_text(re.compile(r"\d+ %"))


def test_from_photo_to_photo_the_stage_is_never_empty(desk: Page) -> None:
    view = open_photo(desk, "#1001")
    view.evaluate(
        """view => {
            window.empty = 0
            const look = () => {
                const image = view.querySelector(".stage img")
                if (!image?.complete || !image.naturalWidth) window.empty += 1
                window.looking = requestAnimationFrame(look)
            }
            look()
        }"""
    )

    for name in ("#1002", "#1003, photo 1 of 2", "#1003, photo 2 of 2"):
        desk.keyboard.press("l")
        await_photo(view, name)

    assert desk.evaluate("cancelAnimationFrame(window.looking) ?? window.empty") == 0


def test_two_photos_ahead_and_one_behind_are_fetched(desk: Page) -> None:
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    with desk.expect_response(f"**/photos/{photo(7).sha256}/full"):
        open_photo(desk, "#1005")

    fetched = {url.split("/")[-2] for url in asked if url.endswith("/full")}
    assert fetched == {photo(number).sha256 for number in (4, 5, 6, 7)}


def test_it_judges_its_own_photo_and_goes_on(desk: Page) -> None:
    select(desk, "#1001")
    tile(desk, "#1002").focus()
    desk.keyboard.press("Enter")
    view = dialog(desk, "Full screen")
    await_photo(view, "#1002")

    desk.keyboard.press("ArrowRight")
    await_photo(view, "#1003, photo 1 of 2")
    desk.keyboard.press("a")
    button(dialog(desk, "Approve 1 photo?"), "Approve").click()

    await_photo(view, "#1003, photo 2 of 2")
    expect(view).to_contain_text("Approved 1 photo")
    assert told(desk)[0]["decided"]["photos"] == [{"id": 3, "version": 1}]

    desk.keyboard.press("Escape")
    expect(tile(desk, "#1003, photo 2 of 2")).to_be_focused()
    expect(desk.get_by_role("checkbox", name="Select #1001")).to_be_checked()


def test_a_photo_is_skipped_or_left_for_a_manager_from_here_too(desk: Page) -> None:
    view = open_photo(desk, "#1001")

    desk.keyboard.press("n")
    await_photo(view, "#1002")
    desk.keyboard.press("m")
    desk.get_by_label("What should they know?").fill("Is this her dog?")
    button(dialog(desk, "Leave 1 photo for a manager?"), "Leave").click()

    await_photo(view, "#1003, photo 1 of 2")
    (message,) = told(desk)
    assert message["left"]["photos"] == [{"id": 2, "version": 1}]
    assert message["left"]["note"] == "Is this her dog?"


def test_a_key_that_is_held_down_decides_one_photo(desk: Page) -> None:
    view = open_photo(desk, "#1001")
    desk.keyboard.press("a")
    desk.get_by_label("Don’t ask again today").check()
    button(dialog(desk, "Approve 1 photo?"), "Approve").click()
    await_photo(view, "#1002")

    desk.keyboard.down("a")
    await_photo(view, "#1003, photo 1 of 2")
    desk.keyboard.down("a")
    desk.keyboard.up("a")

    assert [message["decided"]["photos"][0]["id"] for message in told(desk, times=2)] == [1, 2]
    await_photo(view, "#1003, photo 1 of 2")


def test_escape_leaves_the_list_of_actions_before_full_screen(desk: Page) -> None:
    view = open_photo(desk, "#1001")
    for name in ("#1002", "#1003, photo 1 of 2"):
        desk.keyboard.press("s")
        desk.keyboard.press("Enter")
        await_photo(view, name)
    earlier = view.get_by_role("list", name="Earlier actions")
    expect(button(view, "1 more")).to_be_visible()

    desk.keyboard.press("Shift+U")
    expect(earlier).to_be_visible()
    desk.keyboard.press("Escape")

    expect(earlier).to_be_hidden()
    await_photo(view, "#1003, photo 1 of 2")


def test_it_selects_compares_and_undoes(desk: Page) -> None:
    view = open_photo(desk, "#1002")

    desk.keyboard.press(" ")
    expect(button(view, "Select")).to_have_attribute("aria-pressed", "true")
    desk.keyboard.press("c")
    expect(view.get_by_role("figure")).to_have_count(2)
    desk.keyboard.press("ArrowLeft")
    await_photo(view, "#1001")
    expect(view.get_by_role("figure")).to_have_count(0)
    expect(button(view, "Compare")).to_have_count(0)

    desk.keyboard.press("s")
    desk.keyboard.press("Enter")
    expect(button(view, "Undo")).to_be_visible()
    desk.keyboard.press("u")

    assert [*told(desk, times=2)[1]] == ["undone"]
    button(view, "Close full screen").click()
    expect(tile(desk, "#1001")).to_be_visible()
    expect(desk.get_by_text("1 selected")).to_be_visible()


def test_typing_a_comment_is_only_typing_here_too(desk: Page) -> None:
    view = open_photo(desk, "#1006")
    whole = percent(view).inner_text()
    desk.keyboard.press("r")
    desk.get_by_label("Comment for the customer").focus()

    desk.keyboard.type("zfc+0hl a")

    expect(desk.get_by_label("Comment for the customer")).to_have_value("zfc+0hl a")
    expect(desk.get_by_role("dialog")).to_have_count(2)
    desk.keyboard.press("Escape")
    await_photo(view, "#1006")
    expect(percent(view)).to_have_text(whole)
    expect(view.locator(".frame")).to_have_count(1)


@pytest.mark.parametrize("number", [1, 3, 6])
def test_what_the_verdict_needs_fits_a_small_screen(context: BrowserContext, number: int) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto("/")

    view = open_photo(page, {3: "#1003, photo 1 of 2"}.get(number, f"#100{number}"))

    known = view.get_by_role("region", name="About this photo")
    assert known.evaluate("node => node.scrollHeight <= node.clientHeight")
    for words in ("Product", "Quantity", "Waiting", "Due"):
        expect(known.get_by_text(words, exact=True)).to_be_in_viewport()
    page.close()


@pytest.mark.parametrize(("motion", "seconds"), [("reduce", "0s"), ("no-preference", "0.14s")])
def test_the_picture_glides_only_for_those_who_like_it(
    desk: Page, motion: Literal["reduce", "no-preference"], seconds: str
) -> None:
    desk.emulate_media(reduced_motion=motion)
    view = open_photo(desk, "#1002")

    desk.keyboard.press("z")

    expect(percent(view)).to_have_text("50 %")
    assert (
        view.locator(".sheet").evaluate("it => getComputedStyle(it).transitionDuration") == seconds
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_it(desk: Page, scheme: Literal["light", "dark"]) -> None:
    desk.emulate_media(color_scheme=scheme)
    view = open_photo(desk, "#1003, photo 1 of 2")
    expect(view.get_by_role("list", name="On this order")).to_be_visible()
    found = {"late and poor": serious_violations(desk, ".stBidiComponent")}
    desk.keyboard.press("h")
    await_photo(view, "#1002")
    expect(view).to_contain_text("The customer sent a new photo")
    desk.keyboard.press("c")
    desk.keyboard.press("z")
    expect(view.get_by_role("figure")).to_have_count(2)
    found["compared"] = serious_violations(desk, ".stBidiComponent")

    assert not any(found.values()), found


def test_original_and_history_of_a_true_photo_come_through_the_gate(
    page: Page, served: Served, sign_in: SignIn, tmp_path: Path
) -> None:
    # It lies on its side, and says so.
    lying = Image.new("RGB", (3000, 2200), "teal")
    turned = lying.getexif()
    turned[ExifTags.Base.Orientation] = 6
    lying.save(tmp_path / "picture", "JPEG", exif=turned)
    store = Storage(LocalStore(served.data_dir / "pictures", mkdir=True))
    picture = take_in(tmp_path / "picture", store, file_name=None)
    with db.transaction() as session:
        cast = Cast(session)
        placed = cast.order()
        (one,) = placed.photos
        upload = session.get_one(Upload, one.upload_id)
        upload.sha256, upload.width, upload.height = picture.sha256, picture.width, picture.height
        cast.reject(one, comment="By daylight, please")
        session.refresh(one)
        responses.keep(session, placed.carl, seen(one)[0], words_shown="It may look soft.")
        name = placed.order.name
    page.goto("/")
    sign_in(page, "ada")

    view = open_photo(page, name)
    page.keyboard.press("z")

    expect(shown(view)).to_have_attribute("src", re.compile("/original$"))
    expect(percent(view)).to_have_text("100 %")
    assert shown(view).evaluate("it => [it.naturalWidth, it.naturalHeight]") == [2200, 3000]
    expect(view).to_contain_text("By daylight, please")
    expect(view).to_contain_text("The customer keeps it as it is, ")
