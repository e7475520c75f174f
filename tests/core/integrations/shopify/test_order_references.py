import pytest

from core.integrations.shopify.order_references import OrderReference, read_reference

GID = "gid://shopify/Order/5512345678901"


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("#1001", OrderReference(name="1001")),
        (" 1001 ", OrderReference(name="1001")),
        ("PP-1001-B", OrderReference(name="PP-1001-B")),
        (GID, OrderReference(id=GID)),
        (
            "https://admin.shopify.com/store/paw-prints/orders/5512345678901?from=list#top",
            OrderReference(id=GID, store="paw-prints"),
        ),
        (
            "paw-prints.myshopify.com/admin/orders/5512345678901",
            OrderReference(id=GID, store="paw-prints"),
        ),
        ("", OrderReference()),
        ("#", OrderReference()),
        # What a search would read as more than a name.
        ('1001" OR name:*', OrderReference(name="1001 OR name:*")),
        (
            "https://evil.example/store/a/orders/1",
            OrderReference(name="https://evil.example/store/a/orders/1"),
        ),
        ("gid://shopify/Customer/1", OrderReference(name="gid://shopify/Customer/1")),
    ],
)
def test_an_order_is_named_as_people_do(text: str, reference: OrderReference) -> None:
    assert read_reference(text) == reference


@pytest.mark.parametrize("text", ["1001", "PP-1001-B", GID, "shop.myshopify.com/admin/orders/1"])
def test_what_could_be_an_order_is_told(text: str) -> None:
    assert read_reference(text).could_be_one


@pytest.mark.parametrize("text", ["#", "no order", "https://evil.example/orders/1", '"; DROP'])
def test_what_is_no_order_is_told(text: str) -> None:
    assert not read_reference(text).could_be_one
