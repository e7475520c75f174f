"""The cookies that let people in: one for staff, and one per order for its customer."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from starlette.responses import Response

from core.services.staff import SESSION_LIFE
from core.web.addresses import is_https

_STAFF = "loupe_staff"
_ORDER = "loupe_order_"
#: Longer than links live: the link in the cookie decides for itself.
_ORDER_LIFE = timedelta(days=60)


def staff_token(cookies: Mapping[str, str], host: str | None) -> str | None:
    return cookies.get(_name(_STAFF, host))


def order_token(cookies: Mapping[str, str], host: str | None, order_id: int) -> str | None:
    return cookies.get(_name(f"{_ORDER}{order_id}", host))


def order_tokens(cookies: Mapping[str, str], host: str | None) -> Sequence[str]:
    prefix = _name(_ORDER, host)
    return [token for name, token in cookies.items() if name.startswith(prefix)]


def set_staff(response: Response, host: str | None, token: str) -> None:
    response.set_cookie(
        _name(_STAFF, host),
        token,
        max_age=int(SESSION_LIFE.total_seconds()),
        secure=is_https(host),
        httponly=True,
        samesite="strict",
    )


def clear_staff(response: Response, host: str | None) -> None:
    response.delete_cookie(
        _name(_STAFF, host), secure=is_https(host), httponly=True, samesite="strict"
    )


def set_order(response: Response, host: str | None, order_id: int, token: str) -> None:
    response.set_cookie(
        _name(f"{_ORDER}{order_id}", host),
        token,
        max_age=int(_ORDER_LIFE.total_seconds()),
        secure=is_https(host),
        httponly=True,
        samesite="lax",  # the customer comes from a mail
    )


def _name(name: str, host: str | None) -> str:
    # Browsers let nobody else set a cookie of this name: no other subdomain, and not http.
    return f"__Host-{name}" if is_https(host) else name
