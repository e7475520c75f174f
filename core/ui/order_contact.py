"""What staff do to reach an order's customer: correct the address, write again, note what else."""

from uuid import UUID, uuid4

import streamlit as st

from core.models import OrderNoteKind, Role
from core.queries import open_issue
from core.services import addresses, gentle, messages, order_notes
from core.ui import actions, auth, state

_KINDS = {
    OrderNoteKind.PHONED: "Spoke on the telephone",
    OrderNoteKind.CHATTED: "Wrote elsewhere",
    OrderNoteKind.NOTE: "Other",
}


def draw_address(order_id: int, address: str) -> None:
    """Where the mail goes, to be corrected and sent again."""
    with st.form(f"address_form_{order_id}", border=False):
        st.text_input(
            "Mail goes to",
            address,
            key=f"mail_to_{order_id}",
            placeholder="carl@example.com",
            help="Kept here only: the address in Shopify stays as it is.",
        )
        st.form_submit_button(
            "Save and send",
            key=f"save_mail_to_{order_id}",
            icon=":material/forward_to_inbox:",
            on_click=_correct,
            args=(order_id,),
        )


def draw_note(order_id: int) -> None:
    # The same until it is saved: clicked twice, it is one note.
    requests: dict[int, UUID] = st.session_state.setdefault(state.NOTE_REQUESTS, {})
    request = requests.setdefault(order_id, uuid4())
    with st.form(f"note_form_{order_id}", border=False):
        st.selectbox(
            "What was done",
            list(_KINDS),
            format_func=_KINDS.__getitem__,
            key=f"note_kind_{order_id}",
        )
        st.text_area(
            "Note",
            key=f"note_text_{order_id}",
            placeholder="She sends another one tonight",
            max_chars=order_notes.LONGEST,
            height=90,
        )
        st.form_submit_button(
            "Add note",
            key=f"add_note_{order_id}",
            icon=":material/note_add:",
            on_click=_note,
            args=(order_id, request),
        )


def draw_gentle(order_id: int, is_gentle: bool) -> None:
    # Named after what is stored: once somebody else has changed it, the switch shows that.
    st.toggle(
        "Ask gently",
        is_gentle,
        key=f"gentle_{order_id}_{is_gentle}",
        help="For what was bought in grief: softer words, one reminder, no decision by itself.",
        on_change=_say_gentle,
        args=(order_id, not is_gentle),
    )


def _correct(order_id: int) -> None:
    said: str | None = None
    with actions.action() as session:
        actor = auth.signed_in(Role.PROCESSOR)
        addresses.correct(session, order_id, st.session_state[f"mail_to_{order_id}"], actor=actor)
        seen = open_issue.versions(session, order_id)
        reminded = messages.remind(session, seen, actor=actor)
        said = "The mail is on its way" if reminded.done else " ".join({*reminded.refused.values()})
    if said is not None:
        st.toast(f"Saved. {said}".rstrip(), icon=":material/check:")


def _note(order_id: int, request: UUID) -> None:
    field = f"note_text_{order_id}"
    is_done = False
    with actions.action("Noted") as session:
        order_notes.write(
            session,
            order_id,
            st.session_state[f"note_kind_{order_id}"],
            st.session_state[field],
            actor=auth.signed_in(Role.PROCESSOR),
            request=request,
        )
        is_done = True
    if is_done:
        st.session_state[state.NOTE_REQUESTS].pop(order_id, None)
        st.session_state[field] = ""


def _say_gentle(order_id: int, is_gentle: bool) -> None:
    done = "Asked about gently from now on" if is_gentle else "Asked about as usual from now on"
    with actions.action(done) as session:
        gentle.say(session, [order_id], is_gentle, actor=auth.signed_in(Role.PROCESSOR))
