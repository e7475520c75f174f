"""A mail as its reader sees it."""

import re
from html import escape

import streamlit as st

from core.queries.mailbox import Letter

_LINK = re.compile(r"https?://\S+")


def draw(letter: Letter) -> None:
    """The text part, its links clickable, and the pictures of the HTML part."""
    for picture in letter.pictures:
        st.html(
            f"<img src='/photos/{picture['sha256']}/grid' alt='The picture in the mail' "
            "style='max-width: 15rem; border-radius: .5rem'>"
        )
    st.html(f"<div style='white-space: pre-line'>{_with_links(letter.text)}</div>")


def _with_links(text: str) -> str:
    """Escape a text, and make its web addresses links."""
    parts, end = [], 0
    for link in _LINK.finditer(text):
        url = escape(link[0], quote=True)
        parts += [escape(text[end : link.start()]), f"<a href='{url}' target='_blank'>{url}</a>"]
        end = link.end()
    return "".join([*parts, escape(text[end:])])
