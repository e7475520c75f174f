"""Staff sessions: the page checks the password, these routes set and clear the cookie."""

from starlette.requests import Request
from starlette.responses import Response

from core import db
from core.services import staff
from core.web import cookies


def begin(request: Request) -> Response:
    """Take the page's ticket, in a header so that there is no body to read."""
    ticket = request.headers.get("authorization", "").removeprefix("Bearer ")
    with db.transaction() as session:
        token = staff.open_session(session, ticket)
    if token is None:
        return Response(status_code=403)
    response = Response(status_code=204)
    cookies.set_staff(response, request.headers.get("host"), token)
    return response


def end(request: Request) -> Response:
    host = request.headers.get("host")
    with db.transaction() as session:
        staff.revoke(session, cookies.staff_token(request.cookies, host))
    response = Response(status_code=204)
    cookies.clear_staff(response, host)
    return response
