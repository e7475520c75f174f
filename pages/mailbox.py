import streamlit as st

from core import db
from core.models import Role
from core.queries import mailbox
from core.ui import auth, format, letter_view, plain

auth.guard(Role.PROCESSOR)


@st.fragment(run_every="3s")
def wait_for_more(newest: int | None) -> None:
    auth.guard(Role.PROCESSOR)
    with db.transaction() as session:
        latest = mailbox.captured(session, limit=1)
    if latest and latest[0].id != newest:
        st.rerun()


st.title("Mailbox")
st.caption(
    "What the demo would have mailed to customers, the newest first. Nothing leaves this machine."
)

with db.transaction() as session:
    letters = mailbox.captured(session)

for letter in letters:
    with st.container(border=True, key=f"letter_{letter.id}"):
        plain.heading(letter.subject, small=f"to {letter.to}")
        st.caption(f"Sent {format.ago(letter.sent_at or letter.created_at)}")
        with st.expander("Read", expanded=letter is letters[0]):
            letter_view.draw(letter)
if not letters:
    st.info(
        "No mail yet. Reject a photo, and wait until the decision can no longer be undone.",
        icon=":material/mail:",
    )
wait_for_more(letters[0].id if letters else None)
