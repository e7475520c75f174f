"""What a merchant has said about properties and the hosts their pictures are on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.integrations.shopify.order_references import bare_name
from core.integrations.shopify.property_rules import PropertyRules, folded
from core.models import Order, Photo, PhotoState, Shop, WithdrawnBecause


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
class Concerned:
    """What a change of a property's rule is about: photos of orders that are to be shipped."""

    photos: int = 0
    orders: int = 0
    approved: int = 0  #: Of the photos; what is handed over is among them
    rejected: int = 0


def concerned(session: Session, shop_id: int) -> Mapping[str, Concerned]:
    """By property, as `folded` has it; also photos that a rule of now keeps out."""
    rows = session.execute(
        select(
            Photo.source,
            func.count(),
            func.count().filter(Photo.state == PhotoState.APPROVED),
            func.count().filter(Photo.state == PhotoState.REJECTED),
            func.array_agg(Photo.order_id.distinct()),
        )
        .join(Order, Order.id == Photo.order_id)
        .where(
            Photo.shop_id == shop_id,
            Photo.url.is_not(None),
            Photo.withdrawn_because.is_(None)
            | (Photo.withdrawn_because == WithdrawnBecause.NO_LONGER_FOUND),
            ~Order.is_fulfilled,
            Order.cancelled_at.is_(None),
            Order.deleted_at.is_(None),
            Order.erased_at.is_(None),
        )
        .group_by(Photo.source)
    )
    found: dict[str, Concerned] = {}
    orders: dict[str, set[int]] = {}
    for source, photos, approved, rejected, on in rows:
        name = folded(source.partition(":")[2])
        orders.setdefault(name, set()).update(on)
        before = found.get(name, Concerned())
        found[name] = Concerned(
            before.photos + photos,
            len(orders[name]),
            before.approved + approved,
            before.rejected + rejected,
        )
    return found


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
