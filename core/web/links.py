"""The customer's way in: the order link becomes a cookie, and the address loses its secret.

The cookie is the link itself, so it lets in exactly as long as the link does. An expired one
is kept too: it lets its holder ask for a new one, and do nothing else. Whoever has signed in by
e-mail needs no link to an order of theirs.
"""

from collections.abc import Mapping

from sqlalchemy.orm import Session
from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response

from core import db
from core.services import links
from core.services.actors import Guest
from core.services.links import OrderLink
from core.web import cookies, customers


def follow(request: Request) -> Response:
    """Change nothing of ours: mail scanners open links, too."""
    token = request.path_params["token"]
    with db.transaction() as session:
        link = links.order_of(session, token)
    if link is None:
        return RedirectResponse("/my_photos?by=link", 303)
    response = RedirectResponse(f"/my_photos?order={link.order_id}", 303)
    cookies.set_order(response, request.headers.get("host"), link.order_id, token)
    response.headers["cache-control"] = "no-store"
    return response


def order_link(
    session: Session, order_id: int, held: Mapping[str, str], host: str | None
) -> OrderLink | None:
    """Return the link to this order among the cookies a browser holds."""
    token = cookies.order_token(held, host, order_id)
    link = links.order_of(session, token) if token else None
    return link if link is not None and link.order_id == order_id else None


def opens(session: Session, order_id: int, held: Mapping[str, str], host: str | None) -> bool:
    """Whether a browser with these cookies is the customer's: by the order's link, or signed in."""
    link = order_link(session, order_id, held, host)
    is_let_in = link is not None and not link.is_expired
    return is_let_in or customers.opens(session, order_id, held, host)


def guest(session: Session, order_id: int, connection: HTTPConnection) -> Guest | None:
    """Return the customer who may act on this order."""
    host = connection.headers.get("host")
    if not opens(session, order_id, connection.cookies, host):
        return None
    return Guest(
        order_id,
        address=connection.client.host if connection.client else "",
        browser=connection.headers.get("user-agent", ""),
    )
