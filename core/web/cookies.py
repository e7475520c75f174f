"""The cookies that let people in: one for staff; for customers one per order, or per shop."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from starlette.responses import Response

from core.services import customer_sign_in
from core.services.staff import SESSION_LIFE
from core.web.addresses import is_https

_STAFF = "loupe_staff"
_ORDER = "loupe_order_"
#: Longer than links live: the link in the cookie decides for itself.
_ORDER_LIFE = timedelta(days=60)
_CUSTOMER = "loupe_customer_"
#: What ties a code to the browser that asked for it, and the link of the mail that was opened.
_ASKING, _LINK = "loupe_asking", "loupe_link"


def staff_token(cookies: Mapping[str, str], host: str | None) -> str | None:
    return cookies.get(_name(_STAFF, host))


def order_token(cookies: Mapping[str, str], host: str | None, order_id: int) -> str | None:
    return cookies.get(_name(f"{_ORDER}{order_id}", host))


def order_tokens(cookies: Mapping[str, str], host: str | None) -> Sequence[str]:
    prefix = _name(_ORDER, host)
    return [token for name, token in cookies.items() if name.startswith(prefix)]


def customer_token(cookies: Mapping[str, str], host: str | None, shop_id: int) -> str | None:
    return cookies.get(_name(f"{_CUSTOMER}{shop_id}", host))


def customer_tokens(cookies: Mapping[str, str], host: str | None) -> Sequence[str]:
    prefix = _name(_CUSTOMER, host)
    return [token for name, token in cookies.items() if name.startswith(prefix)]


def asking(cookies: Mapping[str, str], host: str | None) -> str | None:
    return cookies.get(_name(_ASKING, host))


def link(cookies: Mapping[str, str], host: str | None) -> str | None:
    return cookies.get(_name(_LINK, host))


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
    _set_customers(response, f"{_ORDER}{order_id}", host, token, _ORDER_LIFE)


def set_customer(response: Response, host: str | None, shop_id: int, token: str) -> None:
    life = customer_sign_in.SESSION_LIFE
    _set_customers(response, f"{_CUSTOMER}{shop_id}", host, token, life)


def clear_customer(response: Response, host: str | None, shop_id: int) -> None:
    _set_customers(response, f"{_CUSTOMER}{shop_id}", host, "", timedelta())


def clear_orders(response: Response, cookies: Mapping[str, str], host: str | None) -> None:
    prefix = _name(_ORDER, host)
    for name in cookies:
        order_id = name.removeprefix(prefix)
        if name.startswith(prefix) and order_id.isdecimal():
            _set_customers(response, f"{_ORDER}{order_id}", host, "", timedelta())


def set_asking(response: Response, host: str | None, browser: str) -> None:
    _set_customers(response, _ASKING, host, browser, customer_sign_in.LIFE)


def set_link(response: Response, host: str | None, token: str) -> None:
    _set_customers(response, _LINK, host, token, customer_sign_in.LIFE)


def clear_requests(response: Response, host: str | None) -> None:
    for name in (_ASKING, _LINK):
        _set_customers(response, name, host, "", timedelta())


def _set_customers(
    response: Response, name: str, host: str | None, value: str, life: timedelta
) -> None:
    response.set_cookie(
        _name(name, host),
        value,
        max_age=int(life.total_seconds()),
        secure=is_https(host),
        httponly=True,
        samesite="lax",  # the customer comes from a mail
    )


def _name(name: str, host: str | None) -> str:
    # Browsers let nobody else set a cookie of this name: no other subdomain, and not http.
    return f"__Host-{name}" if is_https(host) else name
