"""Which fulfillment orders an order's lines are in: made, split, moved, and emptied by edits."""

from datetime import datetime

from core.demo import holds
from core.demo.records import FulfillmentOrder, Line, Order


def route(order: Order, at: datetime) -> FulfillmentOrder | None:
    """Make the fulfillment order of a new order, if anything on it is shipped."""
    order.is_routed = True
    shipped = [line.id for line in order.lines if line.variant.product.ships]
    return _make(order, shipped, at) if shipped else None


def is_splittable(each: FulfillmentOrder) -> bool:
    return "SPLIT" in holds.supported_actions(each) and len(each.line_ids) > 1


def split(order: Order, each: FulfillmentOrder, at: datetime) -> FulfillmentOrder:
    """Keep the first line; the others are in a fulfillment order of their own from now on."""
    each.line_ids, rest = each.line_ids[:1], each.line_ids[1:]
    each.updated_at = at
    return _make(order, rest, at, each.location)


def move(
    order: Order, each: FulfillmentOrder, at: datetime, *, keeps_holds: bool
) -> FulfillmentOrder:
    """Close it, for one at the next location. Whether holds go along is not recorded."""
    moved = _make(order, list(each.line_ids), at, each.location + 1)
    if keeps_holds:
        moved.status, moved.holds = each.status, each.holds
    holds.close(each, "CLOSED", at)
    return moved


def add_line(order: Order, line: Line, at: datetime) -> None:
    """Put a line that is new, or back, into an open fulfillment order."""
    if not line.variant.product.ships:
        return
    found = next((each for each in order.fulfillment_orders if each.is_open), None)
    if found is None:
        _make(order, [line.id], at)
    elif line.id not in found.line_ids:
        found.line_ids.append(line.id)
        found.updated_at = at


def drop_line(order: Order, line: Line, at: datetime) -> None:
    """Take out a line of which nothing is left; a fulfillment order without lines is closed."""
    for each in order.fulfillment_orders:
        if each.is_open and line.id in each.line_ids:
            each.updated_at = at
            if each.line_ids == [line.id]:
                holds.close(each, "CLOSED", at)
            else:
                each.line_ids.remove(line.id)


def _make(order: Order, line_ids: list[int], at: datetime, location: int = 1) -> FulfillmentOrder:
    made = FulfillmentOrder(id=order.take_id(), updated_at=at, line_ids=line_ids, location=location)
    order.fulfillment_orders.append(made)
    return made
