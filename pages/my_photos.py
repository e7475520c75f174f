import streamlit as st

from core import db
from core.queries import customer_photos
from core.services import links, messages
from core.ui import answering, auth, state
from core.ui.customer_texts import ENGLISH as TEXTS
from core.ui.photo_upload import Answer, photo_upload

asked_for = st.query_params.get("order", "")
order_id = int(asked_for) if asked_for.isdecimal() and len(asked_for) < 19 else 0
link = auth.order_link(order_id)


def give(answer: Answer) -> None:
    refusal = answering.give(answer, order_id=order_id, consents=consents)
    st.session_state[state.REFUSED_ANSWER] = refusal


def send_new_link() -> None:
    expired = auth.order_link(order_id)
    with db.transaction() as session:
        if expired is not None and links.renew(session, expired):
            messages.queue_new_link(session, expired.order_id)
    st.session_state[state.NEW_LINK_SENT] = True


if st.session_state.get(state.NEW_LINK_SENT):
    st.text(TEXTS.new_link_sent)
    st.stop()
if link is None:
    st.text(TEXTS.no_link)
    st.stop()
if link.is_expired:
    st.text(TEXTS.expired)
    st.button(TEXTS.new_link, on_click=send_new_link, type="primary")
    st.stop()

with db.transaction() as session:
    order = customer_photos.order(session, order_id)

consents = {photo.id: TEXTS.consent(photo.reasons) for photo in order.photos}
photo_upload(
    order,
    texts=TEXTS,
    key="photos",
    on_answered=give,
    refusal=st.session_state.get(state.REFUSED_ANSWER),
)
