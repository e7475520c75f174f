"""The page of issues over a real shop: what is done in the grid is done in the database."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from core import db
from core.config import ROOT
from core.models import Origin, Photo, PhotoState, Upload
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
