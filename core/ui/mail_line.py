"""The line that says that mail does not leave, above every page of staff."""

import streamlit as st

from core import db
from core.models import Role, utc_now
from core.queries import mail_outage
from core.ui import auth, mail_words, plain


@st.fragment(run_every="30s")
def draw() -> None:
    auth.guard(Role.PROCESSOR)
    with db.transaction() as session:
        outage = mail_outage.current(session)
    # Always one element, in whose place the next round draws.
    with st.container():
        if outage is not None:
            words = plain.label(mail_words.outage(outage, utc_now()))
            remedy = plain.label(mail_words.remedy(outage.error))
            st.warning(f"**{words}** {remedy}", icon=":material/mail_off:")
