"""Fulfillment orders: what holds them, and what may be done with them.

As recorded at a real store: a hold moves the fulfillment order's time, never the order's.
"""

from collections.abc import Collection
from datetime import datetime

from core.demo.records import FulfillmentOrder, Hold, Line, Order, now

MOST_PER_APP = 10


def supported_actions(each: FulfillmentOrder) -> list[str]:
    if not each.is_open:
        return []
    if not each.holds:
        return ["CREATE_FULFILLMENT", "REPORT_PROGRESS", "MOVE", "HOLD", "SPLIT"]
    full = sum(hold.by_app for hold in each.holds) >= MOST_PER_APP
    return ["RELEASE_HOLD", "MOVE"] if full else ["RELEASE_HOLD", "HOLD", "MOVE"]


def unfulfilled(order: Order, line: Line) -> int:
    """How many of the line still have to leave the shop."""
    waiting = any(each.is_open for each in order.fulfillment_orders if line.id in each.line_ids)
    return line.current_quantity if waiting else 0


def place(each: FulfillmentOrder, hold: Hold) -> None:
    each.holds.append(hold)
    each.status = "ON_HOLD"
    each.updated_at = now()


def release(each: FulfillmentOrder, hold_ids: Collection[int] | None) -> list[Hold]:
    """Release these holds, or everybody's, and give them back. Ids of other fulfillment orders
    are passed over."""
    gone = [hold for hold in each.holds if hold_ids is None or hold.id in hold_ids]
    if gone:
        each.holds = [hold for hold in each.holds if hold not in gone]
        each.status = "ON_HOLD" if each.holds else "OPEN"
        each.updated_at = now()
    return gone


def cancel(order: Order, at: datetime) -> None:
    order.cancelled_at = order.updated_at = at
    for line in order.lines:
        line.current_quantity = 0
    _close(order, "CANCELLED", at)


def ship(order: Order, at: datetime) -> None:
    order.updated_at = at
    for each in order.fulfillment_orders:
        each.is_shipped = each.is_shipped or each.is_open
    _close(order, "CLOSED", at)


def close(each: FulfillmentOrder, status: str, at: datetime) -> None:
    each.status, each.holds, each.updated_at = status, [], at


def _close(order: Order, status: str, at: datetime) -> None:
    for each in order.fulfillment_orders:
        if each.is_open:
            close(each, status, at)
