"""What is done about photos that wait for customers: one transaction each, and one outcome."""

from collections.abc import Callable

import streamlit as st
from sqlalchemy.orm import Session

from core import db
from core.models import PhotoState
from core.queries import issue_queue
from core.queries.issue_queue import IssueView
from core.queries.review_queue import PAGE_SIZE
from core.queries.verdicts import Standing
from core.services import gentle, links, locks, messages, responses, reversals
from core.services.actors import Actor
from core.ui import issue_filters, state, turning, unreached_list
from core.ui.deeds import Done, Seen, carry_out
from core.ui.photo_grid import Chosen, GridOutcome, Kept, issue_grid
from core.ui.standing_words import who_was_first


def draw(*, actor: Actor) -> None:
    """Draw the folders, and the page of photos that this person has turned to."""
    view = issue_filters.draw(actor)
    trail = turning.trail(view, state.ISSUES_VIEW, state.ISSUES_TRAIL)
    with db.transaction() as session:
        photos = issue_queue.page(
            session, view, after=trail[-1] if trail else None, limit=2 * PAGE_SIZE + 1
        )
        customers_links = links.order_urls(session, {photo.order_id for photo in photos})
    page, upcoming = photos[:PAGE_SIZE], photos[PAGE_SIZE : 2 * PAGE_SIZE]
    issue_filters.draw_counts(view)
    if not photos:
        _say_empty(view)
        turning.wait_for_more(view, state.ISSUES_TRAIL)
    if view.is_unreached:
        unreached_list.draw(page)
    outcome: GridOutcome | None = st.session_state.get(state.ISSUES_OUTCOME)
    # Also an empty grid may have something to say: who was first.
    if photos or (outcome and outcome.refused):
        issue_grid(
            page,
            upcoming=upcoming,
            customers_links=customers_links,
            person=actor.id,
            key="issue_grid",
            on_reminded=remind,
            on_taken_back=take_back,
            on_kept=keep,
            on_attached=take_note,
            on_gentle=say_gentle,
            on_turned=lambda turned: turning.turn(turned, page, state.ISSUES_TRAIL),
            outcome=outcome,
            arrangement=turning.arrangement(view, trail),
            has_previous=bool(trail),
            has_next=bool(upcoming),
        )


def _say_empty(view: IssueView) -> None:
    if view == IssueView(sort=view.sort, shop_id=view.shop_id):
        st.success("No photo waits for its customer.", icon=":material/task_alt:")
    elif view.search:
        st.info("No photo that waits fits this search.", icon=":material/search_off:")
    elif view.is_overdue:
        st.success("No answer is overdue.", icon=":material/task_alt:")
    elif view.is_unreached:
        st.success("Every customer here was reached, or will be.", icon=":material/task_alt:")
    else:
        st.info("No photo waits for its customer in this folder.", icon=":material/folder_open:")


def remind(chosen: Chosen) -> None:
    def deed(session: Session, seen: Seen, actor: Actor) -> Done:
        reminded = messages.remind(session, seen, actor=actor)
        return reminded.done, reminded.refused

    _do(chosen, deed)


def take_back(chosen: Chosen) -> None:
    _do(chosen, lambda session, seen, who: (reversals.take_back(session, seen, reviewer=who), {}))


def keep(kept: Kept) -> None:
    def deed(session: Session, seen: Seen, actor: Actor) -> Done:
        return responses.decide_for_customer(session, seen, why=kept.why, actor=actor), {}

    _do(kept, deed, still="This may not be printed as it is: a reason for it says so.")


def take_note(attached: Chosen) -> None:
    """The picture came by a request of its own, and is in place: the grid is drawn without it."""
    done = [photo.id for photo in attached.photos]
    st.session_state[state.ISSUES_OUTCOME] = GridOutcome(attached.request, done, [])


def say_gentle(chosen: Chosen, is_gentle: bool) -> None:
    """Of the orders of these photos."""

    def deed(session: Session, seen: Seen, actor: Actor) -> Done:
        photos = [photo.id for photo in seen]
        gentle.say(session, locks.orders_of(session, photos), is_gentle, actor=actor)
        return photos, {}

    _do(chosen, deed)


def _do(
    gesture: Chosen | Kept, deed: Callable[[Session, Seen, Actor], Done], *, still: str = ""
) -> None:
    """`still` is said of what waits for its customer as before."""
    outcome: GridOutcome | None = st.session_state.get(state.ISSUES_OUTCOME)
    if outcome and outcome.request == gesture.request:
        return  # sent again after a lost connection
    st.session_state[state.ISSUES_OUTCOME] = carry_out(
        gesture, deed, why=lambda standing: _why(standing, still)
    )


def _why(standing: Standing, still: str) -> str:
    if standing.state in (PhotoState.IN_REVIEW, PhotoState.TO_CHECK):
        return "Answered or taken back meanwhile: see Image approval."
    if standing.state is PhotoState.REJECTED and still:
        return still
    return who_was_first(standing)
