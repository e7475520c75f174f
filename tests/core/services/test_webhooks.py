"""What a delivery makes us do, once, and that nothing of it is believed or kept."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core import queue
from core.models import Event, EventName, Order, Shop, SyncKind, SyncRun, WebhookDelivery, utc_now
from core.services import webhooks
from core.services.webhooks import Delivery
from tests.cast import Cast

ORDER = "gid://shopify/Order/820982911946154508"
FULFILLMENT = "gid://shopify/FulfillmentOrder/1"


@pytest.fixture
def cast(session: Session) -> Cast:
    return Cast(session, is_demo=False)


def keep(
    cast: Cast, topic: str, payload: object, *, triggered_at: datetime | None = None
) -> WebhookDelivery:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    delivery = Delivery(topic, str(uuid4()), triggered_at, body)
    webhooks.keep(cast.session, cast.shop.id, delivery)
    return cast.session.scalars(
        select(WebhookDelivery).where(WebhookDelivery.webhook_id == delivery.webhook_id)
    ).one()


def process(
    cast: Cast, topic: str, payload: object, *, triggered_at: datetime | None = None
) -> WebhookDelivery:
    delivery = keep(cast, topic, payload, triggered_at=triggered_at)
    webhooks.process(cast.session, delivery.id)
    cast.session.flush()
    return delivery


def events(cast: Cast, name: EventName) -> list[Event]:
    return list(cast.session.scalars(select(Event).where(Event.name == name)))


@pytest.mark.parametrize(
    ("topic", "payload", "order"),
    [
        # The number beside it may have been rounded on the way.
        ("orders/updated", {"id": 820982911946154500, "admin_graphql_api_id": ORDER}, ORDER),
        ("orders/delete", {"id": 7}, "gid://shopify/Order/7"),
        # The edit has an id of its own.
        ("orders/edited", {"order_edit": {"id": 5, "order_id": 7}}, "gid://shopify/Order/7"),
        ("orders/edited", {"order_edit": {"order_id": 7}}, "gid://shopify/Order/7"),
        ("orders/risk_assessment_changed", {"order_id": 7}, "gid://shopify/Order/7"),
    ],
)
def test_an_order_is_read_again(cast: Cast, topic: str, payload: Any, order: str) -> None:
    delivery = process(cast, topic, payload)

    assert cast.jobs("sync_order") == [{"shop_id": cast.shop.id, "order": order}]
    assert (delivery.body, delivery.processed_at is None) == (None, False)


def test_r1_in_whatever_order_they_come_one_reading_is_enough(cast: Cast) -> None:
    told = [{"admin_graphql_api_id": ORDER, "updated_at": f"2026-11-{day}"} for day in (3, 1, 2)]

    for payload in told:
        process(cast, "orders/updated", payload)

    assert len(cast.jobs("sync_order")) == 1


def test_what_stands_in_it_is_not_believed(cast: Cast) -> None:
    placed = cast.order()
    before = placed.order.updated_at

    process(
        cast,
        "orders/updated",
        {
            "admin_graphql_api_id": placed.order.shopify_id,
            "name": "#1 of somebody else",
            "cancelled_at": "2026-11-23T00:00:00Z",
            "updated_at": "2099-01-01T00:00:00Z",
        },
    )

    order = cast.session.get_one(Order, placed.id, populate_existing=True)
    assert (order.cancelled_at, order.updated_at) == (None, before)


def test_all_fulfillment_orders_that_are_named_are_read_again(cast: Cast) -> None:
    process(
        cast,
        "fulfillment_orders/moved",
        {
            "original_fulfillment_order": {"id": FULFILLMENT, "status": "closed"},
            "moved_fulfillment_order": {"id": "gid://shopify/FulfillmentOrder/2"},
            "destination_location_id": "gid://shopify/Location/1",
            "lines": [{"id": "gid://shopify/FulfillmentOrderLineItem/1", "of": FULFILLMENT}],
        },
    )

    read = [job["fulfillment"] for job in cast.jobs("sync_fulfillment_order")]
    assert read == [FULFILLMENT, "gid://shopify/FulfillmentOrder/2"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not JSON",
        b"\xff\xfe",
        b"null",
        b"[1]",
        b"[" * 100_000,
        b'{"id": null}',
        b'{"id": true}',
        b'{"id": -1}',
        b'{"id": 1e99}',
        b'{"id": "gid://shopify/Customer/1"}',
        b'{"id": "gid://shopify/Order/1 OR 1=1"}',
        b'{"id": "gid://shopify/Order/\xd9\xa1"}',
        b'{"order_edit": []}',
        b'{"admin_graphql_api_id": {"id": 1}}',
    ],
)
@pytest.mark.parametrize(
    "topic",
    ["orders/updated", "fulfillment_orders/split", "customers/redact", "customers/data_request"],
)
def test_what_cannot_be_read_is_said_and_done_with(
    cast: Cast, caplog: pytest.LogCaptureFixture, topic: str, body: bytes
) -> None:
    delivery = process(cast, topic, body)

    assert delivery.processed_at is not None
    assert delivery.body is None
    assert cast.jobs("sync_order") == cast.jobs("sync_fulfillment_order") == []
    assert [record.getMessage() for record in caplog.records] == [
        f"Webhook {delivery.id} of shop {cast.shop.id} cannot be read: {topic}"
    ]


@pytest.mark.parametrize("topic", ["products/update", "orders", "", "shop/update", "app/other"])
def test_what_nobody_asked_for_changes_nothing(cast: Cast, topic: str) -> None:
    delivery = process(cast, topic, {"id": 1, "myshopify_domain": cast.shop.domain})

    assert delivery.processed_at is not None
    assert cast.session.get_one(Shop, cast.shop.id).disconnected_at is None


def test_it_is_done_once(cast: Cast) -> None:
    delivery = process(cast, "orders/delete", {"id": 7})
    cast.session.execute(text("DELETE FROM procrastinate_jobs WHERE task_name = 'sync_order'"))

    webhooks.process(cast.session, delivery.id)

    assert cast.jobs("sync_order") == []


def test_a_shop_that_takes_the_app_away_is_left_in_peace(cast: Cast) -> None:
    placed = cast.order()
    process(cast, "app/uninstalled", {"id": 1, "myshopify_domain": cast.shop.domain})
    process(cast, "app/uninstalled", {"id": 1, "myshopify_domain": cast.shop.domain.upper()})

    shop = cast.session.get_one(Shop, cast.shop.id, populate_existing=True)
    assert shop.disconnected_at is not None
    assert shop.access_token is None
    assert len(events(cast, EventName.SHOP_DISCONNECTED)) == 1
    assert cast.session.get_one(Order, placed.id).email == "carl@example.org"


def departure(cast: Cast, topic: str) -> dict[str, object]:
    named = "myshopify_domain" if topic == "app/uninstalled" else "shop_domain"
    return {"id": 1, named: cast.shop.domain}


DEPARTURES = ["app/uninstalled", "shop/redact"]


@pytest.mark.parametrize("topic", DEPARTURES)
def test_a_departure_from_before_the_shop_came_back_is_over(
    cast: Cast, caplog: pytest.LogCaptureFixture, topic: str
) -> None:
    caplog.set_level("INFO")
    cast.order()
    cast.shop.connected_at = utc_now()
    cast.session.flush()
    before = cast.shop.connected_at - timedelta(seconds=1)

    delivery = process(cast, topic, departure(cast, topic), triggered_at=before)

    cast.session.expire_all()
    assert (cast.shop.disconnected_at, cast.jobs("redact_order")) == (None, [])
    assert events(cast, EventName.SHOP_ERASED) == []
    assert delivery.processed_at is not None
    assert [record.getMessage() for record in caplog.records] == [
        f"Shop {cast.shop.id} has come back since: {topic}"
    ]


@pytest.mark.parametrize("topic", DEPARTURES)
@pytest.mark.parametrize("is_dated", [True, False])
def test_a_departure_since_then_is_followed(cast: Cast, topic: str, is_dated: bool) -> None:
    cast.shop.connected_at = utc_now() - webhooks.REDACTED_AFTER - timedelta(hours=1)
    cast.session.flush()
    at = utc_now() if is_dated else None

    process(cast, topic, departure(cast, topic), triggered_at=at)

    cast.session.expire_all()
    assert cast.shop.disconnected_at is not None


def signed(cast: Cast, order: str) -> dict[str, dict[str, Any]]:
    """What is genuine under each topic."""
    of_customer = {"shop_domain": cast.shop.domain, "customer": {"email": "carl@example.org"}}
    return {
        "orders/updated": {"id": 1, "admin_graphql_api_id": order, "customer": {"id": 1}},
        "app/uninstalled": departure(cast, "app/uninstalled"),
        "app/scopes_update": {"id": 1, "current": ["read_orders"]},
        "customers/data_request": of_customer | {"orders_requested": [], "data_request": {"id": 7}},
        "customers/redact": of_customer | {"orders_to_redact": []},
        "shop/redact": departure(cast, "shop/redact"),
    }


@pytest.mark.parametrize(
    "topic", ["app/uninstalled", "customers/data_request", "customers/redact", "shop/redact"]
)
def test_under_another_topic_than_it_was_signed_for_it_does_no_harm(cast: Cast, topic: str) -> None:
    placed = cast.order()
    bodies = signed(cast, placed.order.shopify_id)
    own = bodies.pop(topic)

    deliveries = [process(cast, topic, body) for body in bodies.values()]

    assert all(each.processed_at is not None for each in deliveries)
    shop = cast.session.get_one(Shop, cast.shop.id, populate_existing=True)
    order = cast.session.get_one(Order, placed.id, populate_existing=True)
    assert (shop.disconnected_at, order.erased_at, cast.jobs("redact_order")) == (None, None, [])
    told = select(Event.name).where(
        Event.name.in_(
            {
                EventName.SHOP_DISCONNECTED,
                EventName.SHOP_ERASED,
                EventName.ORDER_ERASED,
                EventName.DATA_REQUESTED,
            }
        )
    )
    assert cast.session.scalars(told).all() == []
    # Its own does what it asks for.
    process(cast, topic, own)
    assert cast.session.scalars(told).first() is not None


def test_other_scopes_have_the_connection_looked_at(cast: Cast) -> None:
    process(cast, "app/scopes_update", {"id": 1, "current": ["read_orders"]})

    assert cast.jobs("check_connection") == [{"shop_id": cast.shop.id}]


def test_an_import_that_waits_for_its_operation_looks_at_once(cast: Cast) -> None:
    operation = "gid://shopify/BulkOperation/147595010"
    run = SyncRun(shop_id=cast.shop.id, kind=SyncKind.IMPORT, bulk_operation_id=operation)
    cast.session.add(run)
    cast.session.flush()
    later = utc_now() + timedelta(hours=1)
    for task, run_id in (("import_orders", run.id), ("import_orders", 0), ("other", run.id)):
        queue.defer(cast.session, task, at=later, run_id=run_id)

    process(cast, "bulk_operations/finish", {"admin_graphql_api_id": operation})

    due = text("SELECT task_name, args FROM procrastinate_jobs WHERE scheduled_at <= now()")
    assert [tuple(row) for row in cast.session.execute(due)] == [
        ("import_orders", {"run_id": run.id})
    ]


def test_what_a_killed_worker_left_behind_is_taken_up(cast: Cast) -> None:
    left, under_way, fresh, done = (keep(cast, "orders/delete", {"id": 7}) for _ in range(4))
    cast.session.execute(
        text("DELETE FROM procrastinate_jobs WHERE CAST(args->>'delivery_id' AS int) <> :id"),
        {"id": under_way.id},
    )
    for each in (left, under_way, done):
        each.received_at = utc_now() - timedelta(hours=1)
    done.processed_at = utc_now()
    cast.session.flush()

    webhooks.recover(cast.session)
    webhooks.recover(cast.session)

    queued = [job["delivery_id"] for job in cast.jobs("process_webhook")]
    assert queued == [under_way.id, left.id]
    assert fresh.id not in queued


def test_deliveries_are_forgotten_when_they_come_no_more(cast: Cast) -> None:
    old, stuck, recent = (process(cast, "orders/delete", {"id": 7}) for _ in range(3))
    to_forget = keep(cast, "customers/redact", {})
    for each, hours in ((old, 49), (stuck, 49), (recent, 47), (to_forget, 49)):
        each.received_at = utc_now() - timedelta(hours=hours)
    stuck.processed_at = None
    cast.session.flush()

    webhooks.forget_old(cast.session)

    left = cast.session.scalars(select(WebhookDelivery.id).order_by(WebhookDelivery.id)).all()
    assert left == [recent.id, to_forget.id]
