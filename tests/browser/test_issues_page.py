"""The page of issues over a real shop: what is done in the grid is done in the database."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from core import db
from core.config import ROOT
from core.models import Message, Order, Origin, Photo, PhotoState, Upload
from tests.browser.axe import serious_violations
from tests.browser.conftest import SignIn
from tests.browser.grid import button, tile
from tests.cast import Cast
from tests.serving import Served
from tests.waiting import until

pytestmark = pytest.mark.browser

DANDELIONS = ROOT / "core/demo/photographs/dandelions.jpg"


@pytest.fixture
def photo(served: Served) -> tuple[int, str]:
    """One that waits for its customer, and the name of its order."""
    with db.transaction() as session:
        cast = Cast(session)
        order = cast.order()
        cast.reject(*order.photos, reasons=("dark", "blurry"))
        return order.photos[0].id, order.order.name


def stands(photo_id: int, is_so: Callable[[Photo], bool]) -> None:
    def look() -> bool:
        with db.transaction() as session:
            return is_so(session.get_one(Photo, photo_id))

    until(look, seconds=20)


def test_a_photo_is_taken_back_by_one_key(
    page: Page, sign_in: SignIn, photo: tuple[int, str]
) -> None:
    photo_id, order = photo
    page.goto("/issues")
    sign_in(page, "ada")
    tile(page, order).focus()

    page.keyboard.press("b")

    expect(tile(page, order)).to_have_count(0)
    stands(photo_id, lambda photo: photo.state is PhotoState.IN_REVIEW)


def test_a_photo_that_came_by_mail_is_attached(
    page: Page, sign_in: SignIn, photo: tuple[int, str]
) -> None:
    photo_id, order = photo
    page.on("filechooser", lambda chooser: chooser.set_files(DANDELIONS))
    page.goto("/issues")
    sign_in(page, "ada")
    page.get_by_placeholder("Order or e-mail").fill(order)
    page.keyboard.press("Enter")
    expect(page.get_by_text(re.compile(r"^1 here"))).to_be_visible()
    tile(page, order).focus()

    page.keyboard.press("t")

    expect(tile(page, order)).to_have_count(0)
    expect(page.get_by_text("No photo that waits fits this search.")).to_be_visible()
    stands(photo_id, lambda photo: photo.state is PhotoState.IN_REVIEW)
    with db.transaction() as session:
        upload = session.get_one(Upload, session.get_one(Photo, photo_id).upload_id)
        assert (upload.origin, upload.file_name) == (Origin.CUSTOMER, DANDELIONS.name)


def test_a_folder_is_opened_and_told_in_the_address(
    page: Page, sign_in: SignIn, photo: tuple[int, str]
) -> None:
    page.goto("/issues")
    sign_in(page, "ada")
    expect(tile(page, photo[1])).to_be_visible()

    page.get_by_role("radio", name=re.compile(r"Too dark · \d+$")).click()

    expect(page).to_have_url(re.compile(r"folder=\d+"))
    expect(tile(page, photo[1])).to_be_visible()
    page.reload()
    expect(page.get_by_role("radio", name=re.compile(r"Too dark"))).to_be_checked()
    expect(button(page, "Remind now")).to_be_visible()


def test_an_order_is_asked_about_gently_by_one_key(
    page: Page, sign_in: SignIn, photo: tuple[int, str]
) -> None:
    photo_id, order = photo
    page.goto("/issues")
    sign_in(page, "ada")
    tile(page, order).focus()

    page.keyboard.press("g")

    expect(tile(page, order)).to_contain_text("Gentle order")
    with db.transaction() as session:
        of_photo = select(Order.is_gentle).join(Photo, Photo.order_id == Order.id)
        assert session.scalars(of_photo.where(Photo.id == photo_id)).one()


def test_a_customer_out_of_reach_is_reached_at_another_address(
    page: Page, sign_in: SignIn, served: Served
) -> None:
    with db.transaction() as session:
        cast = Cast(session)
        lost = cast.order(email=None)
        cast.reject(*lost.photos)
    page.goto("/issues?folder=unreached")
    sign_in(page, "ada")
    expect(tile(page, lost.order.name)).to_contain_text("Could not reach")

    row = page.locator(f".st-key-lost_{lost.id}")
    row.get_by_role("button", name="Reach the customer").click()
    page.get_by_role("textbox", name="Mail goes to").fill("carla@example.org")
    assert serious_violations(page, "[data-testid='stPopoverBody']") == []
    page.get_by_role("button", name="Save and send").click()

    expect(tile(page, lost.order.name)).to_have_count(0)
    with db.transaction() as session:
        of_order = select(Message.to).where(Message.order_id == lost.id)
        assert session.scalars(of_order).all() == ["carla@example.org"]
