from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import ChangedMeanwhile, QualityImplausible, SizeImplausible
from core.findings.print_area import Making
from core.findings.print_sizes import LengthUnit, PrintSize
from core.findings.resolution import Quality
from core.integrations.shopify.orders import ShopifyLine, ShopifyProduct, ShopifyVariant
from core.models import Event, EventName, LineItem, Product, Variant
from core.queries.print_areas import quality_of
from core.services import products
from core.services.products import Made, Rules
from tests.cast import Cast
from tests.core.services.orders import line, record, shopify_order


def sold(variant_title: str | None, *, title: str = "Canvas", id_: str = "1") -> ShopifyLine:
    return replace(
        line("a"),
        variant_title=variant_title,
        product=ShopifyProduct(
            id=f"gid://shopify/Product/{id_}", title=title, product_type="", tags=()
        ),
        variant=ShopifyVariant(id=f"gid://shopify/ProductVariant/{id_}"),
    )


def variant_of(session: Session, cast: Cast, each: ShopifyLine) -> Variant:
    return products.take_over(session, cast.shop, [each])[each.id]


PRINTED = Made(Making.PRINTED, 0)


def rules_of(cast: Cast) -> Rules:
    return Rules(quality_of(cast.shop), cast.shop.length_unit)


def size_of(variant: Variant) -> tuple[float | None, float | None]:
    return variant.width, variant.height


def test_an_order_brings_its_products_with_the_sizes_in_their_titles(
    cast: Cast, session: Session
) -> None:
    order = shopify_order(sold("30 x 40 cm / Oak frame"))

    record(session, cast, order)

    known = session.scalars(select(LineItem).where(LineItem.shopify_id == order.lines[0].id)).one()
    variant = session.get_one(Variant, known.variant_id)
    assert size_of(variant) == (300, 400)
    assert session.get_one(Product, variant.product_id).title == "Canvas"


def test_a_size_in_the_products_title_counts_for_a_variant_that_has_none(
    cast: Cast, session: Session
) -> None:
    variant = variant_of(session, cast, sold("Default Title", title="Poster 50 x 70 cm"))

    assert (variant.title, size_of(variant)) == ("", (500, 700))


def test_a_size_without_a_unit_is_unknown_until_somebody_says_the_shops(
    cast: Cast, session: Session
) -> None:
    cast.shop.length_unit = None

    assert size_of(variant_of(session, cast, sold("30 x 40"))) == (None, None)
    assert size_of(variant_of(session, cast, sold("30 x 40 cm"))) == (300, 400)


def test_a_size_that_nobody_has_said_is_unknown(cast: Cast, session: Session) -> None:
    assert size_of(variant_of(session, cast, sold("Large"))) == (None, None)


def test_a_new_title_is_read_again(cast: Cast, session: Session) -> None:
    first = variant_of(session, cast, sold("30 x 40 cm"))

    again = variant_of(session, cast, sold("20 x 30 cm"))

    assert (again.id, size_of(again)) == (first.id, (200, 300))


def test_a_corrected_size_outlives_the_next_order(cast: Cast, session: Session) -> None:
    variant = variant_of(session, cast, sold("Large"))

    products.correct_size(session, variant.id, PrintSize(400, 600), manager=cast.mia)

    assert size_of(variant_of(session, cast, sold("30 x 40 cm"))) == (400, 600)


def test_a_correction_can_be_taken_back(cast: Cast, session: Session) -> None:
    variant = variant_of(session, cast, sold("30 x 40 cm"))
    products.correct_size(session, variant.id, PrintSize(100, 100, True), manager=cast.mia)

    products.correct_size(session, variant.id, None, manager=cast.mia)

    assert (size_of(variant), variant.is_fixed, variant.is_corrected) == ((300, 400), False, False)


@pytest.mark.parametrize("size", [PrintSize(5, 100), PrintSize(100, 5001), PrintSize(0, 0)])
def test_a_size_that_nobody_prints_is_refused(
    cast: Cast, session: Session, size: PrintSize
) -> None:
    variant = variant_of(session, cast, sold("Large"))

    with pytest.raises(SizeImplausible):
        products.correct_size(session, variant.id, size, manager=cast.mia)


@pytest.mark.parametrize("bleed", [-1, 501, float("nan")])
def test_a_bleed_that_nobody_prints_is_refused(cast: Cast, session: Session, bleed: float) -> None:
    variant = variant_of(session, cast, sold("Large"))

    with pytest.raises(SizeImplausible):
        products.set_making(
            session, variant.product_id, Made(Making.PRINTED, bleed), seen=PRINTED, manager=cast.mia
        )


def test_open_photos_are_judged_anew_by_a_job(cast: Cast, session: Session) -> None:
    variant = variant_of(session, cast, sold("Large"))

    products.set_making(
        session, variant.product_id, Made(Making.DRAWN, 3), seen=PRINTED, manager=cast.mia
    )

    product = session.get_one(Product, variant.product_id)
    assert (product.making, product.bleed) == (Making.DRAWN, 3)
    assert [job["product_id"] for job in cast.jobs("judge_photos")] == [variant.product_id]
    changed = session.scalars(select(Event).where(Event.name == EventName.PRODUCT_CHANGED)).one()
    assert (changed.staff_id, changed.ids) == (cast.mia.id, {"product": product.id})


def test_the_shops_unit_is_what_a_size_without_one_is_in(cast: Cast, session: Session) -> None:
    variant = variant_of(session, cast, sold("8 x 10"))
    corrected = variant_of(session, cast, sold("5 x 7", id_="2"))
    products.correct_size(session, corrected.id, PrintSize(50, 70), manager=cast.mia)

    products.set_quality(
        session,
        cast.shop.id,
        Rules(Quality(200, 120, 900), LengthUnit.INCH),
        seen=rules_of(cast),
        manager=cast.mia,
    )

    assert (variant.width, variant.height) == pytest.approx((203.2, 254))
    assert size_of(corrected) == (50, 70)
    assert rules_of(cast) == Rules(Quality(200, 120, 900), LengthUnit.INCH)
    assert cast.jobs("judge_photos")[-1]["product_id"] is None


@pytest.mark.parametrize(
    "quality",
    [
        Quality(20, 10, 800),
        Quality(100, 150, 800),  # the hard minimum is the higher one
        Quality(1300, 100, 800),
        Quality(150, 100, 100),
        Quality(float("nan"), 100, 800),
    ],
)
def test_a_quality_that_nobody_prints_in_is_refused(
    cast: Cast, session: Session, quality: Quality
) -> None:
    with pytest.raises(QualityImplausible):
        products.set_quality(
            session,
            cast.shop.id,
            Rules(quality, LengthUnit.CM),
            seen=rules_of(cast),
            manager=cast.mia,
        )


def test_of_two_managers_the_second_is_told(cast: Cast, session: Session) -> None:
    variant = variant_of(session, cast, sold("Large"))
    seen = rules_of(cast)
    stricter = Rules(Quality(250, 200, 900), LengthUnit.CM)
    products.set_quality(session, cast.shop.id, stricter, seen=seen, manager=cast.mia)
    wrapped = Made(Making.PRINTED, 38)
    products.set_making(session, variant.product_id, wrapped, seen=PRINTED, manager=cast.mia)

    with pytest.raises(ChangedMeanwhile):
        products.set_quality(session, cast.shop.id, seen, seen=seen, manager=cast.mia)
    with pytest.raises(ChangedMeanwhile):
        products.set_making(
            session, variant.product_id, Made(Making.DRAWN, 0), seen=PRINTED, manager=cast.mia
        )

    assert rules_of(cast) == stricter
    assert session.get_one(Product, variant.product_id).bleed == 38


def test_a_size_that_changes_in_the_shop_has_its_photos_judged_anew(
    cast: Cast, session: Session
) -> None:
    variant = variant_of(session, cast, sold("20 x 30 cm"))
    variant_of(session, cast, sold("20 x 30 cm / Oak"))

    variant_of(session, cast, sold("60 x 90 cm"))

    assert [job["product_id"] for job in cast.jobs("judge_photos")] == [variant.product_id]


def test_a_line_typed_in_by_hand_has_no_variant(cast: Cast, session: Session) -> None:
    order = shopify_order(replace(line("a"), product=None, variant=None))

    record(session, cast, order)

    known = session.scalars(select(LineItem).where(LineItem.shopify_id == order.lines[0].id)).one()
    assert known.variant_id is None
