"""Things that go wrong by themselves, all at once and the same for the same seed."""

from collections.abc import Iterator

import httpx
import pytest

from core.demo import control
from core.demo.faults import Chaos, Faults
from core.demo.records import gid
from tests.core.demo.receiving import Receiver, receiving
from tests.core.demo.serving import Client

TINY = "{ orders(first: 1) { nodes { id } pageInfo { hasNextPage } } }"
TAG = "mutation ($id: ID!, $tag: [String!]!) { tagsAdd(id: $id, tags: $tag) { node { id } } }"
HOLD = """
    mutation ($id: ID!) {
      fulfillmentOrderHold(id: $id, fulfillmentHold: {reason: OTHER, handle: "photo-review"}) {
        fulfillmentHold { id } userErrors { field message }
      }
    }
"""


@pytest.fixture
def receiver(client: Client) -> Iterator[Receiver]:
    with receiving() as receiver:
        receiver.subscribe(client, "ORDERS_UPDATED")
        yield receiver


def tag(client: Client, *tags: str) -> None:
    for each in tags:
        client.ask(TAG, id=gid("Order", client.shop.orders[1001].id), tag=[each])


def kinds(client: Client, count: int) -> list[str]:
    """How so many requests went."""
    found = []
    for _ in range(count):
        answer = client.post(TINY)
        try:
            body = answer.json()
        except ValueError:
            body = {"bad": answer.text}
        found.append(f"{answer.status_code} {sorted(body)}")
    return found


def test_requests_go_wrong_in_many_ways_and_the_same_way_again(client: Client) -> None:
    ways = ("throttled", "too_many_requests", "server_error", "bad_json", "lost_answer", "slow")
    chaos = {"seed": 5, "slow_seconds": 0, **dict.fromkeys(ways, 0.15)}

    control.set_faults(client.base_url, {"chaos": chaos})
    first = kinds(client, 60)
    control.set_faults(client.base_url, {"chaos": chaos})
    again = kinds(client, 60)
    control.set_faults(client.base_url, {"chaos": chaos | {"seed": 6}})
    other = kinds(client, 60)

    assert first == again != other
    assert {kind.partition(" ")[0] for kind in first} == {"200", "429", "500", "502"}
    assert {kind for kind in first if kind.startswith("200")} == {
        "200 ['data', 'extensions']",
        "200 ['errors', 'extensions']",
        "200 ['bad']",
    }


def test_a_request_is_slow_by_chance(client: Client) -> None:
    client.go_wrong(chaos={"slow": 1, "slow_seconds": 1})
    client.http.timeout = httpx.Timeout(0.2)

    with pytest.raises(httpx.ReadTimeout):
        client.post(TINY)


def test_webhooks_are_lost(client: Client, receiver: Receiver) -> None:
    client.go_wrong(chaos={"webhook_lost": 1})
    tag(client, "lost")
    client.go_wrong()

    tag(client, "told")

    [received] = receiver.wait(1)
    assert received.payload["tags"] == "lost, told"


def test_a_duplicate_has_the_id_of_its_first(client: Client, receiver: Receiver) -> None:
    client.go_wrong(chaos={"webhook_duplicated": 1})

    tag(client, "x")

    first, second = receiver.wait(2)
    assert first.webhook_id == second.webhook_id
    assert first.body == second.body


def test_late_webhooks_tell_what_was_true_then(client: Client, receiver: Receiver) -> None:
    client.go_wrong(chaos={"webhook_late": 1, "webhook_late_seconds": 1})
    tag(client, "early")
    client.go_wrong()

    tag(client, "now")

    assert [each.payload["tags"] for each in receiver.wait(2)] == ["early, now", "early"]


def test_webhooks_overtake_each_other(client: Client, receiver: Receiver) -> None:
    client.go_wrong(chaos={"webhook_out_of_order": 0.5})
    tags = [f"{number:02}" for number in range(20)]

    tag(client, *tags)

    counts = [len(each.payload["tags"].split(", ")) for each in receiver.wait(20)]
    assert counts != sorted(counts)
    assert sorted(counts) == list(range(1, 21))


def test_chances_are_the_same_for_the_same_seed() -> None:
    one, same, other = (
        [chaos.copies() for _ in range(50)]
        for chaos in (
            Chaos(seed=seed, webhook_lost=0.3, webhook_duplicated=0.3, webhook_out_of_order=0.3)
            for seed in (1, 1, 2)
        )
    )

    assert one == same != other
    assert {len(copies) for copies in one} == {0, 1, 2}


def test_a_mix_of_everything_is_the_same_for_the_same_seed(client: Client) -> None:
    one, same, other = (Faults.mixed(seed).model_dump(mode="json") for seed in (1, 1, 2))

    control.set_faults(client.base_url, one)

    assert one == same != other
    assert 0 < one["chaos"]["bad_json"] < 0.1
    assert 0 < one["chaos"]["webhook_duplicated"] < 0.1


def test_holds_are_refused(client: Client) -> None:
    number = gid("FulfillmentOrder", client.shop.orders[1001].fulfillment_orders[0].id)
    client.go_wrong(refuse_holds=1)

    refused = client.ask(HOLD, id=number)["fulfillmentOrderHold"]
    placed = client.ask(HOLD, id=number)["fulfillmentOrderHold"]

    assert refused["fulfillmentHold"] is None
    assert refused["userErrors"][0]["field"] == ["id"]
    assert placed["userErrors"] == []


def test_another_version_answers(client: Client) -> None:
    client.go_wrong(stale_version="2027-01")

    answer = client.post(TINY)

    assert answer.headers["X-Shopify-API-Version"] == "2027-01"


def test_a_dearer_plan_may_ask_more(client: Client) -> None:
    client.go_wrong(restore_rate=1000)

    status = client.post(TINY).json()["extensions"]["cost"]["throttleStatus"]

    assert status["maximumAvailable"] == 20000
    assert status["restoreRate"] == 1000


def test_a_thousand_orders_are_placed_at_once_and_all_are_told(
    client: Client, receiver: Receiver
) -> None:
    receiver.subscribe(client, "ORDERS_CREATE", includeFields=["id"])

    names = control.send_orders(client.base_url, client.shop.credentials.control_token, 1000)

    received = receiver.wait(1000)
    assert len({each.payload["id"] for each in received}) == len(set(names)) == 1000
