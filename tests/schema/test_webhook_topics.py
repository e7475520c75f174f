"""Each topic that we take is driven by Shopify's own sample of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.models import DataRequest, Order, Shop, WebhookDelivery
from core.services import webhooks
from core.services.subscriptions import TOPICS
from core.services.webhooks import PRIVACY_TOPICS, Delivery
from tests.cast import Cast
from tests.schema.packages import pinned, read_json
from tests.schema.test_webhook_payloads import PACKAGE, SHA256, VERSION

pytestmark = pytest.mark.schema

_ORDER = {"sync_order": {"order": "gid://shopify/Order/820982911946154508"}}
# Here the sample has nothing but a number, and a rounded one.
_ROUNDED = {"sync_order": {"order": "gid://shopify/Order/820982911946154500"}}
_FULFILLMENT = {"sync_fulfillment_order": {"fulfillment": "gid://shopify/FulfillmentOrder/1"}}

#: The job that each leads to, and what it is told beside the shop; the first if there are several.
EXPECTED: dict[str, dict[str, dict[str, Any]]] = {
    "orders/create": _ORDER,
    "orders/updated": _ORDER,
    "orders/cancelled": _ORDER,
    "orders/edited": _ROUNDED,
    "orders/delete": _ROUNDED,
    "fulfillment_orders/order_routing_complete": _FULFILLMENT,
    "fulfillment_orders/placed_on_hold": _FULFILLMENT,
    "fulfillment_orders/hold_released": _FULFILLMENT,
    "fulfillment_orders/split": _FULFILLMENT,
    "fulfillment_orders/moved": _FULFILLMENT,
    "fulfillment_holds/added": _FULFILLMENT,
    "fulfillment_holds/released": _FULFILLMENT,
    "app/uninstalled": {},
    "app/scopes_update": {"check_connection": {}},
    "bulk_operations/finish": {},
    "customers/data_request": {},
    "customers/redact": {},
    "shop/redact": {},
}


@pytest.fixture(scope="module")
def package() -> Path:
    return pinned(PACKAGE, SHA256)


def sample(package: Path, topic: str, shop: Shop) -> dict[str, Any]:
    """The sample, as it would be of this shop."""
    found = read_json(package, f"metadatas/{VERSION}/{topic}.json")["response"]
    assert isinstance(found, dict)
    if "shop_domain" in found:
        assert found["shop_domain"] == "{shop}.myshopify.com"
    own = {name: shop.domain for name in ("shop_domain", "myshopify_domain") if name in found}
    return found | own


def take(cast: Cast, topic: str, payload: dict[str, Any]) -> WebhookDelivery:
    delivery = Delivery(topic, "1", None, json.dumps(payload).encode())
    webhooks.keep(cast.session, cast.shop.id, delivery)
    kept = cast.session.scalars(
        select(WebhookDelivery).where(WebhookDelivery.shop_id == cast.shop.id)
    ).one()
    webhooks.process(cast.session, kept.id)
    cast.session.flush()
    return kept


def test_every_topic_that_we_take_is_here() -> None:
    wanted = {topic.replace("/", "_").upper() for topic in EXPECTED}

    assert wanted == {*TOPICS, *(topic.replace("/", "_").upper() for topic in PRIVACY_TOPICS)}


@pytest.mark.parametrize("topic", EXPECTED)
def test_a_sample_has_us_look(
    package: Path, session: Session, caplog: pytest.LogCaptureFixture, topic: str
) -> None:
    cast = Cast(session, is_demo=False)

    delivery = take(cast, topic, sample(package, topic, cast.shop))

    assert delivery.processed_at is not None
    assert delivery.body is None
    assert not caplog.records
    for task, arguments in EXPECTED[topic].items():
        assert cast.jobs(task)[0] == {"shop_id": cast.shop.id} | arguments


@pytest.mark.parametrize("topic", EXPECTED)
def test_the_fields_that_we_ask_for_are_enough(
    package: Path, session: Session, caplog: pytest.LogCaptureFixture, topic: str
) -> None:
    cast = Cast(session, is_demo=False)
    fields = TOPICS.get(topic.replace("/", "_").upper(), ())
    whole = sample(package, topic, cast.shop)
    told = only(whole, fields) if fields else whole

    take(cast, topic, told)

    assert not caplog.records
    for task, arguments in EXPECTED[topic].items():
        assert cast.jobs(task)[0] == {"shop_id": cast.shop.id} | arguments


def only(whole: dict[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    """What Shopify leaves of a payload; a period leads to what is within."""
    told: dict[str, Any] = {}
    for name, _, within in (field.partition(".") for field in fields):
        told[name] = {within: whole[name][within]} if within else whole[name]
    return told


def test_the_samples_of_privacy_do_what_they_promise(package: Path, session: Session) -> None:
    cast = Cast(session, is_demo=False)
    named, by_address, other = (
        cast.order(email=None),
        cast.order(email="john@example.com"),
        cast.order(),
    )
    named.order.shopify_id = "gid://shopify/Order/299938"
    session.flush()

    for topic in ("customers/data_request", "customers/redact"):
        payload = sample(package, topic, cast.shop)
        session.execute(text("DELETE FROM webhook_deliveries"))
        take(cast, topic, payload)

    session.expire_all()
    assert session.scalars(select(DataRequest.shopify_id)).all() == ["9999"]
    erased = [session.get_one(Order, each.id).erased_at for each in (named, by_address, other)]
    assert [at is not None for at in erased] == [True, True, False]


def test_the_sample_of_an_uninstalled_app_ends_the_connection(
    package: Path, session: Session
) -> None:
    cast = Cast(session, is_demo=False)

    take(cast, "app/uninstalled", sample(package, "app/uninstalled", cast.shop))

    session.expire_all()
    assert cast.shop.disconnected_at is not None
