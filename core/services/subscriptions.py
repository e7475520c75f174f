"""Which webhooks we want of a shop, and where to."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import queue
from core.config import settings
from core.integrations.shopify.webhooks import Subscription
from core.models import Shop, utc_now

_ORDER = ("id", "admin_graphql_api_id", "updated_at")
_ALL = ()

#: With the fields that are sent: nothing of a customer travels, and only what fetches it.
TOPICS: Mapping[str, tuple[str, ...]] = {
    "ORDERS_CREATE": _ORDER,
    "ORDERS_UPDATED": _ORDER,
    "ORDERS_EDITED": ("order_edit.order_id",),
    "ORDERS_CANCELLED": _ORDER,
    "ORDERS_DELETE": _ALL,
    "FULFILLMENT_ORDERS_ORDER_ROUTING_COMPLETE": _ALL,
    "FULFILLMENT_ORDERS_PLACED_ON_HOLD": _ALL,
    "FULFILLMENT_ORDERS_HOLD_RELEASED": _ALL,
    "FULFILLMENT_ORDERS_SPLIT": _ALL,
    "FULFILLMENT_ORDERS_MOVED": _ALL,
    "FULFILLMENT_HOLDS_ADDED": _ALL,
    "FULFILLMENT_HOLDS_RELEASED": _ALL,
    "APP_UNINSTALLED": ("id", "myshopify_domain"),
    "APP_SCOPES_UPDATE": _ALL,
    "BULK_OPERATIONS_FINISH": _ALL,
}


@dataclass(frozen=True, slots=True)
class Changes:
    missing: Sequence[str]  #: Topics
    wrong: Sequence[Subscription]
    surplus: Sequence[Subscription]
    right: Sequence[str]  #: Topics


def request_check(session: Session, shop_id: int) -> None:
    """Have a worker see to it that the shop tells us what we want to know."""
    waits = queue.is_waiting("check_webhooks", "shop_id", str(shop_id))
    if not session.scalar(select(waits)):
        queue.defer(session, "check_webhooks", shop_id=shop_id)


def address(session: Session, shop_id: int) -> str | None:
    """Where the shop may reach us; None for one that cannot, or that has left.

    The demo shop is on this machine. Shopify knocks at https only: else the polls do it all.
    """
    shop = session.execute(
        select(Shop.domain, Shop.is_demo).where(Shop.id == shop_id, Shop.disconnected_at.is_(None))
    ).one_or_none()
    if shop is None:
        return None
    if shop.is_demo:
        base = f"http://127.0.0.1:{settings().port}"
    elif settings().address.startswith("https:"):
        base = settings().address
    else:
        return None
    return f"{base}/hooks/shopify/{shop.domain}"


def compare(found: Iterable[Subscription], uri: str) -> Changes:
    """Ours are those that lead to this path, on whatever host; the others are left alone."""
    ours: dict[str, list[Subscription]] = {topic: [] for topic in TOPICS}
    surplus: list[Subscription] = []
    for each in found:
        if urlsplit(each.uri).path == urlsplit(uri).path:
            ours.get(each.topic, surplus).append(each)
    kept: list[Subscription] = []
    for same in ours.values():
        # Of several, one that is right already: another could not become like it.
        same.sort(key=lambda each: not _is_right(each, uri))
        kept += same[:1]
        surplus += same[1:]
    return Changes(
        missing=[topic for topic, same in ours.items() if not same],
        wrong=[each for each in kept if not _is_right(each, uri)],
        surplus=surplus,
        right=[each.topic for each in kept if _is_right(each, uri)],
    )


def record(session: Session, shop_id: int, topics: Collection[str]) -> None:
    """Topics that the shop sends us now."""
    session.execute(
        update(Shop)
        .where(Shop.id == shop_id)
        .values(webhook_topics=sorted(topics), webhooks_checked_at=utc_now())
    )


def _is_right(each: Subscription, uri: str) -> bool:
    return each.uri == uri and set(each.fields) == set(TOPICS[each.topic])
