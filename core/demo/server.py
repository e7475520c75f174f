"""The demo shop over HTTP: Shopify's Admin API, the customers' photographs, and a page to look at.

It listens on this machine only.
"""

import mimetypes
import socket
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route

from core.demo import admin_routes, merchant, orders, photographs
from core.demo.bulk_operations import file_of
from core.demo.cut_short import CutShort
from core.demo.page import render
from core.demo.shop import DemoShop
from core.demo.site import HOST, Site

mimetypes.add_type("image/heic", ".heic")


def serve(port: int, data_dir: Path, *, seed: int = 1, faults: bool = False) -> None:
    """Serve until told to stop. Port 0 takes the port of last time if it is free, or any.

    Says where it is in one line on standard output, once it can be reached.
    """
    with closing(open_shop(data_dir, seed=seed)) as shop, _listen(port, data_dir) as listener:
        address = f"http://{HOST}:{listener.getsockname()[1]}"
        print(f"The demo shop is open at {address}", flush=True)
        config = uvicorn.Config(app(shop, faults=faults), log_level="warning", server_header=False)
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
    site = Site(shop)
    front = _Front(site)
    routes = [
        Route("/", front.page),
        Route("/photos/{name:path}", front.photo),
        Route("/bulk/{number:int}.jsonl", front.bulk),
        *admin_routes.routes(site),
        *merchant.routes(site),
    ]
    if faults:
        routes.append(merchant.fault_route(site))
    # A page elsewhere may point its own host name at this machine; such a name is not ours.
    local = Middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])
    return Starlette(routes=routes, middleware=[local], lifespan=site.open)


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


class _Front:
    """What a browser, or a downloader, sees."""

    def __init__(self, site: Site) -> None:
        self.site = site

    async def page(self, request: Request) -> Response:
        return HTMLResponse(await run_in_threadpool(render, self.site.answers(request)))

    async def photo(self, request: Request) -> Response:
        name = request.path_params["name"]
        # Some upload apps leave the extension out.
        path = self.site.shop.photos.get(name) or self.site.shop.photos.get(f"{name}.jpg")
        if path is None:
            return Response("Not found", 404)
        kind, _ = mimetypes.guess_type(path.name)
        return FileResponse(path, media_type=kind)

    async def bulk(self, request: Request) -> Response:
        """What a bulk operation wrote; a part of it, if `Range` says so."""
        path = file_of(self.site.shop.folder, request.path_params["number"])
        if not path.exists():
            return Response("Not found", 404)
        if self.site.faults.takes("cut_downloads"):
            return CutShort(path)
        return FileResponse(path, media_type="application/jsonl")
