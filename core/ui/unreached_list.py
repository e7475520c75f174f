"""The orders whose customers no mail has reached, with what can be done about each."""

from collections.abc import Sequence

import streamlit as st

from core.queries.review_queue import GridPhoto
from core.ui import issue_words, order_contact, plain


def draw(photos: Sequence[GridPhoto]) -> None:
    for photo in {each.order_id: each for each in photos}.values():
        issue = photo.issue
        if issue is None:
            continue
        mail = issue_words.mail(issue)
        with st.container(
            border=True, horizontal=True, vertical_alignment="center", key=f"lost_{photo.order_id}"
        ):
            plain.heading(f"{photo.order_name} {photo.customer}".strip(), small=mail.text)
            with st.popover("Reach the customer", icon=":material/contact_mail:"):
                if mail.error:
                    plain.quote(mail.error)
                order_contact.draw_address(photo.order_id, issue.email)
                order_contact.draw_note(photo.order_id)
                order_contact.draw_gentle(photo.order_id, issue.is_gentle)
