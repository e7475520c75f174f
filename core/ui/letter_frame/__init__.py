"""The HTML part of a mail, as its reader's program shows it."""

from collections.abc import Iterable
from pathlib import Path

import streamlit as st

from core.ui.script import joined

# Without `allow-scripts` nothing in it runs; the same origin lets us measure it, and lets it ask
# for pictures as the person who looks.
_ALLOWED = "allow-same-origin allow-popups allow-popups-to-escape-sandbox"

_component = st.components.v2.component(
    "letter_frame",
    html=f'<iframe sandbox="{_ALLOWED}"></iframe>',
    css="iframe { display: block; width: 100%; border: 0; border-radius: .5rem }",
    js=joined(Path(__file__).parent / "browser" / "letter_frame.js"),
)


def letter_frame(html: str, pictures: Iterable[dict[str, str]], *, title: str, key: str) -> None:
    for picture in pictures:
        html = html.replace(f"cid:{picture['cid']}", f"/photos/{picture['sha256']}/grid")
    # What the mail says of its own beginning is then read as a part of this one.
    page = f"<!doctype html><base target='_blank'>{html}"
    _component(key=key, data={"html": page, "title": title})
