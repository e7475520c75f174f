from datetime import UTC, datetime
from typing import Any

import pytest

from core.integrations.shopify.order_photos import OrderPhotos, Source, find_on_order
from core.integrations.shopify.orders import Attribute, ShopifyGroup, ShopifyLine, ShopifyOrder
from core.integrations.shopify.photo_roles import Role

CDN = "https://cdn.shopify.com/s/files/1/0000/0000/0001/uploads"
A, B, C = (f"{CDN}/{name}.jpg" for name in "abc")
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def attributes(*pairs: tuple[str, str | None]) -> tuple[Attribute, ...]:
    return tuple(Attribute(key, value) for key, value in pairs)


def line(number: int, *pairs: tuple[str, str | None], **changes: Any) -> ShopifyLine:
    fields: dict[str, Any] = {
        "id": f"line-{number}",
        "name": f"Mug {number} - White",
        "title": f"Mug {number}",
        "variant_title": "White",
        "sku": None,
        "quantity": 1,
        "current_quantity": 1,
        "unfulfilled_quantity": 1,
        "requires_shipping": True,
        "attributes": attributes(*pairs),
    }
    return ShopifyLine(**(fields | changes))


def order(*lines: ShopifyLine, cart: tuple[Attribute, ...] = ()) -> ShopifyOrder:
    return ShopifyOrder(
        id="order-1",
        name="#1001",
        created_at=NOW,
        processed_at=NOW,
        updated_at=NOW,
        cancelled_at=None,
        closed_at=None,
        test=False,
        tags=(),
        note=None,
        email=None,
        customer_locale=None,
        display_financial_status="PAID",
        display_fulfillment_status="UNFULFILLED",
        attributes=cart,
        customer=None,
        lines=lines,
    )


def bundle(*pairs: tuple[str, str | None]) -> ShopifyGroup:
    return ShopifyGroup(id="group-1", title="Box", quantity=1, attributes=attributes(*pairs))


def identities(found: OrderPhotos) -> list[tuple[str, Source, str, int, str]]:
    return [
        (photo.line_id, photo.source, photo.key, photo.ordinal, photo.url) for photo in found.photos
    ]


def test_each_photo_of_a_line_has_a_place_of_its_own() -> None:
    found = find_on_order(order(line(1, ("Photo", f"{A}, {B}"), ("Back", C), ("Photo", A))))

    assert identities(found) == [
        ("line-1", Source.LINE, "Photo", 0, A),
        ("line-1", Source.LINE, "Photo", 1, B),
        ("line-1", Source.LINE, "Back", 0, C),
    ]


def test_two_lines_may_be_printed_with_the_same_photo() -> None:
    found = find_on_order(order(line(1, ("Photo", A)), line(2, ("Photo", A))))

    assert [photo.line_id for photo in found.photos] == ["line-1", "line-2"]


def test_a_bundle_s_photo_is_found_once() -> None:
    box = bundle(("Photo", A))

    found = find_on_order(order(line(1, group=box), line(2, group=box)))

    assert identities(found) == [("line-1", Source.GROUP, "Photo", 0, A)]


@pytest.mark.parametrize(
    "first",
    [
        line(1, ("Photo", B)),  # has one already
        line(1, requires_shipping=False),  # a gift card, a fee
        line(1, current_quantity=0),  # refunded
    ],
)
def test_an_order_s_photo_goes_to_the_first_line_that_could_need_it(first: ShopifyLine) -> None:
    found = find_on_order(order(first, line(2), line(3), cart=attributes(("Photo", A))))

    assert identities(found)[-1] == ("line-2", Source.ORDER, "Photo", 0, A)


def test_an_order_s_photo_is_found_even_if_no_line_could_need_it() -> None:
    cart = attributes(("Photo", A))

    found = find_on_order(order(line(1, current_quantity=0), cart=cart))

    assert identities(found) == [("line-1", Source.ORDER, "Photo", 0, A)]
    assert find_on_order(order(cart=cart)).photos == ()


def test_what_a_line_has_is_not_found_again_above_it() -> None:
    box = bundle(("Photo", A), ("Second", B))

    found = find_on_order(
        order(line(1, ("Photo", A), group=box), cart=attributes(("Photo", A), ("Third", C)))
    )

    assert [(photo.source, photo.url) for photo in found.photos] == [
        (Source.LINE, A),
        (Source.GROUP, B),
        (Source.ORDER, C),
    ]


@pytest.mark.parametrize(
    "value",
    [
        "Mug 2 - White (Line Item Number-1)",  # the name is surer than the number
        "Mug 2 (Line Item Number-9)",
        "Renamed since (Line Item Number-2)",
    ],
)
def test_a_fee_line_s_photo_belongs_to_the_line_it_names(value: str) -> None:
    fee = line(3, ("_Customization For", value), ("Photo", A), title="Item Personalization")

    found = find_on_order(order(line(1), line(2), fee, cart=attributes(("Photo", B))))

    assert identities(found) == [
        ("line-2", Source.LINE, "Photo", 0, A),
        ("line-1", Source.ORDER, "Photo", 0, B),  # line 2 has its photo
    ]


def test_a_fee_line_that_names_nothing_keeps_its_photo() -> None:
    fee = line(2, ("_Customization For", "?"), ("Photo", A))

    found = find_on_order(order(line(1), fee))

    assert identities(found) == [("line-2", Source.LINE, "Photo", 0, A)]


def test_a_line_whose_photo_is_yet_to_come_is_marked() -> None:
    found = find_on_order(
        order(
            line(1, ("Photo to expect", "IMG_2231.HEIC")),
            line(2, ("_Upload ID", "u_7f31c0"), ("Photo", A)),  # it is there already
            line(3, ("Preview", A), ("Photo", "I'll mail it later")),  # a preview is no photo
            line(4, ("Engraving", "For Carl")),
        )
    )

    assert [(each.line_id, each.key, each.value) for each in found.expected] == [
        ("line-1", "Photo to expect", "IMG_2231.HEIC"),
        ("line-3", "Photo", "I'll mail it later"),
    ]
    assert [photo.role for photo in found.photos] == [Role.PHOTO, Role.PREVIEW]
