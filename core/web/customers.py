"""Customers who sign in by e-mail: they ask for a mail, come in by its link or code, and leave.

What they type comes in headers, so that there is no body to read.
"""

import secrets
from collections.abc import Mapping, Sequence
from urllib.parse import unquote

from sqlalchemy import exists, select
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from core import db
from core.errors import AppError, CodeWrong, LinkOver
from core.models import Order
from core.services import customer_sign_in
from core.services.customer_sign_in import Customer, Entry
from core.web import cookies
from core.web.refusals import refusal
from core.web.visitors import neighbours

_NO_STORE = {"cache-control": "no-store"}


def ask(request: Request) -> Response:
    """Answer the same to everybody, after the same work."""
    host = request.headers.get("host")
    browser = cookies.asking(request.cookies, host) or secrets.token_urlsafe(32)
    try:
        with db.transaction() as session:
            customer_sign_in.ask(
                session,
                request.path_params["shop_id"],
                unquote(request.headers.get("x-email", "")),
                browser,
                address=neighbours(request.client.host) if request.client else "",
            )
    except AppError as error:
        return refusal(error)
    response = Response(status_code=204, headers=_NO_STORE)
    cookies.set_asking(response, host, browser)
    return response


def enter_by_code(request: Request) -> Response:
    host = request.headers.get("host")
    code = request.headers.get("authorization", "").removeprefix("Bearer ")
    browser = cookies.asking(request.cookies, host) or ""
    with db.transaction() as session:
        entry = customer_sign_in.enter_by_code(session, code, browser)
    return _entered(host, entry) if entry else refusal(CodeWrong())


def follow(request: Request) -> Response:
    """Change nothing of ours: mail scanners open links, too. The page has a button."""
    token = request.path_params["token"]
    with db.transaction() as session:
        customer = customer_sign_in.named(session, token)
    response = RedirectResponse("/my_photos?by=link", 303, headers=_NO_STORE)
    if customer is not None:
        cookies.set_link(response, request.headers.get("host"), token)
    return response


def enter_by_link(request: Request) -> Response:
    host = request.headers.get("host")
    with db.transaction() as session:
        token = cookies.link(request.cookies, host)
        entry = customer_sign_in.enter_by_link(session, token) if token else None
    return _entered(host, entry) if entry else refusal(LinkOver())


def leave(request: Request) -> Response:
    host, shop_id = request.headers.get("host"), request.path_params["shop_id"]
    with db.transaction() as session:
        customer_sign_in.sign_out(session, cookies.customer_token(request.cookies, host, shop_id))
    response = Response(status_code=204)
    cookies.clear_customer(response, host, shop_id)
    # On a shared computer, the links that were opened must not let in whoever comes next.
    cookies.clear_orders(response, request.cookies, host)
    return response


def signed_in(session: Session, held: Mapping[str, str], host: str | None) -> Sequence[Customer]:
    """Return as whom a browser is signed in: once per shop."""
    return customer_sign_in.customers(session, cookies.customer_tokens(held, host))


def opens(session: Session, order_id: int, held: Mapping[str, str], host: str | None) -> bool:
    """Whether the order is one of theirs."""
    customers = signed_in(session, held, host)
    theirs = exists().where(Order.id == order_id, customer_sign_in.is_theirs(*customers))
    return bool(customers and session.scalar(select(theirs)))


def _entered(host: str | None, entry: Entry) -> Response:
    response = JSONResponse({"shop": entry.shop_id}, 201, _NO_STORE)
    cookies.set_customer(response, host, entry.shop_id, entry.token)
    cookies.clear_requests(response, host)
    return response
