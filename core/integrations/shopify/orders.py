"""Shopify's orders, fulfillment orders and holds, as the documents ask for them."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.alias_generators import to_camel
from pydantic.dataclasses import dataclass

from core.errors import Unavailable

_T = TypeVar("_T")

answered = ConfigDict(
    alias_generator=to_camel, validate_by_name=True, validate_by_alias=True, extra="ignore"
)


def _nodes(connection: Any) -> Any:
    return connection["nodes"] if isinstance(connection, Mapping) else connection


def _url(image: Any) -> Any:
    return image["url"] if isinstance(image, Mapping) else image


def _id(node: Any) -> Any:
    return node["id"] if isinstance(node, Mapping) else node


@dataclass(frozen=True, config=answered)
class Attribute:
    """A property of a line, or an attribute of a cart. Keys may repeat; values may be null."""

    key: str
    value: str | None


@dataclass(frozen=True, kw_only=True, config=answered)
class ShopifyGroup:
    """The parent of a bundle's lines."""

    id: str
    title: str
    quantity: int
    attributes: tuple[Attribute, ...] = Field(validation_alias="customAttributes")


@dataclass(frozen=True, kw_only=True, config=answered)
class ShopifyProduct:
    id: str
    title: str
    product_type: str
    tags: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, config=answered)
class ShopifyVariant:
    id: str


@dataclass(frozen=True, kw_only=True, config=answered)
class ShopifyLine:
    id: str
    name: str
    title: str
    variant_title: str | None
    sku: str | None
    quantity: int
    #: What is left after edits and refunds.
    current_quantity: int
    unfulfilled_quantity: int
    requires_shipping: bool
    attributes: tuple[Attribute, ...] = Field(validation_alias="customAttributes")
    group: ShopifyGroup | None = Field(None, validation_alias="lineItemGroup")
    #: Null once deleted, or without the scope `read_products`.
    product: ShopifyProduct | None = None
    variant: ShopifyVariant | None = None
    image_url: Annotated[str | None, BeforeValidator(_url)] = Field(None, validation_alias="image")


@dataclass(frozen=True, kw_only=True, config=answered)
class ShopifyEmail:
    email_address: str


@dataclass(frozen=True, kw_only=True, config=answered)
class ShopifyCustomer:
    id: str
    first_name: str | None
    last_name: str | None
    locale: str
    default_email_address: ShopifyEmail | None


@dataclass(frozen=True, kw_only=True, config=answered)
class ShopifyOrder:
    """All lines are there, however many: the client reads the rest of long orders."""

    id: str
    name: str
    created_at: AwareDatetime
    processed_at: AwareDatetime
    updated_at: AwareDatetime
    cancelled_at: AwareDatetime | None
    closed_at: AwareDatetime | None
    test: bool
    tags: tuple[str, ...]
    note: str | None
    #: Null where the customer gave none, or the store's plan withholds it.
    email: str | None
    customer_locale: str | None
    display_financial_status: str | None
    display_fulfillment_status: str
    attributes: tuple[Attribute, ...] = Field(validation_alias="customAttributes")
    customer: ShopifyCustomer | None
    lines: Annotated[tuple[ShopifyLine, ...], BeforeValidator(_nodes)] = Field(
        validation_alias="lineItems"
    )

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def contact(self) -> str | None:
        """The address to write to, if Shopify tells one."""
        if self.email:
            return self.email
        address = self.customer.default_email_address if self.customer else None
        return address.email_address if address else None


@dataclass(frozen=True, kw_only=True, config=answered)
class ShopifyHold:
    id: str
    handle: str | None
    reason: str
    reason_notes: str | None
    #: Placed by this app, and so ours to release.
    held_by_requesting_app: bool


@dataclass(frozen=True, kw_only=True, config=answered)
class FulfillmentLine:
    id: str
    line_id: Annotated[str, BeforeValidator(_id)] = Field(validation_alias="lineItem")
    remaining_quantity: int
    total_quantity: int


@dataclass(frozen=True, kw_only=True, config=answered)
class SupportedAction:
    action: str


@dataclass(frozen=True, kw_only=True, config=answered)
class ShopifyFulfillmentOrder:
    id: str
    #: OPEN, IN_PROGRESS, ON_HOLD, SCHEDULED, CANCELLED, CLOSED, INCOMPLETE.
    status: str
    request_status: str
    updated_at: AwareDatetime
    supported_actions: tuple[SupportedAction, ...]
    holds: tuple[ShopifyHold, ...] = Field(validation_alias="fulfillmentHolds")
    lines: Annotated[tuple[FulfillmentLine, ...], BeforeValidator(_nodes)] = Field(
        validation_alias="lineItems"
    )

    @property
    def is_open(self) -> bool:
        return self.status not in ("CLOSED", "CANCELLED", "INCOMPLETE")

    @property
    def can_be_held(self) -> bool:
        return any(supported.action == "HOLD" for supported in self.supported_actions)

    def own_hold(self, handle: str) -> ShopifyHold | None:
        for hold in self.holds:
            if hold.handle == handle and hold.held_by_requesting_app:
                return hold
        return None


@dataclass(frozen=True, kw_only=True, config=answered)
class ChangedFulfillment:
    """Something about a fulfillment order has changed; what it is, the order tells."""

    id: str
    order_id: str
    updated_at: AwareDatetime


ORDER = TypeAdapter(ShopifyOrder)
FULFILLMENT_ORDER = TypeAdapter(ShopifyFulfillmentOrder)
CHANGED_FULFILLMENT = TypeAdapter(ChangedFulfillment)
HOLD = TypeAdapter(ShopifyHold)


def parse(adapter: TypeAdapter[_T], node: Any) -> _T:
    """Raises `Unavailable("unreadable")`: the answer came, and is not as the documents say."""
    try:
        return adapter.validate_python(node)
    except ValidationError as error:
        # Where, but not what: the values are customers' names and addresses.
        places = {".".join(map(str, each["loc"])) for each in error.errors(include_input=False)}
        raise Unavailable("unreadable", f"unexpected {', '.join(sorted(places))}") from None
