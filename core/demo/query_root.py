"""What may be asked of the demo shop: the fields of `QueryRoot`."""

from collections.abc import Callable
from typing import Any, TypeVar

from graphql import GraphQLError, GraphQLResolveInfo

from core.demo import access, bulk_operations, shop, webhooks
from core.demo.answers import Answer, Answers
from core.demo.metafields import APP_ID
from core.demo.paging import Key, connection
from core.demo.records import FulfillmentOrder, Order, gid, order_number, parse_gid, stamp
from core.demo.refusals import NotPlayed
from core.demo.schema import API_VERSION
from core.demo.search import FULFILLMENT_ORDER, ORDER, matching

T = TypeVar("T")

ORDER_KEYS: dict[str, Callable[[Order], Key]] = {
    "UPDATED_AT": lambda order: (stamp(order.updated_at), order.id),
    "CREATED_AT": lambda order: (stamp(order.created_at), order.id),
    "PROCESSED_AT": lambda order: (stamp(order.created_at), order.id),
    "ORDER_NUMBER": lambda order: (order.number, order.id),
    "ID": lambda order: (order.id, order.id),
}
_FULFILLMENT_ORDER_KEYS: dict[str, Callable[[FulfillmentOrder], Key]] = {
    "UPDATED_AT": lambda each: (stamp(each.updated_at), each.id),
    "ID": lambda each: (each.id, each.id),
}


def query_root(answers: Answers) -> Answer:
    return {
        "shop": _shop(),
        "currentAppInstallation": _installation(answers),
        "publicApiVersions": [
            {"handle": handle, "displayName": handle, "supported": True}
            for handle in ("2026-01", "2026-04", "2026-07", API_VERSION)
        ],
        "orders": lambda _info, **arguments: _orders(answers, arguments),
        "ordersCount": lambda _info, query=None, limit=None: _count(answers, query, limit),
        "order": lambda info, id: _only("Order", answers, id, info),
        "fulfillmentOrders": lambda _info, **arguments: _fulfillment_orders(answers, arguments),
        "fulfillmentOrder": lambda info, id: _only("FulfillmentOrder", answers, id, info),
        "node": lambda info, id: _node(answers, id, info),
        "nodes": lambda info, ids: [_node(answers, each, info) for each in ids],
        **bulk_operations.query_fields(answers),
        **webhooks.query_fields(answers),
    }


def _node(answers: Answers, global_id: str, info: GraphQLResolveInfo[Any]) -> Answer | None:
    kind, number = parse_gid(global_id)
    access.require(kind, info, answers.scopes)
    order = answers.shop.orders.get(order_number(number))
    if kind == "Order":
        return answers.order(order) if order and order.id == number else None
    if kind == "FulfillmentOrder":
        found = order and order.fulfillment_order(number)
        return answers.fulfillment_order(order, found) if order and found else None
    raise NotPlayed(f"nodes of type {kind}")


def _only(
    kind: str, answers: Answers, global_id: str, info: GraphQLResolveInfo[Any]
) -> Answer | None:
    if parse_gid(global_id)[0] != kind:
        raise GraphQLError(f"Invalid id: {global_id}", extensions={"code": "RESOURCE_NOT_FOUND"})
    return _node(answers, global_id, info)


def _orders(answers: Answers, arguments: dict[str, Any]) -> Answer:
    if "savedSearchId" in arguments:
        raise NotPlayed("saved searches")
    orders = answers.shop.orders
    wanted = matching(arguments.get("query"), ORDER)
    if _runs_by_change(arguments):
        return answers.shop.orders_by_change.page(
            lambda any_id: _if(wanted, orders.get(order_number(any_id))), answers.order, arguments
        )
    return connection(
        filter(wanted, orders.values()),
        _key(ORDER_KEYS, arguments["sortKey"]),
        answers.order,
        arguments,
    )


def _runs_by_change(arguments: dict[str, Any]) -> bool:
    is_backwards = arguments.get("last") is not None or arguments.get("before") is not None
    return arguments["sortKey"] == "UPDATED_AT" and not is_backwards


def _if(wanted: Callable[[T], bool], found: T | None) -> T | None:
    return found if found is not None and wanted(found) else None


def _count(answers: Answers, query: str | None, limit: int | None) -> Answer:
    count = sum(map(matching(query, ORDER), answers.shop.orders.values()))
    if limit is not None and count > limit:
        return {"count": limit, "precision": "AT_LEAST"}
    return {"count": count, "precision": "EXACT"}


def _fulfillment_orders(answers: Answers, arguments: dict[str, Any]) -> Answer:
    is_searched = matching(arguments.get("query"), FULFILLMENT_ORDER)
    orders = answers.shop.orders

    def wanted(each: FulfillmentOrder) -> bool:
        return (arguments["includeClosed"] or each.is_open) and is_searched(each)

    def find(any_id: int) -> FulfillmentOrder | None:
        order = orders.get(order_number(any_id))
        return _if(wanted, order.fulfillment_order(any_id) if order else None)

    def answer(each: FulfillmentOrder) -> Answer:
        return answers.fulfillment_order(orders[order_number(each.id)], each)

    if _runs_by_change(arguments):
        return answers.shop.fulfillment_orders_by_change.page(find, answer, arguments)
    every = (each for order in orders.values() for each in order.fulfillment_orders)
    key = _key(_FULFILLMENT_ORDER_KEYS, arguments["sortKey"])
    return connection(filter(wanted, every), key, answer, arguments)


def _key(keys: dict[str, Callable[[T], Key]], name: str) -> Callable[[T], Key]:
    if name not in keys:
        raise NotPlayed(f"sorting by {name}")
    return keys[name]


def _shop() -> Answer:
    return {
        "id": gid("Shop", 1),
        "name": shop.NAME,
        "email": "hello@example.com",
        "contactEmail": "hello@example.com",
        "myshopifyDomain": shop.DOMAIN,
        "url": f"https://{shop.DOMAIN}",
        "primaryDomain": {"host": shop.DOMAIN, "url": f"https://{shop.DOMAIN}"},
        "currencyCode": "EUR",
        "ianaTimezone": shop.TIME_ZONE,
        "plan": {"publicDisplayName": "Basic", "shopifyPlus": False, "partnerDevelopment": False},
    }


def _installation(answers: Answers) -> Answer:
    return {
        "id": gid("AppInstallation", APP_ID),
        "accessScopes": [{"handle": scope} for scope in sorted(answers.scopes)],
        "app": {
            "id": gid("App", APP_ID),
            "title": "Photo desk",
            "handle": "photo-desk",
            "apiKey": answers.shop.credentials.client_id,
        },
    }
