"""Where customers sign in by e-mail, and which shop they sign in to."""

from collections.abc import Sequence

import streamlit as st

from core import db
from core.queries import customer_orders
from core.queries.customer_orders import ShopChoice
from core.services.customer_sign_in import Customer
from core.ui import auth, plain, state
from core.ui.customer_english import ENGLISH as TEXTS
from core.ui.mail_sign_in import Step, mail_sign_in

PAGE = "/my_photos"


def draw() -> tuple[ShopChoice, Customer] | None:
    """Return who is signed in, and to which shop; whoever is not is asked to."""
    if st.session_state.get(state.LEAVING_SHOP) is not None:
        _drop_cookie(st.session_state[state.LEAVING_SHOP])
        return None
    shops, people = _shops(), auth.customers()
    is_by_link = st.query_params.get("by") == "link"
    linked = auth.linked() if is_by_link else None
    if linked is not None:
        _ask_to_enter(shops, linked)
        return None
    asking = auth.asking()
    shop = _chosen(shops, [*people, *([asking] if asking else [])])
    entered = [(shop, each) for each in people if shop and each.shop_id == shop.id]
    if entered:
        return entered[0]
    st.title(TEXTS.sign_in_title)
    if is_by_link or not shops:
        st.text(TEXTS.no_link)
    shop = shop or _ask_which(shops)
    if shop is not None and shop.id in {each.shop_id for each in people}:
        st.query_params["shop"] = str(shop.id)
        st.rerun()
    _draw_form(shop, asking, TEXTS.sign_in_lead, to=None)
    return None


def offer(order_id: int) -> None:
    """Let somebody sign in whose link to an order does not open it."""
    shops, asking = _shops(), auth.asking()
    shop = _chosen(shops, [asking] if asking else []) or _ask_which(shops)
    _draw_form(shop, asking, TEXTS.sign_in_instead, to=f"{PAGE}?order={order_id}")


def _shops() -> Sequence[ShopChoice]:
    with db.transaction() as session:
        return customer_orders.shops(session)


def _chosen(shops: Sequence[ShopChoice], people: Sequence[Customer]) -> ShopChoice | None:
    """The shop in the address; else where they sign in or have; else the only one."""
    named = st.query_params.get("shop", "")
    known = [shop for shop in shops if named in (str(shop.id), shop.domain)]
    theirs = [shop for shop in shops if shop.id in {each.shop_id for each in people}]
    return next((found[0] for found in (known, theirs, shops) if len(found) == 1), None)


def _ask_which(shops: Sequence[ShopChoice]) -> ShopChoice | None:
    if not shops:
        return None
    return st.selectbox(
        TEXTS.which_shop,
        shops,
        index=None,
        format_func=lambda shop: plain.visible(shop.name),
        key="which_shop",
    )


def _draw_form(
    shop: ShopChoice | None, asking: Customer | None, lead: str, *, to: str | None
) -> None:
    if shop is None:
        return
    is_asked = asking is not None and asking.shop_id == shop.id
    mail_sign_in(
        Step.CODE if is_asked else Step.ASK,
        shop_id=shop.id,
        shop=shop.name,
        texts=TEXTS,
        email=asking.email if asking and is_asked else "",
        lead=lead.format(shop=shop.name),
        to=to or f"{PAGE}?shop={shop.id}",
    )
    if shop.is_demo:
        st.caption(TEXTS.demo_mail)


def _ask_to_enter(shops: Sequence[ShopChoice], linked: Customer) -> None:
    st.title(TEXTS.sign_in_title)
    name = next((shop.name for shop in shops if shop.id == linked.shop_id), "")
    mail_sign_in(
        Step.LINK,
        shop_id=linked.shop_id,
        shop=name,
        texts=TEXTS,
        email=linked.email,
        lead="",
        to=f"{PAGE}?shop={linked.shop_id}",
    )


def _drop_cookie(shop_id: int) -> None:
    st.html(
        f"""<script>
        fetch("/customer/{shop_id:d}", {{method: "DELETE", headers: {{"X-Loupe": "1"}}}})
            .finally(() => location.assign("{PAGE}?shop={shop_id:d}"))
        </script>""",
        unsafe_allow_javascript=True,
    )
