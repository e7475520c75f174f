"""What Shopify tells us by itself: `POST /hooks/shopify/{shop}`, let in by its signature alone.

Whatever is wrong with it, the answer is the same and takes as long: nobody learns which shops
there are, or how near they came.
"""

import asyncio
import hmac
import secrets
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

#: The gate asks nothing else of who posts here.
FOLDER = "/hooks/shopify/"

MAX_BYTES = 2**20
#: Of a header that we store; Shopify's are a third of that.
_LONGEST = 200
#: Shopify names them so, or without the first letter.
_FAMILIES = ("x-shopify-", "shopify-")
_NOBODY = Sender(0, (secrets.token_bytes(32), secrets.token_bytes(32)), is_connected=False)


class _TooLarge(Exception):
    pass


@dataclass
class Hooks:
    """The route. Its threads are its own: pages do not make Shopify wait, nor it them."""

    #: Seconds for the whole body, and for what follows. Shopify waits for five.
    patience: float = 10
    deadline: float = 4
    #: Bodies held in memory; whoever comes then comes again.
    at_once: int = 100
    #: Seconds for which secrets are remembered, so that a delivery is one statement.
    memory: float = 1
    _threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(8, "hooks"))
    _senders: Mapping[str, Sender] = field(default_factory=dict)
    _read_at: float = float("-inf")
    _count: int = 0

    @property
    def route(self) -> Route:
        return Route(f"{FOLDER}{{shop}}", self.post, methods=["POST"])

    async def post(self, request: Request) -> Response:
        if self._count >= self.at_once:
            return _later()
        self._count += 1
        try:
            return await self._receive(request)
        finally:
            self._count -= 1

    async def _receive(self, request: Request) -> Response:
        try:
            async with asyncio.timeout(self.patience):
                body = await _read(request)
        except _TooLarge:
            return _closing(413)
        except TimeoutError:
            return _closing(408)
        except ClientDisconnect:
            return Response(status_code=400)
        take = asyncio.get_running_loop().run_in_executor(
            self._threads, self._take, request.path_params["shop"], request.headers, body
        )
        try:
            async with asyncio.timeout(self.deadline):
                return Response(status_code=200 if await take else 401)
        # What still waits for the database is kept or not: told once more, it is known.
        except (TimeoutError, exc.OperationalError, exc.TimeoutError):
            return _later()

    def _take(self, shop: str, headers: Headers, body: bytes) -> bool:
        """Whether the shop has sent this; then it is kept."""
        sender = self._known().get(shop.lower(), _NOBODY)
        is_signed = _is_signed(body, _said(headers, "hmac-sha256"), sender.secrets)
        topic, webhook_id = _said(headers, "topic"), _said(headers, "webhook-id")
        is_whole = all(0 < len(said) <= _LONGEST for said in (topic, webhook_id))
        is_of_shop = _said(headers, "shop-domain").lower() == shop.lower()
        is_welcome = sender.is_connected or (sender is not _NOBODY and topic in PRIVACY_TOPICS)
        if not (is_signed and is_whole and is_of_shop and is_welcome):
            return False
        delivery = Delivery(topic, webhook_id, _time(_said(headers, "triggered-at")), body)
        with db.transaction() as session:
            webhooks.keep(session, sender.shop_id, delivery)
        return True

    def _known(self) -> Mapping[str, Sender]:
        if time.monotonic() - self._read_at > self.memory:
            with db.transaction() as session:
                self._senders = webhooks.senders(session)
            self._read_at = time.monotonic()
        return self._senders


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
