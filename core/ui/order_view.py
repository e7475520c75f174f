"""One order: what is on it, how it stands, and what can be done about it."""

from collections.abc import Callable
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from core import db
from core.errors import NotFound
from core.models import HoldState, Role
from core.queries import order_head, order_story
from core.queries.order_head import Head
from core.queries.order_story import Story
from core.services import errands, holds, links, sync
from core.services.actors import Actor
from core.ui import (
    actions,
    auth,
    format,
    order_contact,
    order_photos,
    order_timeline,
    order_ways,
    order_words,
    plain,
    refusal_words,
    shopify_view,
)


def draw(order_id: int, *, actor: Actor) -> None:
    with db.transaction() as session:
        # Before the story: what happens between the two is drawn once more.
        drawn = order_head.fingerprint(session, order_id)
        story = order_story.of_order(session, order_id)
        link = links.order_urls(session, [order_id]).get(order_id, "")
    st.button("All orders", icon=":material/arrow_back:", type="tertiary", on_click=_close)
    if story is None:
        st.info("There is no such order.", icon=":material/search_off:")
        return
    head = story.head
    st.title(plain.label(head.name))
    _draw_verbs(story, link, actor)
    _draw_alerts(story)
    _draw_facts(head)
    if not head.erased_at:
        _draw_contact(head)
    st.header("Photos")
    order_photos.draw(story, actor=actor)
    st.header("Mail")
    _draw_mail(story)
    st.header("Shopify")
    shopify_view.draw(story)
    st.header("What has happened")
    _draw_timeline(story)
    _watch(story, drawn)


@st.fragment(run_every="3s")
def _watch(story: Story, drawn: str) -> None:
    """Draw the page again once there is something new, but not under an open question."""
    auth.guard(Role.PROCESSOR)
    with db.transaction() as session:
        is_new = order_head.fingerprint(session, story.head.id) != drawn
    if is_new and not order_photos.is_asking(story):
        st.rerun()


def when(moment: datetime, time_zone: str) -> str:
    """On the shop's clock."""
    return f"{moment.astimezone(ZoneInfo(time_zone)):%d %b %Y, %H:%M}"


def _close() -> None:
    st.query_params.pop("order", None)


def _draw_verbs(story: Story, link: str, actor: Actor) -> None:
    head = story.head
    with st.container(horizontal=True):
        st.button(
            "Sync this order now",
            key="sync_order",
            icon=":material/sync:",
            on_click=_sync,
            args=(head.id,),
        )
        if link and not head.erased_at:
            with st.popover("Customer's link", icon=":material/link:"):
                st.caption("Whoever has it sees this order's photos as the customer does.")
                st.code(link, language=None, wrap_lines=True)
        if address := shopify_view.admin_address(head):
            st.link_button("Open in Shopify", address, icon=":material/open_in_new:")
        order_ways.draw(story, actor=actor)


def _draw_alerts(story: Story) -> None:
    head = story.head
    if head.refusal and not head.deleted_at:
        since = f" That was {format.ago(head.refused_at)}." if head.refused_at else ""
        refusals = refusal_words.refusals(head.refusal)
        _alert(
            f"{' '.join(each.words for each in refusals)}{since}",
            "Try again",
            head.id,
            _try_again,
            quote="\n".join(each.quote for each in refusals if each.quote),
        )
    is_removed = any(hold.state is HoldState.REMOVED for hold in story.holds)
    is_over = head.cancelled_at or head.deleted_at or head.is_fulfilled
    if is_removed and not (head.released_at or is_over):
        _alert(
            "Somebody removed our hold in Shopify: this order can ship before its photos are "
            "approved.",
            "Hold again",
            head.id,
            _hold_again,
        )
    if head.handed_over_at:
        words = f"Handed over by {head.handed_over_by or 'somebody'}, "
        words += when(head.handed_over_at, head.time_zone)
        if head.released_at is None:
            words += ", and opened again since: what was printed may not be what is approved."
        (st.success if head.released_at else st.warning)(words, icon=":material/print:")


def _alert(
    words: str, verb: str, order_id: int, act: Callable[[int], None], *, quote: str = ""
) -> None:
    with st.container(gap="small"):
        st.warning(words, icon=":material/warning:")
        if quote:
            plain.quote(quote)
        key = verb.replace(" ", "_").lower()
        st.button(verb, key=key, icon=":material/refresh:", on_click=act, args=(order_id,))


def _draw_facts(head: Head) -> None:
    facts = {
        "Placed": when(head.placed_at, head.time_zone),
        "Customer": head.customer,
        "E-mail": _address(head),
        "Shop": head.shop,
        "Note": head.note,
        "Cancelled": when(head.cancelled_at, head.time_zone) if head.cancelled_at else "",
        "Deleted in Shopify": when(head.deleted_at, head.time_zone) if head.deleted_at else "",
        "Customer forgotten": when(head.erased_at, head.time_zone) if head.erased_at else "",
    }
    plain.facts({name: value for name, value in facts.items() if value})


def _address(head: Head) -> str:
    if head.mail_to:
        return f"{head.mail_to} (in Shopify: {head.email or 'none'})"
    return head.email or ("" if head.erased_at else "None: the customer cannot be reached")


def _draw_contact(head: Head) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Correct the address", icon=":material/contact_mail:"):
            order_contact.draw_address(head.id, head.mail_to or head.email)
        with st.popover("Add a note", icon=":material/note_add:"):
            order_contact.draw_note(head.id)
        order_contact.draw_gentle(head.id, head.is_gentle)


def _draw_mail(story: Story) -> None:
    if not story.messages:
        st.caption("No mail to this customer yet.")
    for message in reversed(story.messages):
        at = when(message.sent_at or message.created_at, story.head.time_zone)
        words = order_words.mail(message)
        error = f"<div class='quiet'>{escape(message.error)}</div>" if message.error else ""
        st.html(
            f"<div class='order-mail'><strong>{escape(words)}</strong>"
            f"<span class='quiet'>{escape(at)} · to {escape(message.to or 'nobody')}</span>"
            f"{error}</div>"
        )


def _draw_timeline(story: Story) -> None:
    rows = []
    for line in order_timeline.lines(story):
        who = f"<strong>{escape(line.who)}</strong> " if line.who else ""
        quote = f"<blockquote>{escape(line.quote)}</blockquote>" if line.quote else ""
        at = when(line.at, story.head.time_zone)
        rows.append(
            f"<li><time datetime='{line.at.isoformat()}'>{at}</time>"
            f"<div>{who}{escape(line.words)}{quote}</div></li>"
        )
    st.html(f"<ol class='timeline'>{''.join(rows)}</ol>")
    st.caption(f"Times are those of the shop ({story.head.time_zone}).")


def _sync(order_id: int) -> None:
    with actions.action("The order is read again: a moment, please") as session:
        auth.signed_in(Role.PROCESSOR)
        head = order_head.of_order(session, order_id)
        if head is None:
            raise NotFound
        sync.ask_for_order(session, head.shop_id, head.shopify_id)


def _hold_again(order_id: int) -> None:
    with actions.action("Shopify is asked for the hold") as session:
        holds.hold_again(session, order_id, actor=auth.signed_in(Role.PROCESSOR))


def _try_again(order_id: int) -> None:
    with actions.action("Shopify is asked again") as session:
        errands.try_again(session, order_id, actor=auth.signed_in(Role.PROCESSOR))
