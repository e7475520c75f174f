"""A mail as its reader sees it."""

import re
from html import escape

import streamlit as st

from core.queries.mailbox import Letter
from core.services import sign_in_letters
from core.ui.letter_frame import letter_frame

_LINK = re.compile(r"https?://\S+")


def draw(letter: Letter) -> None:
    if not letter.to:
        st.caption("Its customer has been forgotten, and with them what it said.")
        return
    as_text = st.toggle("Plain text", key=f"as_text_{letter.id}", help="For programs without HTML")
    # What lets a real customer in is nobody else's to read.
    sign_in_id = letter.sign_in_id if letter.is_captured else None
    if as_text:
        text = _with_links(sign_in_letters.filled(letter.text, sign_in_id))
        st.html(f"<div style='white-space: pre-line; overflow-wrap: anywhere'>{text}</div>")
        return
    html = sign_in_letters.filled(letter.html, sign_in_id)
    title = f"The mail to {letter.to}"
    letter_frame(html, letter.pictures, title=title, key=f"letter_{letter.id}")


def _with_links(text: str) -> str:
    """Escape a text, and make its web addresses links."""
    parts, end = [], 0
    for link in _LINK.finditer(text):
        url = escape(link[0], quote=True)
        parts += [escape(text[end : link.start()]), f"<a href='{url}' target='_blank'>{url}</a>"]
        end = link.end()
    return "".join([*parts, escape(text[end:])])
