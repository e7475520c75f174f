"""What the grid's gestures do: one transaction each, and an outcome that the grid waits for."""

from dataclasses import asdict, replace

import streamlit as st
from sqlalchemy.orm import Session

from core import db
from core.errors import AppError
from core.models import Role, Verdict
from core.queries import queue_choices, reasons, review_queue, sync_state, verdicts
from core.queries.queue_view import LETTERS, Sort, View, Whose
from core.queries.review_queue import PAGE_SIZE
from core.queries.verdicts import Batch
from core.services import decisions, notes, reversals
from core.services.actors import Actor
from core.services.decisions import Outcome
from core.ui import auth, filters, format, state, turning
from core.ui.deeds import Done, Seen, carry_out
from core.ui.photo_grid import (
    Decided,
    GridOutcome,
    GridReason,
    Left,
    Undoable,
    Undone,
    photo_grid,
)

_DONE = {
    Verdict.APPROVED: "Approved",
    Verdict.REJECTED: "Rejected",
    Verdict.SET_ASIDE: "Set aside",
}


def look_anew() -> None:
    """Take note of what came in since: whoever asks for the whole page is shown it in its place."""
    st.session_state.pop(state.NEWEST, None)


def draw(view: View, *, reviewer: Actor) -> None:
    """Draw the page of the queue that this person has turned to."""
    trail = turning.trail(view, state.VIEW, state.TRAIL)
    with db.transaction() as session:
        if state.NEWEST not in st.session_state:
            st.session_state[state.NEWEST] = sync_state.newest_upload(session)
        photos = review_queue.page(
            session,
            view,
            after=trail[-1] if trail else None,
            # The next page comes along, for its pictures to be there before they are needed.
            limit=2 * PAGE_SIZE + 1,
        )
        offered = reasons.active(session, view.shop_id)
        batches = verdicts.undoable(session, reviewer.id)
        whose = (reviewer.id, *Whose)
        counts = queue_choices.count(session, {each: replace(view, whose=each) for each in whose})
    page, upcoming = photos[:PAGE_SIZE], photos[PAGE_SIZE : 2 * PAGE_SIZE]
    filters.draw_counts({each: n for each, n in counts.items() if n or each is not Whose.MANAGERS})
    if not photos:
        _say_empty(view, counts[Whose.EVERYBODYS])
        turning.wait_for_more(view, state.TRAIL)
    outcome: GridOutcome | None = st.session_state.get(state.OUTCOME)
    # Also an empty grid may have something to say: what can be undone, or who was first.
    if photos or batches or (outcome and outcome.refused):
        photo_grid(
            page,
            upcoming=upcoming,
            reasons=[GridReason(**asdict(reason)) for reason in offered],
            person=reviewer.id,
            key="photo_grid",
            on_decided=decide,
            on_undone=undo,
            on_left=leave,
            on_turned=lambda turn: turning.turn(turn, page, state.TRAIL),
            undos=[_undoable(batch) for batch in batches],
            outcome=outcome,
            arrangement=turning.arrangement(view, trail, st.session_state[state.NEWEST]),
            has_previous=bool(trail),
            has_next=bool(upcoming),
        )


def _say_empty(view: View, everybodys: int) -> None:
    if everybodys and view.whose is Whose.UNASSIGNED:
        st.success("Every photo has somebody who looks at it.", icon=":material/task_alt:")
    elif everybodys and view.whose is Whose.MANAGERS:
        st.success("Nothing is left for a manager.", icon=":material/task_alt:")
    elif everybodys and view.whose is not Whose.EVERYBODYS:
        number = format.count_to(everybodys, queue_choices.COUNTED)
        st.success(
            f"Nothing waits for you. {number} of other people's photos do: see Everybody's.",
            icon=":material/task_alt:",
        )
    elif replace(view, whose=Whose.EVERYBODYS, sort=Sort.DUE) != View(shop_id=view.shop_id):
        short = f" E-mail addresses are searched from {LETTERS} letters on."
        is_short = 0 < len(view.search.strip()) < LETTERS
        st.info(
            f"No photo that waits for approval fits this search.{short if is_short else ''}",
            icon=":material/search_off:",
        )
    else:
        st.success("All photos are decided. New ones appear here.", icon=":material/task_alt:")


def _undoable(batch: Batch) -> Undoable:
    label = f"{_DONE[batch.verdict]} {format.counted(batch.photos, 'photo')}"
    return Undoable(batch.id, label, batch.undo_until)


def decide(decided: Decided) -> None:
    def deed(session: Session, seen: Seen, reviewer: Actor) -> Done:
        return _decide(session, seen, decided, reviewer).decided, {}

    st.session_state[state.OUTCOME] = carry_out(decided, deed)


@db.despite_deadlocks
def undo(undone: Undone) -> None:
    try:
        with db.transaction() as session:
            reviewer = auth.signed_in(Role.PROCESSOR)
            back = reversals.undo(session, undone.batch, reviewer=reviewer)
    except AppError as error:
        # Answered first: saying anything ends a callback when another run is asked for.
        st.session_state[state.OUTCOME] = GridOutcome(undone.request, [], [])
        st.toast(str(error), icon=":material/error:")
    else:
        st.session_state[state.OUTCOME] = GridOutcome(undone.request, back, [])
        if not back:
            st.toast(
                "These photos were decided again or answered meanwhile.", icon=":material/info:"
            )


def leave(left: Left) -> None:
    def deed(session: Session, seen: Seen, actor: Actor) -> Done:
        done = notes.leave_for_manager(
            session, seen, note=left.note, actor=actor, request=left.request
        )
        return done, {}

    st.session_state[state.OUTCOME] = carry_out(left, deed)


def _decide(session: Session, seen: Seen, decided: Decided, reviewer: Actor) -> Outcome:
    batch = decided.request
    match decided.verdict:
        case Verdict.APPROVED:
            return decisions.approve(session, seen, reviewer=reviewer, batch=batch)
        case Verdict.SET_ASIDE:
            return decisions.set_aside(session, seen, reviewer=reviewer, batch=batch)
        case Verdict.REJECTED:
            return decisions.reject(
                session,
                seen,
                reasons=decided.reasons,
                comment=decided.comment,
                reviewer=reviewer,
                batch=batch,
            )
