"""What all routes of the demo shop share."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from core.demo import bulk, news, routing
from core.demo.answers import Answers
from core.demo.cost import Bucket
from core.demo.courier import Courier
from core.demo.faults import Faults
from core.demo.records import Order, now
from core.demo.shop import DemoShop
from core.demo.threads import Threads

HOST = "127.0.0.1"


class Site:
    def __init__(self, shop: DemoShop) -> None:
        self.shop = shop
        self.bucket = Bucket()
        self.faults = Faults()
        self.courier = Courier(shop, self.faults)
        self.threads = Threads()

    @asynccontextmanager
    async def open(self, _app: object) -> AsyncIterator[None]:
        """Whatever works beside the routes works while they are served."""
        self.courier.start()
        try:
            await run_in_threadpool(self._take_up)
            yield
        finally:
            await run_in_threadpool(self.threads.close)
            await run_in_threadpool(self.courier.close)

    def answers(self, request: Request) -> Answers:
        _, port = request.scope["server"]
        return self._answers(f"http://{HOST}:{port}")

    @property
    def scopes(self) -> frozenset[str]:
        return frozenset(self.shop.scopes - self.faults.missing_scopes)

    def is_controlled(self, request: Request) -> bool:
        given = request.headers.get("Authorization", "")
        return same(given, f"Bearer {self.shop.credentials.control_token}")

    def route_later(self, answers: Answers, orders: list[Order]) -> None:
        """Give new orders their fulfillment orders after the time that the faults say."""
        for order in orders:
            order.fulfillment_orders, order.is_routed = [], False
        self.courier.later(
            self.faults.late_fulfillment_orders, lambda: self._route(answers, orders)
        )

    def _route(self, answers: Answers, orders: list[Order]) -> None:
        with self.shop.lock:
            for order in orders:
                if not order.is_routed and order.number in self.shop.orders:
                    routing.route(order, now())
                    answers.record([order], news.routed(order))

    def _take_up(self) -> None:
        """What was under way when the shop was closed."""
        answers = self._answers("")
        bulk.end_interrupted(answers)
        self._route(answers, list(self.shop.orders.values()))

    def _answers(self, base_url: str) -> Answers:
        return Answers(
            self.shop,
            base_url=base_url,
            scopes=self.scopes,
            faults=self.faults,
            courier=self.courier,
            threads=self.threads,
        )


def same(given: object, right: str) -> bool:
    return isinstance(given, str) and secrets.compare_digest(given.encode(), right.encode())
