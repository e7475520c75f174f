"""What Shopify says of an order, and what of it is ours."""

from html import escape

import streamlit as st

from core.models import HoldState
from core.queries.order_head import Head
from core.queries.order_shipping import StoryFulfillment, StoryHold
from core.queries.order_story import Story
from core.ui import order_words, plain

_HOLDS = {
    HoldState.PLACED: "held by Loupe",
    HoldState.RELEASING: "being let go by Loupe",
    HoldState.RELEASED: "let go by Loupe",
    HoldState.REMOVED: "our hold was removed by somebody",
}


def admin_address(head: Head) -> str:
    """Where the merchant finds the order in Shopify; "" where it is in none."""
    store, number = head.shop_domain.removesuffix(".myshopify.com"), _number(head.shopify_id)
    if head.is_demo or head.deleted_at or not number.isdecimal():
        return ""
    return f"https://admin.shopify.com/store/{store}/orders/{number}"


def draw(story: Story) -> None:
    head = story.head
    if head.deleted_at:
        st.caption("The order was deleted in Shopify: nothing of it is there any more.")
        return
    known = {
        "Payment": order_words.shopify(head.financial_status),
        "Shipping": order_words.shopify(head.fulfillment_status),
        "Tag in Shopify": head.told_state,
    }
    plain.facts({name: value for name, value in known.items() if value})
    parcels = _parcels(story)
    if parcels:
        st.html(f"<ul class='fulfillments'>{''.join(parcels)}</ul>")
    else:
        st.caption("Shopify has not said yet what it ships together.")


def _parcels(story: Story) -> list[str]:
    """What ships together, with what was moved or merged into another at the end."""
    holds = {hold.fulfillment_order_id: hold for hold in story.holds}
    ids = {each.shopify_id for each in story.fulfillments}
    present = sorted(story.fulfillments, key=_has_moved)
    rows = [
        _parcel(number, each, holds.get(each.shopify_id)) for number, each in enumerate(present, 1)
    ]
    # One that Shopify has merged into another is told by its hold alone.
    merged = [hold for id_, hold in holds.items() if id_ not in ids]
    rows += [
        _line(number, [_HOLDS[hold.state]], has_moved=True)
        for number, hold in enumerate(merged, len(rows) + 1)
    ]
    return rows


def _has_moved(each: StoryFulfillment) -> bool:
    return each.is_empty and each.status == "CLOSED"


def _parcel(number: int, each: StoryFulfillment, hold: StoryHold | None) -> str:
    words = [order_words.shopify(each.status)]
    if hold is not None:
        words.append(_HOLDS[hold.state])
    if each.is_held_by_others:
        words.append("held by another app or person")
    return _line(number, words, has_moved=_has_moved(each))


def _line(number: int, words: list[str], *, has_moved: bool) -> str:
    quiet, moved = (" class='quiet'", " (moved elsewhere)") if has_moved else ("", "")
    return f"<li{quiet}>Parcel {number}{moved}: {escape(', '.join(words))}</li>"


def _number(gid: str) -> str:
    return gid.rpartition("/")[2].partition("?")[0]
