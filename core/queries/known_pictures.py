"""Pictures that a new one may be the same as."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from core.findings.fingerprint import Fingerprint, Known
from core.findings.judgement import OF_THE_PRINT, SUGGESTS
from core.findings.measures import VERSION
from core.models import (
    Decision,
    DecisionReason,
    LineItem,
    Order,
    Photo,
    PhotoState,
    Reason,
    Undo,
    Upload,
    Verdict,
)

#: A customer who has sent more is compared with the newest of them.
_MOST = 300
#: Reasons that speak of what a picture was to be printed on.
_OF_THE_PRINT = {SUGGESTS[kind] for kind in OF_THE_PRINT}


def like(
    session: Session, photo: Photo, line: LineItem, order: Order, sha256: str
) -> Sequence[Known]:
    """What was sent for the same thing on this order, or was rejected before.

    The same photo for a mug and a magnet, or in two sizes, is what people order; twice for one
    variant is not. Rejected ones are looked for among the customer's own, and everywhere in the
    shop for exactly the same bytes.
    """
    is_rejected = _is_rejected(line)
    # Each branch has its index; one condition with OR would read every upload of the shop.
    candidates = _siblings(photo, line).union(
        _of_customer(order).where(is_rejected),
        select(Upload.id).where(Upload.sha256 == sha256, is_rejected),
    )
    rows = session.execute(
        select(
            Upload.id,
            Order.name,
            Upload.measures["fingerprint"],
            Upload.sha256 == sha256,
            is_rejected,
        )
        .join(Photo, Photo.id == Upload.photo_id)
        .join(Order, Order.id == Photo.order_id)
        .where(
            Upload.id.in_(candidates),
            Photo.shop_id == photo.shop_id,
            Upload.measures["version"].as_integer() == VERSION,
        )
        .order_by(Upload.id.desc())
        .limit(_MOST)
    )
    return [
        Known(Fingerprint(tuple(fingerprint["hashes"])), is_same, was_rejected, name, id_)
        for id_, name, fingerprint, is_same, was_rejected in rows
    ]


def _is_rejected(line: LineItem) -> ColumnElement[bool]:
    """Rejected, not taken back and not approved since, for a reason that holds on this line too.

    What was too small for one print, or of another shape, may be right for the next.
    """
    later, reason, photo, printed = (
        aliased(Decision),
        aliased(Reason),
        aliased(Photo),
        aliased(LineItem),
    )
    approved_since = exists().where(
        later.upload_id == Upload.id,
        later.verdict == Verdict.APPROVED,
        later.id > Decision.id,
        ~exists().where(Undo.decision_id == later.id),
    )
    holds_anywhere = exists().where(
        DecisionReason.decision_id == Decision.id,
        reason.id == DecisionReason.reason_id,
        reason.code.not_in(_OF_THE_PRINT),
    )
    same_print = exists().where(
        photo.id == Decision.photo_id,
        printed.id == photo.line_item_id,
        _is_same_thing(printed, line),
    )
    return exists().where(
        Decision.upload_id == Upload.id,
        Decision.verdict == Verdict.REJECTED,
        ~exists().where(Undo.decision_id == Decision.id),
        ~approved_since,
        or_(holds_anywhere, same_print),
    )


def _is_same_thing(other: type[LineItem], line: LineItem) -> ColumnElement[bool]:
    if line.variant_id is None:
        return other.id == line.id
    return or_(other.id == line.id, other.variant_id == line.variant_id)


def _siblings(photo: Photo, line: LineItem) -> Select[int]:
    return (
        select(Upload.id)
        .join(Photo, Photo.upload_id == Upload.id)
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .where(
            Photo.order_id == photo.order_id,
            Photo.id != photo.id,
            Photo.state != PhotoState.WITHDRAWN,
            _is_same_thing(LineItem, line),
        )
    )


def _of_customer(order: Order) -> Select[int]:
    is_theirs = Order.id == order.id
    if order.email is not None:
        is_theirs = or_(is_theirs, func.lower(Order.email) == order.email.lower())
    return (
        select(Upload.id)
        .join(Photo, Photo.id == Upload.photo_id)
        .join(Order, Order.id == Photo.order_id)
        .where(Order.shop_id == order.shop_id, is_theirs)
    )
