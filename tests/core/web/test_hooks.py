"""What Shopify sends us, over real HTTP: R1, and R2 for a database that is away."""

import hashlib
import hmac
import json
import socket
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import event, select, text, update
from starlette.applications import Starlette

from core import db
from core.models import Shop, WebhookDelivery, utc_now
from core.sealing import seal
from core.web.hooks import MAX_BYTES, Hooks
from core.web.visitors import Visitors
from tests.cast import Cast
from tests.databases import out_of_reach
from tests.serving import Served, in_thread
from tests.sockets import signed_in

SECRET = "secret"
BODY = json.dumps({"id": 1, "admin_graphql_api_id": "gid://shopify/Order/1"}).encode()


def signature(body: bytes, secret: str = SECRET) -> str:
    return b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


@dataclass
class Door:
    """The route on a port of this process, and a shop."""

    port: int
    shop: str

    def headers(self, body: bytes = BODY, *, family: str = "X-Shopify-") -> dict[str, str]:
        said = {
            "Topic": "orders/updated",
            "Shop-Domain": self.shop,
            "Webhook-Id": str(uuid4()),
            "Triggered-At": "2026-11-23T10:00:00.123456789Z",
            "Hmac-Sha256": signature(body),
        }
        return {f"{family}{name}": value for name, value in said.items()}

    def post(
        self,
        headers: Mapping[str, str | bytes],
        body: bytes = BODY,
        *,
        shop: str | None = None,
    ) -> httpx.Response:
        return httpx.post(
            f"http://127.0.0.1:{self.port}/hooks/shopify/{shop or self.shop}",
            content=body,
            headers=dict(headers),  # type: ignore[arg-type]
            timeout=30,
            trust_env=False,
        )

    def open(
        self, *more: str, said: Mapping[str, str] | None = None, shop: str | None = None
    ) -> socket.socket:
        """A connection that has sent no more than its headers."""
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.settimeout(20)
        headers = self.headers() if said is None else said
        lines = [
            f"POST /hooks/shopify/{shop or self.shop} HTTP/1.1",
            "Host: localhost",
            *(f"{name}: {value}" for name, value in headers.items()),
            *more,
        ]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return connection


Open = Callable[..., Door]


@pytest.fixture
def open_door(committed: None) -> Iterator[Open]:
    with ExitStack() as stack:

        def open_(**limits: Any) -> Door:
            with db.transaction() as session:
                shop = Cast(session, is_demo=False).shop.domain
            hooks = Hooks(**{"memory": 0, **limits})
            app = Starlette(routes=[hooks.route])
            return Door(stack.enter_context(in_thread(app)), shop)

        yield open_


def change(shop: str, **values: Any) -> None:
    with db.transaction() as session:
        session.execute(update(Shop).where(Shop.domain == shop).values(**values))


def kept() -> list[WebhookDelivery]:
    with db.transaction() as session:
        return list(session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.id)))


def jobs() -> list[Any]:
    query = "SELECT args FROM procrastinate_jobs WHERE task_name = 'process_webhook' ORDER BY id"
    with db.transaction() as session:
        return list(session.scalars(text(query)))


def status_of(connection: socket.socket) -> int:
    with connection.makefile("rb") as answer:
        return int(answer.readline().split()[1])


@pytest.mark.parametrize("family", ["X-Shopify-", "x-shopify-", "shopify-", "Shopify-"])
def test_r1_a_delivery_is_kept_with_its_job(open_door: Open, family: str) -> None:
    door = open_door()
    headers = door.headers(family=family)

    answer = door.post(headers)

    (delivery,) = kept()
    assert (answer.status_code, answer.content) == (200, b"")
    assert (delivery.topic, delivery.webhook_id, delivery.body, delivery.processed_at) == (
        "orders/updated",
        headers[f"{family}Webhook-Id"],
        BODY,
        None,
    )
    assert str(delivery.triggered_at) == "2026-11-23 10:00:00.123456+00:00"
    assert jobs() == [{"delivery_id": delivery.id}]


#: What is wrong with it: headers that are other than they should be, None for missing.
WRONG: dict[str, dict[str, str | bytes | None]] = {
    "unsigned": {"X-Shopify-Hmac-Sha256": None},
    "empty signature": {"X-Shopify-Hmac-Sha256": ""},
    "another secret": {"X-Shopify-Hmac-Sha256": signature(BODY, "guessed")},
    "no secret": {"X-Shopify-Hmac-Sha256": signature(BODY, "")},
    "another body": {"X-Shopify-Hmac-Sha256": signature(BODY + b" ")},
    "in hex": {
        "X-Shopify-Hmac-Sha256": hmac.new(SECRET.encode(), BODY, hashlib.sha256).hexdigest()
    },
    "cut": {"X-Shopify-Hmac-Sha256": signature(BODY)[:-1]},
    "garbled": {"X-Shopify-Hmac-Sha256": "!=%00"},
    "not ASCII": {"X-Shopify-Hmac-Sha256": "Unterschrift: ü".encode("latin-1")},
    "not even text": {"X-Shopify-Hmac-Sha256": b"\xff\xfe\x80"},
    "of another shop": {"X-Shopify-Shop-Domain": "another.myshopify.com"},
    "of no shop": {"X-Shopify-Shop-Domain": None},
    "no topic": {"X-Shopify-Topic": None},
    "no id": {"X-Shopify-Webhook-Id": None},
    "endless id": {"X-Shopify-Webhook-Id": "1" * 3000},
}


def test_r1_whatever_is_wrong_the_answer_is_the_same(open_door: Open) -> None:
    door = open_door()
    requests = [
        {name: value for name, value in {**door.headers(), **wrong}.items() if value is not None}
        for wrong in WRONG.values()
    ]

    answers = [door.post(headers) for headers in requests]
    answers.append(door.post(door.headers(), BODY + b"\n"))
    answers.append(door.post(door.headers(), shop="nobody.myshopify.com"))

    assert [answer.status_code for answer in answers] == [401] * (len(WRONG) + 2)
    assert {(answer.content, *answer.headers) for answer in answers} == {
        (b"", "date", "server", "content-length")
    }
    assert kept() == []
    assert jobs() == []


def test_r1_a_replay_happens_once(open_door: Open) -> None:
    door = open_door()
    headers = door.headers()

    answers = [door.post(headers) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert len(kept()) == len(jobs()) == 1


def test_r1_eight_at_once_are_one(open_door: Open) -> None:
    door = open_door()
    headers = door.headers()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: door.post(headers), range(8)))

    assert [answer.status_code for answer in answers] == [200] * 8
    assert len(kept()) == len(jobs()) == 1


def test_r1_one_id_may_come_under_several_topics_and_from_two_shops(open_door: Open) -> None:
    first, second = open_door(), open_door()
    headers = first.headers()

    first.post(headers)
    first.post({**headers, "X-Shopify-Topic": "orders/edited"})
    second.post({**headers, "X-Shopify-Shop-Domain": second.shop})

    assert len({each.shop_id for each in kept()}) == 2
    assert len(kept()) == len(jobs()) == 3


def test_r1_each_shop_has_secrets_of_its_own(open_door: Open) -> None:
    first, second = open_door(), open_door()
    change(second.shop, client_secret=seal("another"))

    crossed = second.post(second.headers())
    own = second.post({**second.headers(), "X-Shopify-Hmac-Sha256": signature(BODY, "another")})

    assert (crossed.status_code, own.status_code) == (401, 200)
    assert first.post(first.headers()).status_code == 200


def test_r1_after_a_change_the_old_secret_is_good_for_a_while(open_door: Open) -> None:
    door = open_door()
    change(door.shop, client_secret=seal("new"), old_client_secret=seal(SECRET))

    answers = []
    for left in (timedelta(minutes=1), timedelta(minutes=-1)):
        change(door.shop, old_secret_until=utc_now() + left)
        answers.append(door.post(door.headers()).status_code)
    new = door.post({**door.headers(), "X-Shopify-Hmac-Sha256": signature(BODY, "new")})

    assert (answers, new.status_code) == ([200, 401], 200)


def test_r1_where_there_is_no_secret_nobody_can_sign(open_door: Open) -> None:
    door = open_door()
    empty = {**door.headers(), "X-Shopify-Hmac-Sha256": signature(BODY, "")}
    tomorrow = utc_now() + timedelta(days=1)
    change(door.shop, old_client_secret=seal(""), old_secret_until=tomorrow)

    beside_a_secret = door.post(empty)
    change(door.shop, client_secret=seal(""))
    without = door.post(empty)

    assert (beside_a_secret.status_code, without.status_code) == (401, 401)


def test_a_shop_that_has_left_is_believed_in_what_is_to_be_forgotten_alone(
    open_door: Open,
) -> None:
    door = open_door()
    change(door.shop, disconnected_at=utc_now())

    update_ = door.post(door.headers())
    redact = door.post({**door.headers(), "X-Shopify-Topic": "customers/redact"})

    assert (update_.status_code, redact.status_code) == (401, 200)


def test_r1_five_megabytes_are_refused_before_they_come(open_door: Open) -> None:
    with open_door().open(f"Content-Length: {5 * 2**20}") as connection:
        assert status_of(connection) == 413


def test_r1_nor_do_they_come_in_chunks(open_door: Open) -> None:
    part = MAX_BYTES // 8
    with open_door().open("Transfer-Encoding: chunked") as connection:
        for _ in range(9):
            connection.sendall(f"{part:x}\r\n".encode() + b" " * part + b"\r\n")

        assert status_of(connection) == 413


def test_a_megabyte_is_welcome(open_door: Open) -> None:
    door = open_door()
    body = BODY.ljust(MAX_BYTES)

    assert door.post(door.headers(body), body).status_code == 200


def test_who_dawdles_is_not_waited_for(open_door: Open) -> None:
    with open_door(patience=0.2).open("Content-Length: 100") as connection:
        assert status_of(connection) == 408


@pytest.mark.parametrize("full", [{"in_total": 1}, {"per_address": 1}])
def test_who_finds_us_full_comes_again(open_door: Open, full: dict[str, int]) -> None:
    door = open_door(visitors=Visitors(**full))
    with door.open("Content-Length: 100", "Expect: 100-continue") as connection:
        assert status_of(connection) == 100  # it has its place

        answer = door.post(door.headers())

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_one_sender_leaves_room_for_others() -> None:
    visitors = Hooks().visitors

    with ExitStack() as stack:
        same = [stack.enter_context(visitors.admitted("203.0.113.7")) for _ in range(21)]
        other = stack.enter_context(visitors.admitted("203.0.113.8"))

    assert (same, other) == ([True] * 20 + [False], True)


def test_strangers_are_refused_before_they_are_read_and_take_no_place(open_door: Open) -> None:
    door = open_door(visitors=Visitors(in_total=1))
    nobody = "nobody.myshopify.com"
    to_come = ("Content-Length: 100", "Expect: 100-continue")
    signed = door.headers()
    elsewhere = signed | {"X-Shopify-Shop-Domain": nobody}

    with ExitStack() as stack:
        # They dawdle until the delivery is through.
        strangers = [
            stack.enter_context(door.open(*to_come, said={})),
            stack.enter_context(door.open(*to_come, said=elsewhere, shop=nobody)),
            *(
                stack.enter_context(door.open(*to_come, said=signed | {missing: ""}))
                for missing in ("X-Shopify-Hmac-Sha256", "X-Shopify-Topic")
            ),
        ]
        answers = [status_of(each) for each in strangers]
        delivered = door.post(signed)

    assert answers == [401] * 4
    assert delivered.status_code == 200


def test_a_delivery_is_one_statement(open_door: Open) -> None:
    door = open_door(memory=3600)
    door.post(door.headers())
    statements: list[str] = []
    event.listen(
        db.engine(),
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: statements.append(statement),
    )

    for _ in range(3):
        door.post(door.headers())

    assert [each.split()[:4] for each in statements] == [["WITH", "kept", "AS", "(INSERT"]] * 3
    assert len(kept()) == 4


def test_r2_while_the_database_is_away_shopify_is_told_to_come_again(
    open_door: Open, server: str
) -> None:
    door = open_door()
    headers = door.headers()
    door.post(door.headers())

    with out_of_reach(server):
        away = door.post(headers)
    back = door.post(headers)

    assert (away.status_code, back.status_code) == (503, 200)
    assert len(kept()) == len(jobs()) == 2


def test_r2_a_database_that_stands_still_is_waited_for_less_than_five_seconds(
    open_door: Open,
) -> None:
    door = open_door(deadline=0.3)
    headers = door.headers()

    with db.engine().begin() as connection:
        connection.execute(text("LOCK webhook_deliveries"))
        still = door.post(headers)
    moving = door.post(headers)

    assert Hooks().deadline < 5
    assert (still.status_code, moving.status_code) == (503, 200)
    assert len(kept()) == len(jobs()) == 1


def test_the_gate_lets_in_what_is_signed_and_nobody_else(served: Served) -> None:
    with db.transaction() as session:
        shop = session.scalars(select(Shop.domain)).one()
    door = Door(served.port, shop)
    cookie = {"Cookie": f"loupe_staff={signed_in('mia')}", "Origin": served.url, "X-Loupe": "1"}

    signed = door.post(door.headers())
    foreign = door.post(door.headers() | {"Origin": "https://eve.example"})
    staff = door.post(cookie)
    nowhere = door.post(door.headers(), shop=f"{shop}/more")
    put = httpx.put(f"{served.url}/hooks/shopify/{shop}", headers=door.headers(), trust_env=False)
    elsewhere = httpx.post(
        f"{served.url}/hooks/shopify/{shop}",
        headers=door.headers() | {"Host": "eve.example"},
        content=BODY,
        trust_env=False,
    )

    assert [each.status_code for each in (signed, foreign, staff)] == [200, 200, 401]
    assert [each.status_code for each in (nowhere, put, elsewhere)] == [403, 403, 404]
