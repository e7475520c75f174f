"""A customer on a phone, once, worried about a gift."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from obstore.store import LocalStore
from PIL import Image
from playwright.sync_api import Browser, CDPSession, Page, ViewportSize, expect

from core import db
from core.config import ROOT
from core.integrations import pictures
from core.integrations.storage import Size, Storage
from core.models import (
    LineItem,
    Order,
    Photo,
    PhotoState,
    Response,
    ResponseKind,
    Upload,
    utc_now,
)
from core.services import links
from tests.browser.axe import serious_violations
from tests.browser.bad_line import BadLine, bad_line
from tests.cast import Cast, CastOrder
from tests.serving import Served

pytestmark = pytest.mark.browser

PHOTOGRAPHS = ROOT / "core/demo/photographs"
PHONE = ViewportSize(width=390, height=844)
SMALL_PHONE = ViewportSize(width=360, height=640)
Scheme = Literal["light", "dark"]


@dataclass
class Issue:
    """An order whose customer is asked about its photos."""

    placed: CastOrder
    link: str

    def photo(self, number: int = 0) -> Photo:
        with db.transaction() as session:
            return session.get_one(Photo, self.placed.photos[number].id)

    def response(self) -> Response:
        with db.transaction() as session:
            return session.get_one(Response, self.photo().response_id)


Ask = Callable[..., Issue]


@pytest.fixture
def ask(served: Served, tmp_path: Path) -> Ask:
    """Have photographs rejected, and return the link that their customer gets."""
    storage = Storage(LocalStore(served.data_dir / "pictures", mkdir=True))

    def keep(file: Path) -> str:
        sha = storage.keep_original(file)
        pictures.prepare(file, tmp_path)
        for size in Size:
            storage.keep_derived(sha, size, tmp_path / f"{size}.webp")
        return sha

    def ask(*photographs: str, reasons: tuple[str, ...] = ("blurry",), comment: str = "") -> Issue:
        with db.transaction() as session:
            cast = Cast(session)
            placed = cast.order(photos=len(photographs))
            for photo, name in zip(placed.photos, photographs, strict=True):
                upload = session.get_one(Upload, photo.upload_id)
                upload.sha256 = keep(PHOTOGRAPHS / name)
            cast.reject(*placed.photos, reasons=reasons, comment=comment)
            return Issue(placed, f"{served.url}/o/{links.order_token(placed.order)}")

    return ask


@pytest.fixture(params=[(PHONE, "light"), (SMALL_PHONE, "dark")], ids=["390", "360 dark"])
def phone(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    yield from _phone(browser, *request.param)


@pytest.fixture
def any_phone(browser: Browser) -> Iterator[Page]:
    yield from _phone(browser, PHONE)


@pytest.fixture
def small_phone(browser: Browser) -> Iterator[Page]:
    yield from _phone(browser, ViewportSize(width=360, height=740))


def _phone(browser: Browser, viewport: ViewportSize, scheme: Scheme = "light") -> Iterator[Page]:
    context = browser.new_context(
        viewport=viewport,
        color_scheme=scheme,
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
    )
    yield context.new_page()
    context.close()


def open_link(page: Page, issue: Issue) -> None:
    page.goto(issue.link)
    expect(page.get_by_role("heading", name="Hello Carl,")).to_be_visible(timeout=20_000)


def choose(page: Page, file: Path, button: str = "Choose a new photo") -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=button).click()
    chooser.value.set_files(file)


def keep(page: Page) -> None:
    page.get_by_role("button", name="Keep this photo").click()
    page.get_by_role("dialog").get_by_role("button", name="Keep this photo").click()
    expect(page.get_by_text("Thank you, we keep this photo")).to_be_visible()


def developer_tools(page: Page) -> CDPSession:
    return page.context.new_cdp_session(page)


def set_network(tools: CDPSession, **conditions: object) -> None:
    usual = {"offline": False, "latency": 50, "downloadThroughput": -1, "uploadThroughput": -1}
    tools.send("Network.emulateNetworkConditions", {**usual, **conditions})


def slow_down(page: Page, *, bytes_a_second: int) -> None:
    set_network(developer_tools(page), uploadThroughput=bytes_a_second)


def assert_accessible(page: Page) -> None:
    assert serious_violations(page, "html") == []


def assert_fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_new_photo_is_chosen_looked_at_and_sent(phone: Page, ask: Ask) -> None:
    issue = ask("ginger-cat.jpg", comment="Such a lovely cat.")
    open_link(phone, issue)
    expect(phone.locator("input[type=file]").first).to_be_attached()
    expect(phone.get_by_text("Such a lovely cat.")).to_be_visible()
    expect(phone.get_by_role("img", name="The photo we have for Canvas")).to_be_visible()
    assert_fits(phone)
    assert_accessible(phone)

    slow_down(phone, bytes_a_second=150_000)
    choose(phone, PHOTOGRAPHS / "sheep.jpg")
    expect(phone.get_by_role("progressbar")).to_have_attribute("value", "0")
    expect(phone.get_by_text("0 %")).not_to_be_visible()  # it moves
    assert_accessible(phone)
    expect(phone.get_by_role("heading", name="Your new photo")).to_be_focused(timeout=20_000)
    expect(phone.get_by_role("img", name="Your new photo")).to_be_visible()
    expect(phone.get_by_text("Inside the frame is what will be printed.")).to_be_visible()
    assert_fits(phone)
    assert_accessible(phone)
    phone.get_by_role("button", name="Send photo").click()

    thanks = phone.get_by_role("heading", name="Thank you for your new photo")
    expect(thanks).to_be_focused()
    expect(phone.get_by_role("button")).to_have_text(["Choose another photo"])
    assert_accessible(phone)
    assert issue.photo().state is PhotoState.IN_REVIEW
    assert issue.response().kind is ResponseKind.REPLACED


def test_what_is_asked_and_until_when_stands_on_the_first_screen(
    small_phone: Page, ask: Ask
) -> None:
    issue = ask("ginger-cat.jpg", reasons=("dark",))
    with db.transaction() as session:
        photo = session.get_one(Photo, issue.placed.photos[0].id)
        photo.answer_due_at = utc_now() + timedelta(days=6)
    open_link(small_phone, issue)

    first_screen = [
        small_phone.get_by_text("Your order waits for you until"),
        small_phone.get_by_role("img", name="The photo we have for Canvas"),
        small_phone.get_by_role("paragraph").filter(has_text="The photo is quite dark"),
        small_phone.locator(".sketch"),
        small_phone.get_by_role("button", name="Choose a new photo"),
    ]

    for element in first_screen:
        box = element.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 740
    assert_fits(small_phone)
    assert_accessible(small_phone)


def test_a_gentle_order_is_in_no_hurry(any_phone: Page, ask: Ask) -> None:
    issue = ask("ginger-cat.jpg")
    with db.transaction() as session:
        session.get_one(Order, issue.placed.id).is_gentle = True
    open_link(any_phone, issue)
    expect(any_phone.get_by_text("There is no hurry.")).to_be_visible()
    expect(any_phone.get_by_role("button", name="Take a photo")).to_have_count(0)
    expect(any_phone.locator(".sketch")).to_have_count(0)

    any_phone.get_by_role("button", name="I need more time").click()

    expect(any_phone.get_by_text("Of course, take the time you need.")).to_be_visible()
    expect(any_phone.get_by_role("button", name="I need more time")).to_have_count(0)


def test_an_answer_is_changed_until_somebody_has_looked(any_phone: Page, ask: Ask) -> None:
    issue = ask("ginger-cat.jpg")
    open_link(any_phone, issue)
    keep(any_phone)

    any_phone.get_by_role("button", name="Change my answer").click()

    expect(any_phone.get_by_role("button", name="Choose a new photo")).to_be_focused()
    assert issue.photo().state is PhotoState.REJECTED
    keep(any_phone)
    with db.transaction() as session:
        Cast(session).approve(issue.photo())
    any_phone.get_by_role("button", name="Change my answer").click()
    expect(any_phone.get_by_role("alert")).to_contain_text("at work on your answer already")
    expect(any_phone.get_by_role("button", name="Change my answer")).to_have_count(0)
    assert issue.photo().state is PhotoState.APPROVED


def test_an_iphones_photo_just_works(any_phone: Page, ask: Ask, tmp_path: Path) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    heic = tmp_path / "IMG_0001.HEIC"
    pillow_heif.from_pillow(Image.open(PHOTOGRAPHS / "sheep.jpg")).save(heic)
    issue = ask("ginger-cat.jpg")
    open_link(any_phone, issue)

    choose(any_phone, heic)
    any_phone.get_by_role("button", name="Send photo").click(timeout=20_000)

    expect(any_phone.get_by_text("Thank you for your new photo")).to_be_visible()
    with db.transaction() as session:
        upload = session.get_one(Upload, issue.photo().upload_id)
    assert (upload.format, upload.file_name) == ("HEIF", "IMG_0001.HEIC")


def test_keeping_a_photo_records_the_words_that_were_read(any_phone: Page, ask: Ask) -> None:
    issue = ask("ginger-cat.jpg", reasons=("dark", "blurry"))
    open_link(any_phone, issue)
    dialog = any_phone.get_by_role("dialog", name="Keep this photo?")

    any_phone.get_by_role("button", name="Keep this photo").click()
    expect(dialog).to_be_visible()
    assert_accessible(any_phone)
    dialog.get_by_role("button", name="Go back").click()
    expect(dialog).not_to_be_visible()
    any_phone.get_by_role("button", name="Keep this photo").click()
    read = [text.inner_text() for text in dialog.locator("p, li").all()]
    dialog.get_by_role("button", name="Keep this photo").click()

    expect(any_phone.get_by_role("heading", name="Thank you, we keep this photo")).to_be_focused()
    assert issue.response().words_shown == "\n".join(read)


def test_a_photo_that_cannot_be_printed_is_not_offered_to_be_kept(
    any_phone: Page, ask: Ask
) -> None:
    open_link(any_phone, ask("ginger-cat.jpg", reasons=("blurry", "copyright")))

    expect(any_phone.get_by_role("button", name="Write to us")).to_be_visible()
    expect(any_phone.get_by_role("button", name="Keep this photo")).to_have_count(0)


def test_a_message_is_written_with_the_keyboard_alone(any_phone: Page, ask: Ask) -> None:
    issue = ask("ginger-cat.jpg")
    open_link(any_phone, issue)

    any_phone.get_by_role("button", name="Choose a new photo").focus()
    any_phone.keyboard.press("Tab")
    any_phone.keyboard.press("Tab")
    expect(any_phone.get_by_role("button", name="Keep this photo")).to_be_focused()
    any_phone.keyboard.press("Tab")
    any_phone.keyboard.press("Enter")
    expect(any_phone.get_by_label("Your message")).to_be_focused()
    assert_accessible(any_phone)
    any_phone.keyboard.type("It is my <b>only</b> one.")
    any_phone.keyboard.press("Tab")
    any_phone.keyboard.press("Enter")

    expect(any_phone.get_by_role("heading", name="Thank you for your message")).to_be_focused()
    expect(any_phone.get_by_text("It is my <b>only</b> one.")).to_be_visible()
    assert issue.response().message == "It is my <b>only</b> one."


def test_an_empty_message_is_asked_for_again_and_nothing_is_lost(any_phone: Page, ask: Ask) -> None:
    issue = ask("ginger-cat.jpg")
    open_link(any_phone, issue)

    any_phone.get_by_role("button", name="Write to us").click()
    any_phone.get_by_label("Your message").fill("  ")
    any_phone.get_by_role("button", name="Send message").click()

    expect(any_phone.get_by_role("alert")).to_have_text("Please write a few words first.")
    any_phone.get_by_role("button", name="Write to us").click()
    any_phone.get_by_label("Your message").fill("Hello")
    any_phone.get_by_role("button", name="Send message").click()
    expect(any_phone.get_by_text("Thank you for your message")).to_be_visible()


def test_a_file_that_is_no_photo_is_said_kindly(any_phone: Page, ask: Ask, tmp_path: Path) -> None:
    letter = tmp_path / "photo.jpg"
    letter.write_text("Dear shop")
    issue = ask("ginger-cat.jpg")
    open_link(any_phone, issue)

    choose(any_phone, letter)

    expect(any_phone.get_by_role("alert")).to_contain_text("This file is not a picture.")
    assert_accessible(any_phone)
    choose(any_phone, PHOTOGRAPHS / "sheep.jpg")
    expect(any_phone.get_by_role("button", name="Send photo")).to_be_visible(timeout=20_000)


def test_a_small_photo_is_pointed_out_and_may_be_sent(
    any_phone: Page, ask: Ask, tmp_path: Path
) -> None:
    small = tmp_path / "small.png"
    Image.open(PHOTOGRAPHS / "sheep.jpg").resize((400, 300)).save(small)
    open_link(any_phone, ask("ginger-cat.jpg"))

    choose(any_phone, small)

    expect(any_phone.get_by_text("This photo will look soft at 30 × 40 cm")).to_be_visible(
        timeout=20_000
    )
    any_phone.get_by_role("button", name="Send photo").click()
    expect(any_phone.get_by_text("Thank you for your new photo")).to_be_visible()


def test_an_upload_that_is_cut_in_the_middle_is_tried_again(browser: Browser, ask: Ask) -> None:
    issue = ask("ginger-cat.jpg")
    with bad_line(cut_after=50_000) as line, phone_behind(browser, line) as page:
        open_link(page, issue)

        choose(page, PHOTOGRAPHS / "dandelion-clock.jpg")

        expect(page.get_by_role("status")).to_have_text(
            "The connection was lost. We are trying again."
        )
        assert line.cuts > 0
        line.is_mended = True
        expect(page.get_by_role("button", name="Send photo")).to_be_visible()


@contextmanager
def phone_behind(browser: Browser, line: BadLine) -> Iterator[Page]:
    # Chromium goes around a proxy to its own machine unless it is told not to.
    context = browser.new_context(
        viewport=PHONE, proxy={"server": line.proxy, "bypass": "<-loopback>"}
    )
    yield context.new_page()
    context.close()


def test_over_3g_the_first_view_costs_little(any_phone: Page, ask: Ask) -> None:
    issue = ask("ginger-cat.jpg", "parrot.jpg", "sheep.jpg")
    # As Chromium's own "Fast 3G"; bytes a second.
    tools = developer_tools(any_phone)
    set_network(tools, latency=150, downloadThroughput=200_000, uploadThroughput=90_000)
    weighed: dict[str, tuple[str, float]] = {}
    messages: list[int] = []
    tools.on(
        "Network.responseReceived",
        lambda event: weighed.update({event["requestId"]: (event["response"]["url"], 0)}),
    )
    tools.on(
        "Network.loadingFinished",
        lambda event: weighed.update(
            {event["requestId"]: (weighed[event["requestId"]][0], event["encodedDataLength"])}
        ),
    )
    any_phone.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: messages.append(len(frame))),
    )
    tools.send("Network.enable")

    any_phone.goto(issue.link)

    picture = any_phone.get_by_role("img", name="The photo we have for Canvas").first
    expect(picture).to_be_visible(timeout=60_000)
    expect(picture).to_have_js_property("complete", True)
    # Streamlit's bundle travels compressed, and once.
    ours = sum(weight for url, weight in weighed.values() if "/static/" not in url)
    assert ours + sum(messages) < 500_000
    scripts = [weight for url, weight in weighed.values() if url.endswith(".js")]
    assert sum(scripts) < 1_500_000


def test_an_upload_can_be_stopped(any_phone: Page, ask: Ask) -> None:
    open_link(any_phone, ask("ginger-cat.jpg"))
    slow_down(any_phone, bytes_a_second=20_000)
    choose(any_phone, PHOTOGRAPHS / "dandelion-clock.jpg")

    any_phone.get_by_role("button", name="Cancel").click()

    expect(any_phone.get_by_role("button", name="Choose a new photo")).to_be_focused()
    expect(any_phone.get_by_role("progressbar")).to_have_count(0)


def test_each_photo_of_an_order_is_answered_on_its_own(any_phone: Page, ask: Ask) -> None:
    issue = ask("ginger-cat.jpg", "parrot.jpg")
    open_link(any_phone, issue)
    first, second = any_phone.get_by_role("article").all()
    with any_phone.expect_file_chooser() as chooser:
        first.get_by_role("button", name="Choose a new photo").click()
    chooser.value.set_files(PHOTOGRAPHS / "sheep.jpg")
    expect(first.get_by_role("button", name="Send photo")).to_be_visible(timeout=20_000)

    second.get_by_role("button", name="Keep this photo").click()
    any_phone.get_by_role("dialog").get_by_role("button", name="Keep this photo").click()
    expect(second.get_by_text("Thank you, we keep this photo")).to_be_visible()

    first.get_by_role("button", name="Send photo").click()  # still there
    expect(first.get_by_text("Thank you for your new photo")).to_be_visible()
    assert issue.photo(0).state is issue.photo(1).state is PhotoState.IN_REVIEW


def test_an_answer_given_on_another_device_counts(any_phone: Page, ask: Ask) -> None:
    issue = ask("ginger-cat.jpg")
    open_link(any_phone, issue)
    other = any_phone.context.new_page()
    open_link(other, issue)
    other.get_by_role("button", name="Keep this photo").click()
    other.get_by_role("dialog").get_by_role("button", name="Keep this photo").click()
    expect(other.get_by_text("Thank you, we keep this photo")).to_be_visible()

    any_phone.get_by_role("button", name="Write to us").click()
    any_phone.get_by_label("Your message").fill("Hello")
    any_phone.get_by_role("button", name="Send message").click()

    expect(any_phone.get_by_text("Thank you, we keep this photo")).to_be_visible()
    assert issue.response().kind is ResponseKind.KEPT


@pytest.mark.parametrize(
    "text",
    [
        "<img src=https://evil.example/a.png><h1>Pay here</h1><script>alert(1)</script>",
        "![](https://evil.example/a.png) # Pay here",
        "x" * 10_000,
        "\u202eereh yaP\u202c \u2066Pay\u2069",
    ],
    ids=["html", "markdown", "long", "directions"],
)
def test_what_somebody_wrote_stays_text(any_phone: Page, ask: Ask, text: str) -> None:
    outside: list[str] = []
    any_phone.on(
        "request",
        lambda request: outside.append(request.url) if "evil" in request.url else None,
    )
    issue = ask("ginger-cat.jpg", comment=text)
    with db.transaction() as session:
        order = session.get_one(Order, issue.placed.id)
        order.customer_name = text[:200]
        line = session.get_one(LineItem, issue.placed.line.id)
        line.title = text[:200]
    any_phone.goto(issue.link)

    expect(any_phone.get_by_role("blockquote")).to_have_text(text, timeout=20_000)

    expect(any_phone.get_by_role("heading", level=1)).to_have_text(
        f"Hello {text[:200].split()[0]},"
    )
    assert not outside
    assert_fits(any_phone)


def test_a_wrong_link_says_one_kind_sentence(any_phone: Page, served: Served) -> None:
    any_phone.goto(f"{served.url}/o/wrong")

    expect(any_phone.get_by_text("This link does not open anything any more.")).to_be_visible(
        timeout=20_000
    )
    # Nothing of an order, and nothing to answer.
    expect(any_phone.locator("img, input[type=file]")).to_have_count(0)
