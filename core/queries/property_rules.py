"""What a merchant has said about properties and the hosts their pictures are on."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.integrations.shopify.order_references import bare_name
from core.integrations.shopify.property_rules import PropertyRules
from core.models import Order, Shop


@dataclass(frozen=True, slots=True)
class ShopRules:
    """All of a connected shop's."""

    shop_id: int
    shop: str
    domain: str
    is_demo: bool
    taken: Sequence[str]  #: As the merchant writes them
    ignored: Sequence[str]
    trusted_hosts: Sequence[str]

    @property
    def properties(self) -> PropertyRules:
        return PropertyRules.of(self.taken, self.ignored)

    @property
    def hosts(self) -> Sequence[str]:
        """That photos are fetched from, besides the built-in ones."""
        return [self.domain, *self.trusted_hosts]


def of_shop(session: Session, shop_id: int) -> PropertyRules:
    row = session.execute(
        select(Shop.taken_properties, Shop.ignored_properties).where(Shop.id == shop_id)
    ).one()
    return PropertyRules.of(*row)


def of_shops(session: Session) -> Sequence[ShopRules]:
    """Of every connected shop, by name."""
    rows = session.execute(
        select(
            Shop.id,
            Shop.name,
            Shop.domain,
            Shop.is_demo,
            Shop.taken_properties,
            Shop.ignored_properties,
            Shop.trusted_hosts,
        )
        .where(Shop.disconnected_at.is_(None))
        .order_by(Shop.name, Shop.id)
    )
    return [ShopRules(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """An order as it stands here, whatever Shopify still shows of it."""

    id: int
    is_deleted: bool
    is_erased: bool


def known_order(
    session: Session, shop_id: int, *, shopify_id: str | None, name: str
) -> KnownOrder | None:
    bare = bare_name(name)
    which = Order.shopify_id == shopify_id if shopify_id else Order.name.in_([bare, f"#{bare}"])
    row = session.execute(
        select(Order.id, Order.deleted_at.is_not(None), Order.erased_at.is_not(None))
        .where(Order.shop_id == shop_id, which)
        .order_by(Order.id.desc())
        .limit(1)
    ).one_or_none()
    return KnownOrder(*row) if row else None
