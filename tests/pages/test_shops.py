from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.findings.print_sizes import LengthUnit
from core.integrations.shopify.client import REQUIRED_SCOPES
from core.models import Shop, ShopMode, Staff, SyncRun, utc_now
from core.queries import shops
from core.services import connections
from tests.cast import Cast
from tests.pages.conftest import Hold
from tests.pages.staff_page import open_page, sign_in, words


@pytest.fixture
def real(session: Session, hold_cookie: Hold) -> Cast:
    """A real shop that is watched, and Mia, signed in."""
    cast = Cast(session, is_demo=False)
    cast.shop.mode, cast.shop.live_from = ShopMode.WATCH, None
    cast.shop.granted_scopes = list(REQUIRED_SCOPES)
    cast.shop.checked_at = utc_now()
    session.add(SyncRun(shop_id=cast.shop.id, finished_at=utc_now() - timedelta(minutes=3)))
    session.flush()
    sign_in(session, hold_cookie, cast.mia)
    return cast


def mode(cast: Cast) -> ShopMode:
    cast.session.refresh(cast.shop)
    return cast.shop.mode


def test_without_a_shop_the_page_says_what_to_click_in_shopify(real: Cast) -> None:
    # Mia stays without her shop: there is no other way to be asked for one.
    connections.disconnect(real.session, real.shop.id, manager=real.mia)
    real.session.flush()

    page = words(open_page("shops"))

    assert "Open the Dev Dashboard at dev.shopify.com" in page
    assert ",".join(REQUIRED_SCOPES) in page


def test_a_processor_is_stopped(real: Cast, hold_cookie: Hold) -> None:
    sign_in(real.session, hold_cookie, real.ada)

    page = words(open_page("shops"))

    assert "You do not have permission to do this." in page
    assert real.shop.domain not in page


def test_a_shop_says_how_it_is_doing(real: Cast) -> None:
    page = open_page("shops")

    assert "Up to date 3 min ago · Shopify tells nothing by itself" in words(page)
    assert "Not permitted" not in words(page)


def test_what_is_wrong_is_said_in_plain_words(real: Cast) -> None:
    real.shop.granted_scopes = [scope for scope in REQUIRED_SCOPES if scope != "write_orders"]
    real.shop.served_version = "2027-01"
    connections.check_failed(real.session, real.shop.id, "unauthorized")

    page = open_page("shops")

    assert "Shopify refused the app's credentials" in words(page)
    assert "Not permitted yet: Put tags and Loupe's note on orders (write_orders)" in words(page)
    assert "answers with version 2027-01" in words(page)
    assert page.button(key=f"check_{real.shop.id}").label == "Check the connection"


def test_the_connection_is_checked_on_demand(real: Cast) -> None:
    page = open_page("shops")

    page.button(key=f"check_{real.shop.id}").click().run()

    assert real.jobs("check_connection") == [{"shop_id": real.shop.id}]
    assert page.button(key=f"check_{real.shop.id}").disabled


def test_going_live_is_told_before_it_is_done(real: Cast) -> None:
    older, newer = real.order(), real.order()
    older.order.placed_at = utc_now() - timedelta(days=3)
    real.session.flush()
    page = open_page("shops")
    assert "Holds 0 orders, mails nobody." in words(page)

    page.selectbox(key=f"first_{real.shop.id}").set_value(older.id).run()
    assert "Holds 2 orders, mails nobody." in words(page)
    page.button(key=f"go_live_{real.shop.id}").click().run()

    assert mode(real) is ShopMode.LIVE
    assert {job["order_id"] for job in real.jobs("tell_shopify")} == {older.id, newer.id}
    (badge,) = [each.value for each in page.markdown if "Live since" in each.value]
    assert older.order.name[1:] in badge


def test_without_the_permissions_nobody_goes_live(real: Cast) -> None:
    real.shop.granted_scopes = []
    real.session.flush()
    page = open_page("shops")

    page.button(key=f"go_live_{real.shop.id}").click().run()

    assert mode(real) is ShopMode.WATCH
    assert "Shopify does not let the app do all of this yet" in page.toast[0].value


def test_a_live_shop_can_be_watched_and_disconnected(real: Cast) -> None:
    connections.go_live(real.session, real.shop.id, None, manager=real.mia)
    real.session.flush()
    page = open_page("shops")

    page.button(key=f"watch_{real.shop.id}").click().run()
    assert mode(real) is ShopMode.WATCH
    page.button(key=f"disconnect_{real.shop.id}").click().run()

    real.session.refresh(real.shop)
    assert real.shop.disconnected_at is not None
    assert "What was decided is kept." in words(page)


def test_holds_tags_and_metafield_are_switched(real: Cast) -> None:
    page = open_page("shops")

    for name in ("places_holds", "sets_tags", "sets_metafield"):
        page.toggle(key=f"{name}_{real.shop.id}").set_value(False).run()

    real.session.refresh(real.shop)
    assert not any((real.shop.places_holds, real.shop.sets_tags, real.shop.sets_metafield))
    assert "Holds are switched off" in "".join(each.value for each in page.warning)


@pytest.mark.parametrize("is_on", [True, False])
def test_a_live_shop_warns_only_while_it_holds_nothing(real: Cast, is_on: bool) -> None:
    real.shop.places_holds = is_on
    real.shop.mode, real.shop.live_from = ShopMode.LIVE, utc_now()
    real.session.flush()

    warnings = "".join(each.value for each in open_page("shops").warning)

    assert ("orders may ship before" in warnings) is not is_on


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"domain": "www.paws.example"}, "This is not a shop's address at Shopify"),
        ({"domain": "paws"}, "Paste the app's client ID and client secret"),
        ({"domain": "paws", "client_id": "id"}, "Paste the app's client ID and client secret"),
    ],
)
def test_what_cannot_be_a_connection_is_refused_unasked(
    real: Cast, fields: dict[str, str], refusal: str
) -> None:
    page = open_page("shops")
    for name, value in fields.items():
        page.text_input(key=f"connect_{name}").set_value(value)

    next(each for each in page.button if each.label == "Check and connect").click().run()

    assert refusal in "".join(each.value for each in page.error)
    assert page.text_input(key="connect_domain").value == fields["domain"]
    assert real.session.scalars(select(Shop)).all() == [real.shop]


def test_the_demos_people_are_told_to_make_an_account(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    session.get_one(Staff, cast.mia.id).is_demo = True
    sign_in(session, hold_cookie, cast.mia)

    page = open_page("shops")

    assert "This is the demo shop" in words(page)
    assert "sign in with an account of your own" in words(page)
    assert "python -m core staff add" in words(page)
    assert "Open the Dev Dashboard" in words(page)
    assert not page.text_input


def test_the_demos_people_connect_nothing_by_a_page_that_was_open(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    sign_in(session, hold_cookie, cast.mia)
    page = open_page("shops")
    session.get_one(Staff, cast.mia.id).is_demo = True
    session.flush()
    for name in ("domain", "client_id", "client_secret"):
        page.text_input(key=f"connect_{name}").set_value("paws")

    next(each for each in page.button if each.label == "Check and connect").click().run()

    assert session.scalars(select(Shop)).all() == [cast.shop]
    assert not page.text_input


def test_other_peoples_words_are_not_read_as_markup(real: Cast) -> None:
    real.shop.name = "<b>Paws</b> **bold**"
    real.session.flush()

    page = open_page("shops")

    assert "&lt;b&gt;Paws&lt;/b&gt;" in words(page)
    button = page.button(key=f"disconnect_{real.shop.id}")
    assert button.label == r"Disconnect \<b\>Paws\<\/b\> \*\*bold\*\*"


def test_the_page_reads_as_often_for_many_shops_as_for_one(
    real: Cast, session: Session, queries: list[str]
) -> None:
    session.flush()
    queries.clear()
    shops.standings(session)
    with_one = len(queries)
    for _ in range(5):
        Cast(session, is_demo=False)
    session.flush()
    queries.clear()

    shops.standings(session)

    assert len(queries) == with_one


def test_a_new_shop_is_asked_for_the_unit_of_its_sizes_once(real: Cast) -> None:
    real.shop.length_unit = None
    real.session.flush()
    page = open_page("shops")

    page.segmented_control(key=f"unit_of_{real.shop.id}").set_value(LengthUnit.INCH).run()

    real.session.refresh(real.shop)
    assert real.shop.length_unit is LengthUnit.INCH
    assert not page.get("button_group")
