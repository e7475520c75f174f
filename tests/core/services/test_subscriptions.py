"""Which webhooks we want, and which are put right."""

import pytest
from sqlalchemy.orm import Session

from core.config import settings
from core.integrations.shopify.webhooks import Subscription
from core.models import Shop, utc_now
from core.services import subscriptions
from core.services.subscriptions import TOPICS
from tests.cast import Cast

URI = "https://photos.example.org/hooks/shopify/paw.myshopify.com"
OLD = URI.replace("photos", "old")
ORDER = TOPICS["ORDERS_CREATE"]


def subscription(topic: str = "ORDERS_CREATE", uri: str = URI, *fields: str) -> Subscription:
    return Subscription(f"{topic} {uri} {fields}", topic, uri, fields or TOPICS.get(topic, ()))


RIGHT = [subscription(topic) for topic in TOPICS]


def test_what_is_missing_is_made() -> None:
    changes = subscriptions.compare(RIGHT[2:], URI)

    assert changes.missing == list(TOPICS)[:2]
    assert list(changes.right) == list(TOPICS)[2:]
    assert not changes.wrong
    assert not changes.surplus


@pytest.mark.parametrize(
    "wrong", [subscription("ORDERS_CREATE", OLD), subscription("ORDERS_CREATE", URI, "id", "email")]
)
def test_what_leads_elsewhere_or_tells_too_much_is_changed(wrong: Subscription) -> None:
    changes = subscriptions.compare([*RIGHT[1:], wrong], URI)

    assert changes.wrong == [wrong]
    assert not changes.missing
    assert not changes.surplus


def test_what_we_do_not_want_goes_and_what_is_not_ours_stays() -> None:
    unwanted, twice = subscription("PRODUCTS_UPDATE"), subscription("ORDERS_CREATE", OLD)
    others = [
        subscription("PRODUCTS_UPDATE", "https://photos.example.org/other"),
        subscription("ORDERS_CREATE", URI.replace("paw", "another")),
        subscription("ORDERS_CREATE", "pubsub://project:topic"),
        subscription("ORDERS_CREATE", "arn:aws:events:eu-west-1::event-source/shopify"),
    ]

    changes = subscriptions.compare([twice, *others, unwanted, *RIGHT], URI)

    assert changes.surplus == [unwanted, twice]
    assert not changes.wrong
    assert list(changes.right) == list(TOPICS)


def test_nothing_of_a_customer_travels() -> None:
    harmless = {"id", "admin_graphql_api_id", "updated_at", "order_edit.order_id"}

    told = {field for topic, fields in TOPICS.items() if "ORDERS_" in topic for field in fields}

    assert told == harmless
    assert all(TOPICS[f"ORDERS_{what}"] for what in ("CREATE", "UPDATED", "EDITED", "CANCELLED"))


@pytest.mark.parametrize(
    ("public_url", "is_demo", "expected"),
    [
        ("https://photos.example.org", False, "https://photos.example.org/hooks/shopify/{shop}"),
        ("http://photos.example.org", False, None),
        ("", False, None),
        ("https://photos.example.org", True, "http://127.0.0.1:8501/hooks/shopify/{shop}"),
        ("", True, "http://127.0.0.1:8501/hooks/shopify/{shop}"),
    ],
)
def test_shopify_is_told_an_address_that_it_may_knock_at(
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    public_url: str,
    is_demo: bool,
    expected: str | None,
) -> None:
    shop = Cast(session, is_demo=is_demo).shop
    monkeypatch.setenv("LOUPE_PUBLIC_URL", public_url)
    settings.cache_clear()

    uri = subscriptions.address(session, shop.id)

    monkeypatch.undo()
    settings.cache_clear()
    assert uri == (expected and expected.format(shop=shop.domain))


def test_a_look_is_asked_for_once(cast: Cast, session: Session) -> None:
    for _ in range(2):
        subscriptions.request_check(session, cast.shop.id)

    assert cast.jobs("check_webhooks") == [{"shop_id": cast.shop.id}]


def test_a_shop_that_has_left_is_told_nothing(cast: Cast, session: Session) -> None:
    cast.shop.disconnected_at = utc_now()
    session.flush()

    assert subscriptions.address(session, cast.shop.id) is None


def test_what_is_sent_is_remembered(cast: Cast, session: Session) -> None:
    subscriptions.record(session, cast.shop.id, ["ORDERS_UPDATED", "ORDERS_CREATE"])

    shop = session.get_one(Shop, cast.shop.id, populate_existing=True)
    assert shop.webhook_topics == ["ORDERS_CREATE", "ORDERS_UPDATED"]
    assert shop.webhooks_checked_at is not None
