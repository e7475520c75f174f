"""A test of the mail server, for managers."""

import streamlit as st

from core import clients, db
from core.errors import AppError, Unavailable
from core.models import Role
from core.services import mail_pace, mail_tests
from core.services.actors import Actor
from core.ui import auth, mail_words, plain


def draw(manager: Actor) -> None:
    with db.transaction() as session:
        own = mail_tests.address_of(session, manager.id)
    with st.expander("Test the mail server"), st.form("mail_test", border=False, width=560):
        to = st.text_input("To", own, placeholder="you@example.com", autocomplete="email").strip()
        if st.form_submit_button("Send a test", icon=":material/outgoing_mail:"):
            if to:
                _send(to)
            else:
                st.error("Say to which address.", icon=":material/error:")


def _send(to: str) -> None:
    try:
        with st.spinner("Speaking to the mail server …"):
            with db.transaction() as session:
                mail_tests.admit(session, manager=auth.signed_in(Role.MANAGER))
                test = mail_tests.write(session, to)
            reply = clients.of_pages().mailer.send(test)
        with db.transaction() as session:
            mail_pace.try_now(session)
    except AppError as error:
        st.error(str(error), icon=":material/error:")
    except Unavailable as error:
        why = mail_words.cause(str(error))
        said = f" The server said: “{plain.visible(why.quote)}”" if why.quote else ""
        st.error(plain.label(why.words + said), icon=":material/error:")
    else:
        st.success(
            plain.label(
                f"The server took it, and said: “{reply}”. Look whether it arrives at {to}."
            ),
            icon=":material/task_alt:",
        )
