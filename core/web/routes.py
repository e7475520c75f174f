"""Our own routes beside Streamlit's, and the gate in front of both."""

from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from core.config import settings
from core.web import (
    customers,
    data_requests,
    hand_over,
    health,
    links,
    photo_history,
    photos,
    sign_in,
)
from core.web.attachments import Attachments
from core.web.edits import Edits
from core.web.gate import HEALTH, Gate
from core.web.hooks import Hooks
from core.web.ids import DATA_REQUEST_ID, PHOTO_ID, SHOP_ID
from core.web.uploads import Uploads


def routes() -> list[BaseRoute]:
    return [
        Route(HEALTH[0], health.alive),
        Route(HEALTH[1], health.ready),
        Route("/session", sign_in.begin, methods=["POST"]),
        Route("/session", sign_in.end, methods=["DELETE"]),
        Route("/o/{token}", links.follow),
        Route("/in/{token}", customers.follow),
        Route("/customer/link", customers.enter_by_link, methods=["POST"]),
        Route("/customer/code", customers.enter_by_code, methods=["POST"]),
        Route(f"/customer/mail/{SHOP_ID}", customers.ask, methods=["POST"]),
        Route(f"/customer/{SHOP_ID}", customers.leave, methods=["DELETE"]),
        Route("/photos/{sha}/{size}", photos.photo),
        Route("/desk/hand-over.zip", hand_over.archive),
        Route(f"/desk/data-requests/{DATA_REQUEST_ID}.json", data_requests.held),
        Route(f"/desk/photos/{PHOTO_ID}/history", photo_history.history),
        Attachments().route,
        Edits().route,
        Hooks().route,
        Uploads().route,
    ]


def middleware() -> list[Middleware]:
    return [
        # Only they may say from which address, and by which scheme, a browser came.
        Middleware(ProxyHeadersMiddleware, trusted_hosts=settings().trusted_proxies),
        Middleware(Gate),
    ]
