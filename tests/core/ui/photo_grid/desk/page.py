"""The grid on a page by itself, which shows what it was told."""

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import streamlit as st

from core.models import Verdict
from core.ui.photo_grid import (
    Decided,
    GridOutcome,
    Left,
    Refusal,
    Turn,
    Undoable,
    Undone,
    photo_grid,
)
from core.ui.photo_grid.gestures import SeenPhoto
from tests.core.ui.photo_grid.desk import issues
from tests.core.ui.photo_grid.desk.made_up import REASONS, answering, photo

PAGE = 12
SEEN_BY_BOB = 7
#: Its picture has changed, for whoever rejects it first.
CHANGED = 10

st.set_page_config(page_title="Desk", layout="wide")
if st.query_params.get("desk") == "issues":
    issues.draw()
    st.stop()
state = st.session_state
shops = int(st.query_params.get("shops", 1))
if "photos" not in state:
    state.photos = [
        replace(photo(number), shop_id=number % shops)
        for number in range(1, int(st.query_params.get("photos", 30)) + 1)
    ]
    state.page, state.outcome, state.undos, state.told = 0, None, [], []
    state.decided = {}


def tell(name: str, value: object) -> None:
    state.told = [*state.told, json.dumps({name: value}, default=str)]


def is_known(request: UUID) -> bool:
    """Sent again, as the browser does when it hears nothing."""
    return state.outcome is not None and state.outcome.request == request


def decide(decided: Decided) -> None:
    answering.wait(timeout=30)
    if is_known(decided.request):
        return
    tell("decided", asdict(decided))
    ids = {seen.id for seen in decided.photos}
    if decided.verdict is Verdict.REJECTED and SeenPhoto(CHANGED, 1) in decided.photos:
        state.photos = [
            replace(each, version=2) if each.id == CHANGED else each for each in state.photos
        ]
        changed = Refusal(CHANGED, "#1010", "Its picture has changed meanwhile")
        state.outcome = GridOutcome(decided.request, [], [changed])
        return
    done = ids - {SEEN_BY_BOB}
    refused = [Refusal(id, "#1007", "Bob approved this 2 min ago") for id in ids & {SEEN_BY_BOB}]
    state.decided[decided.request] = [
        replace(each, version=each.version + 2) for each in state.photos if each.id in done
    ]
    # Somebody else decides this one at the same time, where a test wants that.
    ids.add(int(st.query_params.get("gone", 0)))
    state.photos = [each for each in state.photos if each.id not in ids]
    state.outcome = GridOutcome(decided.request, sorted(done), refused)
    count = "1 photo" if len(done) == 1 else f"{len(done)} photos"
    label = f"{decided.verdict.value.replace('_', ' ').capitalize()} {count}"
    until = datetime.now(UTC) + timedelta(minutes=10)
    state.undos = [Undoable(decided.request, label, until), *state.undos] if done else state.undos


def undo(undone: Undone) -> None:
    answering.wait(timeout=30)
    if is_known(undone.request):
        return
    tell("undone", asdict(undone))
    back = state.decided.pop(undone.batch)
    state.photos = sorted([*state.photos, *back], key=lambda each: (each.id <= 30, each.id))
    state.undos = [each for each in state.undos if each.batch != undone.batch]
    state.outcome = GridOutcome(undone.request, [each.id for each in back], [])


def leave(left: Left) -> None:
    if is_known(left.request):
        return
    tell("left", asdict(left))
    ids = {seen.id for seen in left.photos}
    state.photos = [
        replace(each, left_note=left.note, left_by="Ada") if each.id in ids else each
        for each in state.photos
    ]
    state.outcome = GridOutcome(left.request, sorted(ids), [])


def turn(turned: Turn) -> None:
    tell("turned", turned)
    state.page += 1 if turned is Turn.NEXT else -1


def let_in() -> None:
    """Two photos that are more urgent than any here."""
    state.photos = [photo(31), photo(32), *state.photos]


st.title("Image approval")
st.text_input("Search", key="search")
st.button("Beside")
if st.toggle("Elsewhere"):  # as another page of the app: the grid is gone
    st.stop()
start = state.page * PAGE
photo_grid(
    state.photos[start : start + PAGE],
    upcoming=state.photos[start + PAGE : start + 2 * PAGE],
    reasons=[
        replace(each, id=each.id + 1000 * shop, shop_id=shop, shop=f"Shop {shop}")
        for shop in range(shops)
        for each in REASONS
    ],
    person=1,
    key="grid",
    on_decided=decide,
    on_undone=undo,
    on_left=leave,
    on_turned=turn,
    undos=state.undos,
    outcome=state.outcome,
    arrangement=str(state.page),
    has_previous=state.page > 0,
    has_next=len(state.photos) > start + PAGE,
)
st.button("Two come in", on_click=let_in)
st.code("\n".join(state.told), language=None)
st.text(f"Told {len(state.told)} times")
