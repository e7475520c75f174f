"""The mails to customers, the newest first, a page at a time."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from html import escape

import streamlit as st

from core import db
from core.models import MessageState, Role, utc_now
from core.queries import mailbox
from core.queries.mailbox import COUNTED, PAGE_SIZE, Folder, MailRow, MailView
from core.services import outbox
from core.ui import actions, auth, format, letter_view, mail_words, plain, shop_choice, state

FOLDERS: Mapping[str, Folder] = {
    "All": Folder.ALL,
    "Needs you": Folder.NEEDS_PERSON,
    "Waiting": Folder.WAITING,
    "Sent": Folder.SENT,
    "Failed": Folder.FAILED,
    "Uncertain": Folder.UNCERTAIN,
    "Not needed": Folder.DROPPED,
}
_EMPTY: Mapping[Folder, str] = {
    Folder.ALL: "No mail yet. One is written when a photo is rejected, and leaves once the "
    "decision can no longer be undone.",
    Folder.NEEDS_PERSON: "Nothing to do: every mail went its way.",
    Folder.WAITING: "No mail waits.",
    Folder.SENT: "No mail has been sent.",
    Folder.FAILED: "No mail has failed.",
    Folder.UNCERTAIN: "Of every mail it is known whether it was sent.",
    Folder.DROPPED: "No mail was dropped.",
}
_SETTLED = (MessageState.FAILED, MessageState.UNCERTAIN)

Settle = Callable[..., None]


def choose(person: int) -> MailView:
    """Draw the controls, and return what they ask for."""
    chosen = st.pills(
        "Which",
        list(FOLDERS),
        default="All",
        required=True,
        key="mails",
        bind="query-params",
        label_visibility="collapsed",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        search = st.text_input(
            "Search",
            # Not in the address, which others come to see; nor left to whoever signs in next.
            key=f"find_mail_{person}",
            placeholder="Order or e-mail",
            icon=":material/search:",
            label_visibility="collapsed",
            width=260,
        )
        shop_id = shop_choice.draw().shop_id
    return MailView(FOLDERS[chosen or "All"], search, shop_id)


@st.fragment(run_every="5s")
def draw(view: MailView) -> None:
    auth.guard(Role.PROCESSOR)
    trail = _trail(view)
    with db.transaction() as session:
        counts = mailbox.count(session, view.shop_id)
        found = mailbox.page(
            session, view, before=trail[-1] if trail else None, limit=PAGE_SIZE + 1
        )
    st.caption(_summary(counts))
    page = found[:PAGE_SIZE]
    for mail in page:
        with st.container(border=True, key=f"mail_row_{mail.id}"):
            _draw_mail(mail, is_newest=mail is page[0] and not trail)
    if not page:
        words = _EMPTY[view.folder] if not view.search.strip() else "No mail fits this search."
        st.info(words, icon=":material/mail:")
    _draw_pager(trail, page, has_more=len(found) > PAGE_SIZE)


def _summary(counts: Mapping[Folder, int]) -> str:
    """ "2 need you · 3 waiting · 1 failed · 1 uncertain"."""
    need, wait, failed, uncertain = (
        format.count_to(counts[folder], COUNTED)
        for folder in (Folder.NEEDS_PERSON, Folder.WAITING, Folder.FAILED, Folder.UNCERTAIN)
    )
    verb = "needs" if counts[Folder.NEEDS_PERSON] == 1 else "need"
    needs = f"**{need} {verb} you**" if counts[Folder.NEEDS_PERSON] else "Nothing needs you"
    return f"{needs} · {wait} waiting · {failed} failed · {uncertain} uncertain"


def _draw_mail(mail: MailRow, *, is_newest: bool) -> None:
    st.html(_head(mail))
    if mail.error and mail.state is not MessageState.SENT:
        why = mail_words.cause(mail.error)
        said = f" The server said: “{escape(plain.visible(why.quote))}”" if why.quote else ""
        st.html(f"<div class='mail-why'>{escape(why.words)}<span class='quiet'>{said}</span></div>")
    # Whoever wants to sign in asks for another mail, and is settled by that.
    if mail.state in _SETTLED and mail.to and mail.order_id is not None:
        with st.container(horizontal=True):
            _draw_choices(mail)
    # In the demo the newest one is what somebody has just caused, and looks for.
    opened = st.expander(
        "Read",
        expanded=is_newest and mail.is_captured,
        key=f"read_{mail.id}",
        type="compact",
        on_change="rerun",
    )
    if opened.open:
        with opened:
            _draw_letter(mail)


def _head(mail: MailRow) -> str:
    order = "No order"
    if mail.order_id is not None:
        link = f"<a href='/orders?order={mail.order_id}' target='_self'>"
        order = f"{link}{escape(mail.order_name or '')}</a>"
    at = mail.sent_at or mail.tried_at or mail.created_at
    return (
        "<div class='mail-row'>"
        f"<div><strong>{escape(plain.visible(mail.subject) or 'Forgotten')}</strong></div>"
        f"<div>{order}</div><div>{escape(plain.visible(mail.to))}</div>"
        f"<div class='quiet' title='{_clock(mail, at)}'>{format.ago(at)}</div>"
        f"<div><span class='tag mail-{mail.state}'>{mail_words.STATES[mail.state]}</span></div>"
        "</div>"
    )


def _clock(mail: MailRow, moment: datetime) -> str:
    return format.clock(moment, utc_now(), mail.time_zone)


def _draw_choices(mail: MailRow) -> None:
    is_uncertain = mail.state is MessageState.UNCERTAIN
    st.button(
        "Send again",
        key=f"again_{mail.id}",
        icon=":material/forward_to_inbox:",
        help="If the first one arrived after all, the customer may see it twice"
        if is_uncertain
        else "To the address that the order has now",
        on_click=_settle,
        args=(mail.id, outbox.send_again, "On its way again"),
    )
    if is_uncertain:
        st.button(
            "It arrived",
            key=f"arrived_{mail.id}",
            icon=":material/mark_email_read:",
            help="The customer's time to answer then counts from when it was handed over",
            on_click=_settle,
            args=(mail.id, outbox.take_as_sent, "Noted"),
        )


def _settle(message_id: int, settle: Settle, done: str) -> None:
    with actions.action(done) as session:
        settle(session, message_id, actor=auth.signed_in(Role.PROCESSOR))


def _draw_letter(mail: MailRow) -> None:
    facts = {"State": mail_words.state(mail), "Shop": mail.shop}
    if mail.reply:
        facts["The server said"] = plain.visible(mail.reply)
    times = {"Written": mail.created_at, "Last tried": mail.tried_at, "Sent": mail.sent_at}
    facts |= {name: _clock(mail, at) for name, at in times.items() if at}
    if mail.tries:
        facts["Tries"] = str(mail.tries)
    plain.facts(facts)
    with db.transaction() as session:
        letter = mailbox.letter(session, mail.id)
    if letter is not None:
        letter_view.draw(letter)


def _trail(view: MailView) -> list[int]:
    """Where the pages before this one end; another view begins at its first."""
    if st.session_state.get(state.MAIL_VIEW) != view:
        st.session_state[state.MAIL_VIEW] = view
        st.session_state[state.MAIL_TRAIL] = []
    trail: list[int] = st.session_state[state.MAIL_TRAIL]
    return trail


def _draw_pager(trail: list[int], page: Sequence[MailRow], *, has_more: bool) -> None:
    if not trail and not has_more:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Newer",
            icon=":material/chevron_left:",
            disabled=not trail,
            on_click=_turn,
            args=(None,),
        )
        st.button(
            "Older",
            icon=":material/chevron_right:",
            disabled=not has_more,
            on_click=_turn,
            args=(page[-1].id if page else None,),
        )


def _turn(before: int | None) -> None:
    trail: list[int] = st.session_state[state.MAIL_TRAIL]
    if before is not None:
        trail.append(before)
    elif trail:
        trail.pop()
