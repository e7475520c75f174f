"""An order itself, as Shopify and we know it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from core.findings.print_sizes import LengthUnit
from core.models import Event, Order, Photo, Shop, Staff


@dataclass(frozen=True, slots=True)
class Head:
    id: int
    shop_id: int
    shopify_id: str
    name: str
    customer: str
    email: str
    mail_to: str  #: Where its mail goes instead; "" where nobody has corrected it
    is_gentle: bool
    note: str
    placed_at: datetime
    shop: str
    shop_domain: str
    is_demo: bool
    time_zone: str
    unit: LengthUnit  #: To say sizes in
    financial_status: str
    fulfillment_status: str
    cancelled_at: datetime | None
    deleted_at: datetime | None
    erased_at: datetime | None
    is_fulfilled: bool
    released_at: datetime | None
    handed_over_at: datetime | None
    handed_over_by: str
    told_state: str  #: The tag that Shopify has of us; "" for none
    refusal: str
    refused_at: datetime | None


def of_order(session: Session, order_id: int) -> Head | None:
    row = session.execute(
        select(Order, Shop, func.coalesce(Staff.name, "").label("handed_over_by"))
        .join(Shop, Shop.id == Order.shop_id)
        .outerjoin(Staff, Staff.id == Order.handed_over_by_id)
        .where(Order.id == order_id)
    ).one_or_none()
    if row is None:
        return None
    order: Order = row.Order
    shop: Shop = row.Shop
    return Head(
        id=order.id,
        shop_id=shop.id,
        shopify_id=order.shopify_id,
        name=order.name,
        customer=order.customer_name or "",
        email=order.email or "",
        mail_to=order.mail_to or "",
        is_gentle=order.is_gentle,
        note=order.note or "",
        placed_at=order.placed_at,
        shop=shop.name,
        shop_domain=shop.domain,
        is_demo=shop.is_demo,
        time_zone=shop.time_zone,
        unit=shop.length_unit or LengthUnit.CM,
        financial_status=order.financial_status or "",
        fulfillment_status=order.fulfillment_status or "",
        cancelled_at=order.cancelled_at,
        deleted_at=order.deleted_at,
        erased_at=order.erased_at,
        is_fulfilled=order.is_fulfilled,
        released_at=order.released_at,
        handed_over_at=order.handed_over_at,
        handed_over_by=row.handed_over_by,
        told_state=order.told_state or "",
        refusal=order.refusal or "",
        refused_at=order.refused_at,
    )


def fingerprint(session: Session, order_id: int) -> str:
    """Another one as soon as there is something new to show of the order; one statement."""
    latest = select(func.max(Event.id)).where(Event.order_id == Order.id).scalar_subquery()
    versions = (
        select(func.array_agg(aggregate_order_by(Photo.version, Photo.id)))
        .where(Photo.order_id == Order.id)
        .scalar_subquery()
    )
    row = session.execute(
        select(latest, Order.updated_at, versions, Order.told_state, Order.refusal).where(
            Order.id == order_id
        )
    ).one_or_none()
    return repr(row)
