"""Fulfillment orders: what holds them, and what may be done with them.

As recorded at a real store: a hold moves the fulfillment order's time, never the order's.
"""

from collections.abc import Collection
from datetime import datetime

from core.demo.records import FulfillmentOrder, Hold, Line, Order, now

MOST_PER_APP = 10


def is_open(each: FulfillmentOrder) -> bool:
    return each.status not in ("CLOSED", "CANCELLED")


def supported_actions(each: FulfillmentOrder) -> list[str]:
    if not is_open(each):
        return []
    if not each.holds:
        return ["CREATE_FULFILLMENT", "REPORT_PROGRESS", "MOVE", "HOLD", "SPLIT"]
    full = sum(hold.by_app for hold in each.holds) >= MOST_PER_APP
    return ["RELEASE_HOLD", "MOVE"] if full else ["RELEASE_HOLD", "HOLD", "MOVE"]


def unfulfilled(order: Order, line: Line) -> int:
    """How many of the line still have to leave the shop."""
    waiting = any(is_open(each) for each in order.fulfillment_orders if line.id in each.line_ids)
    return line.current_quantity if waiting else 0


def place(each: FulfillmentOrder, hold: Hold) -> None:
    each.holds.append(hold)
    each.status = "ON_HOLD"
    each.updated_at = now()


def release(each: FulfillmentOrder, hold_ids: Collection[int] | None) -> None:
    """Release these holds, or everybody's. Ids of other fulfillment orders are passed over."""
    kept = [hold for hold in each.holds if hold_ids is not None and hold.id not in hold_ids]
    if len(kept) == len(each.holds):
        return
    each.holds = kept
    each.status = "ON_HOLD" if kept else "OPEN"
    each.updated_at = now()


def cancel(order: Order, at: datetime) -> None:
    order.cancelled_at = order.updated_at = at
    for line in order.lines:
        line.current_quantity = 0
    _close(order, "CANCELLED", at)


def ship(order: Order, at: datetime) -> None:
    order.updated_at = at
    _close(order, "CLOSED", at)


def _close(order: Order, status: str, at: datetime) -> None:
    for each in order.fulfillment_orders:
        if is_open(each):
            each.status, each.holds, each.updated_at = status, [], at
