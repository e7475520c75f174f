"""What the grid's gestures do: one transaction each, and an outcome that the grid waits for."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, replace
from uuid import UUID

import streamlit as st
from sqlalchemy.orm import Session

from core import db
from core.errors import AppError
from core.models import PhotoState, Role, Verdict, WithdrawnBecause
from core.queries import queue_choices, reasons, review_queue, sync_state, verdicts
from core.queries.queue_view import Sort, View, Whose
from core.queries.review_queue import PAGE_SIZE, GridPhoto, Place
from core.queries.verdicts import Batch, Standing
from core.services import decisions, reversals
from core.services.actors import Actor
from core.services.decisions import PhotoVersion
from core.ui import auth, filters, format, state
from core.ui.photo_grid import (
    Decided,
    GridOutcome,
    GridReason,
    Left,
    Refusal,
    Turn,
    Undoable,
    Undone,
    photo_grid,
)

_DONE = {
    Verdict.APPROVED: "Approved",
    Verdict.REJECTED: "Rejected",
    Verdict.SET_ASIDE: "Set aside",
}
_STANDING = {
    PhotoState.APPROVED: "approved this",
    PhotoState.REJECTED: "rejected this",
    PhotoState.WITHDRAWN: "set this aside",
}


def draw(view: View, *, reviewer: Actor) -> None:
    """Draw the page of the queue that this person has turned to."""
    trail = _trail(view)
    with db.transaction() as session:
        photos = review_queue.page(
            session,
            view,
            after=trail[-1] if trail else None,
            # The next page comes along, for its pictures to be there before they are needed.
            limit=2 * PAGE_SIZE + 1,
        )
        offered = reasons.active(session)
        batches = verdicts.undoable(session, reviewer.id)
        st.session_state[state.NEWEST] = sync_state.newest_upload(session)
        whose = (reviewer.id, *Whose)
        counts = queue_choices.count(session, {each: replace(view, whose=each) for each in whose})
    page, upcoming = photos[:PAGE_SIZE], photos[PAGE_SIZE : 2 * PAGE_SIZE]
    filters.draw_counts({each: n for each, n in counts.items() if n or each is not Whose.MANAGERS})
    if not photos:
        _say_empty(view, counts[Whose.EVERYBODYS])
        _wait_for_more(view)
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
            on_turned=lambda turn: _turn(turn, page),
            undos=[_undoable(batch) for batch in batches],
            outcome=outcome,
            has_previous=bool(trail),
            has_next=bool(upcoming),
        )


def _trail(view: View) -> list[Place]:
    """Where the pages before this one end; another view begins at its first."""
    # Compared, since the address of a page may change the filters without a widget's callback.
    if st.session_state.get(state.VIEW) != view:
        st.session_state[state.VIEW] = view
        st.session_state[state.TRAIL] = []
    trail: list[Place] = st.session_state[state.TRAIL]
    return trail


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
    elif replace(view, whose=Whose.EVERYBODYS, sort=Sort.DUE) != View():
        st.info("No photo that waits for approval fits this search.", icon=":material/search_off:")
    else:
        st.success("All photos are decided. New ones appear here.", icon=":material/task_alt:")


@st.fragment(run_every="3s")
def _wait_for_more(view: View) -> None:
    """Draw the page anew once there is something to see."""
    auth.guard(Role.PROCESSOR)
    with db.transaction() as session:
        is_due = queue_choices.count(session, {"view": view})["view"] > 0
    if is_due:
        st.session_state[state.TRAIL] = []
        st.rerun()


def _undoable(batch: Batch) -> Undoable:
    label = f"{_DONE[batch.verdict]} {format.counted(batch.photos, 'photo')}"
    return Undoable(batch.id, label, batch.undo_until)


def decide(decided: Decided) -> None:
    seen = [PhotoVersion(photo.id, photo.version) for photo in decided.photos]
    try:
        with db.transaction() as session:
            reviewer = auth.signed_in(Role.PROCESSOR)
            outcome = _carry_out(session, decided, seen, reviewer)
            standings = verdicts.standings(session, outcome.refused)
    except AppError as error:
        _answer(decided.request, [], [Refusal(photo.id, "", str(error)) for photo in seen])
    else:
        refusals = [Refusal(each.id, each.order_name, _who_was_first(each)) for each in standings]
        _answer(decided.request, outcome.decided, refusals)


def undo(undone: Undone) -> None:
    try:
        with db.transaction() as session:
            reviewer = auth.signed_in(Role.PROCESSOR)
            back = reversals.undo(session, undone.batch, reviewer=reviewer)
    except AppError as error:
        st.toast(str(error), icon=":material/error:")
        back = []
    else:
        if not back:
            st.toast(
                "These photos were decided again or answered meanwhile.", icon=":material/info:"
            )
    _answer(undone.request, back, [])


def leave(left: Left) -> None:
    seen = [PhotoVersion(photo.id, photo.version) for photo in left.photos]
    try:
        with db.transaction() as session:
            actor = auth.signed_in(Role.PROCESSOR)
            done = decisions.leave_for_manager(session, seen, note=left.note, actor=actor)
            others = {photo.id for photo in seen} - set(done)
            standings = verdicts.standings(session, others)
    except AppError as error:
        _answer(left.request, [], [Refusal(photo.id, "", str(error)) for photo in seen])
    else:
        refusals = [Refusal(each.id, each.order_name, _who_was_first(each)) for each in standings]
        _answer(left.request, done, refusals)


def _carry_out(
    session: Session, decided: Decided, seen: Collection[PhotoVersion], reviewer: Actor
) -> decisions.Outcome:
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


def _who_was_first(standing: Standing) -> str:
    because = standing.withdrawn_because
    if because is WithdrawnBecause.ERASED:
        return "This photo is gone: its customer was forgotten."
    if because is not None and because is not WithdrawnBecause.SET_ASIDE:
        return "This photo is not needed any more: its order has changed."
    if standing.decided_at is None:
        return "This photo has changed meanwhile. Please look at it again."
    did = _STANDING.get(standing.state, "decided on this")
    return f"{standing.reviewer or 'Somebody'} {did} {format.ago(standing.decided_at)}."


def _answer(request: UUID, done: Sequence[int], refused: Sequence[Refusal]) -> None:
    st.session_state[state.OUTCOME] = GridOutcome(request, done, refused)


def _turn(turn: Turn, page: Sequence[GridPhoto]) -> None:
    trail: list[Place] = st.session_state[state.TRAIL]
    if turn is Turn.NEXT and page:
        trail.append(page[-1].place)
    elif turn is Turn.PREVIOUS and trail:
        trail.pop()
