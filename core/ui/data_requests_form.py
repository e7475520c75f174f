"""Customers who ask what is known of them: what to tell them, and that it was told."""

from datetime import timedelta

import streamlit as st

from core import db
from core.models import Role, utc_now
from core.queries import data_requests
from core.queries.data_requests import OpenRequest
from core.services import privacy
from core.ui import actions, auth, format, plain

#: Shopify gives the shop so long.
_TIME_TO_ANSWER = timedelta(days=30)


def draw(shop_id: int) -> None:
    with db.transaction() as session:
        requests = data_requests.still_open(session, shop_id)
    for request in requests:
        with st.container(border=True, key=f"data_request_{request.id}"):
            _draw(request)


def _draw(request: OpenRequest) -> None:
    plain.heading(
        f"Data request {request.number}", small=request.email or "without an e-mail address"
    )
    st.write(
        f"A customer asked, {format.ago(request.received_at)}, what is stored about them. "
        + (
            f"Loupe holds {format.counted(request.orders, 'order')} of theirs: send them the file "
            "yourself, Loupe mails nobody. It lists their photos; the pictures are on the orders."
            if request.orders
            else "Loupe holds nothing of theirs: tell them so."
        )
    )
    left = request.received_at + _TIME_TO_ANSWER - utc_now()
    if left < timedelta():
        st.warning("The 30 days to answer it are over.", icon=":material/schedule:")
    else:
        st.caption(f"{format.duration(left)} left to answer it.")
    with st.container(horizontal=True):
        st.link_button(
            "Download what is held",
            f"/desk/data-requests/{request.id}.json",
            icon=":material/download:",
        )
        with st.popover("Mark as answered", icon=":material/task_alt:"):
            st.write("Has the customer been told? Loupe then forgets who asked.")
            st.button(
                "Mark as answered",
                key=f"answer_{request.id}",
                type="primary",
                on_click=_answer,
                args=(request.id,),
            )


def _answer(request_id: int) -> None:
    with actions.action("Marked as answered") as session:
        privacy.answer(session, request_id, manager=auth.signed_in(Role.MANAGER))
