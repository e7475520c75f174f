"""What the demo shop tells apps when something has changed: topics, each with its payload."""

from collections.abc import Collection, Iterable

from core.demo import payloads
from core.demo.answers import Answers
from core.demo.courier import News
from core.demo.metafields import APP_ID
from core.demo.records import (
    BulkOperation,
    FulfillmentOrder,
    Hold,
    Line,
    Order,
    fulfillment_line_id,
    gid,
    now,
    stamp,
)


def placed(answers: Answers, order: Order) -> list[News]:
    payload = payloads.order(answers, order)
    return [News("orders/create", payload), News("orders/paid", payload), *routed(order)]


def routed(order: Order) -> list[News]:
    return [
        News(
            "fulfillment_orders/order_routing_complete",
            {"fulfillment_order": payloads.fulfillment_order(each)},
        )
        for each in order.fulfillment_orders
    ]


def updated(answers: Answers, order: Order) -> News:
    return News("orders/updated", payloads.order(answers, order))


def edited(
    answers: Answers, order: Order, *, added: dict[int, int], removed: dict[int, int]
) -> list[News]:
    edit = payloads.of_order_edit(order.take_id(), order, added, removed)
    return [News("orders/edited", edit), updated(answers, order)]


def cancelled(answers: Answers, order: Order, closed: Iterable[FulfillmentOrder]) -> list[News]:
    payload = payloads.order(answers, order)
    of_fulfillment = [
        News(
            "fulfillment_orders/cancelled",
            {
                "fulfillment_order": payloads.fulfillment_order(each),
                "replacement_fulfillment_order": None,
            },
        )
        for each in closed
    ]
    return [News("orders/cancelled", payload), News("orders/updated", payload), *of_fulfillment]


def shipped(answers: Answers, order: Order) -> list[News]:
    payload = payloads.order(answers, order)
    return [News("orders/fulfilled", payload), News("orders/updated", payload)]


def deleted(order: Order) -> News:
    return News("orders/delete", {"id": order.id})


def held(order: Order, each: FulfillmentOrder, hold: Hold) -> list[News]:
    placed = payloads.hold(hold, APP_ID)
    holds = [payloads.hold(one, APP_ID) for one in each.holds]
    payload = {
        "fulfillment_order": payloads.fulfillment_order(each) | {"fulfillment_holds": holds},
        "remaining_fulfillment_order": None,
        "held_fulfillment_order_line_items": _lines(order, each, each.line_ids),
        "created_fulfillment_hold": placed,
    }
    return [
        News("fulfillment_orders/placed_on_hold", payload),
        News(
            "fulfillment_holds/added",
            {"fulfillment_order": _only_id(each), "fulfillment_hold": placed},
        ),
    ]


def released(each: FulfillmentOrder, gone: Iterable[Hold]) -> list[News]:
    """`hold_released` is said of a fulfillment order that nothing holds any more."""
    news = [
        News(
            "fulfillment_holds/released",
            {"fulfillment_order": _only_id(each), "fulfillment_hold": payloads.hold(one, APP_ID)},
        )
        for one in gone
    ]
    if news and not each.holds:
        whole = {"fulfillment_order": payloads.fulfillment_order(each)}
        news.append(News("fulfillment_orders/hold_released", whole))
    return news


def split(order: Order, each: FulfillmentOrder, rest: FulfillmentOrder) -> News:
    payload = {
        "split_line_items": _lines(order, rest, rest.line_ids),
        "fulfillment_order": payloads.fulfillment_order(each),
        "remaining_fulfillment_order": payloads.fulfillment_order(rest),
        "replacement_fulfillment_order": None,
    }
    return News("fulfillment_orders/split", payload)


def moved(order: Order, each: FulfillmentOrder, to: FulfillmentOrder) -> News:
    payload = {
        "original_fulfillment_order": payloads.fulfillment_order(each)
        | {"assigned_location_id": payloads.location(each)},
        "moved_fulfillment_order": payloads.fulfillment_order(to)
        | {"assigned_location_id": payloads.location(to)},
        "destination_location_id": payloads.location(to),
        "fulfillment_order_line_items_requested": _lines(order, each, each.line_ids),
        "source_location": {"id": payloads.location(each)},
    }
    return News("fulfillment_orders/moved", payload)


def bulk_finished(operation: BulkOperation) -> News:
    payload = {
        "admin_graphql_api_id": gid("BulkOperation", operation.id),
        "created_at": stamp(operation.created_at),
        "completed_at": stamp(operation.completed_at or now()),
        "error_code": operation.error_code and operation.error_code.lower(),
        "status": operation.status.lower(),
        "type": "query",
    }
    return News("bulk_operations/finish", payload)


def uninstalled() -> News:
    return News("app/uninstalled", payloads.demo_shop())


def scopes_changed(before: Collection[str], after: Collection[str]) -> News:
    payload = {
        "id": APP_ID,
        "shop_id": gid("Shop", payloads.SHOP_ID),
        "previous": sorted(before),
        "current": sorted(after),
        "updated_at": stamp(now()),
    }
    return News("app/scopes_update", payload)


def _only_id(each: FulfillmentOrder) -> dict[str, str]:
    return {"id": gid("FulfillmentOrder", each.id)}


def _lines(
    order: Order, each: FulfillmentOrder, line_ids: Iterable[int]
) -> list[dict[str, object]]:
    wanted = set(line_ids)
    lines: list[Line] = [line for line in order.lines if line.id in wanted]
    return [
        {
            "id": gid("FulfillmentOrderLineItem", fulfillment_line_id(each, line)),
            "quantity": line.current_quantity,
        }
        for line in lines
    ]
