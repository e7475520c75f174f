"""What Shopify says of an order, and what of it is ours."""

from html import escape

import streamlit as st

from core.models import HoldState
from core.queries.order_head import Head
from core.queries.order_story import Story, StoryFulfillment, StoryHold
from core.ui import order_words, plain

_HOLDS = {
    HoldState.PLACED: "held by Loupe",
    HoldState.RELEASING: "being let go by Loupe",
    HoldState.RELEASED: "let go by Loupe",
    HoldState.REMOVED: "our hold was removed by somebody",
}


def admin_address(head: Head) -> str:
    """Where the merchant finds the order in Shopify; "" for the demo, which is in none."""
    store, number = head.shop_domain.removesuffix(".myshopify.com"), _number(head.shopify_id)
    if head.is_demo or not number.isdecimal():
        return ""
    return f"https://admin.shopify.com/store/{store}/orders/{number}"


def draw(story: Story) -> None:
    head = story.head
    plain.facts(
        {
            "Payment": order_words.shopify(head.financial_status),
            "Shipping": order_words.shopify(head.fulfillment_status),
        }
    )
    known = {each.shopify_id for each in story.fulfillments}
    holds = {hold.fulfillment_order_id: hold for hold in story.holds}
    rows = [_fulfillment(each, holds.get(each.shopify_id)) for each in story.fulfillments]
    # One that Shopify has merged into another is told by its hold alone.
    rows += [
        _line(hold.fulfillment_order_id, [_hold(hold)])
        for id_, hold in holds.items()
        if id_ not in known
    ]
    if rows:
        st.html(f"<ul class='fulfillments'>{''.join(rows)}</ul>")
    else:
        st.caption("Shopify has not said yet what it ships together.")


def _fulfillment(each: StoryFulfillment, hold: StoryHold | None) -> str:
    words = [order_words.shopify(each.status)]
    if hold is not None:
        words.append(_hold(hold))
    if each.is_held_by_others:
        words.append("held by another app or person")
    return _line(each.shopify_id, words)


def _hold(hold: StoryHold) -> str:
    return _HOLDS[hold.state]


def _line(shopify_id: str, words: list[str]) -> str:
    return f"<li>Fulfillment order {escape(_number(shopify_id))}: {escape(', '.join(words))}</li>"


def _number(gid: str) -> str:
    return gid.rpartition("/")[2].partition("?")[0]
