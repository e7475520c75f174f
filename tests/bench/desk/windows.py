"""The two pages in real Chromium, and what a person does with either, timed inside the page."""

import zlib
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize

from core.queries.review_queue import PAGE_SIZE
from tests.bench.desk.stage import Servers
from tests.serving import Served

_SCRIPTS = "\n".join(
    Path(__file__).with_name(name).read_text() for name in ("watch.js", "reviewing.js")
)
#: A laptop's.
SCREEN: ViewportSize = {"width": 1440, "height": 900}

_BINARY = 2


@dataclass
class Window:
    """One of the two pages. All times are milliseconds, up to the frame that a person sees."""

    page: Page
    served: Served
    stream: "Stream"

    @property
    def streamed(self) -> int:
        """Bytes that came through the socket."""
        return self.stream.size

    def open(self) -> float:
        """Return how long it took until all tiles on screen were painted."""
        self.page.goto("/", wait_until="commit")
        return float(self.page.evaluate(f"watch.opened({PAGE_SIZE})"))

    def ids(self) -> list[int]:
        return list(self.page.evaluate("watch.ids()"))

    def select(self, photo: int, number: int) -> tuple[float, float]:
        """Return how long until the tile showed it, and until the page counted so many."""
        marked, counted = self._click("tile", photo, ["marked", photo], ["counts", number])
        return marked, counted

    def ask(self) -> float:
        (asked,) = self._click("approve", None, ["asks"])
        return asked

    def confirm(self, photos: Sequence[int]) -> tuple[float, float]:
        """Return how long until the next photos were painted, and until these were saved."""
        painted, saved = self._click(
            "confirm", None, ["painted", PAGE_SIZE, photos], ["saved", photos]
        )
        return painted, saved

    def settle(self) -> None:
        """Let everything arrive that is fetched ahead."""
        self.page.evaluate("watch.until('saved', [])")
        self.page.evaluate("watch.quiet()")

    def fetched(self, until: float) -> int:
        """Bytes, Streamlit's own files apart, and what came through the socket."""
        return int(self.page.evaluate("until => watch.fetched(until)", until))

    def _click(self, what: str, photo: int | None, *signs: Sequence[Any]) -> list[float]:
        spot = self.page.evaluate("([what, id]) => watch.spot(what, id)", [what, photo])
        self.page.evaluate("signs => watch.arm(...signs)", signs)
        self.page.mouse.click(*spot)
        return list(self.page.evaluate("watch.waited"))


class Stream:
    """What comes through a page's sockets, as long as it is on the line.

    Chromium tells frames only as they are once unpacked: they are packed again as the server did.
    """

    def __init__(self, page: Page) -> None:
        self.size = 0  #: Bytes
        self._packers: dict[str, Any] = {}
        told = page.context.new_cdp_session(page)
        told.on("Network.webSocketHandshakeResponseReceived", self._begin)
        told.on("Network.webSocketFrameReceived", self._count)
        told.send("Network.enable")

    def _begin(self, told: Mapping[str, Any]) -> None:
        headers = {name.lower(): value for name, value in told["response"]["headers"].items()}
        if "permessage-deflate" in headers.get("sec-websocket-extensions", ""):
            # As websockets does: RFC 7692 with 4 KB of memory.
            self._packers[told["requestId"]] = zlib.compressobj(wbits=-12, memLevel=5)

    def _count(self, told: Mapping[str, Any]) -> None:
        frame = told["response"]["payloadData"]
        content = b64decode(frame) if told["response"]["opcode"] == _BINARY else frame.encode()
        packer = self._packers.get(told["requestId"])
        if packer is not None:
            content = packer.compress(content) + packer.flush(zlib.Z_SYNC_FLUSH)
        self.size += len(content)


@contextmanager
def window(
    browser: Browser, name: str, servers: Servers, *, is_known: bool = True
) -> Iterator[Window]:
    """`name` is ours or plain. Nothing is cached yet; who is known is signed in."""
    served: Served = getattr(servers, name)
    context = browser.new_context(base_url=served.url, viewport=SCREEN)
    if is_known:
        context.add_cookies(
            [{"name": "loupe_staff", "value": servers.token, "url": servers.ours.url}]
        )
    context.add_init_script(f"(() => {{ {_SCRIPTS}\nwatch.page = pages.{name} }})()")
    page = context.new_page()
    try:
        yield Window(page, served, Stream(page))
    finally:
        context.close()
