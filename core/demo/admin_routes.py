"""The part of the demo shop that apps speak to: tokens and the Admin API."""

import json
import secrets
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.demo import admin_api
from core.demo.schema import API_VERSION
from core.demo.shop import TOKEN_SECONDS
from core.demo.site import Site, same


def routes(site: Site) -> list[Route]:
    admin = _Admin(site)
    return [
        Route("/admin/oauth/access_token", admin.token, methods=["POST"]),
        Route("/admin/api/{version}/graphql.json", admin.graphql, methods=["POST"]),
    ]


class _Admin:
    def __init__(self, site: Site) -> None:
        self.site = site

    async def token(self, request: Request) -> Response:
        asked = await _fields(request)
        known = self.site.shop.credentials
        if asked.get("grant_type") != "client_credentials":
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        pairs = [
            (asked.get("client_id"), known.client_id),
            (asked.get("client_secret"), known.client_secret),
        ]
        if not all(same(given, right) for given, right in pairs):
            return JSONResponse({"error": "invalid_client"}, 401)
        if not await run_in_threadpool(lambda: self.site.shop.is_installed):
            return JSONResponse({"error": "shop_not_permitted"}, 400)
        body = {
            "access_token": await run_in_threadpool(self.site.shop.issue_token),
            "scope": ",".join(sorted(self.site.scopes)),
            "expires_in": TOKEN_SECONDS,
        }
        return JSONResponse(body)

    async def graphql(self, request: Request) -> Response:
        # Shopify answers an outdated version with its oldest living one, and says so.
        version = request.path_params["version"]
        if not _is_version(version) or version > API_VERSION:
            return JSONResponse({"errors": "Not Found"}, 404)
        token = request.headers.get("X-Shopify-Access-Token", "")
        if not await run_in_threadpool(self.site.shop.accepts, token):
            message = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return JSONResponse({"errors": message}, 401)
        headers = {
            "X-Shopify-API-Version": self.site.faults.stale_version or API_VERSION,
            "X-Request-Id": secrets.token_hex(16),
        }
        response = await self.site.faults.before() or await self._execute(request)
        response.headers.update(headers)
        return response

    async def _execute(self, request: Request) -> Response:
        query = _query(await request.body())
        if query is None:
            return JSONResponse({"errors": {"query": "Required parameter missing or invalid"}}, 400)
        if self.site.faults.takes("throttled"):
            return JSONResponse(admin_api.throttled(self.site.bucket, 100))
        body = await run_in_threadpool(
            admin_api.answer, query, self.site.answers(request), self.site.bucket
        )
        if self.site.faults.takes("lost_answer"):
            return Response("Bad Gateway", 502, media_type="text/html")
        return JSONResponse(body)


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


def _is_version(text: str) -> bool:
    year, _, month = text.partition("-")
    return len(year) == 4 and year.isdecimal() and month in ("01", "04", "07", "10")
