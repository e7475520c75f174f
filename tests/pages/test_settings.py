from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.findings.print_area import Making
from core.findings.print_sizes import LengthUnit
from core.models import DataRequest, Product, Reason, Shop, Variant, WhenSilent, utc_now
from tests.cast import Cast
from tests.pages.conftest import Hold
from tests.pages.staff_page import open_page, sign_in, words

NOT_ALLOWED = "You do not have permission to do this."


def sell(cast: Cast, title: str, *variants: Variant, photos: int = 1) -> Product:
    """A product that each variant of was ordered once, with so many photos."""
    product = Product(
        shop_id=cast.shop.id,
        shopify_id=f"gid://shopify/Product/{title}",
        title=title,
        variants=list(variants),
    )
    cast.session.add(product)
    cast.session.flush()
    for sold in variants:
        cast.order(photos=photos).line.variant_id = sold.id
    cast.session.flush()
    return product


def variant(title: str, width: float | None = None, height: float | None = None) -> Variant:
    return Variant(
        shopify_id=f"gid://shopify/ProductVariant/{title}", title=title, width=width, height=height
    )


def opened(product: Product, **query: str) -> AppTest:
    """The page with a product's popover open."""
    page = open_page("settings", **query)
    page.session_state[f"change_{product.id}"] = True
    return page.run()


def give_size(page: AppTest, variant: Variant, width: float | None, height: float | None) -> None:
    key = f"{variant.id}_{variant.width}_{variant.height}_{variant.is_fixed}"
    page.number_input(key=f"width_{key}").set_value(width)
    page.number_input(key=f"height_{key}").set_value(height)


def save_size(page: AppTest, variant: Variant) -> AppTest:
    return page.button(key=f"save_size_{variant.id}").click().run()


@pytest.fixture
def mia(cast: Cast, session: Session, hold_cookie: Hold) -> Cast:
    """The cast, with Mia signed in."""
    sign_in(session, hold_cookie, cast.mia)
    return cast


def test_before_the_first_order_the_page_says_so(mia: Cast) -> None:
    assert "Products appear here with the first photo for them." in words(open_page("settings"))


def test_each_size_says_where_it_comes_from(mia: Cast) -> None:
    corrected = variant("Large", 500, 700)
    corrected.is_corrected = corrected.is_fixed = True
    sell(mia, "Canvas <b>", variant("30 x 40 cm", 300, 400), corrected, variant("Gift"))

    page = words(open_page("settings"))

    assert "Canvas &lt;b&gt;" in page
    assert "30 × 40 cm</strong><span class='source'>read from the titles" in page
    assert "50 × 70 cm</strong><span class='source'>corrected, never turned" in page
    assert page.index("Gift") < page.index("30 x 40 cm")
    assert "1 size is unknown" in page


def test_what_no_photo_was_ordered_for_is_neither_shown_nor_counted(mia: Cast) -> None:
    sell(mia, "Canvas", variant("30 x 40 cm", 300, 400))
    sell(mia, "Gift card", variant("50 Euro"), photos=0)
    own = variant("On request")
    frame = variant("With frame")
    product = sell(mia, "Poster", own)
    product.variants.append(frame)
    mia.session.flush()

    page = words(open_page("settings"))
    searched = words(open_page("settings", product="with frame"))

    assert "Canvas" in page
    assert "On request" in page
    assert "Gift card" not in page
    assert "With frame" not in page
    assert "1 size is unknown" in page
    assert "No product fits this search." in searched


def test_only_what_is_unknown_or_looked_for_is_shown(mia: Cast) -> None:
    sell(mia, "Canvas", variant("30 x 40 cm", 300, 400))
    sell(mia, "Mug", variant("White"))

    unknown, searched, nothing = (
        words(open_page("settings", **query))
        for query in ({"unknown": "true"}, {"product": "canv"}, {"product": "zebra"})
    )

    assert "Mug" in unknown
    assert "Canvas" not in unknown
    assert "Canvas" in searched
    assert "Mug" not in searched
    assert "No product fits this search." in nothing


def test_the_forms_are_drawn_for_the_product_that_is_open_only(mia: Cast) -> None:
    product = sell(mia, "Canvas", variant("30 x 40 cm", 300, 400))

    assert len(open_page("settings").number_input) == 6
    assert len(opened(product).number_input) == 10


def named(widgets: Iterable[Any], start: str) -> Any:
    """The one whose key begins so, and goes on with what is stored."""
    (widget,) = (each for each in widgets if (each.key or "").startswith(start))
    return widget


def test_a_size_is_corrected_and_the_next_unknown_one_offered(mia: Cast, session: Session) -> None:
    first, second = variant("Small"), variant("Large")
    product = sell(mia, "Canvas", variant("30 x 40 cm", 300, 400), first, second)
    page = opened(product)
    give_size(page, first, 12, 16)
    key = f"{first.id}_None_None_False"
    page.segmented_control(key=f"unit_{key}").set_value(LengthUnit.INCH)
    page.radio(key=f"fixed_{key}").set_value(True)

    save_size(page, first)

    session.refresh(first)
    assert (first.width, first.height) == pytest.approx((304.8, 406.4))
    assert (first.is_fixed, first.is_corrected) == (True, True)
    assert page.toast[0].value == "Saved. Open photos are judged anew"
    assert [job["product_id"] for job in mia.jobs("judge_photos")] == [product.id]
    assert "12 × 16 in" in words(page)
    assert page.selectbox(key=f"variant_{product.id}_1").value == second.id


@pytest.mark.parametrize(("width", "height"), [(0, 40), (30, 700), (None, 40)])
def test_a_size_that_cannot_be_is_refused_in_one_sentence(
    mia: Cast, session: Session, width: float | None, height: float | None
) -> None:
    large = variant("Large")
    page = opened(sell(mia, "Canvas", large))
    give_size(page, large, width, height)

    save_size(page, large)

    assert page.toast[0].value.startswith("Please give a print size between 1 cm and 5 m")
    session.refresh(large)
    assert large.width is None


def test_a_corrected_size_goes_back_to_what_the_titles_say(mia: Cast, session: Session) -> None:
    wrong = variant("30 x 40 cm", 100, 100)
    wrong.is_corrected = True
    page = opened(sell(mia, "Canvas", wrong))

    page.button(key=f"titles_{wrong.id}").click().run()

    session.refresh(wrong)
    assert (wrong.width, wrong.height, wrong.is_corrected) == (300, 400, False)
    assert not [button for button in page.button if button.key == f"titles_{wrong.id}"]


def test_a_product_is_drawn_or_has_a_wrap(mia: Cast, session: Session) -> None:
    product = sell(mia, "Portrait", variant("30 x 40 cm", 300, 400))
    page = opened(product)
    named(page.segmented_control, f"making_of_{product.id}_").set_value(Making.DRAWN)
    named(page.number_input, f"bleed_of_{product.id}_").set_value(20)

    page.button(key=f"save_making_{product.id}").click().run()

    session.refresh(product)
    assert (product.making, product.bleed) == (Making.DRAWN, 20)
    assert "Drawn after the photo, 20 mm more on every side" in words(page)


@pytest.mark.parametrize(("photos", "said"), [(3, "needs 3 photos"), (0, "needs no photo")])
def test_a_product_says_how_many_photos_it_needs(
    mia: Cast, session: Session, photos: int, said: str
) -> None:
    product = sell(mia, "Collage", variant("30 x 40 cm", 300, 400))
    page = opened(product)
    named(page.number_input, f"photos_of_{product.id}_").set_value(photos)

    page.button(key=f"save_photos_{product.id}").click().run()

    session.refresh(product)
    assert product.photos_needed == photos
    assert said in words(page)
    assert len(mia.jobs("refresh_orders")) == 1


def test_a_number_of_photos_that_cannot_be_is_refused(mia: Cast, session: Session) -> None:
    product = sell(mia, "Collage", variant("30 x 40 cm", 300, 400))
    page = opened(product)
    named(page.number_input, f"photos_of_{product.id}_").set_value(500)

    page.button(key=f"save_photos_{product.id}").click().run()

    assert page.toast[0].value.startswith("Please give 0 to 100 photos")
    session.refresh(product)
    assert product.photos_needed is None


def test_the_example_follows_the_numbers_before_they_are_saved(mia: Cast, session: Session) -> None:
    page = open_page("settings")
    before = words(page)

    named(page.number_input, f"minimum_{mia.shop.id}_").set_value(300).run()

    assert "prints well up to 67 × 50 cm" in before
    assert "prints well up to 33 × 25 cm" in words(page)
    session.refresh(mia.shop)
    assert mia.shop.minimum_dpi == 150


def test_what_prints_well_is_saved_and_open_photos_judged_anew(mia: Cast, session: Session) -> None:
    plain = variant("12 x 16", 120, 160)
    sell(mia, "Canvas", plain)
    page = open_page("settings")
    named(page.number_input, f"minimum_{mia.shop.id}_").set_value(200)
    named(page.number_input, f"hard_{mia.shop.id}_").set_value(120)
    named(page.number_input, f"drawn_{mia.shop.id}_").set_value(1000)
    named(page.segmented_control, f"unit_{mia.shop.id}_").set_value(LengthUnit.INCH)

    page.button(key=f"save_quality_{mia.shop.id}").click().run()

    session.refresh(mia.shop)
    shop = mia.shop
    assert (shop.minimum_dpi, shop.hard_minimum_dpi, shop.drawn_pixels) == (200, 120, 1000)
    assert [job["product_id"] for job in mia.jobs("judge_photos")] == [None]
    assert "12 × 16 in" in words(page)


def test_the_second_of_two_managers_is_told_and_sees_what_holds_now(
    mia: Cast, session: Session
) -> None:
    page = open_page("settings")
    named(page.number_input, f"drawn_{mia.shop.id}_").set_value(1000)
    mia.shop.minimum_dpi = 250
    session.commit()

    page.button(key=f"save_quality_{mia.shop.id}").click().run()

    assert page.toast[0].value.startswith("Somebody else has changed this meanwhile.")
    assert named(page.number_input, f"minimum_{mia.shop.id}_").value == 250
    session.refresh(mia.shop)
    assert (mia.shop.minimum_dpi, mia.shop.drawn_pixels) == (250, 800)


def test_a_shop_whose_unit_nobody_has_said_is_asked_for_it(mia: Cast, session: Session) -> None:
    mia.shop.length_unit = None
    sell(mia, "Canvas", variant("12 x 16"))
    session.commit()
    page = open_page("settings")
    asked = page.warning[0].value
    named(page.segmented_control, f"unit_{mia.shop.id}_").set_value(LengthUnit.INCH)

    page.button(key=f"save_quality_{mia.shop.id}").click().run()

    assert asked.startswith("Nobody has said what unit sizes are in that have none")
    assert "12 × 16 in" in words(page)
    assert not page.warning


def test_limits_that_contradict_each_other_are_refused(mia: Cast, session: Session) -> None:
    page = open_page("settings")
    named(page.number_input, f"hard_{mia.shop.id}_").set_value(200)

    page.button(key=f"save_quality_{mia.shop.id}").click().run()

    assert "the hard minimum not above the other" in page.toast[0].value
    session.refresh(mia.shop)
    assert mia.shop.hard_minimum_dpi == 100


def test_nothing_is_changed_by_a_person_who_is_no_manager_any_more(
    mia: Cast, session: Session, hold_cookie: Hold
) -> None:
    large = variant("Large")
    product = sell(mia, "Canvas", large)
    page = opened(product)
    give_size(page, large, 30, 40)
    sign_in(session, hold_cookie, mia.ada)

    save_size(page, large)
    page = opened(product)

    assert page.error[0].value == NOT_ALLOWED
    session.refresh(large)
    assert large.width is None
    assert mia.jobs("judge_photos") == []


@pytest.mark.parametrize(
    "button",
    [
        *("save_quality", "save_making", "save_photos", "save_retention", "save_review_hours"),
        *("save_follow_up", "titles"),
    ],
)
def test_no_action_is_open_to_a_processor(
    mia: Cast, session: Session, hold_cookie: Hold, button: str
) -> None:
    wrong = variant("30 x 40 cm", 100, 100)
    wrong.is_corrected = True
    product = sell(mia, "Canvas", wrong)
    ids = {
        "save_quality": mia.shop.id,
        "save_making": product.id,
        "save_photos": product.id,
        "save_retention": mia.shop.id,
        "save_review_hours": mia.shop.id,
        "save_follow_up": mia.shop.id,
        "titles": wrong.id,
    }
    page = late_after(retained(opened(product), mia.shop, 90), mia.shop, 12)
    follow_up(page, answer_days=9)
    sign_in(session, hold_cookie, mia.ada)

    page.button(key=f"{button}_{ids[button]}").click().run()

    assert page.toast[0].value == NOT_ALLOWED
    assert mia.jobs("judge_photos") == []
    session.refresh(mia.shop)
    assert mia.shop.retention_days is None
    assert mia.shop.review_hours == 24
    assert mia.shop.answer_days == 7


def test_a_long_list_costs_as_many_statements_as_a_short_one(mia: Cast, queries: list[str]) -> None:
    def fill(count: int) -> int:
        for _ in range(count):
            number = mia.order().id
            sell(mia, f"Canvas {number}", variant(f"{number} a"), variant(f"{number} b", 300, 400))
        queries.clear()
        assert not open_page("settings").exception
        return len(queries)

    assert fill(1) == fill(10)


def retained(page: AppTest, shop: Shop, days: int | None) -> AppTest:
    return page.number_input(key=f"retention_{shop.id}").set_value(days).run()


def released(cast: Cast, days_ago: int) -> None:
    placed = cast.order(photos=0)
    placed.order.released_at = utc_now() - timedelta(days=days_ago)
    cast.session.flush()


def test_whom_a_shop_would_forget_is_said_before_it_is_saved(mia: Cast, session: Session) -> None:
    for days_ago in (400, 200, 100, 10):
        released(mia, days_ago)
    page = open_page("settings")

    assert "Nobody is forgotten" in words(page)
    for days, said in (
        (500, "No order would be forgotten tonight. Each follows 500 days after it is finished"),
        (365, "1 order would be forgotten tonight. Every other one follows 365 days after"),
        (90, "3 orders would be forgotten tonight"),
        (29, "Please give 30 to 3650 days"),
        (None, "Nobody is forgotten"),
    ):
        assert said in words(retained(page, mia.shop, days))
    session.refresh(mia.shop)
    assert mia.shop.retention_days is None


def test_how_long_customers_are_remembered_is_saved_and_taken_back(
    mia: Cast, session: Session
) -> None:
    save = f"save_retention_{mia.shop.id}"
    page = open_page("settings")
    assert page.button(key=save).disabled

    retained(page, mia.shop, 90).button(key=save).click().run()

    session.refresh(mia.shop)
    assert mia.shop.retention_days == 90
    assert page.toast[0].value == "Saved. Customers are forgotten after 90 days"
    assert "No order will be forgotten tonight" in words(page)

    retained(page, mia.shop, None).button(key=save).click().run()

    session.refresh(mia.shop)
    assert mia.shop.retention_days is None
    assert page.toast[0].value == "Saved. Nobody is forgotten"


def test_a_time_that_is_too_short_to_remember_anybody_is_refused(
    mia: Cast, session: Session
) -> None:
    page = retained(open_page("settings"), mia.shop, 7)

    page.button(key=f"save_retention_{mia.shop.id}").click().run()

    assert page.toast[0].value.startswith("Please give 30 to 3650 days")
    session.refresh(mia.shop)
    assert mia.shop.retention_days is None


def late_after(page: AppTest, shop: Shop, hours: int) -> AppTest:
    return page.number_input(key=f"review_hours_{shop.id}").set_value(hours).run()


def test_how_many_photos_a_time_would_make_late_is_said_before_it_is_saved(
    mia: Cast, session: Session
) -> None:
    for hours_ago in (30, 13, 2):
        waiting = mia.order().photos[0]
        waiting.waiting_since = utc_now() - timedelta(hours=hours_ago)
    session.flush()
    page = open_page("settings")

    assert "1 photo is late now." in words(page)
    for hours, said in (
        (12, "2 photos would be late now."),
        (48, "No photo would be late now."),
        (0, "Please give 1 to 720 hours."),
        (721, "Please give 1 to 720 hours."),
    ):
        assert said in words(late_after(page, mia.shop, hours))
    late_after(page, mia.shop, 12).button(key=f"save_review_hours_{mia.shop.id}").click().run()

    session.refresh(mia.shop)
    assert mia.shop.review_hours == 12
    assert page.toast[0].value == "Saved. Photos are late after 12 hours"
    assert "2 photos are late now." in words(page)


def test_a_photo_is_not_late_at_once_and_not_after_months(mia: Cast, session: Session) -> None:
    page = late_after(open_page("settings"), mia.shop, 721)

    page.button(key=f"save_review_hours_{mia.shop.id}").click().run()

    assert page.toast[0].value == "Please give 1 to 720 hours."
    session.refresh(mia.shop)
    assert mia.shop.review_hours == 24


def follow_up(page: AppTest, **said: Any) -> AppTest:
    """The form with some of its fields filled in otherwise."""
    for name, value in said.items():
        widgets = {
            "answer_days": page.number_input,
            "reminder_days": page.multiselect,
            "when_silent": page.radio,
            "waits_for": page.multiselect,
            "gentle_words": page.text_area,
        }[name]
        named(widgets, f"{name}_").set_value(value)
        page.run()
    return page


def test_what_another_follow_up_would_do_is_said_before_it_is_saved(
    mia: Cast, session: Session
) -> None:
    placed = mia.order()
    placed.order.note = "For our Sternenkind"
    mia.reject(*placed.photos)
    session.refresh(placed.photos[0])
    placed.photos[0].answer_due_at = utc_now() + timedelta(days=3)
    session.flush()
    page = open_page("settings")

    assert "Nothing is changed for what was asked already." in words(page)
    for said, answer in (
        ({"answer_days": 10}, "1 open photo keeps the day that their customers were told"),
        ({"answer_days": 5}, "Please give a deadline of 1 to 90 days"),
        ({"answer_days": 10, "reminder_days": [1]}, "No customer would be reminded"),
        ({"gentle_words": "sternenkind"}, "1 open order would be asked about gently."),
        ({"when_silent": WhenSilent.GO_ON}, "This holds for what is asked from now on"),
    ):
        assert answer in words(follow_up(page, **said))
    session.refresh(mia.shop)
    assert mia.shop.answer_days == 7


def test_how_silent_customers_are_followed_up_is_saved(mia: Cast, session: Session) -> None:
    dark = mia.reason("dark")
    page = follow_up(
        open_page("settings"),
        answer_days=9,
        reminder_days=[6, 3],
        when_silent=WhenSilent.GO_ON,
        waits_for=[dark],
        gentle_words=" memorial \n\nSternenkind\nmemorial",
    )

    page.button(key=f"save_follow_up_{mia.shop.id}").click().run()

    session.refresh(mia.shop)
    assert (mia.shop.answer_days, mia.shop.reminder_days) == (9, [3, 6])
    assert mia.shop.when_silent is WhenSilent.GO_ON
    assert session.get_one(Reason, dark).when_silent is WhenSilent.WAIT
    assert mia.shop.gentle_words == ["memorial", "Sternenkind"]
    assert page.toast[0].value == "Saved"
    assert page.button(key=f"save_follow_up_{mia.shop.id}").disabled


def ask(cast: Cast, *, days_ago: int = 0, email: str | None = "carl@example.org") -> DataRequest:
    request = DataRequest(
        shop_id=cast.shop.id,
        shopify_id=f"99{days_ago}",
        email=email,
        orders=[],
        received_at=utc_now() - timedelta(days=days_ago),
    )
    cast.session.add(request)
    cast.session.flush()
    return request


def test_where_nobody_asks_what_is_known_of_them_nothing_is_said(mia: Cast) -> None:
    mia.order()

    assert "Data request" not in words(open_page("settings"))


def test_who_asks_what_is_known_of_them_is_answered(mia: Cast, session: Session) -> None:
    mia.order()
    late, early = ask(mia, days_ago=31, email="<b>eve</b>@example.org"), ask(mia, days_ago=2)

    page = open_page("settings")

    said = words(page)
    assert said.index("Data request 9931") < said.index("Data request 992")
    assert "&lt;b&gt;eve" in said
    assert "Loupe holds 1 order of theirs" in " ".join(each.value for each in page.markdown)
    assert "The 30 days to answer it are over." in said
    assert "27 days left to answer it." in said

    page.button(key=f"answer_{early.id}").click().run()

    session.expire_all()
    assert early.answered_at is not None
    assert early.answered_by_id == mia.mia.id
    assert late.answered_at is None
    assert "Data request 992" not in words(page)
