"""Prices, throttling, and the bad days that tests switch on."""

import time
from typing import Any

import httpx
import pytest

from core.demo.cost import Bucket
from core.demo.records import gid
from tests.core.demo.serving import Client

TINY = "{ orders(first: 1) { nodes { id } pageInfo { hasNextPage } } }"
PAGE = """
    query ($first: Int!, $lines: Int!) {
      orders(first: $first) {
        nodes {
          id customAttributes { key }
          customer { defaultEmailAddress { emailAddress } }
          lineItems(first: $lines) {
            nodes { id customAttributes { key } lineItemGroup { id } product { id } variant { id } }
            pageInfo { endCursor }
          }
        }
        pageInfo { endCursor }
      }
    }
"""
GREEDY = """{
    orders(first: 250) { nodes {
        fulfillmentOrders(first: 50) { nodes { lineItems(first: 250) { nodes { id } } } } } }
}"""
HOLD = """
    mutation ($id: ID!) {
      fulfillmentOrderHold(id: $id, fulfillmentHold: {reason: OTHER}) { userErrors { message } }
    }
"""


def test_a_tiny_page_costs_what_was_recorded(client: Client) -> None:
    cost = client.post(TINY).json()["extensions"]["cost"]

    assert cost["requestedQueryCost"] == 3
    assert cost["actualQueryCost"] == 3
    assert cost["throttleStatus"]["maximumAvailable"] == 2000
    assert cost["throttleStatus"]["restoreRate"] == 100
    assert cost["throttleStatus"]["currentlyAvailable"] == 1997


def test_a_mutation_costs_ten_and_what_it_answers(client: Client) -> None:
    order = gid("FulfillmentOrder", client.shop.orders[1001].fulfillment_orders[0].id)

    cost = client.post(HOLD, id=order).json()["extensions"]["cost"]

    assert cost["requestedQueryCost"] == 11
    assert cost["actualQueryCost"] == 10


def test_a_usual_page_is_affordable_and_a_greedy_one_is_not(client: Client) -> None:
    usual = client.post(PAGE, first=25, lines=50).json()
    greedy = client.post(GREEDY).json()

    assert usual["extensions"]["cost"]["requestedQueryCost"] < 1000
    assert usual["extensions"]["cost"]["actualQueryCost"] < 300
    [error] = greedy["errors"]
    assert error["extensions"]["code"] == "MAX_COST_EXCEEDED"
    assert error["extensions"]["cost"] > error["extensions"]["maxCost"] == 1000
    assert "exceeds the single query max cost limit" in error["message"]
    assert "data" not in greedy
    assert "extensions" not in greedy


def test_a_shop_asked_too_often_says_when_it_answers_again(client: Client) -> None:
    answers: list[Any] = []
    while not answers or "errors" not in answers[-1]:
        answers.append(client.post(PAGE, first=100, lines=20).json())

    throttled = answers[-1]
    assert throttled["errors"][0]["extensions"]["code"] == "THROTTLED"
    cost = throttled["extensions"]["cost"]
    assert cost["actualQueryCost"] is None
    assert cost["requestedQueryCost"] > cost["throttleStatus"]["currentlyAvailable"]


def test_the_bucket_fills_again() -> None:
    bucket = Bucket()
    bucket.take(1500)
    left, at = bucket.available, time.monotonic()

    while bucket.available == left:
        pass

    assert 500 <= left < bucket.available <= left + (time.monotonic() - at) * 100 + 1


def test_the_next_requests_are_throttled(client: Client) -> None:
    client.go_wrong(throttled=2)

    answers = [client.post(TINY).json() for _ in range(3)]

    assert ["errors" in answer for answer in answers] == [True, True, False]


def test_too_many_requests_say_how_long_to_wait(client: Client) -> None:
    client.go_wrong(too_many_requests=1, retry_after=4)

    answer = client.post(TINY)

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "4.0"
    assert client.post(TINY).status_code == 200


def test_the_shop_breaks_down_once(client: Client) -> None:
    client.go_wrong(server_error=1)

    assert [client.post(TINY).status_code for _ in range(2)] == [500, 200]


def test_an_answer_is_cut_short(client: Client) -> None:
    client.go_wrong(bad_json=1)

    with pytest.raises(ValueError, match="delimiter"):
        client.post(TINY).json()


def test_an_answer_is_slow(client: Client) -> None:
    client.go_wrong(slow_seconds=1)
    client.http.timeout = httpx.Timeout(0.2)

    with pytest.raises(httpx.ReadTimeout):
        client.post(TINY)


def test_a_change_happens_although_its_answer_is_lost(client: Client) -> None:
    order = client.shop.orders[1001]
    number = gid("FulfillmentOrder", order.fulfillment_orders[0].id)
    client.go_wrong(lost_answer=1)

    answer = client.post(HOLD, id=number)

    assert answer.status_code == 502
    assert order.fulfillment_orders[0].status == "ON_HOLD"


def test_addresses_are_hidden_from_an_app_that_may_not_see_them(client: Client) -> None:
    client.go_wrong(null_emails=True)

    answer = client.ask(
        """{ orders(first: 100) { nodes {
            email customer { firstName defaultEmailAddress { emailAddress } } } } }"""
    )

    orders = answer["orders"]["nodes"]
    assert {order["email"] for order in orders} == {None}
    customers = [order["customer"] for order in orders if order["customer"]]
    assert {customer["defaultEmailAddress"] for customer in customers} == {None}
    assert all(customer["firstName"] for customer in customers)


def test_an_unknown_fault_is_a_mistake_of_the_test(client: Client) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="400"):
        client.go_wrong(throtled=1)
