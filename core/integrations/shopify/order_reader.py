"""A shop's orders, and what ships them, as Shopify shows them now."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from core.errors import Unavailable
from core.integrations.shopify.documents import document
from core.integrations.shopify.order_references import bare_name
from core.integrations.shopify.orders import (
    CHANGED_FULFILLMENT,
    FULFILLMENT_ORDER,
    ORDER,
    ChangedFulfillment,
    ShopifyFulfillmentOrder,
    ShopifyOrder,
    parse,
)
from core.integrations.shopify.transport import Transport

FIRST_ORDERS = 25
FIRST_LINES = 50
FIRST_FULFILLMENT_ORDERS = 10
#: In one request by their ids, each with `FEW_LINES`: Shopify counts every one of them in full.
ORDERS_BY_IDS = 20
FEW_LINES = 20
CHANGED_AT_ONCE = 100
NAMED_ALIKE = 5

Json = dict[str, Any]


@dataclass(frozen=True)
class Page:
    orders: tuple[ShopifyOrder, ...]
    #: Ids of orders that are not as the documents say: one of them must not stop the others.
    unreadable: tuple[str, ...]
    #: Whether Shopify had more when it answered.
    has_more: bool
    #: Nothing in it is older.
    asked_at: datetime
    #: Of those asked for by their ids: what Shopify shows no more.
    gone: tuple[str, ...] = ()


@dataclass(frozen=True)
class WholeOrder:
    order: ShopifyOrder
    #: Closed ones too. Empty right after an order was placed: Shopify makes them later.
    fulfillment_orders: tuple[ShopifyFulfillmentOrder, ...]


class OrderReader(Transport):
    """Ids are Shopify's global ones (`gid://shopify/Order/1`).

    See `Transport` for the errors; where one thing is asked for, `unreadable` is another.
    """

    def orders_updated_since(
        self, since: datetime, *, orders: int = FIRST_ORDERS, lines: int = FIRST_LINES
    ) -> Iterator[Page]:
        """Read the orders changed at or after a time, the longest unchanged first.

        A page holds `orders`, each with its first `lines` in the same request, or fewer where
        Shopify finds that too dear. An order that changes meanwhile comes again at the end.
        Shopify stops after 25,000: begin again at the last `updated_at`.
        """
        variables: Json = {
            "query": updated_since(since),
            "first": orders,
            "lines": lines,
            "after": None,
        }
        while True:
            asked_at = datetime.now(UTC)
            connection = self.affordable("orders_since", variables)["orders"]
            info = connection["pageInfo"]
            read, unreadable = self._readable(connection["nodes"])
            yield Page(read, unreadable, info["hasNextPage"], asked_at)
            if not info["hasNextPage"]:
                return
            variables["after"] = info["endCursor"]

    def orders_by_ids(self, ids: Sequence[str]) -> Page:
        """At most `ORDERS_BY_IDS` of them, as they are now."""
        asked_at = datetime.now(UTC)
        nodes = self.affordable("orders_by_ids", {"ids": list(ids), "lines": FEW_LINES})["nodes"]
        read, unreadable = self._readable([node for node in nodes if node])
        gone = tuple(id_ for id_, node in zip(ids, nodes, strict=True) if not node)
        return Page(read, unreadable, has_more=False, asked_at=asked_at, gone=gone)

    def orders_count(self, since: datetime) -> int:
        """How many have changed at or after a time."""
        answer = self.run("orders_count", {"query": updated_since(since)})
        return int((answer["ordersCount"] or {}).get("count", 0))

    def order(self, order_id: str) -> ShopifyOrder | None:
        """The order as it is now; None once it is deleted, or too old for our scopes."""
        node = self.affordable("order_by_id", {"id": order_id, "lines": FIRST_LINES})["order"]
        return self._whole_order(node) if node else None

    def order_named(self, name: str) -> ShopifyOrder | None:
        """The order that people know by this name, with or without its "#"; None as above."""
        wanted = bare_name(name)
        if not wanted:
            return None
        variables: Json = {
            "query": f'name:"{wanted}"',
            "first": NAMED_ALIKE,
            "lines": FIRST_LINES,
        }
        nodes = self.affordable("orders_named", variables)["orders"]["nodes"]
        # Shopify finds words of names, too.
        same = (each for each in nodes if bare_name(each["name"]).casefold() == wanted.casefold())
        node = next(same, None)
        return self._whole_order(node) if node else None

    def whole_order(self, order_id: str) -> WholeOrder | None:
        """The order and all that ships it, from one moment where it is not very long."""
        variables: Json = {
            "id": order_id,
            "first": FIRST_FULFILLMENT_ORDERS,
            "lines": FIRST_LINES,
        }
        node = self.affordable("whole_order", variables)["order"]
        if node is None:
            return None
        connection = node["fulfillmentOrders"]
        found = [self._whole_fulfillment_order(each) for each in connection["nodes"]]
        if connection["pageInfo"]["hasNextPage"]:
            found += self.fulfillment_orders(order_id, after=connection["pageInfo"]["endCursor"])
        return WholeOrder(self._whole_order(node), tuple(found))

    def fulfillment_orders(
        self, order_id: str, *, after: str | None = None
    ) -> list[ShopifyFulfillmentOrder]:
        """Closed ones too. Empty right after an order was placed: Shopify makes them later."""
        variables: Json = {"id": order_id, "first": FIRST_FULFILLMENT_ORDERS, "after": after}
        found: list[ShopifyFulfillmentOrder] = []
        while True:
            order = self.affordable("fulfillment_orders", variables)["order"]
            if order is None:
                return found
            connection = order["fulfillmentOrders"]
            found += [self._whole_fulfillment_order(node) for node in connection["nodes"]]
            if not connection["pageInfo"]["hasNextPage"]:
                return found
            variables["after"] = connection["pageInfo"]["endCursor"]

    def fulfillment_order(self, fulfillment_order_id: str) -> ShopifyFulfillmentOrder | None:
        data = self.run("fulfillment_order", {"id": fulfillment_order_id})
        node = data["fulfillmentOrder"]
        return self._whole_fulfillment_order(node) if node else None

    def order_of_fulfillment(self, fulfillment_order_id: str) -> str | None:
        """The id of the order that a fulfillment order is of."""
        node = self.run("order_of_fulfillment", {"id": fulfillment_order_id})["fulfillmentOrder"]
        return parse(CHANGED_FULFILLMENT, node).order_id if node else None

    def fulfillment_orders_updated_since(
        self, since: datetime
    ) -> Iterator[Sequence[ChangedFulfillment]]:
        """Read which fulfillment orders changed at or after a time, the longest unchanged first.

        A hold changes its fulfillment order, and not the order.
        """
        variables: Json = {
            "query": updated_since(since),
            "first": CHANGED_AT_ONCE,
            "after": None,
        }
        while True:
            found = self.affordable("fulfillment_orders_since", variables)["fulfillmentOrders"]
            yield [parse(CHANGED_FULFILLMENT, node) for node in found["nodes"]]
            if not found["pageInfo"]["hasNextPage"]:
                return
            variables["after"] = found["pageInfo"]["endCursor"]

    def run(self, name: str, variables: Json) -> Json:
        """Execute one of `documents`, and return its data."""
        return self.execute(document(name), variables)

    def affordable(self, name: str, variables: Json) -> Json:
        """Run it, with half the orders, then half the lines, while Shopify finds it too dear.

        What was affordable stays in `variables` for the next page.
        """
        while True:
            try:
                return self.run(name, variables)
            except Unavailable as error:
                if error.code != "too_costly":
                    raise
                halved = [size for size in ("first", "lines") if variables.get(size, 1) > 1]
                if not halved:
                    raise
                variables[halved[0]] //= 2

    def _readable(self, nodes: Sequence[Json]) -> tuple[tuple[ShopifyOrder, ...], tuple[str, ...]]:
        """The orders, and the ids of those that are not as the documents say."""
        read, unreadable = [], []
        for node in nodes:
            try:
                read.append(self._whole_order(node))
            except Unavailable as error:
                # An outage while the rest of a long order is read ends the page: nobody would come
                # back for the order.
                if error.code != "unreadable":
                    raise
                unreadable.append(str(node.get("id")))
        return tuple(read), tuple(unreadable)

    def _whole_order(self, node: Json) -> ShopifyOrder:
        return parse(ORDER, self._with_all_lines(node, "order_lines", "order"))

    def _whole_fulfillment_order(self, node: Json) -> ShopifyFulfillmentOrder:
        whole = self._with_all_lines(node, "fulfillment_order_lines", "fulfillmentOrder")
        return parse(FULFILLMENT_ORDER, whole)

    def _with_all_lines(self, node: Json, name: str, root: str) -> Json:
        page = node["lineItems"]
        lines = list(page["nodes"])
        while page["pageInfo"]["hasNextPage"]:
            variables: Json = {
                "id": node["id"],
                "first": 100,
                "after": page["pageInfo"]["endCursor"],
            }
            owner = self.affordable(name, variables)[root]
            if owner is None:
                # Deleted while we read it: what we have of it is not the order.
                raise Unavailable("bad_answer", "gone while being read")
            page = owner["lineItems"]
            lines += page["nodes"]
        return {**node, "lineItems": lines}


def updated_since(since: datetime) -> str:
    """As Shopify's search says it, to the second."""
    return f"updated_at:>='{stamp(since)}'"


def stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
