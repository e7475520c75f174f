"""Photos fetched from the addresses on orders, which anybody may have written there.

Only from hosts that are trusted by name, and only over the guarded network; both are asked again
at each redirect.
"""

import email.utils
import errno
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpcore
import httpx

from core.errors import Unavailable
from core.integrations.guard import Address, Guard, GuardedNetwork, public_guard

#: Upload apps whose links stand on real orders; their exact names, for look-alikes are registered.
BUILT_IN_HOSTS = frozenset(
    {
        "cdn.shopify.com",
        "uploadery.s3.amazonaws.com",
        "upload.cloudlift.app",
        "cdn.shopify.com-uploadkit.app",
        "files.getuploadkit.com",
        "cdn.getuploadkit.com",
        "cdn.customily.com",
        "ucarecdn.com",
    }
)
FILE_BYTES = 60 * 2**20
CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
TOTAL_SECONDS = 60.0
REDIRECTS = 3

#: Neither WebP nor AVIF: image servers would convert the original into it.
_HEADERS = (
    ("Accept", "image/jpeg,image/png,image/heic,image/heif,image/*;q=0.5"),
    ("Accept-Encoding", "identity"),
    ("User-Agent", "Loupe"),
)
_REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True)
class Download:
    path: Path
    #: Bytes.
    size: int
    #: The last one, after all redirects.
    host: str


def fetch(
    url: str,
    into: Path,
    *,
    hosts: Collection[str],
    demo: Address | None = None,
    guard: Guard | None = None,
    seconds: float = TOTAL_SECONDS,
) -> Download:
    """Fetch a photo into the folder `into`; after a failure no file is left there.

    `hosts` are the shop's own, beside the built-in ones; `demo` is the one address that may be
    fetched from over http. Raises `Unavailable` with one of these codes: `bad_url`,
    `host_not_trusted`, `forbidden_address`, `too_many_redirects`, `not_found`, `forbidden`,
    `throttled`, `server_error`, `timeout`, `connection`, `cut_short`, `too_large`,
    `not_a_picture_page`, `disk_full`, `storage`.
    """
    trusted = BUILT_IN_HOSTS | {host.lower() for host in hosts}
    network = GuardedNetwork(guard or public_guard(), time.monotonic() + seconds, demo)
    target = _parse(url)
    for _ in range(1 + REDIRECTS):
        _check(target, trusted, demo)
        result = _get(target, into / "original", network)
        if isinstance(result, Download):
            return result
        target = result
    raise Unavailable("too_many_redirects", _host(target), permanent=True)


def untrusted_host(url: str, *, hosts: Collection[str], demo: Address | None = None) -> str | None:
    """The host that would have to be trusted before anything is fetched from there."""
    trusted = BUILT_IN_HOSTS | {host.lower() for host in hosts}
    try:
        _check(_parse(url), trusted, demo)
    except Unavailable as error:
        return error.detail if error.code == "host_not_trusted" else None
    return None


def _parse(url: str, base: httpx.URL | None = None) -> httpx.URL:
    try:
        return base.join(url) if base else httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise Unavailable("bad_url", str(error), permanent=True) from error


def _check(url: httpx.URL, trusted: Collection[str], demo: Address | None) -> None:
    # Never `url.host`, which reads other alphabets back, and fails where they were never written.
    if url.userinfo or not url.raw_host:
        raise Unavailable("bad_url", "no host, or credentials", permanent=True)
    if demo and url.scheme == "http" and (_host(url), url.port or 80) == demo:
        return
    if url.scheme != "https" or url.port is not None:
        raise Unavailable("bad_url", "only https, and its own port", permanent=True)
    if _host(url) not in trusted:
        raise Unavailable("host_not_trusted", _host(url), permanent=True)


def _host(url: httpx.URL) -> str:
    """As it goes over the wire: lower case, and other alphabets in their ASCII form."""
    return url.raw_host.decode("ascii")


def _get(url: httpx.URL, path: Path, network: GuardedNetwork) -> Download | httpx.URL:
    """One request: the file, or where it is said to be instead."""
    target = httpcore.URL(
        # The very parts that were checked: no second parser may read the address differently.
        scheme=url.raw_scheme,
        host=url.raw_host,
        port=url.port,
        target=url.raw_path,
    )
    timeouts = {"connect": CONNECT_SECONDS, "read": READ_SECONDS, "write": READ_SECONDS}
    with (
        _outages(),
        httpcore.ConnectionPool(network_backend=network, ssl_context=network.guard.tls) as pool,
        pool.stream("GET", target, headers=_HEADERS, extensions={"timeout": timeouts}) as response,
    ):
        headers = httpx.Headers(response.headers)
        if response.status in _REDIRECTS and "location" in headers:
            return _parse(headers["location"], url)
        _check_answer(response.status, headers)
        size = _save(response, path)
    return Download(path, size, _host(url))


def _check_answer(status: int, headers: httpx.Headers) -> None:
    retry_after = _retry_after(headers)
    if status in (404, 410):
        # Production links answer 404 and 403 for a while before the file is there.
        raise Unavailable("not_found", str(status), permanent=status == 410)
    if status == 429:
        raise Unavailable("throttled", retry_after=retry_after)
    if 400 <= status < 500:
        raise Unavailable("forbidden", str(status), permanent=status not in (401, 403, 408))
    if status != 200 or headers.get("content-encoding", "identity") != "identity":
        raise Unavailable("server_error", str(status), retry_after=retry_after)
    if headers.get("content-type", "").lower().startswith(("text/html", "application/xhtml")):
        raise Unavailable("not_a_picture_page", permanent=True)
    if int(headers.get("content-length", 0)) > FILE_BYTES:
        raise Unavailable("too_large", permanent=True)


def _retry_after(headers: httpx.Headers) -> float | None:
    """Seconds, whether the server said seconds or a date."""
    said = headers.get("retry-after", "")
    try:
        return float(said) if said.isdecimal() else max(0.0, _until(said))
    except (ValueError, OverflowError):
        return None


def _until(date: str) -> float:
    moment = email.utils.parsedate_to_datetime(date)
    return (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds()


def _save(response: httpcore.Response, path: Path) -> int:
    try:
        with path.open("xb") as file:
            size = _copy(response, file.write)
        with path.open("rb") as file:
            start = file.read(512).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        if start.startswith((b"<!doctype html", b"<html")):
            raise Unavailable("not_a_picture_page", permanent=True)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return size


def _copy(response: httpcore.Response, write: Callable[[bytes], Any]) -> int:
    size = 0
    try:
        for chunk in response.iter_stream():
            size += len(chunk)
            if size > FILE_BYTES:
                raise Unavailable("too_large", permanent=True)
            write(chunk)
    except (httpcore.RemoteProtocolError, httpcore.ReadError) as error:
        raise Unavailable("cut_short", str(error)) from error
    if size == 0:
        raise Unavailable("cut_short", "an empty answer")
    return size


@contextmanager
def _outages() -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException as error:
        raise Unavailable("timeout", str(error)) from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise Unavailable("connection", str(error)) from error
    except OSError as error:
        is_full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise Unavailable("disk_full" if is_full else "storage", str(error)) from error
