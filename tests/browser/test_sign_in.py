"""Staff sign in with a browser, and arrive where they wanted to be."""

import pytest
from playwright.sync_api import Browser, Page, expect

from core import db
from core.models import Order
from core.services import links
from tests.browser.conftest import SignIn, fill_in
from tests.cast import Cast
from tests.serving import Served

pytestmark = pytest.mark.browser


def test_a_processor_signs_in_and_out(page: Page, sign_in: SignIn) -> None:
    page.goto("/")
    sign_in(page, "ada")

    expect(page.get_by_role("heading", name="Image approval")).to_be_visible()
    expect(page.get_by_text("Ada Adler · Processor")).to_be_visible()
    expect(page.get_by_role("link", name="Statistics")).to_have_count(0)

    page.get_by_role("button", name="Sign out").click()

    expect(page.get_by_label("Username")).to_be_visible()
    assert "loupe_staff" not in {cookie["name"] for cookie in page.context.cookies()}


def test_a_page_asked_for_opens_after_signing_in(page: Page, sign_in: SignIn) -> None:
    page.goto("/statistics?days=7")
    sign_in(page, "mia")

    expect(page.get_by_role("heading", name="Statistics", level=1)).to_be_visible()
    assert page.url.endswith("/statistics?days=7")


def test_a_processor_does_not_reach_the_managers_page(page: Page, sign_in: SignIn) -> None:
    page.goto("/statistics")
    sign_in(page, "ada")

    expect(page.get_by_text("This page is for managers.")).to_be_visible()
    expect(page.get_by_role("heading", name="Statistics", level=1)).to_have_count(0)


def test_the_sign_in_form_does_not_come_back_after_signing_in(page: Page, sign_in: SignIn) -> None:
    page.add_init_script(
        """new MutationObserver(() => {
            const seen = JSON.parse(sessionStorage.getItem("seen") || "[]");
            const now = document.querySelector("input[type=password]") ? "form"
                : document.querySelector("[data-testid=stSidebar]") ? "menu" : "nothing";
            if (seen.at(-1) !== now) sessionStorage.setItem("seen", JSON.stringify([...seen, now]));
        }).observe(document, {subtree: true, childList: true})"""
    )
    page.goto("/")
    sign_in(page, "ada")
    page.reload()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()

    seen = page.evaluate("JSON.parse(sessionStorage.getItem('seen'))")
    assert "menu" in seen
    assert seen.count("form") == 1


def test_no_page_asks_anybody_else_for_anything(page: Page, sign_in: SignIn) -> None:
    blocked: list[str] = []
    page.on("console", lambda message: blocked.append(message.text))
    page.goto("/")
    sign_in(page, "mia")
    for name in ("Image issues", "Statistics", "Mail"):
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()

    assert [text for text in blocked if "Content Security Policy" in text] == []


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_signing_in_works_under_each_local_name(
    browser: Browser, served: Served, sign_in: SignIn, host: str
) -> None:
    context = browser.new_context(base_url=f"http://{host}:{served.port}")
    page = context.new_page()
    page.goto("/issues")
    sign_in(page, "bob")

    expect(page.get_by_role("heading", name="Image issues", level=1)).to_be_visible()
    context.close()


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("ada", "wrong password"),
        ("nobody", "correct horse"),
        ("ada", "correct horse" + "x" * 60),  # bcrypt takes 72 bytes
        ("ada\0", "correct horse"),  # Postgres takes no NUL
    ],
)
def test_a_wrong_name_or_password_is_told_in_the_same_words(
    page: Page, username: str, password: str
) -> None:
    page.goto("/")
    fill_in(page, username, password)

    expect(page.get_by_text("Username or password is not right.")).to_be_visible()
    assert not any("loupe" in cookie["name"] for cookie in page.context.cookies())


def test_a_customer_arrives_by_the_link_and_sees_no_menu(page: Page, issue: Order) -> None:
    page.goto(f"/o/{links.order_token(issue)}")

    page.wait_for_url(f"/my_photos?order={issue.id}")
    expect(page.get_by_text(issue.name)).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
    expect(page.get_by_test_id("stSidebar")).to_have_count(0)


def test_a_customer_without_a_link_gets_one_kind_sentence(page: Page, issue: Order) -> None:
    page.goto(f"/my_photos?order={issue.id}")

    expect(page.get_by_test_id("stMain").get_by_test_id("stText")).to_have_count(1)
    expect(page.get_by_text(issue.name)).to_have_count(0)


@pytest.fixture
def issue(served: Served) -> Order:
    """An order whose customer has to answer."""
    with db.transaction() as session:
        cast = Cast(session)
        order = cast.order()
        cast.reject(*order.photos)
        return order.order
