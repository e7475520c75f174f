"""Orders that may be printed, one row each: as many on a screen as can be read."""

from collections.abc import Callable, Collection, Sequence
from html import escape

import streamlit as st

from core.queries.ready import ReadyOrder, ReadyPhoto
from core.ui import format, plain

#: Thumbnails in a row, and on a phone; behind them it says how many more there are.
_SHOWN, _SHOWN_ON_A_PHONE = 3, 1
_HEADINGS = ("Photos", "Order", "Customer", "To be printed", "Approved", "Notes")


def draw(orders: Sequence[ReadyOrder], key: Callable[[ReadyOrder], str]) -> None:
    """`key` is of the box that chooses an order."""
    shops = {order.shop for order in orders}
    with st.container(border=True, gap=None, key="ready_rows"):
        headings = "".join(f"<div>{heading}</div>" for heading in _HEADINGS)
        # For the eyes: what is read out names each thing itself.
        st.html(f"<div class='ready-row headings' aria-hidden='true'>{headings}</div>")
        for order in orders:
            _draw(order, key(order), shops)


def _draw(order: ReadyOrder, key: str, shops: Collection[str]) -> None:
    # Next to each other on a phone, too.
    with st.container(
        horizontal=True,
        horizontal_alignment="left",
        vertical_alignment="center",
        gap="small",
        key=f"ready_row_{order.id}",
    ):
        # Nothing that a customer wrote: of an address, a label makes a link. And without the sign,
        # which would have to be escaped, and be read out so.
        number = plain.label(order.name.removeprefix("#"))
        st.checkbox(f"Order {number}", key=key, label_visibility="collapsed")
        st.html(_row(order, order.shop if len(shops) > 1 else ""))


def _row(order: ReadyOrder, shop: str) -> str:
    since = order.released_at
    cells = {
        "pictures": f"{''.join(map(_picture, order.photos[:_SHOWN]))}{_more(order)}",
        "number": f"<a href='/orders?order={order.id}'>{escape(order.name)}</a>",
        "customer": escape(order.customer or "No name") + _quiet(shop),
        "what": escape(_products(order)),
        "since": f"<time datetime='{since.isoformat()}'>{format.ago(since)}</time>",
        "notes": _outdated(order) + _warning(order) + _note(order.note),
    }
    return (
        "<div class='ready-row'>"
        + "".join(f"<div class='{name}'>{cell}</div>" for name, cell in cells.items())
        + "</div>"
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
    more = {"wide": len(order.photos) - _SHOWN, "narrow": len(order.photos) - _SHOWN_ON_A_PHONE}
    return "".join(
        f"<span class='quiet {where}'>+{number}</span>"
        for where, number in more.items()
        if number > 0
    )


def _quiet(text: str) -> str:
    return f" <span class='quiet'>{escape(text)}</span>" if text else ""


def _products(order: ReadyOrder) -> str:
    """ "Canvas 30 x 40 cm, 2 photos; Mug"."""
    photos: dict[str, int] = {}
    for photo in order.photos:
        name = f"{photo.product} {photo.variant}".strip()
        name += f" × {photo.quantity}" if photo.quantity != 1 else ""
        photos[name] = photos.get(name, 0) + 1
    return "; ".join(name if n == 1 else f"{name}, {n} photos" for name, n in photos.items())


def _note(note: str) -> str:
    """One line of it, and all of it to whoever points there; the order's page shows it, too."""
    if not note:
        return ""
    return f"<span class='note' title='{escape(note, quote=True)}'>{escape(note)}</span>"


def _outdated(order: ReadyOrder) -> str:
    """Before it is printed, somebody says on the order's page which photo counts."""
    outdated = sum(photo.is_outdated for photo in order.photos)
    if not outdated:
        return ""
    return f"<span class='tag'>New {'photo' if outdated == 1 else 'photos'} on order</span>"


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
    return f"<span class='tag'>{escape(words)}</span>"
