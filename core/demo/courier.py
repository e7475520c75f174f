"""What the demo shop does by itself, in one thread of its own: it sends webhooks, and carries out
what was put off. What still waits when the shop closes is lost, as nothing is promised."""

import base64
import hashlib
import heapq
import hmac
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, partial
from itertools import count
from typing import Any, NamedTuple
from uuid import uuid4

import httpx

from core.demo.faults import Faults
from core.demo.records import Subscription
from core.demo.schema import API_VERSION
from core.demo.shop import DOMAIN, DemoShop

SECONDS_TO_ANSWER = 5
MOST_RETRIES = 5
#: Shopify then deletes a subscription that was made over the API.
MOST_FAILURES = 8

Errand = Callable[[], None]


class News(NamedTuple):
    #: "orders/updated"
    topic: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class Delivery:
    uri: str
    body: bytes
    headers: dict[str, str]
    #: None for what was sent on command.
    subscription_id: int | None


class Courier:
    """Safe to use from several threads."""

    def __init__(self, shop: DemoShop, faults: Faults) -> None:
        self._shop, self._faults = shop, faults
        self._queue: list[tuple[float, int, Errand]] = []
        self._numbers = count()
        self._changed = threading.Condition()
        self._is_closed = False
        self._failures: Counter[int] = Counter()
        self._closing = ExitStack()
        self._thread = threading.Thread(target=self._work, name="courier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """End, at the latest when the delivery under way has been answered or given up."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self._thread.join()
        self._closing.close()

    def announce(self, news: Iterable[News]) -> None:
        """Send what belongs to one change to everybody who wants to hear of its topics."""
        event_id = str(uuid4())
        subscriptions = self._shop.subscriptions.all()
        for each in news:
            topic = each.topic.replace("/", "_").upper()
            for subscription in subscriptions:
                if subscription.topic == topic:
                    self._send(self._delivery(each, event_id, subscription))

    def send(self, news: News, uri: str, webhook_id: str | None = None) -> None:
        """Send to an address, subscribed or not; a delivery's own id again is a duplicate."""
        body, signature = self._signed(news.payload)
        headers = self._headers(news.topic, str(uuid4())) | signature
        if webhook_id:
            headers["X-Shopify-Webhook-Id"] = webhook_id
        self._send(Delivery(uri, body, headers, None))

    def later(self, seconds: float, errand: Errand) -> None:
        with self._changed:
            due = time.monotonic() + seconds
            heapq.heappush(self._queue, (due, next(self._numbers), errand))
            self._changed.notify()

    def _send(self, delivery: Delivery) -> None:
        for seconds in self._faults.chaos.copies():
            self.later(seconds, partial(self._deliver, delivery, 0))

    def _delivery(self, news: News, event_id: str, to: Subscription) -> Delivery:
        wanted = {field.partition(".")[0] for field in to.include_fields}
        payload = {
            field: value for field, value in news.payload.items() if not wanted or field in wanted
        }
        body, signature = self._signed(payload)
        headers = self._headers(news.topic, event_id) | signature
        if to.name:
            headers["X-Shopify-Name"] = to.name
        return Delivery(to.uri, body, headers, to.id)

    def _headers(self, topic: str, event_id: str) -> dict[str, str]:
        return {
            "Content-Type": "application/json",
            "User-Agent": "Shopify-Captain-Hook",
            "X-Shopify-Topic": topic,
            "X-Shopify-Shop-Domain": DOMAIN,
            "X-Shopify-API-Version": API_VERSION,
            "X-Shopify-Webhook-Id": str(uuid4()),
            "X-Shopify-Event-Id": event_id,
            "X-Shopify-Triggered-At": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}000Z",
        }

    def _signed(self, payload: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        secret = self._shop.credentials.client_secret.encode()
        signature = base64.b64encode(hmac.digest(secret, body, hashlib.sha256))
        return body, {"X-Shopify-Hmac-Sha256": signature.decode()}

    def _work(self) -> None:
        while errand := self._next():
            errand()

    def _next(self) -> Errand | None:
        """Wait for what is due next; None when closed."""
        with self._changed:
            while not self._is_closed:
                pause = self._queue[0][0] - time.monotonic() if self._queue else None
                if pause is not None and pause <= 0:
                    return heapq.heappop(self._queue)[2]
                self._changed.wait(pause)
        return None

    def _deliver(self, delivery: Delivery, retries: int) -> None:
        known = delivery.subscription_id
        if self._is_taken(delivery):
            if known is not None:
                self._failures.pop(known, None)
            return
        if known is not None and self._has_failed_too_often(known):
            self._shop.subscriptions.drop(known)
        elif retries < MOST_RETRIES:
            pause = self._faults.retry_pause * 2**retries
            self.later(pause, partial(self._deliver, delivery, retries + 1))

    def _has_failed_too_often(self, subscription_id: int) -> bool:
        self._failures[subscription_id] += 1
        return self._failures[subscription_id] >= MOST_FAILURES

    def _is_taken(self, delivery: Delivery) -> bool:
        try:
            answer = self._http.post(delivery.uri, content=delivery.body, headers=delivery.headers)
        except (httpx.HTTPError, httpx.InvalidURL):
            return False
        return answer.is_success

    @cached_property
    def _http(self) -> httpx.Client:
        # A receiver closes its idle connections; ours are given up before.
        limits = httpx.Limits(keepalive_expiry=1)
        client = httpx.Client(trust_env=False, timeout=SECONDS_TO_ANSWER, limits=limits)
        return self._closing.enter_context(client)
