"""What the grid's gestures do: one transaction each, and an outcome that the grid waits for."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from uuid import UUID

import streamlit as st
from sqlalchemy.orm import Session

from core import db
from core.errors import AppError
from core.models import PhotoState, Role, Verdict, WithdrawnBecause
from core.queries import reasons, review_queue, sync_state, verdicts
from core.queries.review_queue import PAGE_SIZE, GridPhoto, Place
from core.queries.verdicts import Batch, Standing
from core.services import decisions, reversals
from core.services.actors import Actor
from core.services.decisions import PhotoVersion
from core.ui import auth, format, state
from core.ui.photo_grid import (
    Decided,
    GridOutcome,
    GridReason,
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


def draw(*, mine: bool, search: str, reviewer: Actor) -> None:
    """Draw the page of the queue that this person has turned to."""
    trail = st.session_state.setdefault(state.TRAIL, [])
    with db.transaction() as session:
        photos = review_queue.page(
            session,
            assignee_id=reviewer.id if mine else None,
            search=search,
            after=trail[-1] if trail else None,
            # The next page comes along, for its pictures to be there before they are needed.
            limit=2 * PAGE_SIZE + 1,
        )
        offered = reasons.active(session)
        batch = verdicts.undoable(session, reviewer.id)
        st.session_state[state.NEWEST] = sync_state.newest_upload(session)
        others = 0 if photos or not mine else review_queue.count(session, search=search)
    page, upcoming = photos[:PAGE_SIZE], photos[PAGE_SIZE : 2 * PAGE_SIZE]
    if not photos:
        _say_empty(search, others)
        _wait_for_more(reviewer.id if mine else None, search)
    outcome: GridOutcome | None = st.session_state.get(state.OUTCOME)
    # Also an empty grid may have something to say: what can be undone, or who was first.
    if photos or batch or (outcome and outcome.refused):
        photo_grid(
            page,
            upcoming=upcoming,
            reasons=[GridReason(**asdict(reason)) for reason in offered],
            key="photo_grid",
            on_decided=decide,
            on_undone=undo,
            on_turned=lambda turn: _turn(turn, page),
            undo=_undoable(batch),
            outcome=outcome,
            has_previous=bool(trail),
            has_next=bool(upcoming),
        )


def _say_empty(search: str, others: int) -> None:
    if others:
        number = format.count_to(others, review_queue.COUNTED)
        st.success(
            f"Nothing waits for you. {number} of other people's photos do: see Everybody's.",
            icon=":material/task_alt:",
        )
    elif search:
        st.info("No photo that waits for approval fits this search.", icon=":material/search_off:")
    else:
        st.success("All photos are decided. New ones appear here.", icon=":material/task_alt:")


@st.fragment(run_every="3s")
def _wait_for_more(assignee_id: int | None, search: str) -> None:
    """Draw the page anew once there is something to see."""
    auth.guard(Role.PROCESSOR)
    with db.transaction() as session:
        is_due = review_queue.count(session, assignee_id=assignee_id, search=search) > 0
    if is_due:
        st.session_state[state.TRAIL] = []
        st.rerun()


def _undoable(batch: Batch | None) -> Undoable | None:
    if batch is None:
        return None
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
    _answer(undone.request, back, [])


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
