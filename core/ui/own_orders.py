"""All orders of a customer who has signed in, and where each photo stands."""

from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from core import db
from core.queries import customer_orders
from core.queries.customer_orders import OrderedPhoto, OwnOrder, ShopChoice
from core.queries.customer_photos import Standing
from core.services.customer_sign_in import Customer
from core.ui import auth, plain, state
from core.ui.customer_english import ENGLISH as TEXTS

#: Orders at first, and more each time.
PAGE = 20
#: Photos of an order that are shown before it is opened.
MOST_PHOTOS = 6


def draw(shop: ShopChoice, customer: Customer) -> None:
    st.title(plain.label(TEXTS.my_orders.format(shop=shop.name)))
    shown = st.session_state.get(state.OWN_ORDERS, PAGE)
    with db.transaction() as session:
        orders = customer_orders.of(session, customer, limit=shown + 1)
    if not orders:
        st.text(TEXTS.no_orders)
    for order in orders[:shown]:
        _draw_order(order, shop)
    if len(orders) > shown:
        st.button(TEXTS.older_orders, on_click=_show_more)
    with st.container(key="signed_in_as"):
        st.text(TEXTS.signed_in_as.format(email=customer.email))
        st.button(TEXTS.sign_out, on_click=auth.leave, args=(shop.id,), icon=":material/logout:")


def draw_way_back() -> None:
    """From one order to all of them, for whoever may see them."""
    if auth.customers():
        with st.container(key="way_back"):
            st.button(
                TEXTS.all_orders, on_click=_close, icon=":material/arrow_back:", type="tertiary"
            )


def _draw_order(order: OwnOrder, shop: ShopChoice) -> None:
    with st.container(border=True, key=f"own_order_{order.id}"):
        date = _date(order.placed_at, shop.time_zone)
        st.html(
            f"<h2>{escape(TEXTS.order.format(order=order.name))}</h2>"
            f"<p class='quiet'>{escape(TEXTS.placed.format(date=date))}</p>"
            f"{_photos(order)}"
        )
        if order.photos:
            words = TEXTS.answer_order if order.needs_answer else TEXTS.open_order
            st.button(
                plain.label(words.format(order=order.name)),
                key=f"{'answer' if order.needs_answer else 'open'}_own_{order.id}",
                on_click=_open,
                args=(order.id,),
                width="stretch",
            )


def _photos(order: OwnOrder) -> str:
    if not order.photos:
        return f"<p>{escape(_without_photos(order))}</p>"
    asked = [photo for photo in order.photos if photo.standing is Standing.NEEDS_ANSWER]
    others = [photo for photo in order.photos if photo.standing is not Standing.NEEDS_ANSWER]
    rows = [_photo(photo, order) for photo in (asked + others)[:MOST_PHOTOS]]
    if (more := len(order.photos) - MOST_PHOTOS) > 0:
        rows.append(f"<li class='quiet'>{escape(TEXTS.more_photos.format(count=more))}</li>")
    return f"<ul class='own-photos'>{''.join(rows)}</ul>"


def _photo(photo: OrderedPhoto, order: OwnOrder) -> str:
    alt = escape(TEXTS.picture.format(product=photo.product), quote=True)
    picture = "<span class='no-picture'></span>"
    if photo.sha256:
        picture = f"<img src='/photos/{photo.sha256}/grid' alt='{alt}' loading='lazy'>"
    product = " · ".join(part for part in (photo.product, photo.variant) if part)
    return (
        f"<li>{picture}<span><strong>{escape(_standing(photo, order))}</strong><br>"
        f"<span class='quiet'>{escape(product)}</span></span></li>"
    )


def _standing(photo: OrderedPhoto, order: OwnOrder) -> str:
    match photo.standing:
        case Standing.NEEDS_ANSWER:
            return TEXTS.asked_about
        case Standing.FINE:
            return TEXTS.shipped if order.is_shipped else TEXTS.fine
        case _:
            return TEXTS.answer_checked if photo.is_answered else TEXTS.being_checked


def _without_photos(order: OwnOrder) -> str:
    if order.is_cancelled:
        return TEXTS.cancelled
    return TEXTS.shipped if order.is_shipped else TEXTS.nothing_left


def _date(moment: datetime, time_zone: str) -> str:
    there = moment.astimezone(ZoneInfo(time_zone))
    return f"{there.day} {there:%B %Y}"


def _open(order_id: int) -> None:
    st.query_params["order"] = str(order_id)


def _close() -> None:
    del st.query_params["order"]


def _show_more() -> None:
    st.session_state[state.OWN_ORDERS] = st.session_state.get(state.OWN_ORDERS, PAGE) + PAGE
