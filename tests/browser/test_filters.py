"""The controls above the grid, as a person uses them."""

import re

import pytest
from playwright.sync_api import Page, expect

from core import db
from core.findings.finding import Kind, Level
from core.models import UploadFinding
from tests.browser.axe import serious_violations
from tests.browser.conftest import SignIn
from tests.cast import Cast
from tests.core.services.test_products import sold, variant_of
from tests.serving import Served

pytestmark = pytest.mark.browser

TILE = re.compile(r"^#\d+")


@pytest.fixture(scope="module")
def work(served: Served) -> None:
    """Ada has three photos, one of them soft and for a mug; nobody has a fourth."""
    with db.transaction() as session:
        cast = Cast(session)
        mug, _, _ = cast.order(), cast.order(), cast.order()
        mug.line.variant_id = variant_of(session, cast, sold("White")).id
        session.add(
            UploadFinding(
                upload_id=mug.photos[0].upload_id, kind=Kind.SOFT, level=Level.LOOK, score=0.6
            )
        )
        mug.photos[0].flag_rank = 1
        cast.order().order.assignee_id = None


def choose(page: Page, finding: str) -> None:
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_role("radio", name=finding).click()


def test_a_filter_is_chosen_told_in_the_address_and_cleared(
    page: Page, sign_in: SignIn, work: None
) -> None:
    page.goto("/")
    sign_in(page, "ada")
    expect(page.get_by_text("Mine 3 · Everybody's 4 · Unassigned 1")).to_be_visible()

    choose(page, "Blurred")

    expect(page.get_by_text("Any finding 1 · Blurred 1")).to_be_visible()
    expect(page.get_by_text("Mine 1 · Everybody's 1 · Unassigned 0")).to_be_visible()
    expect(page).to_have_url(re.compile(r"finding=Blurred"))
    expect(page.get_by_role("group", name=TILE)).to_have_count(1)

    page.keyboard.press("Escape")
    page.get_by_test_id("stMain").get_by_role("button", name="Blurred").click()

    expect(page.get_by_role("group", name=TILE)).to_have_count(3)
    expect(page).not_to_have_url(re.compile("finding"))


def test_the_choices_fit_a_phone_and_are_read_by_everybody(
    page: Page, sign_in: SignIn, work: None
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto("/")
    sign_in(page, "ada")

    choose(page, "Blurred")
    expect(page.get_by_text("Any finding 1 · Blurred 1")).to_be_visible()
    page.mouse.move(0, 0)  # under it, Streamlit's own tint is too strong
    page.evaluate("Promise.allSettled(document.getAnimations().map((each) => each.finished))")

    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    assert serious_violations(page, "body") == []
