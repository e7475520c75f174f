"""Pictures that a new one may be the same as."""

from collections.abc import Sequence

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session

from core.findings.fingerprint import Fingerprint, Known
from core.models import Decision, LineItem, Order, Photo, PhotoState, Undo, Upload, Verdict

#: A customer who has sent more is compared with the newest of them.
_MOST = 300


def like(
    session: Session, photo: Photo, line: LineItem, order: Order, sha256: str
) -> Sequence[Known]:
    """What was sent for the same product of this order, or was rejected before.

    The same photo for a mug and a magnet is what people order; twice for one product is not.
    Rejected ones are looked for among the customer's own, and everywhere in the shop for exactly
    the same bytes.
    """
    is_rejected = exists().where(
        Decision.upload_id == Upload.id,
        Decision.verdict == Verdict.REJECTED,
        ~exists().where(Undo.decision_id == Decision.id),
    )
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
            Upload.measures.is_not(None),
        )
        .order_by(Upload.id.desc())
        .limit(_MOST)
    )
    return [
        Known(Fingerprint(**fingerprint), is_same, was_rejected, name, id_)
        for id_, name, fingerprint, is_same, was_rejected in rows
    ]


def _siblings(photo: Photo, line: LineItem) -> Select[int]:
    same_product = LineItem.id == line.id
    if line.shopify_product_id is not None:
        same_product = or_(same_product, LineItem.shopify_product_id == line.shopify_product_id)
    return (
        select(Upload.id)
        .join(Photo, Photo.upload_id == Upload.id)
        .join(LineItem, LineItem.id == Photo.line_item_id)
        .where(
            Photo.order_id == photo.order_id,
            Photo.id != photo.id,
            Photo.state != PhotoState.WITHDRAWN,
            same_product,
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
