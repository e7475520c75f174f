import pytest

from core.demo.records import gid, stamp
from tests.core.demo.serving import Client

ORDERS = """
    query ($first: Int!, $after: String, $query: String, $reverse: Boolean) {
      orders(
        first: $first, after: $after, query: $query, sortKey: UPDATED_AT, reverse: $reverse
      ) {
        nodes { id name updatedAt }
        pageInfo { hasNextPage hasPreviousPage endCursor }
      }
    }
"""
ORDER = """
    query ($id: ID!) {
      order(id: $id) {
        id legacyResourceId name createdAt processedAt updatedAt cancelledAt closedAt test tags
        note email customerLocale displayFinancialStatus displayFulfillmentStatus
        statusPageUrl(audience: CUSTOMERVIEW)
        customAttributes { key value }
        customer { id firstName lastName locale defaultEmailAddress { emailAddress } }
        photos: metafield(namespace: "$app", key: "photo_review") { id type jsonValue }
        lineItems(first: 50) {
          nodes {
            id name title variantTitle sku quantity currentQuantity unfulfilledQuantity
            requiresShipping
            customAttributes { key value }
            lineItemGroup { id title quantity productId variantId customAttributes { key value } }
            image { url(transform: {maxWidth: 400}) altText width height }
            product { id handle title productType tags featuredMedia { preview { image { url } } } }
            variant { id title media(first: 1) { nodes { id preview { image { url } } } } }
          }
          pageInfo { hasNextPage endCursor }
        }
        fulfillmentOrders(first: 5, displayable: true) {
          nodes {
            id status requestStatus updatedAt fulfillAt supportedActions { action }
            fulfillmentHolds { id handle reason reasonNotes heldByRequestingApp }
            lineItems(first: 50) {
              nodes { id remainingQuantity totalQuantity lineItem { id } }
              pageInfo { hasNextPage endCursor }
            }
          }
          pageInfo { hasNextPage endCursor }
        }
      }
    }
"""


def test_an_order_says_what_was_bought_and_filled_in(client: Client) -> None:
    order = next(order for order in client.shop.orders.values() if order.groups)

    answer = client.ask(ORDER, id=gid("Order", order.id))["order"]

    assert answer["name"] == order.name
    assert answer["displayFulfillmentStatus"] == "UNFULFILLED"
    lines = answer["lineItems"]["nodes"]
    assert [line["title"] for line in lines] == ["Photo mug", "Photo magnet", "Photo print"]
    assert {line["lineItemGroup"]["title"] for line in lines} == {"Memory box"}
    bundled = lines[0]["lineItemGroup"]["customAttributes"]
    assert {"key": "_pplr_preview", "value": "Preview"} in bundled
    [fulfillment_order] = answer["fulfillmentOrders"]["nodes"]
    assert [each["lineItem"]["id"] for each in fulfillment_order["lineItems"]["nodes"]] == [
        line["id"] for line in lines
    ]
    assert fulfillment_order["status"] == "OPEN"


def test_photos_have_addresses_at_the_port_the_shop_listens_on(client: Client) -> None:
    query = """{ orders(first: 100) { nodes { lineItems(first: 5) { nodes {
        customAttributes { value } } } } } }"""

    answer = client.ask(query)

    values = {
        attribute["value"]
        for order in answer["orders"]["nodes"]
        for line in order["lineItems"]["nodes"]
        for attribute in line["customAttributes"]
    }
    assert f"{client.base_url}/photos/dandelion-clock.jpg" in values
    assert not any("{photos}" in value for value in values)


def test_pages_follow_each_other_without_gap_or_repetition(client: Client) -> None:
    names, after = [], None

    while True:
        page = client.ask(ORDERS, first=7, after=after)["orders"]
        names += [order["name"] for order in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    expected = sorted(client.shop.orders.values(), key=lambda order: (order.updated_at, order.id))
    assert names == [order.name for order in expected]


def test_an_order_that_changes_between_two_pages_is_seen_again(client: Client) -> None:
    first = client.ask(ORDERS, first=30)["orders"]
    changed = first["nodes"][3]
    client.ask(
        'mutation ($id: ID!) { tagsAdd(id: $id, tags: "x") { node { id } } }', id=changed["id"]
    )

    rest = client.ask(ORDERS, first=100, after=first["pageInfo"]["endCursor"])["orders"]

    names = [order["name"] for order in rest["nodes"]]
    assert names[-1] == changed["name"]
    assert len(names) == len(set(names)) == len(client.shop.orders) - 30 + 1


def test_reversed_pages_begin_with_the_newest(client: Client) -> None:
    first = client.ask(ORDERS, first=2, reverse=True)["orders"]
    second = client.ask(ORDERS, first=2, reverse=True, after=first["pageInfo"]["endCursor"])[
        "orders"
    ]

    found = [order["name"] for order in first["nodes"] + second["nodes"]]
    newest = sorted(client.shop.orders.values(), key=lambda order: (order.updated_at, order.id))
    assert found == [order.name for order in newest[:-5:-1]]
    assert second["pageInfo"]["hasPreviousPage"]


def test_orders_are_found_by_the_time_of_their_last_change(client: Client) -> None:
    ordered = sorted(client.shop.orders.values(), key=lambda order: order.updated_at)
    since = stamp(ordered[-4].updated_at)

    found = client.ask(ORDERS, first=50, query=f"updated_at:>='{since}'")["orders"]["nodes"]

    assert [order["name"] for order in found] == [order.name for order in ordered[-4:]]


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("name:#1003", ["#1003"]),
        ("name:1003 AND financial_status:paid", ["#1003"]),
        ("name:'1003' tag:nothing", []),
        ("fulfillment_status:on_hold", []),
    ],
)
def test_searches_narrow_the_list(client: Client, search: str, names: list[str]) -> None:
    found = client.ask(ORDERS, first=50, query=search)["orders"]["nodes"]

    assert [order["name"] for order in found] == names


@pytest.mark.parametrize(
    "search",
    [
        "updatd_at:>='2026-01-01'",  # Shopify would ignore it and answer with every order
        "name:1001 OR name:1002",
        "just words",
        "updated_at:>=yesterday",
    ],
)
def test_a_search_that_is_not_understood_is_refused(client: Client, search: str) -> None:
    error = client.refused(ORDERS, first=1, query=search)

    assert error["extensions"]["code"] == "NOT_IMPLEMENTED"


def test_missing_nodes_are_null(client: Client) -> None:
    known = gid("Order", client.shop.orders[1001].id)
    query = "query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Order { name } } }"

    answer = client.ask(query, ids=[known, gid("Order", 5)])

    assert answer["nodes"] == [{"id": known, "name": "#1001"}, None]


def test_fulfillment_orders_are_listed_by_their_own_changes(client: Client) -> None:
    query = """
        query ($closed: Boolean!, $query: String) {
          fulfillmentOrders(
            first: 100, includeClosed: $closed, sortKey: UPDATED_AT, query: $query
          ) { nodes { orderId orderName status } }
        }
    """

    every = client.ask(query, closed=True)["fulfillmentOrders"]["nodes"]
    living = client.ask(query, closed=False)["fulfillmentOrders"]["nodes"]
    held = client.ask(query, closed=False, query="status:on_hold")["fulfillmentOrders"]["nodes"]

    assert [each["status"] for each in every if each not in living] == ["CANCELLED"]
    assert held == []


def test_the_shop_and_the_scopes_of_the_app_are_known(client: Client) -> None:
    answer = client.ask(
        """{
          shop { id name myshopifyDomain primaryDomain { host url } email currencyCode
                 ianaTimezone plan { publicDisplayName shopifyPlus } }
          currentAppInstallation { id accessScopes { handle } app { id title handle } }
          publicApiVersions { handle supported displayName }
        }"""
    )

    assert answer["shop"]["myshopifyDomain"] == "demo-photo-gifts.myshopify.com"
    assert {"handle": "read_orders"} in answer["currentAppInstallation"]["accessScopes"]
    assert answer["publicApiVersions"][-1]["handle"] == "2026-10"


def test_a_field_that_does_not_exist_is_named(client: Client) -> None:
    error = client.refused("{ shop { colour } }")

    assert error["message"] == "Field 'colour' doesn't exist on type 'Shop'"
    assert error["extensions"]["code"] == "undefinedField"


def test_a_field_that_the_demo_shop_does_not_play_is_named(client: Client) -> None:
    error = client.refused("{ shop { unitSystem } }")

    assert error["message"] == "The demo shop does not play Shop.unitSystem."


def test_a_document_that_does_not_parse_is_refused(client: Client) -> None:
    assert client.refused("{ shop {")["extensions"]["code"] == "PARSE_ERROR"


def test_a_wrong_variable_is_refused(client: Client) -> None:
    assert client.refused(ORDERS, first="many")["extensions"]["code"] == "INVALID_VARIABLE"


@pytest.mark.parametrize("size", [None, 251])
def test_a_page_has_a_size_that_shopify_allows(client: Client, size: int | None) -> None:
    query = "query ($first: Int) { orders(first: $first) { nodes { id } } }"

    assert client.refused(query, first=size)["extensions"]["code"] == "BAD_REQUEST"


def test_what_a_scope_is_missing_for_is_denied_and_the_rest_answered(client: Client) -> None:
    client.go_wrong(missing_scopes=["read_customers"])

    body = client.post("{ orders(first: 1) { nodes { name customer { id } } } }").json()

    assert body["data"]["orders"]["nodes"] == [{"name": "#1001", "customer": None}]
    [error] = body["errors"]
    assert error["extensions"]["code"] == "ACCESS_DENIED"
    assert error["path"] == ["orders", "nodes", 0, "customer"]
    assert error["message"] == (
        "Access denied for customer field. Required access: `read_customers` access scope."
    )
