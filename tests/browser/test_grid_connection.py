"""A lost connection, and pages left with a decision still on its way."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import BrowserContext, Page, Route, WebSocketRoute, expect

from tests.browser.grid import button, dialog, select, tile, told, unanswered
from tests.serving import Served

pytestmark = pytest.mark.browser

HEALTH = "**/_stcore/**"


class Line:
    """What lies between a page and its server; a test cuts it and mends it."""

    def __init__(self, page: Page) -> None:
        self.page, self.is_cut = page, False
        self.sockets: list[WebSocketRoute] = []
        page.route_web_socket("**/_stcore/stream", self._connect)
        page.route(HEALTH, self._ask)

    def cut(self) -> None:
        self.is_cut = True
        while self.sockets:
            self.sockets.pop().close()

    def mend(self) -> None:
        self.is_cut = False

    def _connect(self, socket: WebSocketRoute) -> None:
        if self.is_cut:
            socket.close()
        else:
            socket.connect_to_server()
            self.sockets.append(socket)

    def _ask(self, route: Route) -> None:
        if self.is_cut:
            route.abort()
        else:
            route.continue_()


@pytest.fixture
def line(context: BrowserContext) -> Iterator[Line]:
    page = context.new_page()
    line = Line(page)
    page.goto("/")
    expect(tile(page, "#1001")).to_be_visible()
    yield line
    page.close()


def notice(page: Page, text: str) -> None:
    expect(page.locator(".notice [role=status]")).to_have_text(text, timeout=20_000)


def test_a_lost_connection_is_said_and_the_selection_stays(line: Line) -> None:
    page = line.page
    select(page, "#1001", "#1002")

    line.cut()

    notice(page, "No connection. Your selection is kept.")
    expect(page.get_by_text("2 selected")).to_be_visible()
    line.mend()
    notice(page, "")
    expect(page.get_by_text("2 selected")).to_be_visible()


def test_what_was_decided_without_a_connection_is_sent_once_it_is_back(line: Line) -> None:
    page = line.page
    line.cut()
    notice(page, "No connection.")
    for name in ("#1001", "#1002"):
        select(page, name)
        page.keyboard.press("a")
        page.keyboard.press("Enter")
        expect(tile(page, name)).to_have_count(0)
    notice(page, "No connection. 2 actions are kept, and sent once it is back.")

    line.mend()

    notice(page, "Approved 1 photo")
    first, second = told(page, times=2)
    assert [seen["id"] for seen in first["decided"]["photos"]] == [1]
    assert [seen["id"] for seen in second["decided"]["photos"]] == [2]


def test_a_decision_whose_answer_was_lost_is_sent_again_as_the_same(
    line: Line, shop: Served
) -> None:
    page = line.page
    with unanswered(shop):
        select(page, "#1001")
        page.keyboard.press("a")
        page.keyboard.press("Enter")
        notice(page, "Approved 1 photo, saving …")
        line.cut()
        notice(page, "No connection. What you did is kept, and sent once it is back.")
    line.mend()

    notice(page, "Approved 1 photo")
    lines = page.get_by_test_id("stCode").locator("code").inner_text().splitlines()
    assert len({json.loads(each)["decided"]["request"] for each in lines}) == 1


def test_a_decision_that_got_lost_is_sent_again_by_itself(context: BrowserContext) -> None:
    page = context.new_page()
    lost: list[str | bytes] = []

    def lose_the_first(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            if not lost and isinstance(message, bytes) and b'"approved"' in message:
                lost.append(message)
            else:
                server.send(message)

        socket.on_message(pass_on)

    page.route_web_socket("**/_stcore/stream", lose_the_first)
    page.goto("/")
    select(page, "#1001")
    page.keyboard.press("a")
    page.keyboard.press("Enter")

    notice(page, "Approved 1 photo")
    assert len(lost) == 1
    assert len(told(page)) == 1
    page.close()


def test_a_click_beside_the_grid_loses_no_answer(desk: Page, shop: Served) -> None:
    with unanswered(shop):
        select(desk, "#1001")
        desk.keyboard.press("a")
        desk.keyboard.press("Enter")
        notice(desk, "Approved 1 photo, saving …")
        button(desk, "Beside").click()

    notice(desk, "Approved 1 photo")
    select(desk, "#1002")
    desk.keyboard.press("s")
    desk.keyboard.press("Enter")
    notice(desk, "Set aside 1 photo")
    assert len(told(desk, times=2)) == 2


def test_the_browser_itself_says_when_it_is_offline(context: BrowserContext, desk: Page) -> None:
    select(desk, "#1001")

    context.set_offline(True)
    try:
        notice(desk, "No connection. Your selection is kept.")
    finally:
        context.set_offline(False)

    notice(desk, "")


@contextmanager
def agreeing(page: Page) -> Iterator[list[str]]:
    """Answer every question of the browser's with yes, and note its kind."""
    asked: list[str] = []

    def agree(question: object) -> None:
        asked.append(question.type)  # type: ignore[attr-defined]
        question.accept()  # type: ignore[attr-defined]

    page.on("dialog", agree)
    yield asked
    page.remove_listener("dialog", agree)


def test_a_page_loaded_again_asks_first_and_sends_what_was_not_answered(
    desk: Page, shop: Served
) -> None:
    with unanswered(shop), agreeing(desk) as asked:
        select(desk, "#1001")
        desk.keyboard.press("a")
        desk.keyboard.press("Enter")
        select(desk, "#1002")
        desk.keyboard.press("s")
        desk.keyboard.press("Enter")
        expect(tile(desk, "#1002")).to_have_count(0)

        desk.reload()

        expect(tile(desk, "#1005")).to_be_visible()
        expect(tile(desk, "#1001")).to_have_count(0)
        assert asked == ["beforeunload"]

    notice(desk, "Set aside 1 photo")
    first, second = told(desk, times=2)  # a new session of the page's, which was told both
    assert [seen["id"] for seen in first["decided"]["photos"]] == [1]
    assert [seen["id"] for seen in second["decided"]["photos"]] == [2]


def test_another_page_of_the_app_loses_no_decision(desk: Page, shop: Served) -> None:
    with unanswered(shop):
        for name in ("#1001", "#1002"):
            select(desk, name)
            desk.keyboard.press("a")
            desk.keyboard.press("Enter")
            expect(tile(desk, name)).to_have_count(0)
        desk.get_by_text("Elsewhere").click()
    expect(tile(desk, "#1005")).to_have_count(0)

    desk.get_by_text("Elsewhere").click()

    notice(desk, "Approved 1 photo")
    expect(tile(desk, "#1005")).to_be_visible()
    expect(tile(desk, "#1001")).to_have_count(0)
    expect(tile(desk, "#1002")).to_have_count(0)
    lines = desk.get_by_test_id("stCode").locator("code").inner_text().splitlines()
    assert len({json.loads(each)["decided"]["request"] for each in lines}) == 2


def test_a_half_written_rejection_outlives_the_page(desk: Page) -> None:
    select(desk, "#1001")
    button(desk, "Reject").click()
    desk.get_by_label("Too dark").check()
    desk.get_by_label("Comment for the customer").fill("By daylight, please")
    desk.keyboard.press("Escape")

    desk.reload()
    select(desk, "#1001")
    button(desk, "Reject").click()

    rejection = dialog(desk, "Reject 1 photo?")
    expect(rejection.get_by_label("Too dark")).to_be_checked()
    expect(rejection.get_by_label("Comment for the customer")).to_have_value("By daylight, please")
