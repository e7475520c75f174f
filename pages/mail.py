import streamlit as st

from core import db
from core.models import Role
from core.queries import access
from core.ui import auth, mail_log, mail_test

actor = auth.guard(Role.PROCESSOR)

with db.transaction() as session:
    is_demo = access.is_demo(session)

st.title("Mail")
st.caption(
    "What the demo would have sent to customers. Nothing leaves this machine."
    if is_demo
    else "What was written to customers, as it was sent, and what became of it."
)
if actor.role is Role.MANAGER:
    mail_test.draw(actor)
mail_log.draw(mail_log.choose(actor.id))
