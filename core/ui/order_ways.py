"""From an order to where its photos are decided, and to what was found on it."""

from collections.abc import Mapping

import streamlit as st

from core.config import ROOT
from core.models import PhotoState, Role
from core.queries.order_head import Head
from core.queries.order_story import Story
from core.services.actors import Actor


def draw(story: Story, *, actor: Actor) -> None:
    head, states = story.head, {photo.state for photo in story.photos}
    if PhotoState.IN_REVIEW in states:
        _draw_way(
            "Image approval",
            ":material/photo_library:",
            "approval",
            {f"search_{actor.id}": head.name},
            {"whose": "Everybody's"},
        )
    if PhotoState.REJECTED in states:
        _draw_way(
            "Image issues", ":material/folder_open:", "issues", {f"find_{actor.id}": head.name}, {}
        )
    if PhotoState.APPROVED in states and _may_be_printed(head):
        _draw_way("Ready to print", ":material/print:", "ready", {}, {})
    if actor.role is Role.MANAGER and not (head.deleted_at or head.erased_at):
        _draw_way(
            "Photo finder",
            ":material/image_search:",
            "find",
            {"shop": head.shop_id},
            {"find": head.name},
        )


def _may_be_printed(head: Head) -> bool:
    is_over = head.cancelled_at or head.deleted_at or head.is_fulfilled
    return head.released_at is not None and not (head.handed_over_at or is_over)


def _draw_way(
    page: str, icon: str, script: str, fields: Mapping[str, object], address: Mapping[str, str]
) -> None:
    """`fields` are those of the other page that are not in its address."""
    if st.button(page, key=f"to_{script}", icon=icon, help=f"This order under {page}"):
        st.session_state.update(fields)
        st.switch_page(ROOT / "pages" / f"{script}.py", query_params=dict(address))
