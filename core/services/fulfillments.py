"""What Shopify ships together, as we last saw it."""

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from core.integrations.shopify.orders import ShopifyFulfillmentOrder
from core.models import FulfillmentOrder

#: On fulfillment orders with photos: placing our hold twice places one.
HANDLE = "photo-review"


def take_over(session: Session, order_id: int, seen: Sequence[ShopifyFulfillmentOrder]) -> None:
    """Bring ours up to date; an older state never overwrites a newer one."""
    if not seen:
        return
    rows = insert(FulfillmentOrder).values(
        [
            {
                "order_id": order_id,
                "shopify_id": each.id,
                "status": each.status,
                "line_ids": sorted(line.line_id for line in each.lines),
                "is_held_by_others": len(each.holds) > (each.own_hold(HANDLE) is not None),
                "updated_at": each.updated_at,
            }
            for each in seen
        ]
    )
    session.execute(
        rows.on_conflict_do_update(
            index_elements=[FulfillmentOrder.order_id, FulfillmentOrder.shopify_id],
            set_={
                name: rows.excluded[name]
                for name in ("status", "line_ids", "is_held_by_others", "updated_at")
            },
            where=FulfillmentOrder.updated_at <= rows.excluded.updated_at,
        )
    )
