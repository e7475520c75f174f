"""An order itself, as Shopify and we know it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import InstrumentedAttribute, Session

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
    fulfilled_at: datetime | None  #: None also of what had been shipped before Loupe saw it
    released_at: datetime | None
    handed_over_at: datetime | None
    handed_over_by: str
    told_state: str  #: The tag that Shopify has of us; "" for none
    refusal: str
    refused_at: datetime | None


def of_order(session: Session, order_id: int) -> Head | None:
    row: Sequence[Any] | None = session.execute(
        select(
            *(Order.id, Order.shop_id, Order.shopify_id, Order.name),
            *map(_or_empty, (Order.customer_name, Order.email, Order.mail_to)),
            *(Order.is_gentle, _or_empty(Order.note)),
            *(Order.placed_at, Shop.name, Shop.domain, Shop.is_demo, Shop.time_zone),
            func.coalesce(Shop.length_unit, LengthUnit.CM),
            *map(_or_empty, (Order.financial_status, Order.fulfillment_status)),
            *(Order.cancelled_at, Order.deleted_at, Order.erased_at),
            *(Order.is_fulfilled, Order.fulfilled_at),
            *(Order.released_at, Order.handed_over_at, _or_empty(Staff.name)),
            *(_or_empty(Order.told_state), _or_empty(Order.refusal), Order.refused_at),
        )
        .join(Shop, Shop.id == Order.shop_id)
        .outerjoin(Staff, Staff.id == Order.handed_over_by_id)
        .where(Order.id == order_id)
    ).one_or_none()
    return Head(*row) if row else None


def _or_empty(text: InstrumentedAttribute[Any]) -> ColumnElement[str]:
    return func.coalesce(text, "")


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
