"""The same picture sent twice, or once more after it was rejected."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.findings.finding import Kind
from core.findings.measures import Measures
from core.findings.view import SMALL, Source, View
from core.integrations.shopify.orders import ShopifyVariant
from core.models import LineItem, Origin, Photo, PhotoState, Upload, UploadFinding
from core.services import findings
from tests.cast import Cast, CastOrder
from tests.core.services.test_products import sold, variant_of

LIKENESS = {Kind.DUPLICATE, Kind.REJECTED_BEFORE}


@cache
def measured() -> dict[str, Any]:
    with Image.open("core/demo/photographs/owl.jpg") as opened:
        picture = opened.convert("RGB")
    small = picture.copy()
    small.thumbnail((SMALL, SMALL))
    return Measures.of(View(picture, small, Source("JPEG", *picture.size, 100_000))).row()


def owl(cast: Cast, photo: Photo, origin: Origin = Origin.ORDER) -> Upload:
    """The same bytes each time, put in the photo's place."""
    upload = cast.upload(photo, origin)
    upload.sha256, upload.measures = "0a" * 32, measured()
    photo.upload_id = upload.id
    cast.session.flush()
    findings.note(cast.session, upload)
    return upload


def likeness(session: Session, upload: Upload) -> set[Kind]:
    kinds = session.scalars(select(UploadFinding.kind).where(UploadFinding.upload_id == upload.id))
    return LIKENESS.intersection(kinds)


def another_line(order: CastOrder, variant_id: int) -> Photo:
    line = LineItem(
        order_id=order.id,
        shopify_id=f"{order.line.shopify_id}/{variant_id}",
        position=1,
        title="Canvas",
        quantity=1,
        shopify_product_id=order.line.shopify_product_id,
        variant_id=variant_id,
    )
    order.cast.session.add(line)
    order.cast.session.flush()
    return order.cast.photo(order.order, line, 0)


@pytest.fixture
def sizes(cast: Cast, session: Session) -> tuple[int, int]:
    """Two variants of one product."""
    first = sold("20 x 20 cm")
    second = replace(
        sold("50 x 50 cm"), id="b", variant=ShopifyVariant(id="gid://shopify/ProductVariant/2")
    )
    return variant_of(session, cast, first).id, variant_of(session, cast, second).id


@pytest.fixture
def order(cast: Cast, sizes: tuple[int, int]) -> CastOrder:
    placed = cast.order()
    placed.line.shopify_product_id = "gid://shopify/Product/1"
    placed.line.variant_id = sizes[0]
    cast.session.flush()
    return placed


def test_twice_for_the_same_thing_is_worth_a_look_and_for_two_sizes_it_is_not(
    cast: Cast, session: Session, order: CastOrder, sizes: tuple[int, int]
) -> None:
    same, other = sizes
    owl(cast, order.photos[0])

    twice = owl(cast, another_line(order, same))
    in_another_size = owl(cast, another_line(order, other))

    assert likeness(session, twice) == {Kind.DUPLICATE}
    assert likeness(session, in_another_size) == set()


def test_a_photo_is_no_duplicate_of_what_was_replaced(
    cast: Cast, session: Session, order: CastOrder, sizes: tuple[int, int]
) -> None:
    owl(cast, order.photos[0])
    twice = owl(cast, another_line(order, sizes[0]))

    findings.note(session, cast.upload(order.photos[0], Origin.CUSTOMER))

    assert likeness(session, twice) == set()


def test_what_was_rejected_is_known_again(cast: Cast, session: Session, order: CastOrder) -> None:
    owl(cast, order.photos[0])
    cast.reject(*order.photos)

    again = owl(cast, order.photos[0], Origin.CUSTOMER)

    assert likeness(session, again) == {Kind.REJECTED_BEFORE}


def test_what_was_rejected_and_then_approved_is_fine(
    cast: Cast, session: Session, order: CastOrder
) -> None:
    owl(cast, order.photos[0])
    cast.reject(*order.photos)
    order.photos[0].state = PhotoState.IN_REVIEW
    session.flush()
    cast.approve(*order.photos)

    again = owl(cast, cast.order().photos[0])

    assert likeness(session, again) == set()


def test_a_customer_is_not_told_what_somebody_else_was_asked_about(
    cast: Cast, session: Session, order: CastOrder
) -> None:
    owl(cast, order.photos[0])
    other = cast.order(email="dora@example.org").photos[0]
    asked = cast.upload(other, Origin.ORDER)
    other.upload_id = asked.id
    cast.reject(*order.photos, other)
    draft = Upload(sha256="0a" * 32, width=3000, height=2000, measures=measured())

    told = {
        photo.id: {found.kind for found in findings.judge_for_customer(session, photo.id, draft)}
        for photo in (other, *order.photos)
    }

    assert Kind.REJECTED_BEFORE not in told[other.id]
    assert Kind.REJECTED_BEFORE in told[order.photos[0].id]


@pytest.mark.parametrize(
    ("reason", "size", "known"),
    [
        ("low_res", 0, {Kind.REJECTED_BEFORE}),
        ("low_res", 1, set()),  # there it may be large enough
        ("blurry", 1, {Kind.REJECTED_BEFORE}),
    ],
)
def test_what_was_too_small_for_one_print_may_do_for_another(
    cast: Cast,
    session: Session,
    order: CastOrder,
    sizes: tuple[int, int],
    reason: str,
    size: int,
    known: set[Kind],
) -> None:
    owl(cast, order.photos[0])
    cast.reject(*order.photos, reasons=(reason,))
    later = cast.order()

    again = owl(cast, another_line(later, sizes[size]))

    assert likeness(session, again) == known


def test_measures_of_another_version_are_not_compared(
    cast: Cast, session: Session, order: CastOrder, sizes: tuple[int, int]
) -> None:
    earlier = owl(cast, order.photos[0])
    earlier.measures = {**measured(), "version": 1}
    session.flush()

    twice = owl(cast, another_line(order, sizes[0]))

    assert likeness(session, twice) == set()
