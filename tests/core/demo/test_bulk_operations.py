"""One query over all orders, written as JSONL in the background."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from core.demo.records import gid
from core.demo.server import open_shop
from tests.core.demo.receiving import receiving
from tests.core.demo.serving import Client, serving
from tests.waiting import until

RUN = """
    mutation ($query: String!) {
      bulkOperationRunQuery(query: $query, groupObjects: false) {
        bulkOperation { id status url }
        userErrors { field message code }
      }
    }
"""
STATUS = """
    query ($id: ID!) {
      bulkOperation(id: $id) {
        id status errorCode objectCount rootObjectCount fileSize url partialDataUrl createdAt
        completedAt
      }
    }
"""
ORDERS = """{
  orders(query: "created_at:>='2020-01-01T00:00:00Z'", sortKey: UPDATED_AT) {
    edges { node {
      id name updatedAt cancelledAt email tags
      customAttributes { key value }
      customer { id defaultEmailAddress { emailAddress } }
      lineItems { edges { node {
        id title quantity currentQuantity customAttributes { key value }
        lineItemGroup { id customAttributes { key value } } image { url } product { id }
        variant { id }
      } } }
      fulfillmentOrders { nodes { id status lineItems { nodes { id lineItem { id } } } } }
    } }
  }
}"""


def start(client: Client, query: str = ORDERS) -> Any:
    return client.ask(RUN, query=query)["bulkOperationRunQuery"]


def finished(client: Client, global_id: str) -> Any:
    def status() -> Any:
        return client.ask(STATUS, id=global_id)["bulkOperation"]

    until(lambda: status()["completedAt"])
    return status()


def lines_of(client: Client, url: str) -> list[Any]:
    return [json.loads(line) for line in client.http.get(url).text.splitlines()]


def until_broken(answer: httpx.Response) -> bytes:
    received = b""
    try:
        for chunk in answer.iter_raw():
            received += chunk
    except httpx.RemoteProtocolError:
        return received
    raise AssertionError("it did not break off")


def test_every_order_is_written_with_its_lines(client: Client) -> None:
    started = start(client)

    done = finished(client, started["bulkOperation"]["id"])

    assert started["userErrors"] == []
    assert (started["bulkOperation"]["status"], started["bulkOperation"]["url"]) == (
        "CREATED",
        None,
    )
    assert (done["status"], done["errorCode"]) == ("COMPLETED", None)
    lines = lines_of(client, done["url"])
    roots = [line for line in lines if "__parentId" not in line]
    orders = client.shop.orders.values()
    assert {root["id"] for root in roots} == {gid("Order", order.id) for order in orders}
    assert int(done["rootObjectCount"]) == len(orders)
    assert int(done["objectCount"]) == len(lines)
    titles = sorted(line["title"] for line in lines if "title" in line)
    assert titles == sorted(line.variant.product.title for each in orders for line in each.lines)
    assert not any("lineItems" in line for line in lines)


def test_a_child_comes_behind_its_parent_but_not_beside_it(client: Client) -> None:
    done = finished(client, start(client)["bulkOperation"]["id"])

    lines = lines_of(client, done["url"])

    position = {line["id"]: number for number, line in enumerate(lines)}
    children = [line for line in lines if "__parentId" in line]
    assert all(position[line["__parentId"]] < position[line["id"]] for line in children)
    assert any(position[line["id"]] - position[line["__parentId"]] > 5 for line in children)


def test_a_download_is_continued_where_it_broke_off(client: Client) -> None:
    done = finished(client, start(client)["bulkOperation"]["id"])
    client.go_wrong(cut_downloads=1)

    with client.http.stream("GET", done["url"]) as answer:
        first = until_broken(answer)
    rest = client.http.get(done["url"], headers={"Range": f"bytes={len(first)}-"})

    assert rest.status_code == 206
    assert 0 < len(first) < int(done["fileSize"])
    assert first + rest.content == client.http.get(done["url"]).content


def test_a_filtered_operation_without_orders_has_no_file(client: Client) -> None:
    query = ORDERS.replace("2020", "2099")

    done = finished(client, start(client, query)["bulkOperation"]["id"])

    assert (done["status"], done["url"], done["objectCount"]) == ("COMPLETED", None, "0")


def test_five_run_at_once_and_are_listed(client: Client) -> None:
    client.go_wrong(slow_bulk_seconds=60)
    started = [start(client) for _ in range(6)]

    listed = client.ask(
        """{
          bulkOperations(first: 10, query: "status:RUNNING", sortKey: CREATED_AT, reverse: true) {
            nodes { id status type } pageInfo { hasNextPage }
          }
        }"""
    )

    until(lambda: all(each.status == "RUNNING" for each in client.shop.bulk_operations.all()))
    assert [len(each["userErrors"]) for each in started] == [0, 0, 0, 0, 0, 1]
    assert started[-1]["userErrors"][0]["code"] == "OPERATION_IN_PROGRESS"
    assert {each["type"] for each in listed["bulkOperations"]["nodes"]} == {"QUERY"}


def test_what_ran_when_the_shop_was_closed_has_failed(
    client: Client, tmp_path: Path, photographs: dict[str, Path]
) -> None:
    with (
        closing(open_shop(tmp_path / "other", photos=photographs)) as shop,
        httpx.Client(trust_env=False) as http,
    ):
        with serving(shop) as base_url:
            other = Client(shop, base_url, http)
            other.go_wrong(slow_bulk_seconds=60)
            started = start(other)["bulkOperation"]["id"]
        with serving(shop) as base_url:
            done = finished(Client(shop, base_url, http), started)

    assert (done["status"], done["errorCode"]) == ("FAILED", "INTERNAL_SERVER_ERROR")


def test_an_operation_fails_half_way_on_command(client: Client) -> None:
    client.go_wrong(bulk_fails=1)

    done = finished(client, start(client)["bulkOperation"]["id"])

    assert (done["status"], done["url"]) == ("FAILED", None)
    assert 0 < len(lines_of(client, done["partialDataUrl"])) == int(done["objectCount"])


def test_an_operation_fails_without_its_scope(client: Client) -> None:
    client.go_wrong(missing_scopes=["read_customers"])

    done = finished(client, start(client)["bulkOperation"]["id"])

    assert (done["status"], done["errorCode"]) == ("FAILED", "ACCESS_DENIED")


def test_the_end_of_an_operation_is_told(client: Client) -> None:
    with receiving() as receiver:
        receiver.subscribe(client, "BULK_OPERATIONS_FINISH")

        started = start(client)["bulkOperation"]["id"]

        [received] = receiver.wait(1)
        assert received.payload["admin_graphql_api_id"] == started
        assert received.payload["status"] == "completed"


@pytest.mark.parametrize(
    "query",
    [
        "{ orders { edges { node { colour } } } }",
        "{ orders {",
        "{ shop { id } }",
        'mutation { tagsAdd(id: "1", tags: "x") { node { id } } }',
        "{ orders { pageInfo { hasNextPage } } }",
        # Three connections deep.
        """{ orders { nodes { id lineItems { nodes { id product { id variants { nodes {
            id product { id variants { nodes { id } } } } } } } } } } }""",
    ],
)
def test_a_query_that_is_not_for_bulk_is_refused(client: Client, query: str) -> None:
    answer = start(client, query)

    assert answer["bulkOperation"] is None
    assert answer["userErrors"][0]["code"] == "INVALID"


def test_files_of_nothing_are_not_found(client: Client) -> None:
    assert client.http.get(f"{client.base_url}/bulk/5.jsonl").status_code == 404
