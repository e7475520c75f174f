"""What a page that is already open may still do, and what it tells when it breaks."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from core import db
from core.models import Role
from core.services import staff
from tests.serving import Served, serve
from tests.sockets import signed_in

pytestmark = pytest.mark.browser

SECRETS = ("secret_column", "hunter2", "/srv/loupe", "Traceback", "Error:", "page.py")


@pytest.fixture(scope="module")
def probe(team: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(tmp_path_factory.mktemp("probe"), app="tests.browser.probe.app:app") as served:
        yield served


@pytest.fixture
def opened(browser: Browser, probe: Served) -> Iterator[Page]:
    """The probe page, opened by Mia while she is a manager."""
    with db.transaction() as session:
        staff.change_role(session, staff.COMMAND_LINE, "mia", Role.MANAGER)
    context = browser.new_context(base_url=probe.url)
    context.add_cookies([{"name": "loupe_staff", "value": signed_in("mia"), "url": probe.url}])
    page = context.new_page()
    page.goto("/")
    yield page
    context.close()


@pytest.mark.parametrize("how", ["Click", "Callback", "Fragment"])
def test_a2_a_role_taken_away_counts_on_the_page_that_is_open(opened: Page, how: str) -> None:
    opened.get_by_role("button", name=how, exact=True).click()
    expect(opened.get_by_text(f"{how.lower()} done")).to_be_visible()

    with db.transaction() as session:
        staff.change_role(session, staff.COMMAND_LINE, "mia", Role.PROCESSOR)
    opened.get_by_role("button", name=how, exact=True).click()

    expect(opened.get_by_text(f"{how.lower()} done, {how.lower()} refused")).to_be_visible()


@pytest.mark.parametrize("how", ["Fail", "Fail in a callback"])
def test_s5_a_page_that_breaks_tells_nothing_about_us(opened: Page, how: str) -> None:
    opened.get_by_role("button", name=how, exact=True).click()

    expect(opened.get_by_text("Something went wrong on our side.")).to_be_visible()
    assert not any(secret in opened.content() for secret in SECRETS)


def test_s5_a_route_that_breaks_tells_nothing_about_us(probe: Served) -> None:
    with probe.client() as client:
        answer = client.get("/fail")

    assert (answer.status_code, answer.text) == (500, "Internal Server Error")
    assert "hunter2" in probe.log.read_text()  # where we find it
