"""The merchant's own rules about properties and hosts: seen, added and removed by managers."""

from collections.abc import Callable, Sequence

import streamlit as st
from sqlalchemy.orm import Session

from core.models import Role
from core.queries.property_rules import ShopRules
from core.services import property_rules, shops
from core.services.actors import Actor
from core.ui import actions, auth, plain

_SAVED = "Saved. Open orders are read again now, within a minute or two"
_TAKE, _IGNORE = "Always take", "Never take"

Removal = Callable[[Session, int, str, Actor], None]


def draw(rules: ShopRules) -> None:
    _draw_list(rules, "taken", "Always taken", rules.taken, _forget, _SAVED)
    _draw_list(rules, "ignored", "Never taken", rules.ignored, _forget, _SAVED)
    _draw_list(
        rules,
        "hosts",
        "Hosts that photos are fetched from, besides well-known upload apps'",
        rules.trusted_hosts,
        _distrust,
        "Removed. Photos that are here already stay",
    )
    with (
        st.form("add_rule", clear_on_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        st.text_input(
            "Property",
            key=f"rule_name_{rules.shop_id}",
            placeholder="Upload your photo",
            max_chars=property_rules.LONGEST,
            help="Its name as it stands on the order. Capitals, spaces and signs do not matter.",
            width=320,
        )
        st.segmented_control(
            "What to do",
            [_TAKE, _IGNORE],
            default=_TAKE,
            required=True,
            key=f"rule_kind_{rules.shop_id}",
        )
        st.form_submit_button("Add", key="add", on_click=_add, args=(rules.shop_id,))


def _draw_list(
    rules: ShopRules, kind: str, title: str, names: Sequence[str], remove: Removal, done: str
) -> None:
    if not names:
        return
    st.caption(f"{title}; a click removes the rule")
    with st.container(horizontal=True, gap="small"):
        for number, name in enumerate(names):
            st.button(
                plain.label(plain.visible(name)[:80]),
                key=f"remove_{kind}_{rules.shop_id}_{number}",
                icon=":material/close:",
                help="Remove",
                on_click=_remove,
                args=(rules.shop_id, name, remove, done),
            )


def _add(shop_id: int) -> None:
    name = st.session_state[f"rule_name_{shop_id}"].strip()
    if not name:
        return
    add = (
        property_rules.take
        if st.session_state[f"rule_kind_{shop_id}"] == _TAKE
        else property_rules.ignore
    )
    with actions.action(_SAVED) as session:
        add(session, shop_id, name, manager=auth.signed_in(Role.MANAGER))


def _remove(shop_id: int, name: str, remove: Removal, done: str) -> None:
    with actions.action(done) as session:
        remove(session, shop_id, name, auth.signed_in(Role.MANAGER))


def _forget(session: Session, shop_id: int, name: str, manager: Actor) -> None:
    property_rules.forget(session, shop_id, name, manager=manager)


def _distrust(session: Session, shop_id: int, host: str, manager: Actor) -> None:
    shops.distrust_host(session, shop_id, host, manager=manager)
