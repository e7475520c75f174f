"""The gate in front of everything: who may speak to us, and as whom.

Streamlit as it comes accepts any host, resumes a session for whoever knows its id, and takes
uploads from everybody. Nothing reaches it that has not passed here.
"""

import time
from collections.abc import Awaitable, Callable

from sqlalchemy.exc import OperationalError, TimeoutError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from core import db
from core.errors import UnknownAddress
from core.services import staff
from core.services.actors import Actor
from core.web import cookies, hooks, static
from core.web.addresses import is_https, origin_of
from core.web.visitors import Visitors

HEALTH = ("/healthz", "/readyz")
STREAM = "/_stcore/stream"
#: All that a browser needs of Streamlit's own routes; components are files.
_STREAMLIT = (STREAM, "/_stcore/health", "/_stcore/host-config")
_STREAMLIT_FOLDERS = ("/_stcore/bidi-components/",)
#: Streamlit's OpenID routes, which nothing here uses.
_UNUSED = ("/auth/", "/oauth2callback")

_RECHECK_SECONDS = 1.0
_POLICY_VIOLATION = 1008
_TRY_AGAIN_LATER = 1013
_SESSION_ENDED = 4401

_SECURITY = {
    "content-security-policy": "; ".join(
        (
            "default-src 'self'",
            # Streamlit needs all of these; without `blob:` its v2 components do not load.
            "script-src 'self' blob: 'unsafe-inline' 'wasm-unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "frame-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    ),
    "cross-origin-opener-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


class Gate:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._visitors = Visitors()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            send = _secured(send, Headers(scope=scope).get("host"))
            answer = await _answer(scope) or self._app
            await answer(_without_identity(scope), receive, send)
        elif scope["type"] == "websocket":
            await self._stream(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        origin = _our_origin(connection.headers)
        # A browser always names its origin; whoever does not is none.
        if origin is None or connection.headers.get("origin") != origin or scope["path"] != STREAM:
            await _refuse(send, _POLICY_VIOLATION)
            return
        token = cookies.staff_token(connection.cookies, connection.headers["host"])
        try:
            actor = await run_in_threadpool(_resolve, token)
        except (OperationalError, TimeoutError):
            await _refuse(send, _TRY_AGAIN_LATER)
            return
        address = connection.client.host if connection.client else ""
        identity = {"x-loupe-address": address}
        if actor is not None and token is not None:
            # Streamlit lets nobody resume a session whose identity differs.
            identity |= {"x-loupe-user": str(actor.id), "x-loupe-session": staff.short_id(token)}
            receive = _while_signed_in(token, receive, send)
            await self._app(_without_identity(scope, identity), receive, send)
            return
        with self._visitors.admitted(address) as is_admitted:
            if not is_admitted:
                await _refuse(send, _TRY_AGAIN_LATER)
                return
            await self._app(_without_identity(scope, identity), receive, send)


async def _answer(scope: Scope) -> Response | None:
    """Answer in the app's place: with a refusal, or with a file we have compressed."""
    headers, path = Headers(scope=scope), scope["path"]
    if path in HEALTH:
        return None
    origin = _our_origin(headers)
    if origin is None:
        return PlainTextResponse(str(UnknownAddress()), 404)
    if _is_closed(path):
        return Response(status_code=404)
    # Neither a form nor a link on somebody else's page can send our header.
    is_ours = headers.get("origin") == origin and headers.get("x-loupe") == "1"
    if scope["method"] not in ("GET", "HEAD") and not is_ours and not _is_hook(scope):
        return Response(status_code=403)
    return await static.compressed(path, headers)


def _our_origin(headers: Headers) -> str | None:
    hosts = headers.getlist("host")
    return origin_of(hosts[0]) if len(hosts) == 1 else None


def _is_hook(scope: Scope) -> bool:
    """Whether Shopify posts here: it has no cookie of ours, and its signature is looked at."""
    folder, _, shop = scope["path"].rpartition("/")
    return scope["method"] == "POST" and f"{folder}/" == hooks.FOLDER and shop != ""


def _is_closed(path: str) -> bool:
    if path.startswith(_UNUSED):
        return True
    return "/_stcore" in path and path not in _STREAMLIT and not path.startswith(_STREAMLIT_FOLDERS)


def _while_signed_in(token: str, receive: Receive, send: Send) -> Receive:
    """Pass on what the browser sends for as long as its session lives.

    Widgets' callbacks and fragments run before a page can ask.
    """
    checked_at = time.monotonic()

    async def checked() -> Message:
        nonlocal checked_at
        message = await receive()
        now = time.monotonic()
        if message["type"] != "websocket.receive" or now - checked_at < _RECHECK_SECONDS:
            return message
        checked_at = now
        code = await _reason_to_close(token)
        if code is None:
            return message
        await send({"type": "websocket.close", "code": code})
        return {"type": "websocket.disconnect", "code": code}

    return checked


async def _reason_to_close(token: str) -> int | None:
    try:
        actor = await run_in_threadpool(_resolve, token)
    except (OperationalError, TimeoutError):
        return _TRY_AGAIN_LATER
    return None if actor is not None else _SESSION_ENDED


def _resolve(token: str | None) -> Actor | None:
    if token is None:
        return None
    with db.transaction() as session:
        return staff.resolve(session, token)


async def _refuse(send: Send, code: int) -> None:
    await send({"type": "websocket.close", "code": code})


def _without_identity(scope: Scope, ours: dict[str, str] | None = None) -> Scope:
    """Drop the client's copies of the headers by which we tell the app who it is."""
    headers = [(name, value) for name, value in scope["headers"] if not _is_identity(name)]
    headers += [(name.encode(), value.encode()) for name, value in (ours or {}).items()]
    return {**scope, "headers": headers}


def _is_identity(name: bytes) -> bool:
    return name.lower().replace(b"_", b"-").startswith(b"x-loupe-")


def _secured(send: Send, host: str | None) -> Callable[[Message], Awaitable[None]]:
    async def secured(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.update(_SECURITY)
            if is_https(host):
                headers["strict-transport-security"] = "max-age=31536000"
        await send(message)

    return secured
