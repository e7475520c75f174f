"""The grid of photos that staff work in: one component, whose selection lives in the browser."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from core.queries.review_queue import GridPhoto
from core.ui.photo_grid.gestures import (
    Chosen,
    Decided,
    Kept,
    Left,
    Turn,
    Undone,
    chosen_from,
    decided_from,
    kept_from,
    left_from,
    turn_from,
    undone_from,
)
from core.ui.photo_grid.rows import (
    GridOutcome,
    GridReason,
    Refusal,
    Row,
    Undoable,
    grid_rows,
    issue_rows,
)
from core.ui.script import joined

__all__ = [
    "Chosen",
    "Decided",
    "GridOutcome",
    "GridReason",
    "Kept",
    "Left",
    "Refusal",
    "Turn",
    "Undoable",
    "Undone",
    "issue_grid",
    "photo_grid",
]

#: What is done with a gesture's value, by the gesture's name. Nothing has looked at the value yet.
Handlers = Mapping[str, Callable[[object], None]]

_BROWSER = Path(__file__).parent / "browser"
_STYLES = (
    "theme.css",
    "desk.css",
    "tiles.css",
    "findings.css",
    "issues.css",
    "dialogs.css",
    "full_screen.css",
    "stage.css",
    "edit.css",
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
    arrangement: str = "",
    has_previous: bool = False,
    has_next: bool = False,
) -> None:
    """Draw one page of photos and report what the reviewer does with them.

    `upcoming` are the rows of the next page: their pictures are fetched ahead, and they fill
    the gaps of decided photos before the server has answered. The browser sends one decision
    at a time and the next one only after `outcome` has named the request, so every call of
    `on_decided`, `on_undone` and `on_left` must be answered by an outcome. It sends the same
    request again after a lost connection. `undos` are the newest first. What the browser keeps,
    it keeps for `person`, an id: several may use one computer. While `arrangement` stays the
    same, photos that come in go behind those that are shown, and nothing moves.
    """

    data = {
        "desk": "review",
        **grid_rows(photos, upcoming),
        "reasons": [reason.row() for reason in reasons],
        "undos": [undo.row() for undo in undos],
    }
    handlers: Handlers = {
        "decided": lambda value: on_decided(decided_from(value)),
        "undone": lambda value: on_undone(undone_from(value)),
        "left": lambda value: on_left(left_from(value)),
        "turned": lambda value: on_turned(turn_from(value)),
    }
    page = {"has_previous": has_previous, "has_next": has_next, "arrangement": arrangement}
    _mount(key, {**data, **page, "person": person}, outcome, handlers)


def issue_grid(
    photos: Sequence[GridPhoto],
    *,
    upcoming: Sequence[GridPhoto] = (),
    customers_links: Mapping[int, str],
    person: int,
    key: str,
    on_reminded: Callable[[Chosen], None],
    on_taken_back: Callable[[Chosen], None],
    on_kept: Callable[[Kept], None],
    on_attached: Callable[[Chosen], None],
    on_gentle: Callable[[Chosen, bool], None],
    on_turned: Callable[[Turn], None],
    outcome: GridOutcome | None = None,
    arrangement: str = "",
    has_previous: bool = False,
    has_next: bool = False,
) -> None:
    """The same for photos that wait for their customers; the links are by their orders' ids.

    A picture is attached by a request of its own: `on_attached` hears of it when it is done.
    """
    data = {
        "desk": "issues",
        **issue_rows(photos, upcoming, customers_links),
        "reasons": [],
        "undos": [],
    }
    handlers: Handlers = {
        "reminded": lambda value: on_reminded(chosen_from(value)),
        "taken_back": lambda value: on_taken_back(chosen_from(value)),
        "kept": lambda value: on_kept(kept_from(value)),
        "attached": lambda value: on_attached(chosen_from(value)),
        "asked_gently": lambda value: on_gentle(chosen_from(value), True),
        "asked_as_usual": lambda value: on_gentle(chosen_from(value), False),
        "turned": lambda value: on_turned(turn_from(value)),
    }
    page = {"has_previous": has_previous, "has_next": has_next, "arrangement": arrangement}
    _mount(key, {**data, **page, "person": person}, outcome, handlers)


def _mount(key: str, data: Row, outcome: GridOutcome | None, handlers: Handlers) -> None:
    def hand_over(gesture: str) -> None:
        handlers[gesture](st.session_state[key][gesture])

    callbacks: dict[str, Any] = {
        f"on_{gesture}_change": partial(hand_over, gesture) for gesture in handlers
    }
    _component(key=key, data={**data, "outcome": outcome and outcome.row()}, **callbacks)
