"""The shops, and how each of them is doing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from core import queue
from core.integrations.shopify.client import REQUIRED_SCOPES
from core.models import Order, Shop, ShopMode, SyncKind, SyncRun

_FOR_HOLDS = frozenset({"write_merchant_managed_fulfillment_orders"})
_FOR_MARKS = frozenset({"write_orders"})


@dataclass(frozen=True, slots=True)
class ShopStanding:
    """A shop as its managers see it."""

    id: int
    name: str
    domain: str
    is_demo: bool
    mode: ShopMode
    is_connected: bool
    first_order: str | None  #: The number of the first one that counts, once there is one
    granted_scopes: Sequence[str]
    lacking: Sequence[str]  #: Scopes that are missing for what the shop wants done
    served_version: str | None
    checked_at: datetime | None
    connection_error: str | None  #: As `Unavailable.code`
    webhook_topics: Sequence[str]
    webhooks_checked_at: datetime | None
    places_holds: bool
    sets_tags: bool
    sets_metafield: bool
    synced_at: datetime | None  #: The end of the last reading
    sync_error: str | None
    is_being_checked: bool

    @property
    def is_live(self) -> bool:
        return self.is_connected and self.mode is ShopMode.LIVE

    @property
    def problem(self) -> str | None:
        """As `Unavailable.code`: what went wrong the last time that we asked the shop."""
        if self.synced_at is None or (self.checked_at and self.checked_at > self.synced_at):
            return self.connection_error or self.sync_error
        return self.sync_error


def has_left() -> ColumnElement[bool]:
    """Whether a shop was the demo's, before a real one was connected."""
    return Shop.is_demo & Shop.disconnected_at.is_not(None)


def is_shown(shop_id: int | None) -> ColumnElement[bool]:
    """Whether an order is of this shop; of None, of any that has not left."""
    if shop_id is not None:
        return Order.shop_id == shop_id
    return Order.shop_id.not_in(select(Shop.id).where(has_left()))


def names(session: Session) -> Mapping[int, str]:
    """What staff may choose from, by name; those of one name are told apart by their domains."""
    rows = session.execute(
        select(Shop.id, Shop.name, Shop.domain)
        .where(~has_left())
        .order_by(func.lower(Shop.name), Shop.id)
    ).all()
    taken = [row.name for row in rows]
    return {
        row.id: row.name if taken.count(row.name) == 1 else f"{row.name} ({row.domain})"
        for row in rows
    }


def standings(session: Session, shop_id: int | None = None) -> Sequence[ShopStanding]:
    """Every shop's, or one's; those that are connected first."""
    of_shop = [] if shop_id is None else [Shop.id == shop_id]
    run = (
        select(SyncRun.finished_at, SyncRun.error)
        .where(
            SyncRun.shop_id == Shop.id,
            SyncRun.finished_at.is_not(None),
            SyncRun.kind != SyncKind.REFRESH,
        )
        .order_by(SyncRun.id.desc())
        .limit(1)
        .lateral()
    )
    first_order = (
        select(Order.name)
        .where(Order.shop_id == Shop.id, Order.placed_at >= Shop.live_from)
        .order_by(Order.placed_at, Order.id)
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(
            *(Shop, first_order, run.c.finished_at, run.c.error),
            queue.is_pending("check_connection", "shop_id", Shop.id),
        )
        .outerjoin(run, true())
        .where(~has_left(), *of_shop)
        .order_by(Shop.disconnected_at.is_not(None), func.lower(Shop.name), Shop.id)
    )
    return [_standing(*row) for row in rows]


def lacking(shop: Shop) -> Sequence[str]:
    """The scopes that are missing for what the shop wants done."""
    unneeded = (frozenset() if shop.places_holds else _FOR_HOLDS) | (
        frozenset() if shop.sets_tags or shop.sets_metafield else _FOR_MARKS
    )
    return [
        scope
        for scope in REQUIRED_SCOPES
        if scope not in shop.granted_scopes and scope not in unneeded
    ]


def _standing(
    shop: Shop,
    first_order: str | None,
    synced_at: datetime | None,
    sync_error: str | None,
    is_being_checked: bool,
) -> ShopStanding:
    return ShopStanding(
        id=shop.id,
        name=shop.name,
        domain=shop.domain,
        is_demo=shop.is_demo,
        mode=shop.mode,
        is_connected=shop.disconnected_at is None,
        first_order=first_order,
        granted_scopes=shop.granted_scopes,
        lacking=lacking(shop),
        served_version=shop.served_version,
        checked_at=shop.checked_at,
        connection_error=shop.connection_error,
        webhook_topics=shop.webhook_topics,
        webhooks_checked_at=shop.webhooks_checked_at,
        places_holds=shop.places_holds,
        sets_tags=shop.sets_tags,
        sets_metafield=shop.sets_metafield,
        synced_at=synced_at,
        sync_error=sync_error,
        is_being_checked=is_being_checked,
    )
