import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from core.demo.customers import CUSTOMERS
from core.demo.orders import first_orders, more_orders
from core.demo.records import PHOTOS, Order, now
from core.demo.shop import DemoShop
from core.integrations.shopify.orders import Attribute
from core.integrations.shopify.photo_finder import find_photos
from core.integrations.shopify.photo_roles import Role

DEMO = ("127.0.0.1", 8502)
PHOTO_URLS = f"http://{DEMO[0]}:{DEMO[1]}/photos/"
KINDS = """
    small soft dark moved screenshot sideways heic alpha cmyk large not_a_photo.jpg cut.jpg
"""


def photos_of(order: Order) -> list[str]:
    """The names of the photos that the desk itself finds on an order, place by place."""
    lines = [each.attributes for each in order.lines]
    groups = [each.attributes for each in order.groups]
    found = []
    for place in [*lines, *groups, order.attributes]:
        values = [
            Attribute(each.key, (each.value or "").replace(PHOTOS, PHOTO_URLS)) for each in place
        ]
        for photo in find_photos(values, demo=DEMO):
            path, _, _ = photo.url.partition("?")
            if photo.role is Role.PHOTO:
                found.append(path.removeprefix(PHOTO_URLS))
    return found


def test_there_are_enough_orders_and_photos(shop: DemoShop) -> None:
    photos = [photo for order in shop.orders.values() for photo in photos_of(order)]

    assert len(shop.orders) >= 60
    assert 80 <= len(photos) <= 110
    # Real shops see most photos once; here a few files must serve.
    assert Counter(photos).most_common(1)[0][1] <= 8


def test_orders_are_numbered_in_the_order_they_were_placed(shop: DemoShop) -> None:
    orders = [shop.orders[number] for number in sorted(shop.orders)]

    assert [order.name for order in orders[:3]] == ["#1001", "#1002", "#1003"]
    assert [order.created_at for order in orders] == sorted(order.created_at for order in orders)
    assert now() - timedelta(days=11) < orders[0].created_at
    assert now() - timedelta(days=1) < orders[-1].created_at <= now()


def test_every_photo_exists_but_the_one_that_was_deleted(shop: DemoShop) -> None:
    missing = {
        photo
        for order in shop.orders.values()
        for photo in photos_of(order)
        if photo not in shop.photos and f"{photo}.jpg" not in shop.photos
    }

    assert missing == {"deleted/holiday-2231.jpg"}


@pytest.mark.parametrize("kind", KINDS.split())
def test_every_kind_of_bad_file_is_sent_by_somebody(shop: DemoShop, kind: str) -> None:
    sent = {photo.partition("/")[0] for order in shop.orders.values() for photo in photos_of(order)}

    assert kind in sent


def test_the_awkward_orders_are_there(shop: DemoShop) -> None:
    orders = list(shop.orders.values())
    needing = [
        order for order in orders if any(line.variant.product.needs_photo for line in order.lines)
    ]

    assert sum(order.cancelled_at is not None for order in orders) == 1
    assert sum(order.email is None for order in orders) == 1
    assert sum(order.customer is None for order in orders) == 2
    assert sum(not order.fulfillment_orders for order in orders) == 1
    assert sum(bool(order.groups) for order in orders) == 1
    assert sum(bool(order.attributes) for order in orders) == 1
    assert sum(not photos_of(order) for order in needing) == 2
    assert any(len(photos_of(order)) == 3 for order in orders)
    assert any(line.quantity > 1 for order in orders for line in order.lines)
    assert any(order.customer and order.customer.locale == "de" for order in orders)


def test_customers_cannot_be_mistaken_for_real_people() -> None:
    addresses = [customer.email or "" for customer in CUSTOMERS]

    assert len(set(addresses)) == len(addresses) >= 40
    for address in addresses:
        assert re.fullmatch(r"[a-z]+\.[a-z]+@example\.(com|org)", address)


def test_the_same_seed_makes_the_same_orders(photographs: dict[str, Path]) -> None:
    first, again, other = (
        [(order.name, order.email, order.values()) for order in first_orders(seed, photographs)]
        for seed in (7, 7, 8)
    )

    assert first == again != other


def test_new_orders_bring_different_photographs(photographs: dict[str, Path]) -> None:
    orders = more_orders(2001, 15, photographs)

    photos = [photo for order in orders for photo in photos_of(order)]
    assert [order.name for order in orders] == [f"#{number}" for number in range(2001, 2016)]
    assert len(set(photos)) == len(photos)
    assert all(order.created_at == order.updated_at for order in orders)
