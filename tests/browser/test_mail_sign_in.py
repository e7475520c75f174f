"""A customer on a phone who signs in by e-mail, to see all orders."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from obstore.store import LocalStore
from playwright.sync_api import Browser, Page, ViewportSize, expect
from sqlalchemy import delete, select

from core import db
from core.config import ROOT
from core.integrations import pictures
from core.integrations.storage import Size, Storage
from core.models import CustomerSignIn, Message, Shop, ThrottleBucket, Upload, utc_now
from core.queries import mailbox
from core.services import customer_sign_in, outbox, sign_in_letters
from tests.browser.axe import serious_violations
from tests.cast import Cast, CastOrder
from tests.serving import Served

pytestmark = pytest.mark.browser

CARL = "carl@example.org"
Scheme = Literal["light", "dark"]


@pytest.fixture
def placed(served: Served, tmp_path: Path) -> CastOrder:
    """What Carl has ordered, in the only shop there is: he is asked about one of two photos."""
    storage = Storage(LocalStore(served.data_dir / "pictures", mkdir=True))
    photograph = ROOT / "core/demo/photographs/ginger-cat.jpg"
    sha = storage.keep_original(photograph)
    pictures.prepare(photograph, tmp_path)
    for size in Size:
        storage.keep_derived(sha, size, tmp_path / f"{size}.webp")
    with db.transaction() as session:
        for shop in session.scalars(select(Shop)):
            shop.disconnected_at = utc_now()
        session.execute(delete(ThrottleBucket))
        cast = Cast(session)
        placed = cast.order(photos=2, email=CARL)
        cast.order(email=CARL)
        cast.reject(placed.photos[0])
        for photo in placed.photos:
            session.get_one(Upload, photo.upload_id).sha256 = sha
        return placed


Opened = Callable[..., Page]


@pytest.fixture
def phone(browser: Browser, served: Served) -> Iterator[Opened]:
    contexts = []

    def opened(width: int = 390, scheme: Scheme = "light") -> Page:
        context = browser.new_context(
            base_url=served.url,
            viewport=ViewportSize(width=width, height=740),
            color_scheme=scheme,
            device_scale_factor=2,
            is_mobile=True,
            has_touch=True,
        )
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def read_mail() -> tuple[str, str]:
    """Do a worker's work, and return the code and link that the newest mail on Mailbox has."""
    with db.transaction() as session:
        newest = session.scalars(
            select(CustomerSignIn.id).order_by(CustomerSignIn.created_at.desc()).limit(1)
        ).one()
        customer_sign_in.mail(session, newest)
        message = session.scalars(select(Message.id).where(Message.sign_in_id == newest)).one()
    with db.transaction() as session:
        outbox.claim(session, message)
    with db.transaction() as session:
        outbox.sent(session, message, is_captured=True)
        (letter,) = mailbox.captured(session, limit=1)
    lines = sign_in_letters.filled(letter.text, letter.sign_in_id).splitlines()
    (code,) = [line for line in lines if line.isdecimal()]
    (link,) = [line for line in lines if line.startswith("http")]
    return code, link


def ask(page: Page) -> None:
    page.goto("/my_photos")
    page.get_by_label("E-mail address").fill(CARL, timeout=20_000)
    page.get_by_role("button", name="Send me a code").tap()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_focused()


def assert_good(page: Page) -> None:
    assert serious_violations(page, "html") == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (360, "dark")])
def test_a_code_leads_to_all_orders_and_to_an_answer(
    phone: Opened, placed: CastOrder, width: int, scheme: Scheme
) -> None:
    page = phone(width, scheme)
    page.goto("/my_photos")
    email = page.get_by_label("E-mail address")
    expect(email).to_have_attribute("autocomplete", "email", timeout=20_000)
    assert_good(page)
    ask(page)
    code_field = page.get_by_label("Code with 6 digits")
    expect(code_field).to_have_attribute("inputmode", "numeric")
    expect(code_field).to_have_attribute("autocomplete", "one-time-code")
    assert_good(page)
    code, _ = read_mail()

    code_field.fill(f"{(int(code) + 1) % 10**6:06d}")
    page.get_by_role("button", name="Sign in").tap()
    expect(page.get_by_role("alert")).to_contain_text("This code does not fit")
    assert_good(page)
    # The phone has forgotten the page while its owner was reading mail.
    page.reload()
    page.get_by_label("Code with 6 digits").fill(code, timeout=20_000)
    page.get_by_role("button", name="Sign in").tap()

    expect(page.get_by_role("heading", name="Your orders with Paw Prints")).to_be_visible()
    expect(page.get_by_text("We have a question about this photo")).to_be_visible()
    expect(page.get_by_role("img").first).to_have_js_property("complete", True)
    assert page.get_by_role("img").first.evaluate("(image) => image.naturalWidth") > 0
    assert_good(page)
    page.get_by_role("button", name=f"Answer about order {placed.order.name}").tap()
    page.get_by_role("button", name="Write to us").tap(timeout=20_000)
    page.get_by_label("Your message").fill("It is my only one.")
    page.get_by_role("button", name="Send message").tap()
    expect(page.get_by_text("Thank you for your message")).to_be_visible()
    page.get_by_role("button", name="All your orders").tap()
    expect(page.get_by_text("Thank you. Our photo team looks at your answer")).to_be_visible()
    page.get_by_role("button", name="Sign out").tap()
    expect(page.get_by_label("E-mail address")).to_be_visible()


@pytest.mark.usefixtures("placed")
def test_the_mails_link_opens_the_orders_on_another_phone_after_a_press(phone: Opened) -> None:
    page, other = phone(), phone()
    ask(page)
    _, link = read_mail()
    path = link[link.index("/in/") :]
    for _ in range(3):
        other.goto(path)
    expect(other.get_by_text(CARL)).to_be_visible(timeout=20_000)
    assert path not in other.url
    assert_good(other)

    other.get_by_role("button", name="See my photos").tap()

    expect(other.get_by_role("heading", name="Your orders with Paw Prints")).to_be_visible()
    other.goto(path)
    expect(other.get_by_role("heading", name="Your orders with Paw Prints")).to_be_visible()


@pytest.mark.usefixtures("placed")
def test_another_mail_can_be_asked_for_and_another_address_typed(phone: Opened) -> None:
    page = phone()
    ask(page)
    first, _ = read_mail()

    page.get_by_role("button", name="Send another mail").tap()
    expect(page.get_by_role("status")).to_contain_text("We have asked for another mail.")
    second, _ = read_mail()
    page.get_by_label("Code with 6 digits").fill(first)
    page.get_by_role("button", name="Sign in").tap()
    if first != second:
        expect(page.get_by_role("alert")).to_contain_text("Open the newest mail")
    page.get_by_role("button", name="Use another address").tap()

    expect(page.get_by_label("E-mail address")).to_have_value(CARL)
    expect(page.get_by_label("E-mail address")).to_be_focused()


@pytest.mark.usefixtures("placed")
def test_a_link_that_was_used_meanwhile_leaves_a_way_to_another_mail(phone: Opened) -> None:
    page = phone()
    ask(page)
    code, link = read_mail()
    other = phone()
    other.goto(link[link.index("/in/") :])
    expect(other.get_by_text(CARL)).to_be_visible(timeout=20_000)
    page.get_by_label("Code with 6 digits").fill(code)
    page.get_by_role("button", name="Sign in").tap()
    expect(page.get_by_role("heading", name="Your orders with Paw Prints")).to_be_visible()

    other.get_by_role("button", name="See my photos").tap()
    expect(other.get_by_role("alert")).to_contain_text("Please ask for a new mail below.")
    other.get_by_role("button", name="Send another mail").tap()

    expect(other.get_by_role("heading", name="Look into your mail")).to_be_focused()
    another, _ = read_mail()
    other.get_by_label("Code with 6 digits").fill(another)
    other.get_by_role("button", name="Sign in").tap()
    expect(other.get_by_role("heading", name="Your orders with Paw Prints")).to_be_visible()
