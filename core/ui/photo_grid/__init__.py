"""The grid of photos a reviewer works in: one component, whose selection lives in the browser."""

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from core.queries.review_queue import GridPhoto
from core.ui.photo_grid.gestures import (
    Decided,
    Left,
    Turn,
    Undone,
    decided_from,
    left_from,
    turn_from,
    undone_from,
)
from core.ui.photo_grid.rows import GridOutcome, GridReason, Refusal, Undoable, grid_rows
from core.ui.script import joined

__all__ = [
    "Decided",
    "GridOutcome",
    "GridReason",
    "Left",
    "Refusal",
    "Turn",
    "Undoable",
    "Undone",
    "photo_grid",
]

_BROWSER = Path(__file__).parent / "browser"
_STYLES = (
    "theme.css",
    "desk.css",
    "tiles.css",
    "findings.css",
    "dialogs.css",
    "full_screen.css",
    "stage.css",
    "history.css",
)

# Registered once, when the module is first imported: registering the name again on
# every rerun would replace the component under the browser's feet.
_component = st.components.v2.component(
    "photo_grid",
    html='<div class="desk"></div>',
    css="\n".join((_BROWSER / name).read_text() for name in _STYLES),
    js=joined(_BROWSER / "photo_grid.js"),
)


def photo_grid(
    photos: Sequence[GridPhoto],
    *,
    upcoming: Sequence[GridPhoto] = (),
    reasons: Sequence[GridReason],
    person: int,
    key: str,
    on_decided: Callable[[Decided], None],
    on_undone: Callable[[Undone], None],
    on_left: Callable[[Left], None],
    on_turned: Callable[[Turn], None],
    undos: Sequence[Undoable] = (),
    outcome: GridOutcome | None = None,
    has_previous: bool = False,
    has_next: bool = False,
) -> None:
    """Draw one page of photos and report what the reviewer does with them.

    `upcoming` are the rows of the next page: their pictures are fetched ahead, and they fill
    the gaps of decided photos before the server has answered. The browser sends one decision
    at a time and the next one only after `outcome` has named the request, so every call of
    `on_decided`, `on_undone` and `on_left` must be answered by an outcome. It sends the same
    request again after a lost connection. `undos` are the newest first. What the browser keeps,
    it keeps for `person`, an id: several may use one computer.
    """

    def decided() -> None:
        on_decided(decided_from(st.session_state[key].decided))

    def undone() -> None:
        on_undone(undone_from(st.session_state[key].undone))

    def left() -> None:
        on_left(left_from(st.session_state[key].left))

    def turned() -> None:
        on_turned(turn_from(st.session_state[key].turned))

    _component(
        key=key,
        data={
            **grid_rows(photos, upcoming),
            "reasons": [reason.row() for reason in reasons],
            "undos": [undo.row() for undo in undos],
            "person": person,
            "outcome": outcome and outcome.row(),
            "has_previous": has_previous,
            "has_next": has_next,
        },
        on_decided_change=decided,
        on_undone_change=undone,
        on_left_change=left,
        on_turned_change=turned,
    )
