"""The photos of one order, each with what is known of it."""

from html import escape

import streamlit as st

from core import db
from core.errors import ChangedMeanwhile
from core.models import PhotoState, Role, WithdrawnBecause
from core.queries.order_head import Head
from core.queries.order_story import Story, StoryPhoto
from core.services import replacements, reversals
from core.services.actors import Actor
from core.services.decisions import PhotoVersion
from core.services.replacements import SeenChange
from core.ui import (
    actions,
    auth,
    check_card,
    finding_words,
    format,
    order_words,
    plain,
    print_words,
)

#: Keys of the questions begin with it.
_QUESTION = "reopen_question_"


def is_asking(story: Story) -> bool:
    """Whether a question about a photo is open."""
    return any(st.session_state.get(f"{_QUESTION}{photo.id}") for photo in story.photos)


def draw(story: Story, *, actor: Actor) -> None:
    if not story.photos:
        st.info("No photo was found on this order.", icon=":material/hide_image:")
    with st.container(horizontal=True, key="order_photos"):
        for photo in story.photos:
            with st.container(border=True, width=256, key=f"order_photo_{photo.id}"):
                _draw(photo, story.head, actor)


def _draw(photo: StoryPhoto, head: Head, actor: Actor) -> None:
    name = f"Photo {photo.number}"
    plain.picture(photo.sha256 or None, alt=f"{name}, at large size")
    plain.heading(f"{name} · {order_words.photo(photo, head)}")
    what = f"{photo.product}, {photo.variant}" if photo.variant else photo.product
    st.text(f"{what} × {photo.quantity}" if photo.quantity != 1 else what)
    size = print_words.size(photo.area, head.unit)
    pixels = f" · {photo.width} × {photo.height} pixels" if photo.width else ""
    st.caption(f"{size}{pixels}")
    found = [finding_words.words(each, photo.area, head.unit).tag for each in photo.findings]
    if found:
        plain.tags(*found)
    if photo.state is PhotoState.TO_CHECK:
        # No button of Streamlit's: its links open another tab.
        st.html(
            f"{escape(check_card.words_for(photo.check_code))} "
            "<a href='/to_check' style='color: inherit'>Open To check</a>"
        )
    if photo.changed_url:
        _draw_change(photo, head, actor)
    if actor.role is Role.MANAGER and _may_be_opened(photo, head):
        with st.popover(
            "Open again",
            icon=":material/undo:",
            width="stretch",
            key=f"{_QUESTION}{photo.id}",
            # Told that it is open, nothing is redrawn under it.
            on_change="rerun",
        ):
            _draw_question(photo, head)


def _draw_change(photo: StoryPhoto, head: Head, actor: Actor) -> None:
    seen = SeenChange(photo.id, photo.version, photo.changed_url, photo.is_change_declined)
    if seen.is_declined:
        st.caption("The order names another photo. This one is kept.")
    else:
        st.info("The photo on the order has changed.", icon=":material/photo_library:")
    if _may_be_replaced(photo, head, actor):
        st.button(
            "Use the new photo",
            key=f"use_new_{photo.id}",
            help="It is fetched and reviewed in the place of this one.",
            width="stretch",
            on_click=_use_new,
            args=(seen,),
        )
    elif _may_be_opened(photo, head):
        st.caption("A manager may use the new one.")
    if photo.sha256 and not seen.is_declined:
        st.button(
            "Keep this one",
            key=f"keep_{photo.id}",
            help="You are not asked again, unless the order comes to name yet another photo.",
            width="stretch",
            on_click=_keep,
            args=(seen,),
        )


def _may_be_opened(photo: StoryPhoto, head: Head) -> bool:
    is_over = photo.state is PhotoState.APPROVED
    is_over |= photo.withdrawn_because is WithdrawnBecause.SET_ASIDE
    return is_over and photo.is_decided and not head.is_fulfilled


def _may_be_replaced(photo: StoryPhoto, head: Head, actor: Actor) -> bool:
    if photo.state in (PhotoState.IN_REVIEW, PhotoState.TO_CHECK, PhotoState.REJECTED):
        return True
    return actor.role is Role.MANAGER and _may_be_opened(photo, head)


def _draw_question(photo: StoryPhoto, head: Head) -> None:
    if head.handed_over_at:
        st.warning(
            f"Its files were handed over {format.ago(head.handed_over_at)}: it may be printed "
            "already. Tell whoever prints.",
            icon=":material/print:",
        )
    st.write("It goes back to Image approval, and Shopify holds the order until it is approved.")
    st.button(
        "Open it again", key=f"reopen_{photo.id}", on_click=_reopen, args=(photo.id, photo.version)
    )


@db.despite_deadlocks
def _reopen(photo_id: int, version: int) -> None:
    with actions.action("Back in Image approval; the order will be held") as session:
        manager = auth.signed_in(Role.MANAGER)
        seen = [PhotoVersion(photo_id, version)]
        if not reversals.reopen(session, seen, manager=manager):
            raise ChangedMeanwhile


@db.despite_deadlocks
def _use_new(seen: SeenChange) -> None:
    with actions.action("The new photo is fetched: it comes to Image approval") as session:
        actor = auth.signed_in(Role.PROCESSOR)
        replacements.use_new(session, seen, actor=actor)


@db.despite_deadlocks
def _keep(seen: SeenChange) -> None:
    with actions.action("This photo is kept as it is") as session:
        replacements.keep(session, seen, actor=auth.signed_in(Role.PROCESSOR))
