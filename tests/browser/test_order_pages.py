"""Orders and what is printed of them, as staff find their way through."""

import re
import zipfile
from pathlib import Path

import pytest
from obstore.store import LocalStore
from playwright.sync_api import Browser, Page, expect

from core import db
from core.integrations.storage import Copy, Storage
from core.models import EventName, Hold, HoldState, Order, Upload, utc_now
from core.services import history
from tests.browser.axe import serious_violations
from tests.browser.conftest import SignIn, fill_in
from tests.browser.grid import tile
from tests.cast import Cast
from tests.made_pictures import saved
from tests.released import released
from tests.serving import PASSWORD, Served

pytestmark = pytest.mark.browser


@pytest.fixture
def printed(served: Served, tmp_path: Path) -> str:
    """The name of an order that may be printed, and comes first."""
    storage = Storage(LocalStore(served.data_dir / "pictures", mkdir=True))
    (tmp_path / "photo").write_bytes(saved("JPEG"))
    sha256 = storage.keep_original(tmp_path / "photo")
    storage.keep_derived(sha256, Copy.PRINT, tmp_path / "photo")
    with db.transaction() as session:
        cast = Cast(session)
        placed = released(cast, photos=2)
        for photo in placed.photos:
            session.get_one(Upload, photo.upload_id).sha256 = sha256
        placed.order.refusal = "refused: " + "long" * 200
        session.add(
            Hold(
                order_id=placed.id,
                fulfillment_order_id="gid://shopify/FulfillmentOrder/1",
                shopify_id="1",
                state=HoldState.RELEASED,
            )
        )
        return placed.order.name


def test_an_order_is_opened_from_the_list_and_left_again(
    page: Page, sign_in: SignIn, printed: str
) -> None:
    page.goto("/orders")
    sign_in(page, "mia")

    page.get_by_role("button", name=printed, exact=True).click()
    expect(page.get_by_role("heading", name=printed, level=1)).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?order=\d+$"))
    expect(page.get_by_text("Released in Shopify: the order may ship")).to_be_visible()
    assert serious_violations(page, "body") == []

    page.get_by_role("button", name="All orders").click()
    expect(page.get_by_role("heading", name="Orders", level=1)).to_be_visible()


def test_what_happens_to_an_open_order_is_shown_by_itself(
    page: Page, sign_in: SignIn, printed: str
) -> None:
    page.goto("/orders")
    sign_in(page, "mia")
    page.get_by_role("button", name=printed, exact=True).click()
    expect(page.get_by_role("heading", name="What has happened")).to_be_visible()

    with db.transaction() as session:
        order = session.query(Order).filter_by(name=printed).one()
        history.record(session, EventName.ORDER_DELETED, shop_id=order.shop_id, order_id=order.id)
        order.deleted_at = utc_now()

    expect(page.get_by_text("nothing of it is there any more")).to_be_visible()


def test_an_order_fits_on_a_phone(browser: Browser, served: Served, printed: str) -> None:
    with db.transaction() as session:
        order_id = session.query(Order.id).filter_by(name=printed).scalar()
    context = browser.new_context(base_url=served.url, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(f"/orders?order={order_id}")
    fill_in(page, "mia", PASSWORD)
    expect(page.get_by_role("heading", name="What has happened")).to_be_visible()

    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360

    page.goto("/ready")
    row = page.locator(".ready-row", has_text=printed)
    expect(row.get_by_role("link", name=printed)).to_be_visible()
    box = row.bounding_box()
    assert box
    assert box["width"] < 360
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    context.close()


def test_an_order_leads_to_its_photo_in_the_grid_and_back(page: Page, sign_in: SignIn) -> None:
    with db.transaction() as session:
        cast = Cast(session)
        cast.order()
        placed = cast.order()
        name = placed.order.name
    page.goto(f"/orders?order={placed.id}")
    sign_in(page, "bob")

    page.get_by_role("button", name="Image approval").click()
    expect(page.get_by_role("heading", name="Image approval", level=1)).to_be_visible()
    expect(page.get_by_placeholder("Order or e-mail")).to_have_value(name)
    expect(tile(page, name)).to_be_visible()
    expect(page.get_by_role("checkbox", name=re.compile("^Select #"))).to_have_count(1)

    tile(page, name).get_by_role("link", name=f"Order {name}").click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def test_what_is_chosen_is_downloaded_and_leaves_the_page_once_it_is_marked(
    page: Page, sign_in: SignIn, printed: str
) -> None:
    page.goto("/ready")
    sign_in(page, "ada")
    name = f"Order {printed.removeprefix('#')}"
    order = page.get_by_role("checkbox", name=name, exact=True)
    page.locator("label", has=order).click()
    expect(order).to_be_checked()
    assert serious_violations(page, "body") == []

    with page.expect_download() as download:
        page.get_by_role("link", name="Download 1 order, 2 photos").click()
    with zipfile.ZipFile(download.value.path()) as found:
        assert found.testzip() is None
        assert len(found.namelist()) == 5
    expect(page.get_by_role("heading", name="Ready to print", level=1)).to_be_visible()

    page.get_by_role("button", name="Mark as handed over").click()
    page.get_by_test_id("stPopoverBody").get_by_role("button", name="Mark as handed over").click()
    expect(page.get_by_text("Handed over: 1 order")).to_be_visible()
    expect(order).to_have_count(0)


def test_a_photo_replaced_in_shopify_is_marked_in_the_grid_and_kept_on_its_order(
    page: Page, sign_in: SignIn, served: Served
) -> None:
    with db.transaction() as session:
        placed = Cast(session).order()
        placed.photos[0].changed_url = "https://cdn.shopify.com/new.jpg"
        name = placed.order.name
    page.goto("/")
    sign_in(page, "ada")
    expect(tile(page, name).get_by_text("New photo on order")).to_be_visible()

    tile(page, name).get_by_role("link", name=f"Order {name}").click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    expect(page.get_by_text("The photo on the order has changed.")).to_be_visible()
    assert serious_violations(page, "body") == []
    page.get_by_role("button", name="Keep this one").click()
    expect(page.get_by_text("This one is kept.")).to_be_visible()

    page.go_back()
    expect(tile(page, name)).to_be_visible()
    expect(tile(page, name).get_by_text("New photo on order")).to_have_count(0)
