"""One shop: how it is doing, what it lets us do, and the ways out."""

from collections.abc import Collection

import streamlit as st

from core import db
from core.models import Role, utc_now
from core.queries import shops as shop_queries
from core.queries import sync_state
from core.queries.products import PrintRules
from core.queries.shops import ShopStanding
from core.services import connections, shops
from core.services.shops import Switch
from core.ui import actions, auth, format, plain, shop_live, shop_unit, shop_words, sync_line

_SWITCHES = {
    Switch.HOLDS: (
        "Hold orders in Shopify",
        "When off, orders may ship before their photos are approved. What is held stays held "
        "until then.",
    ),
    Switch.TAGS: (
        "Tag orders",
        "“awaiting photos”, “customer asked” or “photos approved”, for filters in Shopify. Other "
        "tags are left alone.",
    ),
    Switch.METAFIELD: (
        "Write the app's metafield",
        "The same for automations such as Shopify Flow, where only this app may write.",
    ),
}


def draw(shop: ShopStanding, rules: PrintRules) -> None:
    with st.container(border=True, key=f"shop_{shop.id}"):
        plain.heading(shop.name, small=shop.domain)
        _draw_standing(shop.id)
        if not shop.is_connected:
            st.caption("What was decided is kept. Connect it again below, with the same address.")
            return
        shop_unit.draw(rules)
        if shop.checked_at:
            with st.expander("Permissions", icon=":material/key:"):
                _draw_scopes(shop.granted_scopes)
        for switch, (label, effect) in _SWITCHES.items():
            _draw_switch(shop, switch, label, effect)
        if shop.is_demo:
            st.info(
                "This is the demo shop, on this machine. When a real one is connected, it leaves, "
                "with its photos and its people.",
                icon=":material/science:",
            )
            return
        if not shop.is_live:
            shop_live.draw(shop)
        with st.container(horizontal=True):
            if shop.is_live:
                _draw_way_back(shop)
            _draw_way_out(shop)


@st.fragment(run_every="3s")
def _draw_standing(shop_id: int) -> None:
    auth.guard(Role.MANAGER)
    with db.transaction() as session:
        found = shop_queries.standings(session, shop_id)
        states = sync_state.states(session, utc_now())
    if not found:
        return
    (shop,) = found
    with st.container(horizontal=True, vertical_alignment="center"):
        mode = plain.label(shop_words.mode(shop))
        st.badge(mode, color="green" if shop.is_live else "blue" if shop.is_connected else "gray")
        own = [state for state in states if state.shop_id == shop_id]
        if not own:
            return
        read = sync_line.line(own, utc_now())
        st.caption(f"{read} · {shop_words.webhooks(shop)}", width="content")
    if shop.problem:
        st.error(shop_words.problem(shop.problem), icon=":material/error:")
    if shop.checked_at and shop.lacking:
        st.warning(shop_words.missing(shop.lacking), icon=":material/key:")
    if outdated := shop_words.version(shop):
        st.warning(outdated, icon=":material/update:")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Checking …" if shop.is_being_checked else "Check the connection",
            key=f"check_{shop.id}",
            icon=":material/network_check:",
            disabled=shop.is_being_checked,
            on_click=_check,
            args=(shop.id,),
        )
        if shop.checked_at:
            st.caption(f"Checked {format.ago(shop.checked_at)}", width="content")


def _draw_scopes(granted: Collection[str]) -> None:
    # Not as a table: on a phone its columns would be out of sight.
    for scope, why in shop_words.SCOPES.items():
        mark = ":green[:material/check:]" if scope in granted else ":red[:material/close:]"
        given = "Yes" if scope in granted else "No"
        st.markdown(f"{mark} **{given}** · {why}  \n`{scope}`")


def _draw_switch(shop: ShopStanding, switch: Switch, label: str, effect: str) -> None:
    key = f"{switch}_{shop.id}"
    # As it is in the database, whatever another manager has switched meanwhile.
    st.session_state[key] = getattr(shop, switch)
    with st.container(gap="xxsmall"):
        st.toggle(label, key=key, on_change=_switch, args=(shop.id, switch))
        st.caption(effect)
        # Of one that is not live, it is said where it goes live.
        if switch is Switch.HOLDS and shop.is_live and not shop.places_holds:
            st.warning(
                "Off: orders may ship before their photos are approved.", icon=":material/warning:"
            )


def _draw_way_back(shop: ShopStanding) -> None:
    with st.popover("Back to watching", icon=":material/visibility:"):
        st.text(
            "No mail, hold or tag leaves any more, and mail that waits is dropped. Holds that are "
            "in Shopify stay: somebody has to release them there."
        )
        st.button("Watch only", key=f"watch_{shop.id}", on_click=_watch, args=(shop.id,))


def _draw_way_out(shop: ShopStanding) -> None:
    with st.popover("Disconnect", icon=":material/link_off:"):
        st.text(
            "Loupe forgets how to get in, and reads no more orders. What was decided is kept. "
            "Holds that are in Shopify stay: somebody has to release them there."
        )
        st.button(
            f"Disconnect {plain.label(shop.name)}",
            key=f"disconnect_{shop.id}",
            on_click=_disconnect,
            args=(shop.id,),
        )


def _check(shop_id: int) -> None:
    with actions.action() as session:
        auth.signed_in(Role.MANAGER)
        connections.request_check(session, shop_id)


def _switch(shop_id: int, switch: Switch) -> None:
    is_on = bool(st.session_state[f"{switch}_{shop_id}"])
    with actions.action("Saved") as session:
        manager = auth.signed_in(Role.MANAGER)
        shops.switch(session, shop_id, switch, is_on, manager=manager)


def _watch(shop_id: int) -> None:
    with actions.action("Nothing leaves any more") as session:
        connections.watch(session, shop_id, manager=auth.signed_in(Role.MANAGER))


def _disconnect(shop_id: int) -> None:
    with actions.action("Disconnected") as session:
        connections.disconnect(session, shop_id, manager=auth.signed_in(Role.MANAGER))
