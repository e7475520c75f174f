"""Orders that may be printed: chosen, downloaded, and noted as handed over."""

from collections.abc import Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import escape

import streamlit as st

from core.errors import PicturesAway, Unavailable
from core.integrations.storage import storage
from core.models import Role
from core.queries import ready
from core.queries.ready import HandedOver, NotReady, ReadyOrder, ReadyPhoto
from core.services import hand_overs
from core.services.decisions import PhotoVersion
from core.services.hand_overs import SeenOrder
from core.ui import actions, auth, format, plain, state

#: Thumbnails in a row; an order with more says how many.
_SHOWN = 8
#: Questions to the storage at once.
_AT_ONCE = 16


_NOT_READY = {
    NotReady.DELETED: "it was deleted in Shopify meanwhile",
    NotReady.CANCELLED: "it was cancelled meanwhile",
    NotReady.SHIPPED: "it was shipped meanwhile",
    NotReady.TAKEN: "somebody else has handed it over meanwhile",
    NotReady.CHANGED: "its photos have changed meanwhile",
}
_NO_FILE = {**_NOT_READY, NotReady.CHANGED: "a file is missing, see MISSING.txt in the ZIP"}


@dataclass(frozen=True, slots=True)
class Left:
    """An order that was not marked."""

    id: int
    name: str
    why: str


def draw(orders: Sequence[ReadyOrder]) -> None:
    chosen = [order for order in orders if st.session_state.get(_key(order))]
    _draw_verbs(orders, chosen)
    shops = {order.shop for order in orders}
    for order in orders:
        _draw_row(order, with_shop=len(shops) > 1)


def address(ids: Sequence[int]) -> str:
    return f"/desk/hand-over.zip?orders={','.join(map(str, ids))}"


def count(orders: Sequence[ReadyOrder]) -> str:
    """ "12 orders, 31 photos"."""
    photos = sum(len(order.photos) for order in orders)
    return f"{format.counted(len(orders), 'order')}, {format.counted(photos, 'photo')}"


def _key(order: ReadyOrder) -> str:
    # Another state of the order is another choice.
    return f"ready_{order.id}_{order.released_at.timestamp()}"


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
            f"<a class='button' href='{address([order.id for order in chosen])}'>"
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


def _draw_row(order: ReadyOrder, *, with_shop: bool) -> None:
    with st.container(border=True, key=f"ready_row_{order.id}"):
        # Nothing that a customer wrote: of an address, a label makes a link. And without the sign,
        # which would have to be escaped, and be read out so.
        number = plain.label(order.name.removeprefix("#"))
        st.checkbox(f"Order {number}", key=_key(order))
        notes = [f"approved {format.ago(order.released_at)}"]
        if with_shop:
            notes.insert(0, order.shop)
        st.html(
            f"<div class='ready-row'><div>{''.join(map(_picture, order.photos[:_SHOWN]))}"
            f"{_more(order)}</div><div><strong>{escape(order.customer or 'No name')}</strong>"
            f"<div>{escape(_products(order))}</div>"
            f"<div class='quiet'>{escape(' · '.join(notes))} · "
            f"<a href='/orders?order={order.id}'>Open order</a></div>{_warning(order)}</div></div>"
        )


def _picture(photo: ReadyPhoto) -> str:
    alt = f"{photo.product}, at large size"
    mark = ""
    if photo.is_changed:
        alt, mark = f"{alt}, changed since it was handed over", " class='changed'"
    return (
        f"<a href='/photos/{photo.sha256}/full' target='_blank' rel='noopener'{mark}>"
        f"<img src='/photos/{photo.sha256}/grid' loading='lazy' "
        f"alt='{escape(alt, quote=True)}'></a>"
    )


def _more(order: ReadyOrder) -> str:
    more = len(order.photos) - _SHOWN
    return f"<span class='quiet'>{more} more</span>" if more > 0 else ""


def _products(order: ReadyOrder) -> str:
    """ "2 photos for Canvas 30 x 40 cm; 1 photo for Mug"."""
    photos: dict[str, int] = {}
    for photo in order.photos:
        name = f"{photo.product} {photo.variant}".strip()
        name += f" × {photo.quantity}" if photo.quantity != 1 else ""
        photos[name] = photos.get(name, 0) + 1
    return "; ".join(f"{format.counted(n, 'photo')} for {name}" for name, n in photos.items())


def _warning(order: ReadyOrder) -> str:
    if order.handed_over_before is None:
        return ""
    changed = sum(photo.is_changed for photo in order.photos)
    words = f"Handed over before, {format.ago(order.handed_over_before)}: no photo has changed"
    if changed:
        words = (
            f"{format.counted(changed, 'photo')} changed since it was handed over "
            f"{format.ago(order.handed_over_before)}"
        )
    return f"<div class='tag'>{escape(words)}</div>"


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
        names = {order.id: order.name for order in chosen}
        why = ready.why_not(session, [*lacking, *marked.left])
        st.session_state[state.LEFT_UNMARKED] = [
            *(Left(id_, names[id_], _NO_FILE[why[id_]]) for id_ in lacking if id_ in why),
            *(Left(id_, names[id_], _NOT_READY[why[id_]]) for id_ in marked.left if id_ in why),
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
    left: Sequence[Left] = st.session_state.pop(state.LEFT_UNMARKED, ())
    if left:
        orders = [
            f"- [{plain.label(each.name)}](/orders?order={each.id}): {each.why}" for each in left
        ]
        words = "\n".join(["Not marked as handed over:", "", *orders])
        st.warning(words, icon=":material/warning:")


def say_what_changed() -> None:
    """To whoever was led here from a download with nothing in it."""
    if st.query_params.pop("changed", None):
        st.info(
            "What you chose has changed meanwhile. Here is what may be printed now.",
            icon=":material/update:",
        )


def draw_lately(handed_over: Sequence[HandedOver]) -> None:
    rows = "".join(map(_handed_over, handed_over))
    st.html(f"<ul class='handed-over'>{rows}</ul>")


def _handed_over(order: HandedOver) -> str:
    again = "being looked at again"
    if not order.is_open_again:
        again = f"<a href='{address([order.id])}'>Download again</a>"
    return (
        f"<li><strong>{escape(order.name)}</strong> {escape(order.customer)} · "
        f"{format.counted(order.photos, 'photo')} · by {escape(order.by or 'somebody')}, "
        f"{format.ago(order.handed_over_at)} · {again}</li>"
    )
