"""Webhooks from the demo shop to our route, and the subscriptions that bring them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core import db, queue
from core.clients import Clients
from core.config import settings
from core.demo import control
from core.demo.shop import DOMAIN
from core.models import Order, Shop, WebhookDelivery
from core.services import subscriptions
from core.services.subscriptions import TOPICS
from core.web.hooks import Hooks
from tests.cast import Cast
from tests.loop import GOOD, Loop, leave_unread, small_loop, work
from tests.serving import free_port, in_thread
from tests.waiting import until

#: The only one in the shop.
ORDER = "gid://shopify/Order/7000001001000"


@dataclass
class Told:
    """A loop whose shop tells us, and that nobody polls."""

    loop: Loop

    @property
    def token(self) -> str:
        return self.loop.shop.credentials.control_token

    def listen(self) -> None:
        """Have the shop's subscriptions looked at."""
        with db.transaction() as session:
            subscriptions.request_check(session, session.scalars(select(Shop.id)).one())
        self.loop.work()

    def subscribed(self) -> dict[str, str]:
        return {each.topic: each.uri for each in self.loop.shop.subscriptions.all()}

    def say(self, topic: str, payload: Mapping[str, object]) -> None:
        control.send_webhook(self.loop.address, self.token, topic, payload)
        self.until_told(topic)

    def until_told(self, *topics: str) -> None:
        """Wait for these, and do what they ask for."""

        def told() -> bool:
            with db.transaction() as session:
                return set(topics) <= set(session.scalars(select(WebhookDelivery.topic)))

        until(told, seconds=20)
        self.loop.work()


@pytest.fixture
def told(committed: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Told]:
    with (
        in_thread(Starlette(routes=[Hooks().route])) as port,
        small_loop(tmp_path / "demo-shop", [[GOOD]]) as loop,
    ):
        monkeypatch.setenv("LOUPE_PORT", str(port))
        settings.cache_clear()
        with db.transaction() as session:
            leave_unread(session, session.scalars(select(Shop)).one())
        yield Told(loop)
    monkeypatch.undo()
    settings.cache_clear()


def orders() -> dict[str, Order]:
    with db.transaction() as session:
        return {order.name: order for order in session.scalars(select(Order))}


def test_a_new_order_appears_although_nobody_polls(told: Told) -> None:
    told.listen()

    told.say("orders/create", {"id": 1, "admin_graphql_api_id": ORDER})

    assert set(orders()) == {"#1001"}
    with db.transaction() as session:
        deliveries = session.scalars(select(WebhookDelivery)).all()
    assert all(each.processed_at is not None and each.body is None for each in deliveries)


def test_what_happens_to_an_order_is_followed(told: Told) -> None:
    told.listen()

    control.act(told.loop.address, told.token, "#1001", "cancel")
    told.until_told("orders/cancelled")

    assert orders()["#1001"].cancelled_at is not None


def test_a_hold_of_the_merchants_has_the_order_read(told: Told) -> None:
    told.listen()

    control.act(told.loop.address, told.token, "#1001", "hold")
    told.until_told("fulfillment_holds/added", "fulfillment_orders/placed_on_hold")

    assert set(orders()) == {"#1001"}


def test_subscriptions_are_made_once_and_remembered(told: Told) -> None:
    told.listen()
    made = told.loop.shop.subscriptions.all()
    told.listen()

    assert told.loop.shop.subscriptions.all() == made
    assert {each.topic: tuple(each.include_fields) for each in made} == TOPICS
    assert {each.uri for each in made} == {
        f"http://127.0.0.1:{settings().port}/hooks/shopify/{DOMAIN}"
    }
    with db.transaction() as session:
        shop = session.scalars(select(Shop)).one()
    assert shop.webhook_topics == sorted(TOPICS)
    assert shop.webhooks_checked_at is not None


async def _token(_: Request) -> Response:
    return JSONResponse({"access_token": "token", "expires_in": 86400})


async def _all_but_one(request: Request) -> Response:
    """A shop that has no subscriptions, and gives us all but one."""
    asked = await request.json()
    if "webhookSubscriptions(" in asked["query"]:
        page = {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}
        return JSONResponse({"data": {"webhookSubscriptions": page}})
    if asked["variables"]["topic"] == "FULFILLMENT_HOLDS_ADDED":
        denied = {"message": "Access denied", "extensions": {"code": "ACCESS_DENIED"}}
        return JSONResponse({"errors": [denied], "data": None})
    made = {"webhookSubscription": {"id": "1"}, "userErrors": []}
    return JSONResponse({"data": {"webhookSubscriptionCreate": made}})


def test_a_topic_that_we_may_not_have_does_not_cost_the_others(committed: None) -> None:
    with db.transaction() as session:
        shop = Cast(session).shop
        leave_unread(session, shop)
        subscriptions.request_check(session, shop.id)

    graphql = Route("/admin/api/{version}/graphql.json", _all_but_one, methods=["POST"])
    token = Route("/admin/oauth/access_token", _token, methods=["POST"])
    with in_thread(Starlette(routes=[graphql, token])) as port:
        work(Clients(demo_shop=f"http://127.0.0.1:{port}"))

    with db.transaction() as session:
        topics = session.get_one(Shop, shop.id).webhook_topics
    assert set(TOPICS) - set(topics) == {"FULFILLMENT_HOLDS_ADDED"}


def test_lost_and_wrong_ones_are_put_right(told: Told) -> None:
    told.listen()
    right = told.subscribed()
    shelf = told.loop.shop.subscriptions
    lost, too_much, elsewhere, unwanted, *_ = shelf.all()
    shelf.drop(lost.id)
    shelf.put(too_much.model_copy(update={"include_fields": []}))
    shelf.put(elsewhere.model_copy(update={"uri": elsewhere.uri.replace("127.0.0.1", "localhost")}))
    shelf.put(unwanted.model_copy(update={"id": 7, "topic": "PRODUCTS_UPDATE"}))
    others = unwanted.model_copy(update={"id": 8, "uri": "https://example.org/other"})
    shelf.put(others)

    told.listen()

    left = {each.id: each for each in shelf.all()}
    assert left.pop(others.id) == others
    assert {each.topic: each.uri for each in left.values()} == right
    assert all(tuple(each.include_fields) == TOPICS[each.topic] for each in left.values())
    assert len(left) == len(TOPICS)


def test_another_port_is_told(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    told.listen()
    ids = {each.id for each in told.loop.shop.subscriptions.all()}
    monkeypatch.setenv("LOUPE_PORT", str(free_port()))
    settings.cache_clear()

    told.listen()

    assert {each.id for each in told.loop.shop.subscriptions.all()} == ids
    assert set(told.subscribed().values()) == {
        f"http://127.0.0.1:{settings().port}/hooks/shopify/{DOMAIN}"
    }


def test_the_daily_look_is_at_every_shop(told: Told) -> None:
    with db.transaction() as session:
        queue.defer(session, "check_connections", timestamp=0)

    told.loop.work()

    assert set(told.subscribed()) == set(TOPICS)


def test_a_shop_that_is_erased_forgets_its_customers(told: Told) -> None:
    told.listen()
    told.say("orders/create", {"id": 1, "admin_graphql_api_id": ORDER})

    told.say("shop/redact", {"shop_id": 1, "shop_domain": DOMAIN})

    order = orders()["#1001"]
    assert order.erased_at is not None
    assert (order.email, order.customer_name) == (None, None)
