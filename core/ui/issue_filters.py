"""The controls above the issues: which folder, which of its photos, and in which order."""

from dataclasses import replace

import streamlit as st

from core import db
from core.queries import issues, queue_choices
from core.queries.issue_queue import IssueSort, IssueView
from core.ui import format, plain, shop_choice, state
from core.ui.shop_choice import ShopChoice

_ALL = 0
_SORTS = {"Longest waiting": IssueSort.WAITING, "Deadline first": IssueSort.DEADLINE}
_UNREACHED = "Could not reach"


def draw(person: int) -> IssueView:
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
            key=f"find_{person}",
            placeholder="Order or e-mail",
            icon=":material/search:",
            label_visibility="collapsed",
            width=200,
        )
        is_unreached = st.toggle(
            _UNREACHED,
            key="unreached",
            bind="query-params",
            help="No e-mail address, or the mail was refused or may not have arrived",
        )
    with folders:
        folder = _folder(choice)
    return IssueView(folder, search, _SORTS[sort], is_unreached, choice.shop_id)


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


def _folder(choice: ShopChoice) -> int | None:
    with db.transaction() as session:
        folders = issues.folders(session, choice.shop_id)
    ids = {str(folder.reason_id): folder.reason_id for folder in folders}
    asked = ids.get(st.query_params.get("folder", ""), _ALL)
    chosen = st.session_state.get(state.FOLDER, asked)
    # An empty one stays while it is open: its last photo may have left it just now.
    shown = [folder for folder in folders if folder.photos or folder.reason_id == chosen]
    names = {_ALL: f"All · {sum(folder.photos for folder in folders)}"} | {
        folder.reason_id: plain.label(choice.named(folder.shop_id, folder.label))
        + f" · {folder.photos}"
        for folder in shown
    }
    opened = st.pills(
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
    return opened or None


def _note_folder() -> None:
    st.query_params["folder"] = str(st.session_state[state.FOLDER])
