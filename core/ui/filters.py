"""The controls above the grid: whose photos, which of them, and in which order."""

from collections.abc import Collection, Mapping
from dataclasses import replace

import streamlit as st

from core import db
from core.findings.finding import Kind
from core.queries import queue_choices
from core.queries.queue_view import Sort, View, Whose
from core.ui import format, plain, shop_choice

# What the address of a page says: a bookmark finds it again.
MINE = "Mine"
_OTHERS = {
    Whose.EVERYBODYS: "Everybody's",
    Whose.UNASSIGNED: "Unassigned",
    Whose.MANAGERS: "For a manager",
}
SORTS = {
    "Due first": Sort.DUE,
    "Oldest order": Sort.OLDEST,
    "Flagged first": Sort.FLAGGED,
}
FINDINGS: Mapping[str, tuple[Kind, ...]] = {
    "Any finding": tuple(Kind),
    "Too small": (Kind.RESOLUTION, Kind.ENLARGED),
    "Cut by its shape": (Kind.SHAPE,),
    "Blurred": (Kind.SOFT, Kind.MOVED),
    "Dark": (Kind.DARK,),
    "Washed out": (Kind.WASHED_OUT,),
    "Backlit": (Kind.BACKLIT,),
    "Compressed": (Kind.COMPRESSED,),
    "Screenshot": (Kind.SCREENSHOT, Kind.SCREEN_PHOTO),
    "Text or border": (Kind.OVERLAY, Kind.BORDER),
    "Filter": (Kind.FILTER, Kind.MONOCHROME),
    "Twice on its order": (Kind.DUPLICATE,),
    "Rejected before": (Kind.REJECTED_BEFORE,),
}
SECOND_TRY, LATE = "Second try", "Late"

#: The widgets that narrow the view, by the name they have in the address, and how they say "all".
_NARROWING: Mapping[str, object] = {"item": None, "finding": None, "second": False, "late": False}


def draw(reviewer_id: int) -> View:
    """Draw the controls, and return what they ask for."""
    with st.container(horizontal=True, vertical_alignment="center"):
        choice = shop_choice.draw()
        whose = st.segmented_control(
            "Whose photos",
            # Never with their counts: those change, and with them what the address would say.
            [MINE, *_OTHERS.values()],
            default=MINE,
            required=True,
            key="whose",
            bind="query-params",
            label_visibility="collapsed",
        )
        popover = st.popover(
            "Filter", icon=":material/filter_list:", key="filter", on_change="rerun"
        )
        sort = st.selectbox(
            "Order",
            list(SORTS),
            key="sort",
            bind="query-params",
            label_visibility="collapsed",
            width=160,
        )
        search = st.text_input(
            "Search",
            # Not in the address, which others come to see; nor left to whoever signs in next.
            key=f"search_{reviewer_id}",
            placeholder="Order or e-mail",
            icon=":material/search:",
            label_visibility="collapsed",
            width=184,
        )
    view = View(_whose(whose, reviewer_id), search, sort=SORTS[sort], shop_id=choice.shop_id)
    with popover:
        view, chosen = _narrow(view)
        if popover.open:
            # For whoever looks at the choices, and for nobody else.
            _count_choices(view)
    if chosen:
        _draw_chosen(chosen)
    return view


def draw_counts(counts: Mapping[int | Whose, int]) -> None:
    """ "Mine 48 · Everybody's 1,000+ · Unassigned 3"."""
    st.caption(_line({_name(whose): number for whose, number in counts.items()}))


def _whose(name: str, reviewer_id: int) -> int | Whose:
    return next((whose for whose, of in _OTHERS.items() if of == name), reviewer_id)


def _name(whose: int | Whose) -> str:
    return MINE if isinstance(whose, int) else _OTHERS[whose]


def _narrow(view: View) -> tuple[View, Mapping[str, str]]:
    """What is to be seen of a view, and the words for what was chosen, by the widget's name."""
    # A bookmark's product is there before its widget is.
    asked = st.session_state.get("item", st.query_params.get("item")) or None
    with db.transaction() as session:
        products = queue_choices.products(session, chosen=asked)
    item = st.selectbox(
        "Product",
        list(products),
        index=None,
        placeholder="Any product",
        key="item",
        bind="query-params",
    )
    finding = st.pills("Finding", list(FINDINGS), key="finding", bind="query-params")
    is_second_try = st.toggle(SECOND_TRY, key="second", bind="query-params")
    is_late = st.toggle(LATE, key="late", bind="query-params")
    words = {
        "item": item or "",
        "finding": finding or "",
        "second": SECOND_TRY if is_second_try else "",
        "late": LATE if is_late else "",
    }
    narrowed = replace(
        view,
        product_ids=products[item] if item else None,
        found=FINDINGS[finding] if finding else (),
        is_second_try=is_second_try,
        is_late=is_late,
    )
    return narrowed, {name: word for name, word in words.items() if word}


def _count_choices(view: View) -> None:
    choices = {name: replace(view, found=kinds) for name, kinds in FINDINGS.items()}
    choices[SECOND_TRY] = replace(view, is_second_try=True)
    choices[LATE] = replace(view, is_late=True)
    with db.transaction() as session:
        counts = queue_choices.count(session, choices)
    waiting = {name: number for name, number in counts.items() if number}
    st.caption(_line(waiting) or "Nothing waits that fits.")


def _line(counts: Mapping[str, int]) -> str:
    limit = queue_choices.COUNTED
    return " · ".join(f"{name} {format.count_to(counts[name], limit)}" for name in counts)


def _draw_chosen(chosen: Mapping[str, str]) -> None:
    with st.container(horizontal=True, gap="small"):
        for name, word in chosen.items():
            st.button(
                plain.label(word),
                icon=":material/close:",
                help="Show all again",
                key=f"clear_{name}",
                on_click=_clear,
                args=([name],),
            )
        if len(chosen) > 1:
            st.button(
                "Clear all", key="clear_all", type="tertiary", on_click=_clear, args=(chosen,)
            )


def _clear(names: Collection[str]) -> None:
    for name in names:
        st.session_state[name] = _NARROWING[name]
