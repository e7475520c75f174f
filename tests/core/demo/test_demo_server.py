import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image

from core.demo.control import send_orders
from core.demo.records import gid
from core.demo.server import open_shop
from core.demo.shop import credentials
from tests.core.demo.serving import Client, serving

NAMES = "{ orders(first: 250, sortKey: ORDER_NUMBER) { nodes { name } } }"


def test_a_token_is_given_for_the_right_secret(client: Client) -> None:
    known = client.shop.credentials
    wanted = {
        "grant_type": "client_credentials",
        "client_id": known.client_id,
        "client_secret": known.client_secret,
    }
    address = f"{client.base_url}/admin/oauth/access_token"

    by_form, by_json = (
        client.http.post(address, data=wanted),
        client.http.post(address, json=wanted),
    )

    assert by_form.json()["expires_in"] == by_json.json()["expires_in"] == 86399
    assert "read_orders" in by_form.json()["scope"].split(",")
    client.token = by_json.json()["access_token"]
    assert client.ask("{ shop { id } }")


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"client_secret": "wrong"}, 401),
        ({"client_id": "wrong"}, 401),
        ({"client_secret": "é"}, 401),
        ({"grant_type": "password"}, 400),
    ],
)
def test_a_token_is_refused(client: Client, change: dict[str, str], status: int) -> None:
    known = client.shop.credentials
    wanted = {
        "grant_type": "client_credentials",
        "client_id": known.client_id,
        "client_secret": known.client_secret,
    }

    answer = client.http.post(f"{client.base_url}/admin/oauth/access_token", json=wanted | change)

    assert answer.status_code == status


def test_a_wrong_token_sees_nothing(client: Client) -> None:
    client.token = "shpat_guessed"

    answer = client.post("{ shop { id } }")

    assert answer.status_code == 401
    assert "Invalid API key" in answer.json()["errors"]


@pytest.mark.parametrize(
    ("version", "status"),
    [
        ("2026-10", 200),
        ("2019-04", 200),  # falls forward
        ("2027-01", 404),
        ("2026-13", 404),
        ("latest", 404),
    ],
)
def test_an_old_version_falls_forward_and_says_so(
    client: Client, version: str, status: int
) -> None:
    answer = client.http.post(
        f"{client.base_url}/admin/api/{version}/graphql.json",
        headers={"X-Shopify-Access-Token": client.token},
        json={"query": "{ shop { id } }"},
    )

    assert answer.status_code == status
    if status == 200:
        assert answer.headers["X-Shopify-API-Version"] == "2026-10"
        assert answer.headers["X-Request-Id"]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"query": 1}', b'{"query": "{}", "variables": 1}'])
def test_a_body_that_is_no_query_is_refused(client: Client, body: bytes) -> None:
    answer = client.http.post(
        f"{client.base_url}/admin/api/2026-10/graphql.json",
        headers={"X-Shopify-Access-Token": client.token},
        content=body,
    )

    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("name", "kind", "image_format"),
    [
        ("tabby-cat.jpg", "image/jpeg", "JPEG"),
        ("tabby-cat", "image/jpeg", "JPEG"),  # as Upload-Lift writes it
        ("screenshot/tabby-cat.png", "image/png", "PNG"),
        ("heic/owl.heic", "image/heic", None),
        ("not_a_photo.jpg", "image/jpeg", None),
    ],
)
def test_photographs_are_served_as_what_they_are_called(
    client: Client, name: str, kind: str, image_format: str | None
) -> None:
    answer = client.http.get(f"{client.base_url}/photos/{name}")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == kind
    if image_format:
        assert Image.open(BytesIO(answer.content)).format == image_format


@pytest.mark.parametrize(
    "name", ["deleted/holiday-2231.jpg", "%2e%2e/SOURCES.md", "", "CC0-1.0.txt"]
)
def test_other_files_are_not_served(client: Client, name: str) -> None:
    assert client.http.get(f"{client.base_url}/photos/{name}").status_code == 404


def test_a_name_that_is_not_this_machines_is_turned_away(client: Client) -> None:
    answer = client.http.get(client.base_url, headers={"Host": "evil.example"})

    assert answer.status_code == 400


def test_orders_are_sent_on_command(client: Client) -> None:
    known = len(client.shop.orders)

    names = send_orders(client.base_url, client.shop.credentials.control_token, 5)

    assert names == [f"#{1001 + known + index}" for index in range(5)]
    listed = client.ask(NAMES)["orders"]["nodes"]
    assert [order["name"] for order in listed[-5:]] == names


def test_only_the_owner_of_the_control_token_sends_orders(client: Client) -> None:
    with pytest.raises(httpx.HTTPStatusError, match="403"):
        send_orders(client.base_url, "guessed", 1)


def test_the_page_shows_the_hold_the_tag_and_the_metafield(client: Client) -> None:
    order = client.shop.orders[1001]
    fulfillment_order = gid("FulfillmentOrder", order.fulfillment_orders[0].id)
    client.ask(
        """mutation ($order: ID!, $id: ID!) {
          fulfillmentOrderHold(
            id: $id, fulfillmentHold: {reason: OTHER, handle: "photo-review", reasonNotes: "<b>"}
          ) { userErrors { message } }
          tagsAdd(id: $order, tags: ["waits & waits"]) { userErrors { message } }
          metafieldsSet(metafields: {
            ownerId: $order, key: "photo_review", type: "json", value: "[1]"
          }) { userErrors { message } }
        }""",
        order=gid("Order", order.id),
        id=fulfillment_order,
    )

    page = client.http.get(client.base_url).text

    for shown in ("#1001", "On hold", "photo-review", "&lt;b&gt;", "waits &amp; waits", "[1]"):
        assert shown in page
    assert "<b>" not in page
    assert f'<a href="{client.base_url}/photos/' in page


def test_a_shop_is_found_as_it_was_left(tmp_path: Path, photographs: dict[str, Path]) -> None:
    with closing(open_shop(tmp_path, photos=photographs)) as shop:
        known = shop.credentials
        token = shop.issue_token()
        shop.orders[1001].tags = ["kept"]
        shop.save([shop.orders[1001]])
        before = dict(shop.orders)

    with closing(open_shop(tmp_path, photos=photographs)) as shop:
        assert shop.orders == before
        assert shop.credentials == known
        assert shop.accepts(token)


def test_the_credentials_are_the_owners_alone(tmp_path: Path) -> None:
    data_dir = tmp_path / "shop"

    credentials(data_dir)

    assert data_dir.stat().st_mode & 0o777 == 0o700
    assert (data_dir / "credentials.json").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in data_dir.iterdir()] == ["credentials.json"]


def test_tests_alone_make_the_shop_misbehave(client: Client) -> None:
    with serving(client.shop, faults=False) as base_url:
        answer = client.http.post(f"{base_url}/demo/faults", json={})

    assert answer.status_code == 404


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_the_process_stops_when_told_and_comes_back_at_its_address(
    tmp_path: Path, stop: signal.Signals
) -> None:
    command = [sys.executable, "-m", "core.demo", "--data-dir", str(tmp_path)]
    addresses, known = [], []

    for _ in range(2):
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[3],
            env={**os.environ, "PYTHONWARNINGS": "default"},
        ) as process:
            assert process.stdout is not None
            addresses.append(process.stdout.readline().split()[-1])
            known.append(json.loads((tmp_path / "credentials.json").read_text()))
            page = httpx.get(addresses[-1], trust_env=False)
            process.send_signal(stop)
            _, complaints = process.communicate(timeout=20)

        assert "Demo shop" in page.text
        assert complaints == ""
        assert process.returncode in (0, -stop)
    assert addresses[0] == addresses[1]
    assert known[0] == known[1]
