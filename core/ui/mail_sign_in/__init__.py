"""The form to sign in with by e-mail: an address, then the code that comes by mail."""

from enum import StrEnum
from pathlib import Path

import streamlit as st

from core.ui.customer_texts import CustomerTexts
from core.ui.script import joined

_HERE = Path(__file__).parent

# Registered once, when the module is first imported, as every component of ours.
_component = st.components.v2.component(
    "mail_sign_in",
    html='<div class="sign-in"></div>',
    css=(_HERE / "mail_sign_in.css").read_text(),
    js=joined(_HERE / "browser" / "mail_sign_in.js"),
)


class Step(StrEnum):
    ASK = "ask"  #: For an address
    CODE = "code"  #: The address has been typed, perhaps before the page was loaded again
    LINK = "link"  #: The mail's link was opened: one more press, which no mail scanner makes


def mail_sign_in(
    step: Step,
    *,
    shop_id: int,
    shop: str,
    texts: CustomerTexts,
    email: str = "",
    lead: str,
    to: str,
) -> None:
    """Draw the form; whoever gets in is led to `to`, a path of ours."""
    names = (
        *("email", "send_code", "code_title", "code_lead", "code_late", "code", "sign_in"),
        *("send_again", "sent_again", "other_email", "link_lead", "link_open", "no_answer"),
    )
    _component(
        key="mail_sign_in",
        data={
            "step": step.value,
            "shop_id": shop_id,
            "shop": shop,
            "email": email,
            "lead": lead,
            "to": to,
            "texts": {name: getattr(texts, name) for name in names},
        },
    )
