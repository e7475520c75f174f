"""One order, as its customer sees it: what is asked of them, and what they answer."""

from functools import partial

import streamlit as st

from core import db
from core.queries import customer_photos
from core.services import links, messages
from core.ui import answering, auth, customer_entrance, state
from core.ui.customer_english import ENGLISH as TEXTS
from core.ui.photo_upload import Answer, photo_upload


def draw(order_id: int) -> None:
    """Draw the order for whoever may act on it, and for others how they could."""
    if st.session_state.get(state.NEW_LINK_SENT):
        st.text(TEXTS.new_link_sent)
    elif auth.guest(order_id) is None:
        _offer_link(order_id)
    else:
        _draw_photos(order_id)


def _offer_link(order_id: int) -> None:
    if auth.order_link(order_id) is None:
        st.text(TEXTS.no_link)
        customer_entrance.offer(order_id)
        return
    st.text(TEXTS.expired)
    renew = partial(_send_new_link, order_id)
    st.button(TEXTS.new_link, on_click=renew, type="primary")
    customer_entrance.offer(order_id)


def _send_new_link(order_id: int) -> None:
    expired = auth.order_link(order_id)
    with db.transaction() as session:
        if expired is not None and links.renew(session, expired):
            messages.queue_new_link(session, expired.order_id)
    st.session_state[state.NEW_LINK_SENT] = True


def _draw_photos(order_id: int) -> None:
    with db.transaction() as session:
        order = customer_photos.order(session, order_id)
    consents = {photo.id: TEXTS.consent(photo.reasons.values()) for photo in order.photos}

    def give(answer: Answer) -> None:
        refusal = answering.give(answer, order_id=order_id, consents=consents)
        st.session_state[state.REFUSED_ANSWER] = refusal

    photo_upload(
        order,
        texts=TEXTS,
        key="photos",
        on_answered=give,
        refusal=st.session_state.get(state.REFUSED_ANSWER),
    )
