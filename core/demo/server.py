"""The demo shop over HTTP: Shopify's Admin API, the customers' photographs, and a page to look at.

It listens on this machine only.
"""

import json
import mimetypes
import secrets
import socket
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import uvicorn
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from core.demo import admin_api, holds, orders, photographs
from core.demo.answers import Answers
from core.demo.cost import Bucket
from core.demo.faults import Faults
from core.demo.page import render
from core.demo.records import Hold, now
from core.demo.schema import API_VERSION
from core.demo.shop import TOKEN_SECONDS, DemoShop

HOST = "127.0.0.1"
MOST_AT_ONCE = 1000

mimetypes.add_type("image/heic", ".heic")


def serve(port: int, data_dir: Path, *, seed: int = 1, faults: bool = False) -> None:
    """Serve until told to stop. Port 0 takes the port of last time if it is free, or any.

    Says where it is in one line on standard output, once it can be reached.
    """
    with closing(open_shop(data_dir, seed=seed)) as shop, _listen(port, data_dir) as listener:
        address = f"http://{HOST}:{listener.getsockname()[1]}"
        print(f"The demo shop is open at {address}", flush=True)
        config = uvicorn.Config(
            app(shop, faults=faults), log_level="warning", lifespan="off", server_header=False
        )
        # Uvicorn hands on the Ctrl-C that it has already obeyed.
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])


def open_shop(
    data_dir: Path, *, seed: int = 1, photos: Mapping[str, Path] | None = None
) -> DemoShop:
    """The shop as it was left, or with its first orders.

    `photos`, by the name in their address, saves making them again.
    """
    shop = DemoShop(data_dir, _photos(data_dir) if photos is None else photos)
    if not shop.orders:
        shop.save(orders.first_orders(seed, shop.photos))
    return shop


def app(shop: DemoShop, *, faults: bool = False) -> Starlette:
    """The shop's routes. `faults` adds one that makes it misbehave, for tests."""
    site = _Site(shop)
    routes = [
        Route("/", site.page),
        Route("/photos/{name:path}", site.photo),
        Route("/admin/oauth/access_token", site.token, methods=["POST"]),
        Route("/admin/api/{version}/graphql.json", site.graphql, methods=["POST"]),
        Route("/demo/orders", site.send_orders, methods=["POST"]),
        Route("/demo/orders/{number:int}/{action}", site.act, methods=["POST"]),
    ]
    if faults:
        routes.append(Route("/demo/faults", site.set_faults, methods=["POST"]))
    # A page elsewhere may point its own host name at this machine; such a name is not ours.
    local = Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])
    return Starlette(routes=routes, middleware=[local])


def _photos(data_dir: Path) -> dict[str, Path]:
    versions = photographs.make_versions(data_dir / "photographs")
    return {
        f"{name}{path.suffix}": path
        for name, path in {**photographs.originals(), **versions}.items()
    }


def _listen(port: int, data_dir: Path) -> socket.socket:
    # Customers' values carry the port: the same one again keeps links that others have stored.
    remembered = data_dir / "port"
    if port == 0 and remembered.exists():
        try:
            return _listening(int(remembered.read_text()))
        except OSError:
            pass
    listener = _listening(port)
    remembered.write_text(str(listener.getsockname()[1]))
    return listener


def _listening(port: int) -> socket.socket:
    return socket.create_server((HOST, port), backlog=128)


class _Site:
    def __init__(self, shop: DemoShop) -> None:
        self.shop = shop
        self.bucket = Bucket()
        self.faults = Faults()

    def _answers(self, request: Request) -> Answers:
        _, port = request.scope["server"]
        return Answers(
            self.shop,
            base_url=f"http://{HOST}:{port}",
            scopes=frozenset(self.shop.scopes - self.faults.missing_scopes),
            hide_emails=self.faults.null_emails,
        )

    async def page(self, request: Request) -> Response:
        return HTMLResponse(await run_in_threadpool(render, self._answers(request)))

    async def photo(self, request: Request) -> Response:
        name = request.path_params["name"]
        # Some upload apps leave the extension out.
        path = self.shop.photos.get(name) or self.shop.photos.get(f"{name}.jpg")
        if path is None:
            return Response("Not found", 404)
        kind, _ = mimetypes.guess_type(path.name)
        return FileResponse(path, media_type=kind)

    async def token(self, request: Request) -> Response:
        asked = await _fields(request)
        known = self.shop.credentials
        if asked.get("grant_type") != "client_credentials":
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        pairs = [
            (asked.get("client_id"), known.client_id),
            (asked.get("client_secret"), known.client_secret),
        ]
        if not all(_same(given, right) for given, right in pairs):
            return JSONResponse({"error": "invalid_client"}, 401)
        body = {
            "access_token": await run_in_threadpool(self.shop.issue_token),
            "scope": ",".join(sorted(self.shop.scopes - self.faults.missing_scopes)),
            "expires_in": TOKEN_SECONDS,
        }
        return JSONResponse(body)

    async def graphql(self, request: Request) -> Response:
        # Shopify answers an outdated version with its oldest living one, and says so.
        version = request.path_params["version"]
        if not _is_version(version) or version > API_VERSION:
            return JSONResponse({"errors": "Not Found"}, 404)
        token = request.headers.get("X-Shopify-Access-Token", "")
        if not await run_in_threadpool(self.shop.accepts, token):
            message = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return JSONResponse({"errors": message}, 401)
        headers = {"X-Shopify-API-Version": API_VERSION, "X-Request-Id": secrets.token_hex(16)}
        response = await self.faults.before() or await self._execute(request)
        response.headers.update(headers)
        return response

    async def _execute(self, request: Request) -> Response:
        query = _query(await request.body())
        if query is None:
            return JSONResponse({"errors": {"query": "Required parameter missing or invalid"}}, 400)
        if self.faults.takes("throttled"):
            return JSONResponse(admin_api.throttled(self.bucket, 100))
        body = await run_in_threadpool(admin_api.answer, query, self._answers(request), self.bucket)
        if self.faults.takes("lost_answer"):
            return Response("Bad Gateway", 502, media_type="text/html")
        return JSONResponse(body)

    async def send_orders(self, request: Request) -> Response:
        count = request.query_params.get("count", "1")
        if not self._is_controlled(request):
            return JSONResponse({"errors": "Forbidden"}, 403)
        if not count.isdecimal() or not 1 <= int(count) <= MOST_AT_ONCE:
            return JSONResponse({"errors": f"count must be 1 to {MOST_AT_ONCE}"}, 400)
        with self.shop.lock:
            sent = orders.more_orders(self.shop.next_number, int(count), self.shop.photos)
            self.shop.save(sent)
        return JSONResponse({"orders": [order.name for order in sent]}, 201)

    async def act(self, request: Request) -> Response:
        """What the merchant or another app does to an order in Shopify."""
        if not self._is_controlled(request):
            return JSONResponse({"errors": "Forbidden"}, 403)
        order = self.shop.orders.get(request.path_params["number"])
        action = request.path_params["action"]
        if order is None or action not in ("cancel", "ship", "hold", "release"):
            return JSONResponse({"errors": "Not Found"}, 404)
        with self.shop.lock:
            if action == "cancel":
                holds.cancel(order, now())
            elif action == "ship":
                holds.ship(order, now())
            for each in order.fulfillment_orders:
                if action == "hold":
                    holds.place(each, Hold(id=order.take_id(), by_app=False, reason="OTHER"))
                elif action == "release":
                    holds.release(each, None)
            self.shop.save([order])
        return JSONResponse({"order": order.name})

    async def set_faults(self, request: Request) -> Response:
        try:
            self.faults.replace(Faults.model_validate_json(await request.body()))
        except ValidationError as error:
            return Response(error.json(), 400, media_type="application/json")
        return Response(status_code=204)

    def _is_controlled(self, request: Request) -> bool:
        given = request.headers.get("Authorization", "")
        return _same(given, f"Bearer {self.shop.credentials.control_token}")


def _query(body: bytes) -> admin_api.Query | None:
    try:
        asked = json.loads(body)
    except ValueError:
        return None
    if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
        return None
    variables = asked.get("variables") or {}
    if not isinstance(variables, dict):
        return None
    return admin_api.Query(asked["query"], variables, asked.get("operationName"))


async def _fields(request: Request) -> dict[str, Any]:
    body = await request.body()
    if not request.headers.get("Content-Type", "").startswith("application/json"):
        return dict(parse_qsl(body.decode(errors="replace")))
    try:
        fields = json.loads(body)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _same(given: object, right: str) -> bool:
    return isinstance(given, str) and secrets.compare_digest(given.encode(), right.encode())


def _is_version(text: str) -> bool:
    year, _, month = text.partition("-")
    return len(year) == 4 and year.isdecimal() and month in ("01", "04", "07", "10")
