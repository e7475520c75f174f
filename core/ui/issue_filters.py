"""The controls above the issues: which folder, which of its photos, and in which order."""

from dataclasses import replace

import streamlit as st

from core import db
from core.models import Role
from core.queries import issues, queue_choices
from core.queries.issue_queue import IssueSort, IssueView
from core.services.actors import Actor
from core.ui import format, plain, shop_choice, state
from core.ui.shop_choice import ShopChoice

_ALL = 0
_SORTS = {"Longest waiting": IssueSort.WAITING, "Deadline first": IssueSort.DEADLINE}
_UNREACHED, _OVERDUE = -1, -2
#: In the address of the page.
_NAMES = {_UNREACHED: "unreached", _OVERDUE: "overdue"}


def draw(actor: Actor) -> IssueView:
    """Draw the controls, and return what they ask for."""
    folders = st.container()
    with st.container(horizontal=True, vertical_alignment="center"):
        choice = shop_choice.draw()
        sort = st.selectbox(
            "Order",
            list(_SORTS),
            key="by",
            bind="query-params",
            label_visibility="collapsed",
            width=180,
        )
        search = st.text_input(
            "Search",
            # Not in the address, which others come to see; nor left to whoever signs in next.
            key=f"find_{actor.id}",
            placeholder="Order or e-mail",
            icon=":material/search:",
            label_visibility="collapsed",
            width=200,
        )
    with folders:
        folder = _folder(choice, is_manager=actor.role is Role.MANAGER)
    return IssueView(
        folder if folder > _ALL else None,
        search,
        _SORTS[sort],
        is_unreached=folder == _UNREACHED,
        is_overdue=folder == _OVERDUE,
        shop_id=choice.shop_id,
    )


def draw_counts(view: IssueView) -> None:
    """ "5 here · 12 with customers · 3 could not be reached"."""
    of_shop = IssueView(shop_id=view.shop_id)
    everywhere = {"waiting": of_shop, "unreached": replace(of_shop, is_unreached=True)}
    with db.transaction() as session:
        counts = queue_choices.count(session, everywhere | {"view": view})
    words = {"waiting": "with customers", "unreached": "could not be reached"}
    if view != replace(of_shop, sort=view.sort):
        words = {"view": "here", **words}
    limit = queue_choices.COUNTED
    st.caption(
        " · ".join(f"{format.count_to(counts[name], limit)} {words[name]}" for name in words)
    )


def _folder(choice: ShopChoice, *, is_manager: bool) -> int:
    """Which one is open: a reason's id, or one of those above the reasons."""
    of_shop = IssueView(shop_id=choice.shop_id)
    special = {_UNREACHED: replace(of_shop, is_unreached=True)}
    if is_manager:
        special[_OVERDUE] = replace(of_shop, is_overdue=True)
    with db.transaction() as session:
        folders = issues.folders(session, choice.shop_id)
        counts = queue_choices.count(session, special)
    ids = {_NAMES.get(id_, str(id_)): id_ for id_ in (*special, *(f.reason_id for f in folders))}
    asked = ids.get(st.query_params.get("folder", ""), _ALL)
    chosen = st.session_state.get(state.FOLDER, asked)
    # An empty one stays while it is open: its last photo may have left it just now.
    shown = [folder for folder in folders if folder.photos or folder.reason_id == chosen]
    labels = {_UNREACHED: "Could not reach", _OVERDUE: "Overdue"}
    names = {_ALL: f"All · {sum(folder.photos for folder in folders)}"} | {
        id_: f"{labels[id_]} · {format.count_to(number, queue_choices.COUNTED)}"
        for id_, number in counts.items()
        if number or id_ == chosen
    }
    names |= {
        folder.reason_id: plain.label(choice.named(folder.shop_id, folder.label))
        + f" · {folder.photos}"
        for folder in shown
    }
    return st.pills(
        "Folder",
        list(names),
        # Never bound to the address, which would say the counts: those change.
        format_func=names.__getitem__,
        default=chosen if chosen in names else _ALL,
        required=True,
        key=state.FOLDER,
        on_change=_note_folder,
        label_visibility="collapsed",
    )


def _note_folder() -> None:
    opened = st.session_state[state.FOLDER]
    st.query_params["folder"] = _NAMES.get(opened, str(opened))
