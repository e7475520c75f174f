"""The reasons that a reviewer may choose from."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import Reason


@dataclass(frozen=True, slots=True)
class ActiveReason:
    id: int
    code: str
    label: str
    customer_text: str
    may_keep: bool
    comment_required: bool


def active(session: Session) -> Sequence[ActiveReason]:
    """In the managers' order."""
    rows = session.execute(
        select(
            Reason.id,
            Reason.code,
            Reason.label,
            Reason.customer_text,
            Reason.may_keep,
            Reason.comment_required,
        )
        .where(Reason.retired_at.is_(None))
        .order_by(Reason.shop_id, Reason.position)
    )
    return [ActiveReason(*row) for row in rows]
