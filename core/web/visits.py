"""Who on the staff a request comes from."""

from sqlalchemy.orm import Session
from starlette.requests import Request

from core.errors import SignedOut
from core.services import staff
from core.services.actors import Actor
from core.web import cookies


def staff_token(request: Request) -> str | None:
    return cookies.staff_token(request.cookies, request.headers.get("host"))


def actor(session: Session, request: Request) -> Actor:
    """Raise `SignedOut` where it is nobody."""
    found = staff.resolve(session, staff_token(request))
    if found is None:
        raise SignedOut
    return found
