"""How the files are named that are handed over."""

import streamlit as st

from core import db
from core.errors import PatternUnfit
from core.models import Role
from core.queries import ready
from core.queries.ready import NamePattern
from core.services import file_names, hand_overs
from core.ui import actions, auth, plain

_EXAMPLE = {
    "order": "#1001",
    "product": "Canvas",
    "variant": "30 x 40 cm",
    "quantity": "2",
    "number": "1",
    "customer": "Carl Client",
}


def draw() -> None:
    with db.transaction() as session:
        patterns = ready.patterns(session)
    for each in patterns:
        _draw(each, "Pattern" if len(patterns) == 1 else plain.label(each.shop))
    st.caption(
        "In braces: "
        + ", ".join(f"{{{name}}}" for name in file_names.PLACEHOLDERS)
        + ". The number counts the photos of an order. Two files never get the same name."
    )


def _draw(saved: NamePattern, label: str) -> None:
    key = f"pattern_{saved.shop_id}"
    pattern = st.text_input(
        label, saved.pattern, max_chars=hand_overs.PATTERN_LENGTH, key=key, width=480
    )
    if not pattern.strip() or file_names.unknown(pattern):
        st.error(str(PatternUnfit()), icon=None)
    else:
        st.text(f"{file_names.from_pattern(pattern, _EXAMPLE)}.jpg")
    st.button(
        "Save",
        key=f"save_{key}",
        disabled=pattern == saved.pattern,
        on_click=_save,
        args=(saved.shop_id, pattern),
    )


def _save(shop_id: int, pattern: str) -> None:
    with actions.action("Saved") as session:
        hand_overs.set_pattern(session, shop_id, pattern, manager=auth.signed_in(Role.MANAGER))
