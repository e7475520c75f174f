"""Who is there, and what they may do: their cookie, looked up in Postgres at that moment.

A signed-in person's cookie travels with the socket's first request, which the gate has checked.
"""

from collections.abc import Sequence

import streamlit as st

from core import db
from core.errors import NotAllowed
from core.models import Role
from core.services import customer_sign_in, staff
from core.services.actors import Actor, Guest
from core.services.customer_sign_in import Customer
from core.services.links import OrderLink
from core.ui import state
from core.web import cookies, links
from core.web import customers as web_customers


def whoever() -> Actor | None:
    with db.transaction() as session:
        return staff.resolve(session, _staff_token())


def signed_in(*roles: Role) -> Actor:
    """Return whoever is acting, in one of these roles, or raise `NotAllowed`.

    Every action asks again: Streamlit runs a widget's callback and a fragment before the page's
    own code, so the page's guard has not looked yet.
    """
    actor = whoever()
    # A manager may do all that a processor may.
    if actor is None or actor.role not in (*roles, Role.MANAGER):
        raise NotAllowed
    return actor


def guard(*roles: Role) -> Actor:
    """Stop the page unless the person may open it. Every page calls this first."""
    try:
        return signed_in(*roles)
    except NotAllowed as error:
        st.error(str(error))
        st.stop()


def order_link(order_id: int) -> OrderLink | None:
    """Return the customer's link to this order; an expired one may only ask for a new one."""
    with db.transaction() as session:
        return links.order_link(session, order_id, st.context.cookies, _host())


def guest(order_id: int) -> Guest | None:
    """Return the customer who may act on this order; ask in every action."""
    with db.transaction() as session:
        if not links.opens(session, order_id, st.context.cookies, _host()):
            return None
    return Guest(order_id, address=address(), browser=st.context.headers.get("User-Agent", ""))


def customers() -> Sequence[Customer]:
    """Return as whom a customer is signed in by e-mail: once per shop."""
    with db.transaction() as session:
        return web_customers.signed_in(session, st.context.cookies, _host())


def leave(shop_id: int) -> None:
    """Sign a customer out at once; the page then has the browser drop its cookie."""
    with db.transaction() as session:
        token = cookies.customer_token(st.context.cookies, _host(), shop_id)
        customer_sign_in.sign_out(session, token)
    st.session_state[state.LEAVING_SHOP] = shop_id


def asking() -> Customer | None:
    """Return for whom this browser has asked for a code that still counts."""
    with db.transaction() as session:
        return customer_sign_in.asked(session, cookies.asking(st.context.cookies, _host()))


def linked() -> Customer | None:
    """Return whom the link would sign in that this browser has opened."""
    with db.transaction() as session:
        return customer_sign_in.named(session, cookies.link(st.context.cookies, _host()))


def address() -> str:
    """Where the person comes from, as the gate says."""
    return st.context.headers.get("X-Loupe-Address", "")


def sign_out() -> None:
    """End the session at once; the router then has the browser drop its cookie."""
    with db.transaction() as session:
        staff.revoke(session, _staff_token())
    st.session_state[state.SIGNING_OUT] = True


def _staff_token() -> str | None:
    return cookies.staff_token(st.context.cookies, _host())


def _host() -> str | None:
    return st.context.headers.get("Host")
