"""One shop's Admin GraphQL endpoint: sends, waits when asked to, and tells failures apart.

The only module that imports `shopify`. Of that library we use the session's addresses and its
GraphQL class, but never the class-wide state: a thread that shares it can send one shop's token
to another shop.
"""

import random
import re
import ssl
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Self

import httpx
import shopify
from pydantic import SecretStr

from core.errors import Unavailable

API_VERSION = "2026-10"
#: Seconds, for each step of a request.
TIMEOUT = 15.0
#: Seconds, of all pauses of one request. Whoever is asked to wait longer comes back later instead.
LONGEST_WAIT = 20.0

DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com")
_VERSION = re.compile(r"20\d\d-(?:01|04|07|10)|unstable")
_SCOPE = re.compile(r"\b(?:read|write)_\w+")
_TOO_COSTLY = re.compile(r"exceeds the single query max cost", re.IGNORECASE)


def admin_url(domain: str, base_url: str | None = None) -> str:
    """Where a shop's Admin API is; `base_url` is the demo shop's own address."""
    if not DOMAIN.fullmatch(domain):
        raise Unavailable("bad_domain", domain[:100], permanent=True)
    return base_url.rstrip("/") if base_url else f"https://{domain}"


@cache
def _certificates() -> ssl.SSLContext:
    # Read once: that takes longer than a request, and every job has a client of its own.
    return httpx.create_ssl_context()


def http_client(timeout: float = TIMEOUT) -> httpx.Client:
    # A redirect would carry the token elsewhere; a proxy from the environment would see it.
    return httpx.Client(
        timeout=timeout,
        verify=_certificates(),
        follow_redirects=False,
        trust_env=False,
        headers={"User-Agent": "Loupe", "Accept": "application/json"},
    )


class Transport(shopify.GraphQL):  # type: ignore[misc]
    """Safe to share between threads. Close it, or use it as a context manager.

    Every failure is an `Unavailable`: `unauthorized`, `access_denied` (its detail the scopes),
    `too_costly`, `throttled`, `server_error`, `timeout`, `unreachable`, `bad_answer`, `refused`,
    `locked`, `redirected` or `rejected`. What may pass is tried `tries` times first.
    """

    #: The version that answered last: Shopify serves another one once ours is too old.
    served_version: str | None = None

    def __init__(
        self,
        domain: str,
        token: SecretStr,
        *,
        version: str = API_VERSION,
        base_url: str | None = None,
        timeout: float = TIMEOUT,
        tries: int = 6,
        sleep: Callable[[float], None] = time.sleep,
        renew: Callable[[SecretStr], SecretStr] | None = None,
    ) -> None:
        """`renew` is asked once for another token, when Shopify does not know this one any more."""
        # The parent's own initialiser would read the class-wide session.
        if not _VERSION.fullmatch(version):
            raise Unavailable("bad_version", version[:20], permanent=True)
        address = admin_url(domain, base_url)
        self.domain = domain
        self.version = version
        path = shopify.Session(domain, version).version.api_path(address)
        self.endpoint = f"{path}/graphql.json"
        self._token = token
        self._tries = tries
        self._sleep = sleep
        self._renew = renew
        self._http = http_client(timeout)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.domain!r}, version={self.version!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def execute(
        self,
        query: str,
        variables: Mapping[str, Any] | None = None,
        operation_name: str | None = None,
    ) -> dict[str, Any]:
        """Return the answer's `data`.

        A mutation may run twice when an answer is lost on the way; all of ours bear it.
        """
        body = {"query": query, "variables": variables or {}, "operationName": operation_name}
        failures, left = 0, LONGEST_WAIT
        while True:
            try:
                return self._send(body)
            except Unavailable as error:
                # To be throttled is no failure: Shopify says when there will be room.
                failures += error.code != "throttled"
                wait = error.retry_after or _backoff(failures or 1)
                left -= wait
                if error.permanent or failures == self._tries or left < 0:
                    raise
                self._sleep(wait)

    def _send(self, body: dict[str, Any]) -> dict[str, Any]:
        response = self._post(body)
        if response.status_code == 401 and self._renew is not None:
            renew, self._renew = self._renew, None
            self._token = renew(self._token)
            response = self._post(body)
        self.served_version = response.headers.get("X-Shopify-API-Version", self.served_version)
        check_status(response)
        payload = json_object(response)
        if payload.get("errors"):
            raise _graphql_error(payload)
        data = payload.get("data")
        if not isinstance(data, dict):
            raise Unavailable("bad_answer", "no data")
        return data

    def _post(self, body: dict[str, Any]) -> httpx.Response:
        headers = {"X-Shopify-Access-Token": self._token.get_secret_value()}
        return send(lambda: self._http.post(self.endpoint, json=body, headers=headers))


def send(request: Callable[[], httpx.Response]) -> httpx.Response:
    try:
        return request()
    except httpx.TimeoutException as error:
        raise Unavailable("timeout", type(error).__name__) from None
    except httpx.HTTPError as error:
        raise Unavailable("unreachable", type(error).__name__) from None


def check_status(response: httpx.Response) -> None:
    """Raise unless the answer is a 200. Its body stays out of the error: it may echo anything."""
    status = response.status_code
    if status == 200:
        return
    detail = f"HTTP {status}"
    if status in (401, 403):
        raise Unavailable("unauthorized", detail, permanent=True)
    if status == 429:
        raise Unavailable("throttled", detail, retry_after=_retry_after(response))
    if status >= 500 or status == 408:
        raise Unavailable("server_error", detail, retry_after=_retry_after(response))
    if status in (402, 423):
        # The shop is frozen until its owner pays, or locked by Shopify: hours, not seconds.
        raise Unavailable("locked", detail, retry_after=3600)
    if 300 <= status < 400:
        raise Unavailable("redirected", detail, permanent=True)
    raise Unavailable("rejected", detail, permanent=True)


def json_object(response: httpx.Response) -> dict[str, Any]:
    try:
        payload = response.json()
    except ValueError:
        payload = None
    if not isinstance(payload, dict):
        raise Unavailable("bad_answer", "not a JSON object")
    return payload


def _graphql_error(payload: dict[str, Any]) -> Unavailable:
    errors = payload["errors"]
    first = errors[0] if isinstance(errors, list) else errors
    first = first if isinstance(first, dict) else {"message": str(first)}
    extensions = first.get("extensions") or {}
    code, message = extensions.get("code"), str(first.get("message"))[:300]
    if code == "THROTTLED":
        return Unavailable("throttled", retry_after=_refill(payload))
    if code == "MAX_COST_EXCEEDED" or _TOO_COSTLY.search(message):
        return Unavailable("too_costly", message, permanent=True)
    if code == "ACCESS_DENIED":
        required = _SCOPE.findall(str(extensions.get("requiredAccess") or message))
        return Unavailable("access_denied", ", ".join(required) or message, permanent=True)
    if code in ("INTERNAL_SERVER_ERROR", "TIMEOUT"):
        return Unavailable("server_error", message)
    return Unavailable("rejected", message, permanent=True)


def _refill(payload: dict[str, Any]) -> float:
    """Seconds until the bucket holds what the query asked for."""
    try:
        cost = payload["extensions"]["cost"]
        status = cost["throttleStatus"]
        lacking = cost["requestedQueryCost"] - status["currentlyAvailable"]
        # Other workers drink from the same bucket: not all at the same moment.
        return max(1.0, float(lacking / status["restoreRate"])) * random.uniform(1, 1.25)  # noqa: S311
    except (KeyError, TypeError, ZeroDivisionError):
        return 1.0


def _retry_after(response: httpx.Response) -> float | None:
    try:
        return max(0.1, float(response.headers["Retry-After"]))
    except (KeyError, ValueError):
        return None


def _backoff(attempt: int) -> float:
    return min(LONGEST_WAIT, 2.0 ** (attempt - 1)) * random.uniform(0.5, 1)  # noqa: S311
