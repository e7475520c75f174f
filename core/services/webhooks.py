"""What Shopify tells us by itself: kept with one statement, and worked off by a job.

A delivery only ever makes us look: what stands in it is neither believed nor kept.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import DateTime, LargeBinary, Text, bindparam, case, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core import queue
from core.errors import Unavailable
from core.integrations.shopify import payloads
from core.integrations.shopify.payloads import Json
from core.models import Shop, SyncRun, WebhookDelivery, utc_now
from core.sealing import unseal
from core.services import connections, privacy, sync

logger = logging.getLogger(__name__)

#: Those come also for a shop that has left.
PRIVACY_TOPICS = frozenset({"customers/data_request", "customers/redact", "shop/redact"})
#: Shopify tries again for four hours, and may be a day late.
KEPT = timedelta(days=2)
#: Shopify sends `shop/redact` so long after the app was uninstalled.
REDACTED_AFTER = timedelta(hours=48)
#: Before that, a delivery's own job is on its way.
_LEFT_BEHIND = timedelta(minutes=10)
#: Before polls: somebody may be looking at the order.
_PRIORITY = 20


@dataclass(frozen=True, slots=True)
class Sender:
    """A shop, and what its webhooks are signed with."""

    shop_id: int
    secrets: tuple[bytes, bytes]
    is_connected: bool


@dataclass(frozen=True, slots=True)
class Delivery:
    topic: str
    webhook_id: str
    triggered_at: datetime | None
    body: bytes


def senders(session: Session) -> Mapping[str, Sender]:
    """All shops, by their domains."""
    shops = session.execute(
        select(
            Shop.id,
            Shop.domain,
            Shop.client_secret,
            case((Shop.old_secret_until > func.now(), Shop.old_client_secret)).label("old"),
            Shop.disconnected_at,
        )
    ).all()
    found: dict[str, Sender] = {}
    for shop in shops:
        secrets = [unseal(sealed).encode() for sealed in (shop.client_secret, shop.old) if sealed]
        # With a token that does not end, there may be none: anybody can sign with an empty one.
        known = [secret for secret in secrets if secret]
        if known:
            # Always two, so that nobody can tell from the time how many there are.
            found[shop.domain] = Sender(
                shop.id, (known[0], known[-1]), is_connected=shop.disconnected_at is None
            )
    return found


_kept = (
    insert(WebhookDelivery)
    .values(
        shop_id=bindparam("shop_id"),
        topic=bindparam("topic", type_=Text),
        webhook_id=bindparam("webhook_id", type_=Text),
        triggered_at=bindparam("triggered_at", type_=DateTime(timezone=True)),
        body=bindparam("body", type_=LargeBinary),
        received_at=func.now(),
    )
    .on_conflict_do_nothing(
        index_elements=[
            WebhookDelivery.shop_id,
            WebhookDelivery.topic,
            WebhookDelivery.webhook_id,
        ]
    )
    .returning(WebhookDelivery.id)
    .cte("kept")
)
_KEEP = select(
    queue.deferred("process_webhook", priority=_PRIORITY, delivery_id=_kept.c.id)
).select_from(_kept)


def keep(session: Session, shop_id: int, delivery: Delivery) -> None:
    """Keep a delivery and queue its job, in one statement; one that is here already changes
    nothing."""
    session.execute(
        _KEEP,
        {
            "shop_id": shop_id,
            "topic": delivery.topic,
            "webhook_id": delivery.webhook_id,
            "triggered_at": delivery.triggered_at,
            "body": delivery.body,
        },
    )


def process(session: Session, delivery_id: int) -> None:
    """Do what a delivery asks for, once, and forget what it says."""
    delivery = session.scalars(
        select(WebhookDelivery)
        .where(WebhookDelivery.id == delivery_id, WebhookDelivery.processed_at.is_(None))
        .with_for_update()
    ).one_or_none()
    if delivery is None:
        return
    body, delivery.body = delivery.body or b"", None
    # Marked first: a shop that is forgotten drops those that nobody has taken up.
    delivery.processed_at = utc_now()
    session.flush()
    try:
        _follow(session, delivery, payloads.parse(body))
    except Unavailable:
        # It will not be better next time. A poll finds what we were to be told.
        logger.warning(
            "Webhook %s of shop %s cannot be read: %s",
            delivery.id,
            delivery.shop_id,
            delivery.topic,
        )


def _follow(session: Session, delivery: WebhookDelivery, payload: Json) -> None:
    shop_id, topic = delivery.shop_id, delivery.topic
    match topic.split("/"):
        case ["orders", _]:
            sync.request_order(session, shop_id, payloads.order_id(payload))
        case ["fulfillment_orders" | "fulfillment_holds", _]:
            for each in payloads.fulfillment_order_ids(payload):
                sync.request_fulfillment_order(session, shop_id, each)
        case ["app", "scopes_update"]:
            connections.request_check(session, shop_id)
        case ["bulk_operations", "finish"]:
            _look_at_import(session, shop_id, payloads.bulk_operation_id(payload))
        case ["app", "uninstalled"] | ["shop", "redact"]:
            _follow_departure(session, delivery, payload)
        case ["customers", "data_request" | "redact"]:
            _follow_customer(session, shop_id, topic, payload)
        case _:
            logger.info("Nobody here listens to %s", topic)


def _look_at_import(session: Session, shop_id: int, operation_id: str) -> None:
    runs = select(SyncRun.id).where(
        SyncRun.shop_id == shop_id,
        SyncRun.bulk_operation_id == operation_id,
        SyncRun.finished_at.is_(None),
    )
    for run_id in session.scalars(runs):
        queue.hasten(session, "import_orders", "run_id", str(run_id))


def _follow_departure(session: Session, delivery: WebhookDelivery, payload: Json) -> None:
    # Locked, so that nobody connects it while it leaves.
    shop = session.get_one(
        Shop, delivery.shop_id, with_for_update={"key_share": True}, populate_existing=True
    )
    _demand(payload, delivery.topic, shop)
    left_at = delivery.triggered_at
    if left_at and delivery.topic == "shop/redact":
        left_at -= REDACTED_AFTER
    if left_at and shop.connected_at and left_at < shop.connected_at:
        logger.info("Shop %s has come back since: %s", shop.id, delivery.topic)
    elif delivery.topic == "app/uninstalled":
        connections.uninstalled(session, shop.id)
    else:
        privacy.redact_shop(session, shop.id)


def _follow_customer(session: Session, shop_id: int, topic: str, payload: Json) -> None:
    _demand(payload, topic, session.get_one(Shop, shop_id))
    if topic == "customers/redact":
        concerned = payloads.concerned(payload, "orders_to_redact")
        privacy.redact_customer(session, shop_id, concerned)
    else:
        concerned = payloads.concerned(payload, "orders_requested")
        privacy.take_request(session, shop_id, payloads.request_id(payload), concerned)


def _demand(payload: Json, topic: str, shop: Shop) -> None:
    """What cannot be taken back is done only where the signed part asks for it."""
    if not payloads.is_of(payload, topic, shop.domain):
        raise Unavailable("bad_payload", permanent=True)


def recover(session: Session) -> None:
    """Take up deliveries whose job is gone."""
    session.execute(
        select(
            queue.deferred("process_webhook", priority=_PRIORITY, delivery_id=WebhookDelivery.id)
        ).where(
            WebhookDelivery.processed_at.is_(None),
            WebhookDelivery.received_at < func.now() - _LEFT_BEHIND,
            ~queue.is_pending("process_webhook", "delivery_id", WebhookDelivery.id),
        )
    )


def forget_old(session: Session) -> None:
    """Forget deliveries that come no more, also where a bug kept us from them: polls found it all.

    But not what was to be forgotten, or told, and is not yet.
    """
    session.execute(
        delete(WebhookDelivery).where(
            WebhookDelivery.received_at < func.now() - KEPT,
            WebhookDelivery.processed_at.is_not(None)
            | WebhookDelivery.topic.not_in(PRIVACY_TOPICS),
        ),
        execution_options={"synchronize_session": False},
    )
