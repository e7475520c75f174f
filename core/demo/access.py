"""Which scopes an app needs to see a type or to call a mutation; any one of them is enough."""

from collections.abc import Collection
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo, get_named_type

_FULFILLMENT = (
    "read_assigned_fulfillment_orders",
    "read_merchant_managed_fulfillment_orders",
    "read_third_party_fulfillment_orders",
    "read_marketplace_fulfillment_orders",
)

# As Shopify's schema says; `tests/schema` compares.
REQUIRED: dict[str, tuple[str, ...]] = {
    "Order": ("read_orders", "read_marketplace_orders", "read_quick_sale"),
    "LineItem": ("read_orders", "read_marketplace_orders"),
    "Customer": ("read_customers",),
    "Product": ("read_products",),
    "ProductVariant": ("read_products",),
    "FulfillmentOrder": _FULFILLMENT,
    "FulfillmentHold": _FULFILLMENT,
    "FulfillmentHold.heldByApp": ("read_apps",),
    "Mutation.fulfillmentOrderHold": (
        "write_merchant_managed_fulfillment_orders",
        "write_third_party_fulfillment_orders",
    ),
    "Mutation.fulfillmentOrderReleaseHold": (
        "write_merchant_managed_fulfillment_orders",
        "write_third_party_fulfillment_orders",
        "write_marketplace_fulfillment_orders",
    ),
    "Mutation.orderUpdate": ("write_orders", "write_marketplace_orders", "write_quick_sale"),
}

# The schema leaves open what these change. All that the demo shop lets them change is an order.
OF_ORDERS = {
    f"Mutation.{name}": ("write_orders",) for name in ("tagsAdd", "tagsRemove", "metafieldsSet")
}


def check(info: GraphQLResolveInfo[Any], scopes: Collection[str]) -> None:
    field = f"{info.parent_type.name}.{info.field_name}"
    returned = get_named_type(info.return_type).name.removesuffix("Connection")
    for name in (field, returned):
        require(name, info, scopes)


def require(name: str, info: GraphQLResolveInfo[Any], scopes: Collection[str]) -> None:
    enough = REQUIRED.get(name) or OF_ORDERS.get(name)
    if enough and not set(enough) & set(scopes):
        raise _denied(info.field_name, enough)


def _denied(field: str, enough: tuple[str, ...]) -> GraphQLError:
    required = " or ".join(f"`{scope}`" for scope in enough) + " access scope."
    extensions: dict[str, Any] = {
        "code": "ACCESS_DENIED",
        "documentation": "https://shopify.dev/api/usage/access-scopes",
        "requiredAccess": required,
    }
    return GraphQLError(
        f"Access denied for {field} field. Required access: {required}", extensions=extensions
    )
