"""The same photos as if they waited for their customers."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

import streamlit as st

from core.models import MessageState
from core.queries.open_issue import Issue
from core.queries.review_queue import GridPhoto
from core.ui.photo_grid import Chosen, GridOutcome, Kept, Refusal, Turn, issue_grid
from tests.core.ui.photo_grid.desk.made_up import answering, photo

PAGE = 12
#: Its customer has answered while we looked.
ANSWERED = 7
#: No picture came.
MISSING = 4


def issue(number: int) -> Issue:
    """Every photo was rejected three days ago; some are out of reach, or may not be kept."""
    rejected = datetime.now(UTC) - timedelta(days=3)
    is_told = number not in (2, 3, 8)
    return Issue(
        reasons=["Too dark", "Out of focus"] if number % 2 else ["Copyright"],
        comment="Perhaps <b>one</b> by daylight?" if number % 3 else "",
        reviewer="" if number == 4 else "Ada Adler",
        decided_at=rejected,
        undo_until=rejected + timedelta(minutes=10),
        rejections=2 if number == 5 else 1,
        mail={2: None, 3: MessageState.FAILED, 8: None}.get(number, MessageState.SENT),
        mail_sent_at=rejected + timedelta(hours=1) if is_told else None,
        mail_error="550 no such user" if number == 3 else "",
        answer_due_at=rejected + timedelta(days=2 if number == 1 else 7) if is_told else None,
        may_keep=number % 2 == 1,
        email="" if number == 2 else f"customer{number}@example.com",
        is_gentle=number == 6,
    )


def rejected_photo(number: int) -> GridPhoto:
    found = replace(photo(number), earlier=None, message="", response=None, issue=issue(number))
    return replace(found, sha256=None, width=0, height=0) if number == MISSING else found


def tell(name: str, value: object) -> None:
    state = st.session_state
    state.told = [*state.told, json.dumps({name: value}, default=str)]


def remind(chosen: Chosen) -> None:
    answer("reminded", chosen, "Reminded 5 minutes ago.")


def take_back(chosen: Chosen) -> None:
    remove(answer("taken_back", chosen, "The customer has answered meanwhile."))


def keep(kept: Kept) -> None:
    remove(answer("kept", kept, "The customer has answered meanwhile."))


def ask_gently(chosen: Chosen, is_gentle: bool) -> None:
    done = answer("asked_gently" if is_gentle else "asked_as_usual", chosen, "")
    st.session_state.issues = [
        replace(each, issue=replace(each.issue, is_gentle=is_gentle)) if each.id in done else each
        for each in st.session_state.issues
    ]


def take_note(attached: Chosen) -> None:
    remove(answer("attached", attached, "The customer has answered meanwhile."))


def answer(name: str, gesture: Chosen | Kept, refusal: str) -> set[int]:
    """Return what it was done to."""
    answering.wait(timeout=30)
    state = st.session_state
    if state.outcome and state.outcome.request == gesture.request:
        return set()  # sent again, as the browser does when it hears nothing
    tell(name, asdict(gesture))
    ids = {seen.id for seen in gesture.photos}
    refused = [Refusal(id, f"#{1000 + id}", refusal) for id in ids & {ANSWERED}]
    state.outcome = GridOutcome(gesture.request, sorted(ids - {ANSWERED}), refused)
    return ids - {ANSWERED}


def remove(ids: set[int]) -> None:
    state = st.session_state
    state.issues = [each for each in state.issues if each.id not in ids]


def turn(turned: Turn) -> None:
    st.session_state.page += 1 if turned is Turn.NEXT else -1


def draw() -> None:
    state = st.session_state
    if "issues" not in state:
        state.issues = [rejected_photo(number) for number in range(1, 31)]
        state.page, state.outcome, state.told = 0, None, []
    st.title("Image issues")
    st.text_input("Search", key="search")
    start = state.page * PAGE
    issue_grid(
        state.issues[start : start + PAGE],
        upcoming=state.issues[start + PAGE : start + 2 * PAGE],
        customers_links={each.order_id: f"https://shop/o/{each.order_id}" for each in state.issues},
        person=1,
        key="issues_grid",
        on_reminded=remind,
        on_taken_back=take_back,
        on_kept=keep,
        on_attached=take_note,
        on_gentle=ask_gently,
        on_turned=turn,
        outcome=state.outcome,
        arrangement=str(state.page),
        has_previous=state.page > 0,
        has_next=len(state.issues) > start + PAGE,
    )
    st.code("\n".join(state.told), language=None)
    st.text(f"Told {len(state.told)} times")
