"""The orders, the newest first, a page at a time."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core import db
from core.queries import orders
from core.queries.orders import PAGE_SIZE, OrderRow, Place
from core.ui import order_words, plain, shop_choice, state


def draw(person: int) -> None:
    key = f"orders_{person}"
    # The field forgets its text while an order is open.
    asked = st.session_state.get(state.ORDERS_SEARCH)
    if asked and asked[0] == person and key not in st.session_state:
        st.session_state[key] = asked[1]
    with st.container(horizontal=True, vertical_alignment="center"):
        search = st.text_input(
            "Search",
            # Not in the address, which others come to see; nor left to whoever signs in next.
            key=key,
            placeholder="Order, customer, e-mail or product",
            icon=":material/search:",
            label_visibility="collapsed",
            width=360,
        ).strip()
        shop_id = shop_choice.draw().shop_id
    trail = _trail((person, search, shop_id))
    with db.transaction() as session:
        found = orders.page(
            session,
            search=search,
            shop_id=shop_id,
            after=trail[-1] if trail else None,
            limit=PAGE_SIZE + 1,
        )
    page = found[:PAGE_SIZE]
    shops = {row.shop for row in page}
    if page:
        with st.container(border=True, gap=None, key="order_rows"):
            for row in page:
                _draw_row(row, with_shop=len(shops) > 1)
    else:
        _say_empty(search)
    _draw_pager(trail, page, has_more=len(found) > PAGE_SIZE)


def _trail(asked: tuple[int, str, int | None]) -> list[Place]:
    """Where the pages before this one end; another search begins at its first."""
    if st.session_state.get(state.ORDERS_SEARCH) != asked:
        st.session_state[state.ORDERS_SEARCH] = asked
        st.session_state[state.ORDERS_TRAIL] = []
    trail: list[Place] = st.session_state[state.ORDERS_TRAIL]
    return trail


def _draw_row(row: OrderRow, *, with_shop: bool) -> None:
    with st.container(
        horizontal=True,
        horizontal_alignment="left",
        vertical_alignment="center",
        gap="small",
        key=f"order_row_{row.id}",
    ):
        st.button(
            plain.label(row.name),
            key=f"open_{row.id}",
            type="tertiary",
            on_click=open_order,
            args=(row.id,),
        )
        placed = f"{row.placed_at:%d %b %Y}" + (f" · {row.shop}" if with_shop else "")
        marks = "".join(f"<span class='tag'>{escape(tag)}</span>" for tag in order_words.tags(row))
        st.html(
            "<div class='order-row'>"
            f"<div><strong>{escape(row.customer or row.email or 'No name')}</strong></div>"
            f"<div class='quiet'>{escape(placed)}</div>"
            f"<div>{escape(', '.join(row.products))}</div>"
            f"<div>{escape(order_words.photos(row))}</div><div>{marks}</div></div>"
        )


def open_order(order_id: int) -> None:
    st.query_params["order"] = str(order_id)


def _say_empty(search: str) -> None:
    if search:
        st.info("No order fits this search.", icon=":material/search_off:")
    else:
        st.info("Orders appear here as they come in from Shopify.", icon=":material/receipt_long:")


def _draw_pager(trail: list[Place], page: Sequence[OrderRow], *, has_more: bool) -> None:
    if not trail and not has_more:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Newer",
            icon=":material/chevron_left:",
            disabled=not trail,
            on_click=_turn,
            args=(None,),
        )
        st.button(
            "Older",
            icon=":material/chevron_right:",
            disabled=not has_more,
            on_click=_turn,
            args=(page[-1].place if page else None,),
        )
        first = len(trail) * PAGE_SIZE + 1
        st.caption(f"{first:,} to {first + len(page) - 1:,}" if page else "", width="content")


def _turn(after: Place | None) -> None:
    trail: list[Place] = st.session_state[state.ORDERS_TRAIL]
    if after is not None:
        trail.append(after)
    elif trail:
        trail.pop()
