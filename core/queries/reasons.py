"""The reasons that a reviewer may choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ScalarSelect, SQLColumnExpression, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import NamedFromClause

from core.models import DecisionReason, Reason, Shop, WhenSilent
from core.queries.shops import has_left


@dataclass(frozen=True, slots=True)
class ActiveReason:
    id: int
    code: str
    label: str
    customer_text: str
    may_keep: bool
    comment_required: bool
    is_offered: bool  #: False: only where a finding suggests it
    shop_id: int
    shop: str


def labels_of(decision_id: SQLColumnExpression[int]) -> NamedFromClause:
    """All reasons of a decision as one row to join: its `labels`, the folder's first."""
    return (
        select(
            func.array_agg(aggregate_order_by(Reason.label, DecisionReason.position)).label(
                "labels"
            )
        )
        .join(DecisionReason, DecisionReason.reason_id == Reason.id)
        .where(DecisionReason.decision_id == decision_id)
        .lateral()
    )


def allow_keeping(decision_id: SQLColumnExpression[int]) -> ScalarSelect[bool]:
    """The strictest of its reasons counts; without any reason nothing speaks for keeping."""
    return (
        select(func.coalesce(func.bool_and(Reason.may_keep), False))
        .join(DecisionReason, DecisionReason.reason_id == Reason.id)
        .where(DecisionReason.decision_id == decision_id)
        .scalar_subquery()
    )


def allow_going_on(
    decision_id: SQLColumnExpression[Any], usually: WhenSilent | SQLColumnExpression[WhenSilent]
) -> ScalarSelect[bool]:
    """Whether each of its reasons allows it without an answer, where the shop usually does so."""
    when_silent = func.coalesce(Reason.when_silent, usually)
    return (
        select(
            func.coalesce(func.bool_and(Reason.may_keep & (when_silent == WhenSilent.GO_ON)), False)
        )
        .join(DecisionReason, DecisionReason.reason_id == Reason.id)
        .where(DecisionReason.decision_id == decision_id)
        .scalar_subquery()
    )


def active(session: Session, shop_id: int | None = None) -> Sequence[ActiveReason]:
    """In the managers' order, of one shop or of all."""
    of_shop = [] if shop_id is None else [Reason.shop_id == shop_id]
    rows = session.execute(
        select(
            Reason.id,
            Reason.code,
            Reason.label,
            Reason.customer_text,
            Reason.may_keep,
            Reason.comment_required,
            Reason.is_offered,
            Reason.shop_id,
            Shop.name,
        )
        .join(Shop, Shop.id == Reason.shop_id)
        .where(Reason.retired_at.is_(None), ~has_left(), *of_shop)
        .order_by(Reason.shop_id, Reason.position)
    )
    return [ActiveReason(*row) for row in rows]
