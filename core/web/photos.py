"""Pictures at stable addresses, for those who may see them."""

import re

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from core import db
from core.errors import NotFound, Unavailable
from core.integrations.storage import Size, storage
from core.models import Order
from core.queries import access
from core.queries.access import Picture
from core.services import customer_sign_in, links, staff
from core.web import cookies, customers

_SHA256 = re.compile(r"[0-9a-f]{64}")
_SIZES = {"grid": Size.GRID, "full": Size.FULL, "original": None}
_NOT_IN_A_FILE_NAME = re.compile(r"[^0-9A-Za-z-]+")


async def photo(request: Request) -> Response:
    """Answer 404 to whoever may not see a picture: that it exists is nobody's business."""
    sha, size = request.path_params["sha"], request.path_params["size"]
    if not _SHA256.fullmatch(sha) or size not in _SIZES:
        return Response(status_code=404)
    picture = await run_in_threadpool(_visible, request, sha)
    if picture is None:
        return Response(status_code=404)
    headers = _preview(sha, size) if _SIZES[size] else _original(sha, picture)
    if headers.get("etag") in request.headers.get("if-none-match", "").split(", "):
        return Response(status_code=304, headers=headers)
    try:
        content = await storage().read(sha, _SIZES[size])
    except NotFound:
        return Response(status_code=404)
    except Unavailable:
        return Response(status_code=503)
    headers["content-length"] = str(content.length)
    return StreamingResponse(content.chunks, headers=headers)


def _visible(request: Request, sha: str) -> Picture | None:
    host = request.headers.get("host")
    with db.transaction() as session:
        if staff.resolve(session, cookies.staff_token(request.cookies, host)):
            return access.picture(session, sha)
        held = links.orders_of(session, cookies.order_tokens(request.cookies, host))
        orders = [link.order_id for link in held if not link.is_expired]
        people = customers.signed_in(session, request.cookies, host)
        theirs = Order.id.in_(orders) | customer_sign_in.is_theirs(*people)
        return access.picture(session, sha, where=theirs) if orders or people else None


def _preview(sha: str, size: str) -> dict[str, str]:
    return {
        "content-type": "image/webp",
        "cache-control": "private, max-age=31536000, immutable",
        "etag": f'"{sha}-{size}"',
    }


def _original(sha: str, picture: Picture) -> dict[str, str]:
    kind = picture.format.lower()
    # Our own name: the customer's may hold anything.
    order = _NOT_IN_A_FILE_NAME.sub("", picture.order_name) or "photo"
    return {
        "content-type": f"image/{kind}",
        "content-disposition": f'attachment; filename="{order}-{sha[:8]}.{kind}"',
        "cache-control": "no-store",
    }
