"""The whole main job, as people do it: `python -m core run`, two reviewers and a customer."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from core.config import ROOT
from core.demo import photographs
from tests.browser.conftest import fill_in

pytestmark = pytest.mark.browser

PASSWORD = "only for tests"
#: Undo windows and jobs end within seconds here; a busy machine takes longer.
PATIENCE = 60_000


@dataclass(frozen=True)
class Loupe:
    """Everything that `python -m core run` starts."""

    address: str
    demo_shop: str


@pytest.fixture(scope="module")
def data_folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="loupe-loop-") as name:
        folder = Path(name)
        # Postgres' own user, if we are root, has to reach it.
        folder.chmod(0o711)
        yield folder


@pytest.fixture(scope="module")
def loupe(data_folder: Path) -> Iterator[Loupe]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "core", "run"],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("LOUPE_")},
            "LOUPE_PORT": str(port),
            "LOUPE_DATA_DIR": str(data_folder),
            "LOUPE_DEMO_PASSWORD": PASSWORD,
            "LOUPE_UNDO_MINUTES": "0.05",
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Loupe(f"http://localhost:{port}", demo_address(process))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=90)
        assert process.stdout is not None
        process.stdout.close()


def demo_address(process: "subprocess.Popen[str]") -> str:
    """Read what `run` says until it is ready, and return where the demo shop is."""
    assert process.stdout is not None
    address = None
    said = []
    for line in process.stdout:
        said.append(line)
        if found := re.match(r"Demo shop\s+(http\S+)", line):
            address = found[1]
        if line.startswith("Stop it with Ctrl-C"):
            break
    assert address is not None, "".join(said)
    return address


def staff(browser: Browser, loupe: Loupe, username: str) -> Page:
    context = browser.new_context(base_url=loupe.address, viewport={"width": 1366, "height": 900})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto("/")
    fill_in(page, username, PASSWORD)
    expect(page.get_by_role("heading", name="Image approval")).to_be_visible(timeout=PATIENCE)
    return page


def phone(browser: Browser, loupe: Loupe) -> BrowserContext:
    context = browser.new_context(
        base_url=loupe.address,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
    )
    context.set_default_timeout(PATIENCE)
    return context


def tile(page: Page, order: str) -> Locator:
    return page.get_by_role("group", name=re.compile(rf"^{order}(?!\d)"))


def order_with_one_photo(page: Page) -> str:
    """The first tile's order that has one photo and a customer who can be written to."""
    groups = page.get_by_role("group", name=re.compile(r"^#\d+$"))
    expect(groups.first).to_be_visible(timeout=PATIENCE)
    single = groups.filter(has_not_text="on the order")
    return single.first.get_attribute("aria-label") or ""


def reject(page: Page, order: str, *reasons: str, comment: str) -> None:
    tile(page, order).get_by_role("checkbox", name=re.compile(f"^Select {order}")).check()
    page.get_by_role("button", name="Reject", exact=True).click()
    dialog = page.get_by_role("dialog", name="Reject 1 photo?")
    for reason in reasons:
        dialog.get_by_role("checkbox", name=reason).check()
    dialog.get_by_label("Comment for the customer").fill(comment)
    expect(dialog).to_contain_text("What the customer will read")
    dialog.get_by_role("button", name="Reject", exact=True).click()
    expect(tile(page, order)).to_have_count(0)
    expect_saved(page)


def expect_saved(page: Page) -> None:
    """The tile leaves at once; the server has it when nothing is being saved any more."""
    expect(page.get_by_text("saving …")).to_have_count(0, timeout=PATIENCE)


def newest_link(page: Page, order: str, mails: int) -> str:
    """Wait until so many mails to this order's customer stand in the log; read the newest."""
    page.goto("/mail")
    letters = page.get_by_text(f"About the photo for your order {order}")
    # What comes in shows by itself.
    expect(letters.nth(mails - 1)).to_be_visible(timeout=PATIENCE)
    # The newest one is open.
    link = page.frame_locator("iframe").first.locator("a[href*='/o/']").first
    expect(link).to_be_visible(timeout=PATIENCE)
    return link.get_attribute("href") or ""


def until(page: Page, happened: object, tries: int = 40) -> None:
    assert callable(happened)
    for _ in range(tries):
        if happened():
            return
        page.wait_for_timeout(1000)
    raise AssertionError("It did not happen.")


def approval(page: Page, order: str) -> Locator:
    """Open the grid, looking for one order among everybody's."""
    page.goto("/?whose=Everybody's")
    search = page.get_by_placeholder("Order or e-mail")
    search.fill(order[1:])
    search.press("Enter")
    found = tile(page, order)
    expect(found).to_be_visible(timeout=PATIENCE)
    return found


def test_a_photo_goes_twice_around_and_its_order_is_released(
    browser: Browser, loupe: Loupe
) -> None:
    ada = staff(browser, loupe, "ada")
    order = order_with_one_photo(ada)

    # Full screen and back; the footer selects; then a rejection with two reasons.
    tile(ada, order).get_by_role("button").first.click()
    full_screen = ada.get_by_role("dialog")
    expect(full_screen).to_be_visible()
    ada.keyboard.press("Escape")
    expect(full_screen).to_have_count(0)
    reject(ada, order, "Too dark", "Out of focus / moved", comment="Perhaps one by daylight?")

    # It is in the folder of its first reason, and its mail goes out.
    ada.goto("/issues")
    ada.get_by_text("Too dark · 1").click()
    expect(ada.get_by_text("Perhaps one by daylight?")).to_be_visible(timeout=PATIENCE)
    link = newest_link(ada, order, mails=1)
    assert link.startswith(f"{loupe.address}/o/")

    # The customer sends another photo.
    with phone(browser, loupe) as carls:
        carl = carls.new_page()
        carl.goto(link)
        expect(carl.get_by_text("The photo is quite dark").first).to_be_visible(timeout=PATIENCE)
        expect(carl.get_by_text("Perhaps one by daylight?")).to_be_visible()
        carl.get_by_label("File with the new photo").set_input_files(
            photographs.originals()["dandelions"]
        )
        carl.get_by_role("button", name="Send photo").click(timeout=PATIENCE)
        expect(carl.get_by_role("heading", name=re.compile("Thank you"))).to_be_visible(
            timeout=PATIENCE
        )

    # Ada finds it on top, as a second try beside the old one, and rejects once more.
    ada.goto("/")
    first = ada.get_by_role("group", name=re.compile(r"^#\d+")).first
    expect(first).to_have_attribute("aria-label", order, timeout=PATIENCE)
    expect(first).to_contain_text("Second try")
    expect(first).to_contain_text("Too dark")
    reject(ada, order, "Ears/head/paws cut off", comment="")
    again = newest_link(ada, order, mails=2)
    assert again == link

    # This time the customer keeps the photo.
    with phone(browser, loupe) as carls:
        carl = carls.new_page()
        carl.goto(again)
        carl.get_by_role("button", name="Keep this photo").click(timeout=PATIENCE)
        carl.get_by_role("dialog").get_by_role("button", name="Keep this photo").click()
        expect(carl.get_by_role("heading", name=re.compile("Thank you"))).to_be_visible(
            timeout=PATIENCE
        )

    # Bob approves; the hold is released, and the shop can see it.
    bob = staff(browser, loupe, "bob")
    kept = approval(bob, order)
    expect(kept).to_contain_text("Customer keeps it")
    kept.get_by_role("checkbox").check()
    bob.get_by_role("button", name="Approve", exact=True).click()
    dialog = bob.get_by_role("dialog", name="Approve 1 photo?")
    dialog.get_by_role("button", name="Approve", exact=True).click()
    expect(tile(bob, order)).to_have_count(0)
    expect_saved(bob)

    bob.goto(loupe.demo_shop)
    row = bob.locator(f"[id='{order[1:]}']")

    def released() -> bool:
        bob.reload()
        return "photos approved" in row.inner_text()

    until(bob, released)
    assert "ON_HOLD" not in row.inner_text()


def test_the_second_of_two_reviewers_is_told_who_was_first(browser: Browser, loupe: Loupe) -> None:
    ada, bob = staff(browser, loupe, "ada"), staff(browser, loupe, "bob")
    order = order_with_one_photo(bob)
    approval(ada, order).get_by_role("checkbox").check()
    approval(bob, order).get_by_role("checkbox").check()

    for page in (bob, ada):
        page.get_by_role("button", name="Approve", exact=True).click()
        dialog = page.get_by_role("dialog", name="Approve 1 photo?")
        dialog.get_by_role("button", name="Approve", exact=True).click()
        if page is bob:
            expect(tile(bob, order)).to_have_count(0)

    told = ada.get_by_text(re.compile("Bob Berg approved this"))
    expect(told).to_be_visible(timeout=PATIENCE)


def test_a_wrong_link_gets_one_kind_sentence_and_nothing_else(
    browser: Browser, loupe: Loupe
) -> None:
    with phone(browser, loupe) as eves:
        eve = eves.new_page()
        eve.goto("/o/AAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAA")

        expect(eve.get_by_text("This link does not open anything any more")).to_be_visible(
            timeout=PATIENCE
        )
        expect(eve.locator("img")).to_have_count(0)
        # But for Streamlit's own: "Skip to main content", and the heading's link to itself.
        elsewhere = "a:not([data-testid=stSkipToContent]):not([href^='#'])"
        expect(eve.locator(elsewhere)).to_have_count(0)
