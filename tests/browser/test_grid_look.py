"""How the grid fills screens: its density, and that nothing moves by itself."""

import re
from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.axe import serious_violations
from tests.browser.grid import button, dialog, select, tile

pytestmark = pytest.mark.browser

DENSITIES = ("comfortable", "compact", "dense")


def columns(page: Page) -> tuple[list[float], float]:
    """Their widths, also of those that have no tile, and what they leave empty beside them."""
    tracks, gap, room = page.locator(".tiles").evaluate("""(node) => {
        const { gridTemplateColumns, columnGap } = getComputedStyle(node)
        return [gridTemplateColumns, columnGap, node.getBoundingClientRect().width]
    }""")
    widths = [float(width.removesuffix("px")) for width in tracks.split()]
    between = float(gap.removesuffix("px")) * (len(widths) - 1)
    return widths, room - sum(widths) - between


def show(page: Page, density: str) -> None:
    for _ in DENSITIES:
        if button(page, f"Tiles: {density}").count():
            return
        page.keyboard.press("d")
    expect(button(page, f"Tiles: {density}")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 1920, 2560])
def test_tiles_fill_the_width_and_are_as_sharp_as_their_pictures(desk: Page, width: int) -> None:
    desk.set_viewport_size({"width": width, "height": 900})
    found = []
    for density in DENSITIES:
        show(desk, density)
        widths, empty = columns(desk)
        found.append(len(widths))
        assert abs(empty) < 1
        # 512 pixels are enough for 256 of CSS on a screen of twice the density.
        assert density == "comfortable" or widths[0] <= 256

    assert found[0] < found[1] < found[2]


def test_the_density_stays_with_its_person(desk: Page) -> None:
    show(desk, "dense")

    desk.reload()
    expect(button(desk, "Tiles: dense")).to_be_visible()

    desk.evaluate("""() => {
        localStorage["loupe.2.density"] = localStorage["loupe.1.density"]
        delete localStorage["loupe.1.density"]
    }""")
    desk.reload()
    expect(button(desk, "Tiles: compact")).to_be_visible()


@pytest.fixture
def slow(context: BrowserContext) -> Iterator[tuple[Page, list[Route]]]:
    """A page whose pictures do not come until they are let through."""
    page = context.new_page()
    held: list[Route] = []
    page.route("**/photos/**", lambda route: held.append(route))
    page.goto("/?photos=60")
    expect(tile(page, "#1001")).to_be_visible()
    yield page, held
    page.unroute_all(behavior="ignoreErrors")
    page.close()


def test_nothing_moves_when_pictures_and_notices_come(slow: tuple[Page, list[Route]]) -> None:
    page, held = slow
    page.evaluate("""() => {
        window.moved = []
        new PerformanceObserver((list) => {
            for (const { value } of list.getEntries()) window.moved.push(value)
        }).observe({ type: "layout-shift" })
    }""")
    top = tile(page, "#1006").evaluate("node => node.getBoundingClientRect().top")

    for route in held:
        route.continue_()
    expect(page.locator(".tile:first-child .picture.is-loading")).to_have_count(0)
    page.keyboard.press("a")  # with a hint, for want of a selection

    expect(page.locator(".notice")).to_contain_text("Select photos first.")
    assert page.evaluate("window.moved") == []
    assert tile(page, "#1006").evaluate("node => node.getBoundingClientRect().top") == top


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_what_comes_and_goes(
    desk: Page, context: BrowserContext, scheme: Literal["light", "dark"]
) -> None:
    desk.emulate_media(color_scheme=scheme)
    found = {}
    for density in DENSITIES:
        show(desk, density)
        found[density] = serious_violations(desk, ".stBidiComponent")
    for name in ("#1001", "#1002"):
        select(desk, name)
        desk.keyboard.press("a")
        desk.keyboard.press("Enter")
        expect(tile(desk, name)).to_have_count(0)
    expect(button(desk, "1 more")).to_be_visible()
    desk.keyboard.press("Shift+U")
    found["undo list"] = serious_violations(desk, ".stBidiComponent")
    context.set_offline(True)
    expect(desk.locator(".notice")).to_contain_text("No connection.")
    found["no connection"] = serious_violations(desk, ".stBidiComponent")
    context.set_offline(False)
    for keys in (["r", "1", "2", "Enter"], ["r", "1"]):
        select(desk, "#1005" if len(keys) > 2 else "#1006")
        for key in keys:
            desk.keyboard.press(key)
    expect(desk.get_by_role("group", name="Chosen lately")).to_be_visible()
    found["rejection"] = serious_violations(desk, ".stBidiComponent")

    assert not any(found.values()), found


def test_nothing_moves_for_whoever_wants_no_motion(desk: Page) -> None:
    running = "() => document.getAnimations().length"
    shadow = """() => document.querySelector("[data-testid=stBidiComponentIsolated]")
        .shadowRoot.getAnimations().length"""
    select(desk, "#1001")
    desk.keyboard.press("a")

    assert desk.evaluate(shadow) == 0
    assert desk.evaluate(running) == 0


def test_a_screen_reader_is_told_what_a_tile_shows_and_whether_it_is_selected(desk: Page) -> None:
    photo = tile(desk, "#1005")
    shown = re.compile("^Third try Customer keeps it #1005 .* late Cushion")
    expect(photo).to_have_accessible_description(shown)

    select(desk, "#1005")

    expect(photo).to_have_accessible_description(re.compile("^Selected .*Customer keeps it"))
    select(desk, "#1007")
    desk.keyboard.press("a")
    desk.keyboard.press("Enter")
    expect(tile(desk, "#1007")).to_have_accessible_description(re.compile("Bob approved this"))


@pytest.mark.parametrize("key", ["r", "m"])
def test_axe_finds_nothing_serious_where_many_are_meant(desk: Page, key: str) -> None:
    button(desk, "Select all").click()
    desk.keyboard.press(key)
    expect(desk.get_by_role("dialog").get_by_role("list", name="12 photos")).to_be_visible()

    assert serious_violations(desk, ".stBidiComponent") == []


def test_a_long_note_does_not_push_away_what_the_verdict_turns_on(desk: Page) -> None:
    desk.set_viewport_size({"width": 1280, "height": 720})
    button(desk, "Open #1011 full screen").click()
    view = dialog(desk, "Full screen")
    for words in ("Product", "Quantity", "Due"):
        expect(view.get_by_text(words, exact=True)).to_be_in_viewport()

    button(view, "More").click()

    expect(button(view, "Less")).to_have_attribute("aria-expanded", "true")
    expect(view.get_by_text("Due", exact=True)).not_to_be_in_viewport()


@pytest.mark.parametrize("density", DENSITIES)
def test_the_tile_in_focus_is_seen_where_a_screen_is_low(desk: Page, density: str) -> None:
    show(desk, density)
    desk.set_viewport_size({"width": 640, "height": 400})
    tile(desk, "#1001").focus()

    for _ in range(3):
        desk.keyboard.press("ArrowDown")
        box = desk.locator(".tile:focus").bounding_box()
        assert box is not None
        # As much of it as fits, from the top, or all down to the notice.
        assert 0 <= box["y"] < 100 or box["y"] + box["height"] <= 400
