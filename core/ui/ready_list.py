"""Orders that may be printed: chosen, downloaded, and noted as handed over."""

from collections.abc import Collection, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import escape

import streamlit as st

from core import db
from core.errors import PicturesAway, Unavailable
from core.integrations.storage import storage
from core.models import Role
from core.queries import not_ready
from core.queries.not_ready import LeftOut, NotReady
from core.queries.ready import HandedOver, ReadyOrder
from core.services import hand_overs
from core.services.decisions import PhotoVersion
from core.services.hand_overs import SeenOrder
from core.ui import (
    actions,
    auth,
    format,
    plain,
    ready_addresses,
    ready_rows,
    ready_words,
    state,
)

#: Questions to the storage at once.
_AT_ONCE = 16

_NO_FILE = "a file is missing, see MISSING.txt in the ZIP"


@dataclass(frozen=True, slots=True)
class Left:
    """An order that was not marked, or is not among the chosen any more."""

    id: int
    name: str
    why: str


def draw(orders: Sequence[ReadyOrder]) -> None:
    _draw_verbs(orders, _chosen(orders))
    ready_rows.draw(orders, _key)


def count(orders: Sequence[ReadyOrder]) -> str:
    """ "12 orders, 31 photos"."""
    photos = sum(len(order.photos) for order in orders)
    return f"{format.counted(len(orders), 'order')}, {format.counted(photos, 'photo')}"


def _key(order: ReadyOrder) -> str:
    # Another state of the order is another choice.
    return f"ready_{order.id}_{order.released_at.timestamp()}"


def _chosen(orders: Sequence[ReadyOrder]) -> list[ReadyOrder]:
    return [order for order in orders if st.session_state.get(_key(order))]


def _draw_verbs(orders: Sequence[ReadyOrder], chosen: Sequence[ReadyOrder]) -> None:
    is_all = len(chosen) == len(orders)
    with st.container(horizontal=True, vertical_alignment="center", key="ready_verbs"):
        st.button(
            "Select none" if is_all else "Select all",
            key="ready_all",
            icon=":material/deselect:" if is_all else ":material/select_all:",
            on_click=_choose,
            args=([_key(order) for order in orders], not is_all),
        )
        if not chosen:
            st.caption("Choose orders to download them.", width="content")
            return
        # No link of Streamlit's: that opens a tab, which stays behind empty in some browsers.
        st.html(
            f"<a class='button' href='{ready_addresses.download([order.id for order in chosen])}'>"
            f"Download {count(chosen)}</a>",
            width="content",
        )
        with st.popover("Mark as handed over", icon=":material/task_alt:", key="ready_mark"):
            st.write(
                f"Once the download has come whole: {count(chosen)} leave this list, and can be "
                "downloaded again below it."
            )
            st.button(
                "Mark as handed over", key="mark", type="primary", on_click=_mark, args=(chosen,)
            )


def _choose(keys: Sequence[str], is_chosen: bool) -> None:
    for key in keys:
        st.session_state[key] = is_chosen


def _mark(chosen: Sequence[ReadyOrder]) -> None:
    try:
        lacking = _lacking(chosen)
    except Unavailable:
        st.toast(str(PicturesAway()), icon=":material/error:")
        return
    seen = [
        SeenOrder(order.id, [PhotoVersion(photo.id, photo.version) for photo in order.photos])
        for order in chosen
        if order.id not in lacking
    ]
    with actions.action() as session:
        marked = hand_overs.mark(session, seen, actor=auth.signed_in(Role.PROCESSOR))
        if marked.done:
            done = format.counted(len(marked.done), "order")
            st.toast(f"Handed over: {done}", icon=":material/check:")
        left = not_ready.left_out(session, [*lacking, *marked.left])
        st.session_state[state.LEFT_UNMARKED] = _left(left, lacking)
        # What has left the list so needs no word.
        st.session_state.pop(state.CHOSEN_TO_PRINT, None)


def _left(orders: Sequence[LeftOut], lacking: Collection[int] = ()) -> Sequence[Left]:
    words = ready_words.NOT_READY
    no_file = {**words, NotReady.CHANGED: _NO_FILE}
    return [
        Left(each.id, each.name, (no_file if each.id in lacking else words)[each.why])
        for each in orders
    ]


def _lacking(orders: Sequence[ReadyOrder]) -> Collection[int]:
    """Orders of which not every file is there: what is printed of them would be incomplete."""
    files = {photo.sha256 for order in orders for photo in order.photos}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        is_there = dict(zip(files, pool.map(storage().has, files), strict=True))
    return [
        order.id for order in orders if not all(is_there[photo.sha256] for photo in order.photos)
    ]


def say_what_was_left() -> None:
    """Also where nothing is left to choose from."""
    _warn("Not marked as handed over:", st.session_state.pop(state.LEFT_UNMARKED, ()))


def say_what_changed() -> None:
    """To whoever was led here from a download with nothing in it."""
    asked = st.query_params.pop("changed", None)
    if asked is None:
        return
    with db.transaction() as session:
        left = not_ready.left_out(session, ready_addresses.ids(asked))
    _warn("What you chose cannot be downloaded any more:", _left(left))
    if not left:
        st.info("What you chose is not here any more.", icon=":material/update:")


def say_what_is_gone(orders: Sequence[ReadyOrder], *, narrowed: Hashable) -> None:
    """Of what was chosen; `narrowed` says to what the list is, as another one lacks others."""
    before, ids = st.session_state.get(state.CHOSEN_TO_PRINT, (narrowed, ()))
    st.session_state[state.CHOSEN_TO_PRINT] = narrowed, [order.id for order in _chosen(orders)]
    gone = {*ids} - {order.id for order in orders}
    if gone and before == narrowed:
        with db.transaction() as session:
            left = not_ready.left_out(session, gone)
        _warn("Not among the chosen any more:", _left(left))


def _warn(what: str, left: Sequence[Left]) -> None:
    if left:
        orders = [
            f"- [{plain.label(each.name)}](/orders?order={each.id}): {each.why}" for each in left
        ]
        st.warning("\n".join([what, "", *orders]), icon=":material/warning:")


def draw_lately(handed_over: Sequence[HandedOver]) -> None:
    rows = "".join(map(_handed_over, handed_over))
    st.html(f"<ul class='handed-over'>{rows}</ul>")


def _handed_over(order: HandedOver) -> str:
    again = "being looked at again"
    if not order.is_open_again:
        again = f"<a href='{ready_addresses.download([order.id])}'>Download again</a>"
    return (
        f"<li><strong>{escape(order.name)}</strong> {escape(order.customer)} · "
        f"{format.counted(order.photos, 'photo')} · by {escape(order.by or 'somebody')}, "
        f"{format.ago(order.handed_over_at)} · {again}</li>"
    )
