"""The mail log in a browser: a mail looks as it was sent, and nothing in it runs."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from core import db
from core.models import Message
from core.services import messages, outbox
from tests.browser.axe import serious_violations
from tests.browser.conftest import SignIn
from tests.cast import Cast
from tests.serving import Served

pytestmark = pytest.mark.browser

HOSTILE = (
    "<p>Hello Carl</p><img src='x' onerror='parent.document.title=1'>"
    "<script>parent.document.title=1</script><img src='https://evil.example/a.png'>"
    "<div style='height: 900px'></div><p id='end'>The end</p>"
)


@pytest.fixture
def mails(served: Served) -> dict[str, int]:
    """One of each kind, by what became of it."""
    with db.transaction() as session:
        cast = Cast(session)

        def queue() -> int:
            placed = cast.order()
            cast.reject(*placed.photos, comment="Her nose is not quite in focus.")
            messages.queue_issue_mail(session, placed.id)
            of_order = Message.order_id == placed.id
            return session.scalars(select(Message.id).where(of_order)).one()

        made = {name: queue() for name in ("queued", "failed", "uncertain", "later", "sent")}
        for name in ("failed", "uncertain", "later", "sent"):
            outbox.claim(session, made[name])
        outbox.failed(
            session, made["failed"], "smtp_refused: 550 5.1.1 <carl@example.org>: unknown user"
        )
        outbox.uncertain(session, made["uncertain"], "Connection unexpectedly closed")
        outbox.put_back(session, made["later"], "smtp_refused: 451 4.7.1 Greylisted, come again")
        outbox.sent(session, made["sent"], reply="250 2.0.0 OK 4711")
    return made


def open_mail(page: Page, sign_in: SignIn, message_id: int) -> None:
    page.goto("/mail")
    if page.get_by_label("Username").is_visible():
        sign_in(page, "mia")
    page.locator(f".st-key-mail_row_{message_id}").get_by_text("Read", exact=True).click()


def test_a_mail_is_shown_whole_and_nothing_in_it_runs(
    page: Page, sign_in: SignIn, mails: dict[str, int]
) -> None:
    with db.transaction() as session:
        session.get_one(Message, mails["sent"]).html = HOSTILE
    asked: list[str] = []
    page.on("requestfinished", lambda request: asked.append(request.url))
    page.goto("/mail")
    expect(page.get_by_label("Username")).to_be_visible()
    sign_in(page, "mia")

    open_mail(page, sign_in, mails["sent"])

    letter = page.frame_locator("iframe")
    expect(letter.get_by_text("Hello Carl")).to_be_visible()
    # All of it, without a bar to scroll by.
    page.wait_for_function(
        """() => [...document.querySelectorAll("*")].some((node) =>
            node.shadowRoot?.querySelector("iframe")?.offsetHeight > 900)"""
    )
    assert page.title() != "1"
    assert not [url for url in asked if "evil" in url]
    assert serious_violations(page, "body") == []


def test_a_person_settles_a_mail_and_it_is_shown_at_once(
    page: Page, sign_in: SignIn, mails: dict[str, int]
) -> None:
    page.goto("/mailbox")
    expect(page.get_by_label("Username")).to_be_visible()
    sign_in(page, "ada")
    row = page.locator(f".st-key-mail_row_{mails['uncertain']}")

    row.get_by_role("button", name="It arrived").click()

    expect(row.get_by_text("Sent", exact=True)).to_be_visible()
    expect(row.get_by_role("button", name="Send again")).to_have_count(0)


@pytest.fixture(
    params=[(1440, "light"), (360, "dark"), (360, "light"), (1440, "dark")],
    ids=lambda each: f"{each[0]} {each[1]}",
)
def screen(browser: Browser, served: Served, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, scheme = request.param
    context = browser.new_context(
        base_url=served.url, viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    yield context.new_page()
    context.close()


def shoot(page: Page, name: str) -> None:
    """With `SHOTS` set to a folder, keep what is seen, to look at it."""
    if folder := os.environ.get("SHOTS"):
        screen = os.environ["PYTEST_CURRENT_TEST"].partition("[")[2].partition("]")[0]
        page.evaluate("document.fonts.ready")
        page.screenshot(path=Path(folder) / f"{name}_{screen.replace(' ', '_')}.png")


def test_it_fits_its_screen(screen: Page, sign_in: SignIn, mails: dict[str, int]) -> None:
    screen.goto("/mail")
    expect(screen.get_by_label("Username")).to_be_visible()
    sign_in(screen, "mia")
    open_mail(screen, sign_in, mails["later"])

    expect(screen.frame_locator("iframe").get_by_text("Choose what happens next")).to_be_visible()

    assert screen.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(screen, "mail")
    assert serious_violations(screen, "body") == []


def test_every_page_says_that_mail_does_not_leave(screen: Page, sign_in: SignIn) -> None:
    with db.transaction() as session:
        cast = Cast(session, is_demo=False)
        placed = cast.order()
        cast.reject(*placed.photos)
        messages.queue_issue_mail(session, placed.id)
    screen.goto("/orders")
    expect(screen.get_by_label("Username")).to_be_visible()

    sign_in(screen, "ada")

    expect(screen.get_by_text("Mail has not been leaving since")).to_be_visible()
    expect(screen.get_by_text("no mail server is set up")).to_be_visible()
    expect(screen.get_by_role("heading", name="Orders", level=1)).to_be_visible()
    shoot(screen, "banner")
    assert serious_violations(screen, "body") == []
