"""Shops, their settings in force, and their tokens."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.config import settings
from core.errors import RetentionImplausible, ReviewHoursImplausible
from core.models import EventName, Order, Role, Shop, ShopMode, utc_now
from core.sealing import seal, unseal
from core.services import history
from core.services.actors import Actor

#: Days. Below, a customer's link could still work, or a print come back with a complaint.
RETENTION = range(30, 3651)
#: Beyond a month, "late" would say nothing.
REVIEW_HOURS = range(1, 721)


class Switch(StrEnum):
    """What a shop may have us leave alone in Shopify."""

    HOLDS = "places_holds"
    TAGS = "sets_tags"
    METAFIELD = "sets_metafield"


def undo_seconds(session: Session, shop_id: int) -> float:
    """How long a decision may be taken back. The environment wins over the shop's setting."""
    minutes = settings().undo_minutes
    if minutes is not None:
        return minutes * 60
    return session.scalars(select(Shop.undo_seconds).where(Shop.id == shop_id)).one()


def is_live(shop: Shop) -> bool:
    """Whether anything may leave for orders of this shop."""
    return shop.mode is ShopMode.LIVE and shop.disconnected_at is None


def is_live_for(shop: Shop, order: Order) -> bool:
    """Whether mail, holds and tags may leave for this order."""
    return is_live(shop) and shop.live_from is not None and order.placed_at >= shop.live_from


def is_live_since(shop: Shop, moment: datetime) -> bool:
    """Whether the shop had been switched on by then."""
    return shop.went_live_at is None or shop.went_live_at <= moment


def keep_token(session: Session, shop_id: int, token: str, *, renew_at: datetime | None) -> None:
    session.execute(
        update(Shop)
        .where(Shop.id == shop_id)
        .values(access_token=seal(token), access_token_renew_at=renew_at)
    )


def token(shop: Shop) -> str | None:
    """Return the shop's access token, unless it is about to end."""
    if shop.access_token is None:
        return None
    renew_at = shop.access_token_renew_at
    return unseal(shop.access_token) if renew_at is None or renew_at > utc_now() else None


def trust_host(session: Session, shop_id: int, host: str, *, manager: Actor) -> None:
    """Let photos be fetched from this exact host from now on."""
    manager.require(Role.MANAGER)
    shop = session.scalars(
        select(Shop).where(Shop.id == shop_id).with_for_update(key_share=True)
    ).one()
    if host not in shop.trusted_hosts:
        shop.trusted_hosts = [*shop.trusted_hosts, host]
        history.record(session, EventName.HOST_TRUSTED, shop_id=shop_id, actor=manager, host=host)


def distrust_host(session: Session, shop_id: int, host: str, *, manager: Actor) -> None:
    """Fetch no photos from this host any more; those that are here stay."""
    manager.require(Role.MANAGER)
    shop = session.scalars(
        select(Shop).where(Shop.id == shop_id).with_for_update(key_share=True)
    ).one()
    if host in shop.trusted_hosts:
        shop.trusted_hosts = [each for each in shop.trusted_hosts if each != host]
        history.record(
            session, EventName.HOST_DISTRUSTED, shop_id=shop_id, actor=manager, host=host
        )


def set_review_hours(session: Session, shop_id: int, hours: int | None, *, manager: Actor) -> None:
    """Call a photo late that has waited for its reviewer so long."""
    manager.require(Role.MANAGER)
    if hours is None or hours not in REVIEW_HOURS:
        raise ReviewHoursImplausible
    _set(session, shop_id, "review_hours", hours, manager)


def set_retention(session: Session, shop_id: int, days: int | None, *, manager: Actor) -> None:
    """Forget customers so many days after their order is finished; None forgets nobody."""
    manager.require(Role.MANAGER)
    if days is not None and days not in RETENTION:
        raise RetentionImplausible
    _set(session, shop_id, "retention_days", days, manager)


def switch(session: Session, shop_id: int, what: Switch, is_on: bool, *, manager: Actor) -> None:
    """What is held or said in Shopify already stays as it is."""
    manager.require(Role.MANAGER)
    _set(session, shop_id, what.value, is_on, manager)


def _set(session: Session, shop_id: int, name: str, value: int | None, manager: Actor) -> None:
    shop = session.get_one(Shop, shop_id, with_for_update=True)
    if getattr(shop, name) != value:
        setattr(shop, name, value)
        history.record(
            session, EventName.SHOP_CHANGED, shop_id=shop_id, actor=manager, **{name: value}
        )
