"""A customer's page: what is wrong with each photo, and the three answers to it."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import streamlit as st

from core.queries.customer_photos import CustomerOrder
from core.ui.customer_texts import CustomerTexts
from core.ui.photo_upload.answers import Answer, Refusal, SecondThought, answer_from
from core.ui.photo_upload.cards import page_row
from core.ui.script import joined

__all__ = ["Answer", "Refusal", "SecondThought", "photo_upload"]

_HERE = Path(__file__).parent

# Registered once, when the module is first imported: registering the name again on
# every rerun would replace the component under the browser's feet.
_component = st.components.v2.component(
    "photo_upload",
    html='<div class="page"></div>',
    css=(_HERE / "photo_upload.css").read_text(),
    js=joined(_HERE / "browser" / "photo_upload.js"),
)


def photo_upload(
    order: CustomerOrder,
    *,
    texts: CustomerTexts,
    key: str,
    on_answered: Callable[[Answer], None],
    refusal: Refusal | None = None,
) -> None:
    """Draw the page and report each answer; one that was refused must come back as `refusal`."""

    words = asdict(texts)
    del words["advice"], words["once_more"]  # said where they belong

    def answered() -> None:
        on_answered(answer_from(st.session_state[key].answered))

    _component(
        key=key,
        data={
            **page_row(order, texts),
            "texts": words,
            "refusal": refusal and asdict(refusal),
        },
        on_answered_change=answered,
    )
