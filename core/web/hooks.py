"""What Shopify tells us by itself: `POST /hooks/shopify/{shop}`, let in by its signature alone.

Whatever is wrong with it, the answer is the same: nobody learns how near they came. What does not
even name a shop that we listen to is not waited for.
"""

import asyncio
import hmac
import time
from base64 import b64encode
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import exc
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from core import db
from core.services import webhooks
from core.services.webhooks import PRIVACY_TOPICS, Delivery, Sender
from core.web.visitors import Visitors

#: The gate asks nothing else of who posts here.
FOLDER = "/hooks/shopify/"

MAX_BYTES = 2**20
#: Of a header that we store; Shopify's are a third of that.
_LONGEST = 200
#: Shopify names them so, or without the first letter.
_FAMILIES = ("x-shopify-", "shopify-")


class _TooLarge(Exception):
    pass


@dataclass
class Hooks:
    """The route. Its threads are its own: pages do not make Shopify wait, nor it them."""

    #: Seconds for the whole body.
    patience: float = 3
    #: Seconds for all of it. Shopify waits for five.
    deadline: float = 4
    #: Bodies held in memory; whoever comes then comes again.
    visitors: Visitors = field(default_factory=lambda: Visitors(per_address=20, in_total=100))
    #: Seconds for which secrets are remembered, so that a delivery is one statement.
    memory: float = 1
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(8, "hooks"))
    _senders: Mapping[str, Sender] = field(default_factory=dict)
    _read_at: float = float("-inf")
    #: One reads the secrets, and the others wait for it.
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def route(self) -> Route:
        return Route(f"{FOLDER}{{shop}}", self.post, methods=["POST"])

    async def post(self, request: Request) -> Response:
        try:
            async with asyncio.timeout(self.deadline):
                sender = await self._sender(request)
                if sender is None:
                    return Response(status_code=401)
                address = request.client.host if request.client else ""
                with self.visitors.admitted(address) as is_admitted:
                    return await self._receive(request, sender) if is_admitted else _later()
        # What still waits for the database is kept or not: told once more, it is known.
        except (TimeoutError, exc.OperationalError, exc.TimeoutError):
            return _later()

    async def _sender(self, request: Request) -> Sender | None:
        """The shop that this says it comes from, if we know it and listen to it."""
        shop = request.path_params["shop"].lower()
        if not _is_complete(request.headers, shop):
            return None
        sender = (await self._known()).get(shop)
        is_forever = _said(request.headers, "topic") in PRIVACY_TOPICS
        return sender if sender is not None and (sender.is_connected or is_forever) else None

    async def _known(self) -> Mapping[str, Sender]:
        async with self._reading:
            if time.monotonic() - self._read_at > self.memory:
                loop = asyncio.get_running_loop()
                self._senders = await loop.run_in_executor(self._threads, _read_senders)
                self._read_at = time.monotonic()
            return self._senders

    async def _receive(self, request: Request, sender: Sender) -> Response:
        try:
            async with asyncio.timeout(self.patience):
                body = await _read(request)
        except _TooLarge:
            return _closing(413)
        except TimeoutError:
            return _closing(408)
        except ClientDisconnect:
            return Response(status_code=400)
        is_kept = await asyncio.get_running_loop().run_in_executor(
            self._threads, _take, sender, request.headers, body
        )
        return Response(status_code=200 if is_kept else 401)


def _read_senders() -> Mapping[str, Sender]:
    with db.transaction() as session:
        return webhooks.senders(session)


def _take(sender: Sender, headers: Headers, body: bytes) -> bool:
    """Whether the shop has sent this; then it is kept."""
    if not _is_signed(body, _said(headers, "hmac-sha256"), sender.secrets):
        return False
    topic, webhook_id = _said(headers, "topic"), _said(headers, "webhook-id")
    delivery = Delivery(topic, webhook_id, _time(_said(headers, "triggered-at")), body)
    with db.transaction() as session:
        webhooks.keep(session, sender.shop_id, delivery)
    return True


def _is_complete(headers: Headers, shop: str) -> bool:
    """Whether all is there that a delivery of this shop cannot be without."""
    needed = (_said(headers, name) for name in ("hmac-sha256", "topic", "webhook-id"))
    return _said(headers, "shop-domain").lower() == shop and all(
        0 < len(said) <= _LONGEST for said in needed
    )


async def _read(request: Request) -> bytes:
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > MAX_BYTES:
        raise _TooLarge
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BYTES:
            raise _TooLarge
    return bytes(body)


def _said(headers: Headers, name: str) -> str:
    return next((headers[f"{each}{name}"] for each in _FAMILIES if f"{each}{name}" in headers), "")


def _is_signed(body: bytes, signature: str, keys: tuple[bytes, bytes]) -> bool:
    """Compared with each of them, whichever fits, and as bytes: a header may hold any."""
    given = signature.encode("latin-1")
    first, second = (
        hmac.compare_digest(b64encode(hmac.digest(key, body, "sha256")), given) for key in keys
    )
    return first or second


def _time(said: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _closing(status: int) -> Response:
    # Else the server goes on reading what we do not want.
    return Response(status_code=status, headers={"Connection": "close"})


def _later() -> Response:
    return Response(status_code=503, headers={"Retry-After": "5"})
