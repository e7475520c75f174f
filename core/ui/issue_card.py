"""A photo that waits for its customer, and what staff can do about it."""

import streamlit as st
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.models import MessageState, Role, utc_now
from core.queries.issues import Issue
from core.services import messages, reversals
from core.services.decisions import PhotoVersion
from core.ui import actions, auth, format, plain

_TIMES = {1: "first time", 2: "second time", 3: "third time"}
_MAIL = {
    MessageState.QUEUED: "The mail waits to be sent",
    MessageState.SENDING: "Mail is being sent",
    MessageState.FAILED: "The mail was refused",
    MessageState.UNCERTAIN: "Nobody knows whether the mail arrived",
    MessageState.DROPPED: "The mail was not needed any more",
}


def draw(issue: Issue, *, link: str) -> None:
    """`link` is the customer's way in to the order."""
    with st.container(border=True, key=f"issue_{issue.id}"):
        picture, words, buttons = st.columns([2, 5, 2])
        with picture:
            plain.picture(issue.sha256, alt=f"The photo of order {issue.order_name}")
        with words:
            plain.heading(f"{issue.order_name} · {issue.customer or 'No name'}")
            variant = f", {issue.variant}" if issue.variant else ""
            st.text(f"{issue.product}{variant}")
            plain.tags(*issue.reasons)
            if issue.comment:
                plain.quote(issue.comment)
            st.caption(_history(issue))
            st.caption(_mail(issue))
            if issue.mail_error:
                plain.quote(issue.mail_error)
        with buttons:
            _buttons(issue, link)


def _history(issue: Issue) -> str:
    times = _TIMES.get(issue.cycle, f"{issue.cycle} times")
    who = issue.reviewer or "Loupe"
    return f"Rejected {format.ago(issue.decided_at)} by {who}, {times}"


def _mail(issue: Issue) -> str:
    if issue.mail is MessageState.SENT and issue.mail_sent_at is not None:
        return f"Mail sent {format.ago(issue.mail_sent_at)}"
    if issue.mail is not None:
        return _MAIL[issue.mail]
    if not issue.email:
        return "Could not reach: this order has no e-mail address. Copy the link instead."
    if issue.undo_until > utc_now():
        return "The mail waits until the decision can no longer be undone"
    return "The mail waits for the other photos of this order, an hour at the most"


def _buttons(issue: Issue, link: str) -> None:
    with st.popover("Customer's link", icon=":material/link:", width="stretch"):
        st.caption("The same link as in the mail. It opens this order's page only.")
        st.code(link, language=None)
    is_sent = issue.mail is MessageState.SENT
    st.button(
        "Send mail again" if is_sent else "Send mail now",
        key=f"mail_{issue.id}",
        icon=":material/send:",
        width="stretch",
        disabled=not issue.email,
        on_click=_send,
        args=(issue.order_id,),
    )
    st.button(
        "Take back to review",
        key=f"back_{issue.id}",
        icon=":material/undo:",
        width="stretch",
        on_click=_take_back,
        args=(PhotoVersion(issue.id, issue.version),),
    )


def _send(order_id: int) -> None:
    with actions.action("The mail is on its way") as session:
        actor = auth.signed_in(Role.PROCESSOR)
        messages.send_issues_now(session, order_id, actor=actor)


def _take_back(photo: PhotoVersion) -> None:
    with actions.action("Back in Image approval") as session:
        _taken_back(session, photo)


def _taken_back(session: Session, photo: PhotoVersion) -> None:
    actor = auth.signed_in(Role.PROCESSOR)
    if not reversals.take_back(session, [photo], reviewer=actor):
        raise NotFound("The customer has answered meanwhile: see Image approval.")
