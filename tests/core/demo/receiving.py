"""An app's address for webhooks: a small real HTTP server that keeps what it is sent."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.core.demo.serving import Client
from tests.waiting import until

SUBSCRIBE = """
    mutation ($topic: WebhookSubscriptionTopic!, $sub: WebhookSubscriptionInput!) {
      webhookSubscriptionCreate(topic: $topic, webhookSubscription: $sub) {
        webhookSubscription { id topic uri includeFields name }
        userErrors { field message }
      }
    }
"""


@dataclass(frozen=True)
class Received:
    headers: Message
    body: bytes

    @property
    def topic(self) -> str:
        return str(self.headers["X-Shopify-Topic"])

    @property
    def webhook_id(self) -> str:
        return str(self.headers["X-Shopify-Webhook-Id"])

    @property
    def payload(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    address: str = ""
    #: The status that deliveries are answered with.
    status: int = 200
    received: list[Received] = field(default_factory=list)
    #: Answers wait while it is cleared.
    gate: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.gate.set()

    @property
    def topics(self) -> list[str]:
        return [each.topic for each in self.received]

    def wait(self, count: int) -> list[Received]:
        """Wait for so many deliveries, and give all of them."""
        until(lambda: len(self.received) >= count, seconds=20)
        return list(self.received)

    def subscribe(self, client: Client, *topics: str, **options: Any) -> Any:
        """Want to hear of these; gives the last answer."""
        for topic in topics:
            sub = {"uri": self.address, **options}
            answer = client.ask(SUBSCRIBE, topic=topic, sub=sub)["webhookSubscriptionCreate"]
        return answer


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = receiver.status
            receiver.received.append(Received(self.headers, body))
            receiver.gate.wait(20)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        receiver.address = f"http://127.0.0.1:{server.server_address[1]}/hooks"
        try:
            yield receiver
        finally:
            receiver.gate.set()
            server.shutdown()
            thread.join()
