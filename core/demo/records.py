"""What the demo shop remembers: its orders, and what apps have asked of it."""

import re
from datetime import UTC, datetime
from itertools import chain

from graphql import GraphQLError
from pydantic import BaseModel

from core.demo.catalogue import Variant, variant

# Shopify's ids are long. Everything that belongs to an order is numbered within it, so that an
# id alone leads to its order.
_FIRST_ID = 7_000_000_000_000
_PER_ORDER = 1000
_GID = re.compile(r"gid://shopify/([A-Za-z]+)/(\d+)")

# Stands in a customer's value for the address of our photographs, which follows the port.
PHOTOS = "{photos}/"


def id_within(order: int, position: int) -> int:
    return _FIRST_ID + order * _PER_ORDER + position


def order_number(any_id: int) -> int:
    return (any_id - _FIRST_ID) // _PER_ORDER


def gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


def parse_gid(text: str) -> tuple[str, int]:
    found = _GID.fullmatch(text)
    if found is None:
        raise GraphQLError(f"Invalid global id '{text}'", extensions={"code": "INVALID_ID"})
    return found[1], int(found[2])


def stamp(time: datetime) -> str:
    return f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def now() -> datetime:
    """Shopify's clock shows whole seconds, so several changes may carry the same time."""
    return datetime.now(UTC).replace(microsecond=0)


class Attribute(BaseModel):
    key: str
    value: str | None


class Customer(BaseModel):
    id: int
    first_name: str
    last_name: str
    email: str | None
    locale: str = "en"


class Line(BaseModel):
    id: int
    sku: str
    quantity: int = 1
    current_quantity: int = 1
    #: Of what is gone from the order, how many were paid back.
    refunded: int = 0
    attributes: list[Attribute] = []
    group: int | None = None

    @property
    def variant(self) -> Variant:
        return variant(self.sku)


class Group(BaseModel):
    """A bundle: its lines share what the customer filled in once."""

    id: int
    sku: str
    quantity: int = 1
    attributes: list[Attribute] = []

    @property
    def variant(self) -> Variant:
        return variant(self.sku)


class Hold(BaseModel):
    id: int
    reason: str
    by_app: bool
    notes: str | None = None
    handle: str | None = None
    external_id: str | None = None


class FulfillmentOrder(BaseModel):
    id: int
    status: str = "OPEN"
    updated_at: datetime
    line_ids: list[int]
    holds: list[Hold] = []
    location: int = 1
    is_shipped: bool = False

    @property
    def is_open(self) -> bool:
        return self.status not in ("CLOSED", "CANCELLED")


def fulfillment_line_id(each: FulfillmentOrder, line: Line) -> int:
    """A line has another id in each fulfillment order."""
    return each.id * _PER_ORDER + line.id % _PER_ORDER


class Metafield(BaseModel):
    id: int
    namespace: str
    key: str
    type: str
    value: str
    created_at: datetime
    updated_at: datetime


class Order(BaseModel):
    number: int
    created_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None = None
    customer: Customer | None
    email: str | None
    note: str | None = None
    tags: list[str] = []
    attributes: list[Attribute] = []
    lines: list[Line]
    groups: list[Group] = []
    fulfillment_orders: list[FulfillmentOrder] = []
    metafields: list[Metafield] = []
    #: Whether Shopify has made the fulfillment orders, if it needs any.
    is_routed: bool = True
    #: How many ids within the order are taken; the order itself has number 0.
    issued: int = 0

    @property
    def id(self) -> int:
        return id_within(self.number, 0)

    @property
    def name(self) -> str:
        return f"#{self.number}"

    @property
    def needs_shipping(self) -> bool:
        return any(line.variant.product.ships for line in self.lines)

    @property
    def financial_status(self) -> str:
        refunded = sum(line.refunded for line in self.lines)
        if self.cancelled_at or refunded >= sum(line.quantity for line in self.lines):
            return "REFUNDED"
        return "PARTIALLY_REFUNDED" if refunded else "PAID"

    @property
    def fulfillment_status(self) -> str:
        if not self.needs_shipping:
            return "FULFILLMENT_NOT_REQUIRED"
        is_shipped = any(each.is_shipped for each in self.fulfillment_orders)
        if any(each.status == "ON_HOLD" for each in self.fulfillment_orders):
            return "ON_HOLD"
        if any(each.is_open for each in self.fulfillment_orders):
            return "PARTIALLY_FULFILLED" if is_shipped else "UNFULFILLED"
        return "FULFILLED" if is_shipped else "UNFULFILLED"

    def fulfillment_order(self, any_id: int) -> FulfillmentOrder | None:
        return next((each for each in self.fulfillment_orders if each.id == any_id), None)

    def take_id(self) -> int:
        self.issued += 1
        return id_within(self.number, self.issued)

    def values(self) -> list[Attribute]:
        """Everything the customer filled in, wherever it was put."""
        lines = chain.from_iterable(each.attributes for each in self.lines)
        groups = chain.from_iterable(each.attributes for each in self.groups)
        return [*lines, *groups, *self.attributes]


class Kept(BaseModel):
    id: int


class Subscription(Kept):
    """An address of an app's that wants to hear of a topic, "ORDERS_UPDATED"."""

    topic: str
    uri: str
    include_fields: list[str] = []
    name: str | None = None
    created_at: datetime
    updated_at: datetime


class BulkOperation(Kept):
    query: str
    status: str = "CREATED"
    error_code: str | None = None
    created_at: datetime
    completed_at: datetime | None = None
    objects: int = 0
    root_objects: int = 0
    file_size: int | None = None
