from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.clients import Clients, give_to_pages
from core.demo.records import PHOTOS, Attribute, Order
from core.demo.shop import DemoShop
from core.models import Event, EventName, utc_now
from core.sealing import seal
from tests.cast import Cast
from tests.core.demo.serving import serving
from tests.loop import order as demo_order
from tests.pages.conftest import Hold
from tests.pages.staff_page import open_page, sign_in, words

NOT_ALLOWED = "You do not have permission to do this."
UPLOAD = "https://uploads.example/u/dog.jpg"


@pytest.fixture
def demo_shop(tmp_path: Path) -> Iterator[DemoShop]:
    """A shop that pages can ask, with nothing in it."""
    with closing(DemoShop(tmp_path, {})) as shop, serving(shop, faults=False) as address:
        give_to_pages(Clients(demo_shop=address))
        yield shop
        give_to_pages(Clients())


@pytest.fixture
def mia(cast: Cast, session: Session, demo_shop: DemoShop, hold_cookie: Hold) -> Cast:
    """The cast, with Mia signed in and the shop connected."""
    cast.shop.access_token = seal(demo_shop.issue_token())
    session.flush()
    sign_in(session, hold_cookie, cast.mia)
    return cast


def place(shop: DemoShop, *properties: tuple[str, str | None]) -> Order:
    """An order of one line with these properties."""
    order = demo_order(1000 + shop.next_number, [("MUG", "")])
    order.lines[0].attributes = [Attribute(key=key, value=value) for key, value in properties]
    shop.save([order])
    return order


def find(order: Order, text: str | None = None) -> AppTest:
    return open_page("find", find=order.name if text is None else text)


def keys(page: AppTest) -> list[str]:
    return [button.key for button in page.button if button.key]


def test_before_an_order_is_named_the_page_says_what_it_is_for(mia: Cast) -> None:
    page = open_page("find")

    assert "Paste an order's number" in words(page)
    assert "Your rules" in [header.value for header in page.header]


def test_without_a_shop_there_is_nothing_to_ask(mia: Cast, session: Session) -> None:
    mia.shop.disconnected_at = utc_now()
    session.flush()

    assert "No shop is connected." in words(open_page("find"))


def test_each_property_says_what_was_found_and_why(mia: Cast, demo_shop: DemoShop) -> None:
    order = place(
        demo_shop,
        ("Your photo", f"{PHOTOS}dog.jpg"),
        ("_preview", "https://cdn.shopify.com/p.png"),
        ("Engraving", "For Carl"),
        ("Motif", "https://www.instagram.com/p/abc"),
        ("Spare", UPLOAD),
        ("Old", "http://cdn.shopify.com/a.jpg"),
    )

    page = words(find(order))

    for said in (
        "Photo</span> The value is the address of a picture on 127.0.0.1",
        "Its name says that it is a preview",
        "Text</span> There is no address in it.",
        "www.instagram.com shows pages, not files.",
        "Host not trusted yet</span> The value is the address of a picture on uploads.example.",
        "Refused</span> Only addresses that begin with https:// are followed.",
    ):
        assert said in page


@pytest.mark.parametrize(
    "text",
    [
        "{number}",
        " #{number} ",
        "https://admin.shopify.com/store/{store}/orders/{id}?tab=1",
        "https://{store}.myshopify.com/admin/orders/{id}",
        "gid://shopify/Order/{id}",
    ],
)
def test_an_order_may_be_named_in_many_ways(mia: Cast, demo_shop: DemoShop, text: str) -> None:
    order = place(demo_shop, ("Engraving", "For Carl"))

    store = mia.shop.domain.removesuffix(".myshopify.com")
    page = find(order, text.format(number=order.number, id=order.id, store=store))

    assert [each.value for each in page.subheader] == [f"\\{order.name}"]
    assert "For Carl" in words(page)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("https://admin.shopify.com/store/other-shop/orders/{id}", "That address is of another"),
        ("no such order", "That is no order number."),
        ('"; DROP', "That is no order number."),
        ("#", "That is no order number."),
    ],
)
def test_what_names_no_order_of_the_shop_is_not_asked_for(
    mia: Cast, demo_shop: DemoShop, text: str, said: str
) -> None:
    order = place(demo_shop, ("Engraving", "For Carl"))

    page = find(order, text.format(id=order.id))

    assert page.warning[0].value.startswith(said)
    assert "For Carl" not in words(page)


def test_an_order_that_loupe_has_leads_to_its_page(mia: Cast, demo_shop: DemoShop) -> None:
    order = place(demo_shop, ("Engraving", "For Carl"))
    assert "Open the order's page" not in words(find(order))
    known = mia.order().order
    known.name = order.name
    mia.session.flush()

    assert f"<a class='plain' href='/orders?order={known.id}'>" in words(
        find(order, f" {order.name}")
    )


@pytest.mark.parametrize("text", ["#999999", "gid://shopify/Order/1"])
def test_what_shopify_does_not_show_is_said(mia: Cast, demo_shop: DemoShop, text: str) -> None:
    order = place(demo_shop, ("Engraving", "For Carl"))

    page = find(order, text)

    assert page.warning[0].value.startswith("Shopify shows no such order of this shop.")


def test_an_order_that_was_deleted_or_forgotten_says_so(
    mia: Cast, session: Session, demo_shop: DemoShop
) -> None:
    deleted, forgotten = mia.order(), mia.order()
    deleted.order.deleted_at = forgotten.order.erased_at = utc_now()
    session.flush()

    assert "This order was deleted in Shopify." in words(open_page("find", find=deleted.order.name))
    assert "forgotten this order's customer" in words(open_page("find", find=forgotten.order.name))


def test_a_shop_that_does_not_answer_is_no_fault_of_the_page(mia: Cast) -> None:
    give_to_pages(Clients())

    page = open_page("find", find="#1001")

    assert page.error[0].value == "The demo shop is not running."


def test_what_a_stranger_wrote_stays_text(mia: Cast, demo_shop: DemoShop) -> None:
    order = place(
        demo_shop,
        ("<img src=x onerror=alert(1)>", "<script>alert(1)</script> [a](javascript:alert(1))"),
        ("Photo", "https://cdn.shopify.com@evil.example/a.jpg"),
        ("Photo\u202egpj", "a\u202eb\x07" + "long " * 3000),
        ("**bold** :material/home: $x$", UPLOAD),
        ("", None),
    )

    page = find(order)

    html = [element.proto.body for element in page.get("html")]
    assert not any("<script" in body or "<img" in body or "<a " in body for body in html)
    assert "\u202e" not in words(page)
    assert "\x07" not in words(page)
    assert max(map(len, html)) < 2000
    assert "Refused</span> The address has a user" in words(page)
    assert not any("evil" in key for key in keys(page))


def test_a_property_is_never_taken_from_now_on_and_may_be_again(
    mia: Cast, session: Session, demo_shop: DemoShop
) -> None:
    order = place(demo_shop, ("Your photo", f"{PHOTOS}dog.jpg"))
    page = find(order)

    page.button(key="_ignore_0_0").click().run()

    session.refresh(mia.shop)
    assert mia.shop.ignored_properties == ["Your photo"]
    assert "Ignored by your rule" in words(page)
    assert mia.jobs("sync_order") == [
        {"shop_id": mia.shop.id, "order": f"gid://shopify/Order/{order.id}"}
    ]
    assert len(mia.jobs("refresh_orders")) == 1

    page.button(key="_forget_0_0").click().run()

    session.refresh(mia.shop)
    assert mia.shop.ignored_properties == []
    assert "_ignore_0_0" in keys(page)


def test_it_is_said_first_how_much_hangs_on_a_rule(
    mia: Cast, session: Session, demo_shop: DemoShop
) -> None:
    approved, rejected, waiting, shipped = (mia.order(photos=2) for _ in range(4))
    mia.approve(*approved.photos)
    mia.reject(*rejected.photos)
    shipped.order.is_fulfilled = True
    for number, photo in enumerate([*approved.photos, *rejected.photos, *waiting.photos]):
        photo.source, photo.ordinal = ("line:Your photo", "line:_your_photo")[number % 2], number
    session.flush()

    page = words(find(place(demo_shop, ("Your photo", f"{PHOTOS}dog.jpg"))))

    assert (
        "This concerns 6 open photos on 3 orders, 2 of them approved, 2 of them rejected. "
        "What is decided stays as it is" in page
    )


def test_a_property_is_always_taken_from_now_on(
    mia: Cast, session: Session, demo_shop: DemoShop
) -> None:
    order = place(demo_shop, ("_design", "https://studio.example/d/summer"))
    page = find(order)
    assert "Not a picture" in words(page)

    page.button(key="_take_0_0").click().run()

    session.refresh(mia.shop)
    assert mia.shop.taken_properties == ["_design"]
    assert "Your rule takes whatever stands here." in words(page)
    assert "Host not trusted yet" in words(page)


def test_a_host_is_trusted_from_here_and_distrusted_again(
    mia: Cast, session: Session, demo_shop: DemoShop
) -> None:
    page = find(place(demo_shop, ("Photo", UPLOAD)))

    page.button(key="trust_0_0_0").click().run()

    session.refresh(mia.shop)
    assert mia.shop.trusted_hosts == ["uploads.example"]
    assert "Host not trusted yet" not in words(page)

    page.button(key=f"remove_hosts_{mia.shop.id}_0").click().run()

    session.refresh(mia.shop)
    assert mia.shop.trusted_hosts == []
    names = session.scalars(select(Event.name).where(Event.shop_id == mia.shop.id)).all()
    assert {EventName.HOST_TRUSTED, EventName.HOST_DISTRUSTED} <= set(names)


def test_rules_are_written_by_hand_and_removed(mia: Cast, session: Session) -> None:
    page = open_page("find")
    page.text_input(key=f"rule_name_{mia.shop.id}").set_value("Vorschau *1*")
    page.selectbox(key=f"rule_kind_{mia.shop.id}").set_value("Never take").run()
    assert "No photo of an open order is known from this property" in words(page)
    page.button(key="add").click().run()
    session.refresh(mia.shop)
    assert mia.shop.ignored_properties == ["Vorschau *1*"]
    assert "Write the property's name first." in words(page)
    assert "add" not in keys(page)

    page.button(key=f"remove_ignored_{mia.shop.id}_0").click().run()

    session.refresh(mia.shop)
    assert mia.shop.ignored_properties == []


@pytest.mark.parametrize("button", ["_ignore_0_0", "trust_0_1_0", "remove_taken", "add"])
def test_no_action_is_open_to_a_processor(
    mia: Cast, session: Session, demo_shop: DemoShop, hold_cookie: Hold, button: str
) -> None:
    mia.shop.taken_properties = ["Design"]
    session.flush()
    page = find(place(demo_shop, ("Photo", f"{PHOTOS}dog.jpg"), ("Spare", UPLOAD)))
    page.text_input(key=f"rule_name_{mia.shop.id}").set_value("Photo").run()
    sign_in(session, hold_cookie, mia.ada)

    key = f"{button}_{mia.shop.id}_0" if button == "remove_taken" else button
    page.button(key=key).click().run()

    assert page.toast[0].value == NOT_ALLOWED
    assert page.error[0].value == NOT_ALLOWED
    session.refresh(mia.shop)
    assert mia.shop.taken_properties == ["Design"]
    assert mia.shop.ignored_properties == mia.shop.trusted_hosts == []


def test_neither_a_stranger_nor_a_processor_sees_the_page(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    stranger = open_page("find", find="#1001")
    sign_in(session, hold_cookie, cast.ada)
    processor = open_page("find", find="#1001")

    for page in (stranger, processor):
        assert page.error[0].value == NOT_ALLOWED
        assert not page.text_input


def test_the_answer_is_asked_for_once(mia: Cast, demo_shop: DemoShop) -> None:
    order = place(demo_shop, ("Engraving", "For Carl"))
    page = find(order)
    demo_shop.delete(order)

    again = words(page.run())
    page.button[0].click().run()

    assert "For Carl" in again
    assert "Shopify shows no such order" in words(page)
