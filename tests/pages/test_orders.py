from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from core.models import (
    FulfillmentOrder,
    Hold,
    HoldState,
    LineItem,
    Order,
    OrderNoteKind,
    PhotoState,
    WithdrawnBecause,
    utc_now,
)
from core.services import hand_overs
from tests.cast import Cast, CastOrder
from tests.pages.conftest import Hold as HoldCookie
from tests.pages.staff_page import open_page, sign_in, words
from tests.released import as_seen, released, states


def opened(placed: CastOrder) -> dict[str, str]:
    return {"order": str(placed.id)}


def test_an_order_is_found_and_opened(
    cast: Cast, session: Session, hold_cookie: HoldCookie
) -> None:
    placed, other = cast.order(), cast.order(email="dora@example.org")
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("orders")
    page.text_input[0].set_value("dora@").run()
    keys = [button.key for button in page.button]
    assert f"open_{other.id}" in keys
    assert f"open_{placed.id}" not in keys

    page.button(key=f"open_{other.id}").click().run()

    assert page.title[0].value == f"\\{other.order.name}"
    assert "dora@example.org" in words(page)

    page.button[0].click().run()
    assert page.title[0].value == "Orders"
    assert page.text_input[0].value == "dora@"
    assert f"open_{placed.id}" not in [button.key for button in page.button]


def test_a_search_without_a_find_says_so(
    cast: Cast, session: Session, hold_cookie: HoldCookie
) -> None:
    cast.order()
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("orders")

    page.text_input[0].set_value("#9999").run()

    assert "No order fits this search." in words(page)


def test_pages_are_turned_and_a_search_begins_at_the_first(
    cast: Cast, session: Session, hold_cookie: HoldCookie
) -> None:
    oldest = cast.order()
    for _ in range(25):
        cast.order()
    oldest.order.placed_at = utc_now().replace(year=2020)
    session.flush()
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("orders")
    assert "1 to 25" in words(page)

    page.button[-1].click().run()
    assert "26 to 26" in words(page)
    assert next(button.label for button in page.button) == f"\\{oldest.order.name}"

    page.text_input[0].set_value("carl@").run()
    assert "1 to 25" in words(page)


@pytest.mark.parametrize("asked", ["9" * 5000, "9" * 18, "-1", "٣", "abc"])
def test_an_address_of_no_order_says_so(
    cast: Cast, session: Session, hold_cookie: HoldCookie, asked: str
) -> None:
    sign_in(session, hold_cookie, cast.ada)

    assert "There is no such order." in words(open_page("orders", order=asked))


def test_an_order_shows_its_photos_its_mail_and_what_has_happened(
    cast: Cast, session: Session, hold_cookie: HoldCookie
) -> None:
    placed = cast.order(photos=2)
    cast.reject(placed.photos[0], reasons=("dark",), comment="By daylight?")
    sign_in(session, hold_cookie, cast.bob)

    page = words(open_page("orders", **opened(placed)))

    assert "Photo 1 · Waiting for the customer" in page
    assert "Photo 2 · In approval" in page
    assert "rejected photo 1: Too dark" in page
    assert "By daylight?" in page
    assert "No mail to this customer yet." in page


def test_what_customers_wrote_is_never_markup(
    cast: Cast, session: Session, hold_cookie: HoldCookie
) -> None:
    placed = cast.order()
    hostile = "<img src=x onerror=alert(1)>"
    placed.order.customer_name = placed.order.email = placed.order.note = hostile
    placed.order.refusal = placed.line.title = hostile
    cast.reject(*placed.photos, comment=hostile)
    sign_in(session, hold_cookie, cast.ada)

    for page in (open_page("orders"), open_page("orders", **opened(placed))):
        html = "".join(element.proto.body for element in page.get("html"))
        assert "<img src=x" not in html
        assert "&lt;img src=x" in html


def test_a_deleted_order_says_so_and_shows_nothing_of_shopify(
    cast: Cast, session: Session, hold_cookie: HoldCookie
) -> None:
    placed = cast.order()
    order, photo = placed.order, placed.photos[0]
    order.deleted_at, order.financial_status, order.refusal = utc_now(), "PAID", "locked"
    photo.state, photo.withdrawn_because = PhotoState.WITHDRAWN, WithdrawnBecause.CANCELLED
    session.flush()
    sign_in(session, hold_cookie, cast.ada)

    page = words(open_page("orders", **opened(placed)))

    assert "Photo 1 · Not printed: the order was deleted in Shopify" in page
    assert "nothing of it is there any more" in page
    assert "Paid" not in page
    assert "locked" not in page


def test_a_photo_to_check_says_why_and_leads_there(
    cast: Cast, session: Session, hold_cookie: HoldCookie
) -> None:
    placed = cast.order()
    photo = placed.photos[0]
    photo.state, photo.check_code, photo.upload_id = PhotoState.TO_CHECK, "not_found", None
    session.flush()
    sign_in(session, hold_cookie, cast.ada)

    page = words(open_page("orders", **opened(placed)))

    assert "the upload app may have deleted it. <a href='/to_check'" in page


def test_parcels_are_numbered_and_what_has_moved_comes_last(
    cast: Cast, session: Session, hold_cookie: HoldCookie
) -> None:
    placed = cast.order()
    placed.order.told_state = "photos approved"
    session.add_all(
        FulfillmentOrder(
            order_id=placed.id,
            shopify_id=f"gid://shopify/FulfillmentOrder/{number}",
            status=status,
            line_ids=lines,
            updated_at=utc_now(),
        )
        for number, (status, lines) in enumerate([("CLOSED", []), ("OPEN", ["1"])])
    )
    session.flush()
    sign_in(session, hold_cookie, cast.ada)

    page = words(open_page("orders", **opened(placed)))

    assert (
        "<li>Parcel 1: Open</li><li class='quiet'>Parcel 2 (moved elsewhere): Closed</li>" in page
    )
    assert "<dt>Tag in Shopify</dt><dd>photos approved</dd>" in page


def test_an_order_is_synced_at_once(cast: Cast, session: Session, hold_cookie: HoldCookie) -> None:
    placed = cast.order()
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("orders", **opened(placed))

    page.button(key="sync_order").click().run()

    assert "read again" in page.toast[0].value
    assert cast.jobs("sync_order")[0]["order"] == placed.order.shopify_id


def test_what_shopify_refused_is_shown_and_tried_again(
    cast: Cast, session: Session, hold_cookie: HoldCookie
) -> None:
    placed = cast.order()
    placed.order.refusal, placed.order.refused_at = "refused: Not for this plan", utc_now()
    session.flush()
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("orders", **opened(placed))
    assert "Shopify refused what Loupe asked for" in words(page)
    assert "Not for this plan" in words(page)

    page.button(key="try_again").click().run()

    assert page.toast[0].value == "Shopify is asked again"
    assert {"order_id": placed.id} in cast.jobs("tell_shopify")


def test_a_removed_hold_is_placed_again(
    cast: Cast, session: Session, hold_cookie: HoldCookie
) -> None:
    placed = cast.order()
    hold = Hold(
        order_id=placed.id,
        fulfillment_order_id="gid://shopify/FulfillmentOrder/1",
        shopify_id="gid://shopify/FulfillmentHold/1",
        state=HoldState.REMOVED,
    )
    session.add(hold)
    session.flush()
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("orders", **opened(placed))
    assert "our hold was removed by somebody" in words(page)

    page.button(key="hold_again").click().run()

    assert page.toast[0].value == "Shopify is asked for the hold"
    session.refresh(hold)
    assert hold.state is HoldState.RELEASED


def test_what_has_shipped_says_when(cast: Cast, session: Session, hold_cookie: HoldCookie) -> None:
    placed = released(cast)
    placed.order.is_fulfilled, placed.order.fulfilled_at = True, datetime(2026, 3, 1, 9, tzinfo=UTC)
    session.flush()
    sign_in(session, hold_cookie, cast.ada)

    page = words(open_page("orders", **opened(placed)))

    assert "01 Mar 2026, 09:00</time><div>Shipped, says Shopify</div>" in page


@pytest.mark.parametrize(
    ("state", "ways"),
    [
        (PhotoState.IN_REVIEW, ["to_approval", "to_find"]),
        (PhotoState.REJECTED, ["to_issues", "to_find"]),
        (PhotoState.APPROVED, ["to_ready", "to_find"]),
        (PhotoState.WITHDRAWN, ["to_find"]),
    ],
)
def test_an_order_leads_to_where_its_photos_are(
    cast: Cast, session: Session, hold_cookie: HoldCookie, state: PhotoState, ways: list[str]
) -> None:
    placed = released(cast)
    placed.photos[0].state = state
    session.flush()

    def offered() -> list[str]:
        keys = [button.key or "" for button in open_page("orders", **opened(placed)).button]
        return [key for key in keys if key.startswith("to_")]

    sign_in(session, hold_cookie, cast.mia)
    assert offered() == ways
    sign_in(session, hold_cookie, cast.ada)
    assert offered() == ways[:-1]


def test_a_manager_opens_a_photo_again_and_is_warned(
    cast: Cast, session: Session, hold_cookie: HoldCookie
) -> None:
    placed = released(cast)
    hand_overs.mark(session, [as_seen(placed)], actor=cast.ada)
    sign_in(session, hold_cookie, cast.mia)
    page = open_page("orders", **opened(placed))
    assert "Its files were handed over" in words(page)

    page.button(key=f"reopen_{placed.photos[0].id}").click().run()

    assert states(cast, placed) == [PhotoState.IN_REVIEW]
    assert "opened again since" in words(page)


def test_a_photo_that_has_changed_meanwhile_is_not_opened(
    cast: Cast, session: Session, hold_cookie: HoldCookie
) -> None:
    placed = released(cast)
    sign_in(session, hold_cookie, cast.mia)
    page = open_page("orders", **opened(placed))
    placed.photos[0].version += 1
    session.flush()

    page.button(key=f"reopen_{placed.photos[0].id}").click().run()

    assert "changed this meanwhile" in page.toast[0].value
    assert states(cast, placed) == [PhotoState.APPROVED]


def test_a_processor_is_not_offered_to_open_a_photo_again(
    cast: Cast, session: Session, hold_cookie: HoldCookie
) -> None:
    placed = released(cast)
    sign_in(session, hold_cookie, cast.ada)

    keys = [button.key for button in open_page("orders", **opened(placed)).button]

    assert f"reopen_{placed.photos[0].id}" not in keys


@pytest.mark.parametrize("is_demo", [True, False])
def test_a_real_order_leads_to_shopify(
    cast: Cast, session: Session, hold_cookie: HoldCookie, is_demo: bool
) -> None:
    placed = cast.order()
    cast.shop.is_demo, cast.shop.domain = is_demo, "paws.myshopify.com"
    placed.order.shopify_id = "gid://shopify/Order/7001"
    session.flush()
    sign_in(session, hold_cookie, cast.ada)

    links = [each.proto.url for each in open_page("orders", **opened(placed)).get("link_button")]

    there = "https://admin.shopify.com/store/paws/orders/7001"
    assert links == ([] if is_demo else [there])


def test_an_address_is_corrected_and_said_beside_shopifys(
    cast: Cast, session: Session, hold_cookie: HoldCookie
) -> None:
    placed = cast.order()
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("orders", **opened(placed))

    page.text_input(key=f"mail_to_{placed.id}").set_value("carla@example.org")
    page.button(key=f"save_mail_to_{placed.id}").click().run()

    said = words(page)
    assert "carla@example.org (in Shopify: carl@example.org)" in said
    assert "corrected where the mail goes" in said
    assert page.toast[0].value == "Saved."


def test_what_was_done_outside_loupe_is_noted(
    cast: Cast, session: Session, hold_cookie: HoldCookie
) -> None:
    placed = cast.order()
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("orders", **opened(placed))

    page.selectbox(key=f"note_kind_{placed.id}").set_value(OrderNoteKind.CHATTED)
    page.text_area(key=f"note_text_{placed.id}").set_value("She sends <b>another</b> one")
    page.button(key=f"add_note_{placed.id}").click().run()

    said = words(page)
    assert "wrote to the customer outside Loupe" in said
    assert "She sends &lt;b&gt;another&lt;/b&gt; one" in said
    assert page.text_area(key=f"note_text_{placed.id}").value == ""


def test_a_note_without_words_is_refused_and_nothing_is_lost(
    cast: Cast, session: Session, hold_cookie: HoldCookie
) -> None:
    placed = cast.order()
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("orders", **opened(placed))
    page.selectbox(key=f"note_kind_{placed.id}").set_value(OrderNoteKind.NOTE)

    page.button(key=f"add_note_{placed.id}").click().run()

    assert page.toast[0].value == "Please write a few words first."


def test_an_order_is_asked_about_gently_from_its_page(
    cast: Cast, session: Session, hold_cookie: HoldCookie
) -> None:
    placed = cast.order()
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("orders", **opened(placed))

    page.toggle(key=f"gentle_{placed.id}_False").set_value(True).run()

    session.refresh(placed.order)
    assert placed.order.is_gentle
    assert "said that this order is a gentle one" in words(page)


def test_a_forgotten_customer_can_not_be_written_to(
    cast: Cast, session: Session, hold_cookie: HoldCookie
) -> None:
    placed = cast.order()
    placed.order.erased_at = utc_now()
    session.flush()
    sign_in(session, hold_cookie, cast.ada)

    page = open_page("orders", **opened(placed))

    assert f"mail_to_{placed.id}" not in [field.key for field in page.text_input]


def test_a_stranger_sees_no_order(cast: Cast, hold_cookie: HoldCookie) -> None:
    placed = cast.order()

    page = open_page("orders", **opened(placed))

    assert not page.title
    assert "Carl" not in words(page)


def test_the_page_of_an_order_sends_as_many_statements_for_much_as_for_little(
    cast: Cast, session: Session, hold_cookie: HoldCookie, queries: list[str]
) -> None:
    small, large = cast.order(), cast.order(photos=6)
    cast.reject(*large.photos)
    sign_in(session, hold_cookie, cast.mia)
    open_page("orders", **opened(small))

    def count(placed: CastOrder) -> int:
        queries.clear()
        assert not open_page("orders", **opened(placed)).exception
        return len(queries)

    assert count(small) == count(large)


def test_an_order_with_nothing_on_it_draws(
    cast: Cast, session: Session, hold_cookie: HoldCookie
) -> None:
    bare = Order(
        shop_id=cast.shop.id,
        shopify_id="gid://shopify/Order/1",
        name="#1",
        placed_at=utc_now(),
        updated_at=utc_now(),
    )
    session.add(bare)
    session.flush()
    session.add(LineItem(order_id=bare.id, shopify_id="1", position=0, title="Card", quantity=1))
    session.flush()
    sign_in(session, hold_cookie, cast.ada)

    page = words(open_page("orders", order=str(bare.id)))

    assert "No photo was found on this order." in page
    assert "Shopify has not said yet what it ships together." in page


def with_another_file(cast: Cast) -> CastOrder:
    """A released order that has come to name another file."""
    placed = released(cast)
    placed.photos[0].changed_url = "https://cdn.shopify.com/new.jpg"
    cast.session.flush()
    return placed


def test_a_photo_that_was_replaced_on_the_order_is_shown_and_used(
    cast: Cast, session: Session, hold_cookie: HoldCookie
) -> None:
    placed = with_another_file(cast)
    photo = placed.photos[0]
    sign_in(session, hold_cookie, cast.mia)
    page = open_page("orders", **opened(placed))
    assert "The photo on the order has changed." in [info.value for info in page.info]

    page.button(key=f"use_new_{photo.id}").click().run()

    assert states(cast, placed) == [PhotoState.FETCHING]
    assert page.info == []
    assert len(cast.jobs("fetch_photo")) == 1


def test_a_processor_sees_a_new_file_but_takes_no_approval_back_for_it(
    cast: Cast, session: Session, hold_cookie: HoldCookie
) -> None:
    placed = with_another_file(cast)
    photo = placed.photos[0]
    sign_in(session, hold_cookie, cast.ada)

    page = open_page("orders", **opened(placed))

    assert "The photo on the order has changed." in [info.value for info in page.info]
    keys = [button.key for button in page.button]
    assert (f"use_new_{photo.id}" in keys, f"keep_{photo.id}" in keys) == (False, True)
    assert "A manager may use the new one." in [caption.value for caption in page.caption]


def test_a_photo_that_was_replaced_on_the_order_may_be_kept(
    cast: Cast, session: Session, hold_cookie: HoldCookie
) -> None:
    placed = with_another_file(cast)
    photo = placed.photos[0]
    sign_in(session, hold_cookie, cast.mia)
    page = open_page("orders", **opened(placed))

    page.button(key=f"keep_{photo.id}").click().run()

    assert states(cast, placed) == [PhotoState.APPROVED]
    assert page.info == []
    keys = [button.key for button in page.button]
    assert (f"keep_{photo.id}" in keys, f"use_new_{photo.id}" in keys) == (False, True)
    told = words(page)
    assert "The order names another photo. This one is kept." in told
    assert "kept the photo though the order names another file" in told
