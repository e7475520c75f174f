"""The merchant's own rules about properties and hosts: seen, added and removed by managers."""

from collections.abc import Callable, Mapping, Sequence

import streamlit as st
from sqlalchemy.orm import Session

from core.models import Role
from core.queries.property_rules import Concerned, ShopRules
from core.services import property_rules, shops
from core.services.actors import Actor
from core.ui import actions, auth, plain, rule_question

_SAVED = "Saved. Open orders are read again now, within a minute or two"
_TAKE, _IGNORE = "Always take", "Never take"

Removal = Callable[[Session, int, str, Actor], None]
#: What a change about this name does, in words.
Effect = Callable[[str], str]


def draw(rules: ShopRules, concerned: Mapping[str, Concerned]) -> None:
    def effect(name: str) -> str:
        return rule_question.effect(name, concerned)

    _draw_list(rules, "taken", "Always taken", rules.taken, effect, _forget, _SAVED)
    _draw_list(rules, "ignored", "Never taken", rules.ignored, effect, _forget, _SAVED)
    _draw_list(
        rules,
        "hosts",
        "Hosts that photos are fetched from, besides well-known upload apps'",
        rules.trusted_hosts,
        lambda _: "New photos are not fetched from there any more.",
        _distrust,
        "Removed. Photos that are here already stay",
    )
    _draw_new(rules, effect)


def _draw_new(rules: ShopRules, effect: Effect) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input(
            "Property",
            key=f"rule_name_{rules.shop_id}",
            placeholder="Upload your photo",
            max_chars=property_rules.LONGEST,
            help="Its name as it stands on the order. Capitals, spaces and signs do not matter.",
            width=320,
        ).strip()
        kind = st.selectbox(
            "What to do", [_TAKE, _IGNORE], key=f"rule_kind_{rules.shop_id}", width=160
        )
        # Another one after each rule: the old one would stay open.
        number = len(rules.taken) + len(rules.ignored)
        with st.popover("Add", key=f"ask_add_{rules.shop_id}_{number}"):
            if not name:
                st.text("Write the property's name first.")
                return
            st.text(effect(name))
            st.button(
                f"{kind} this property",
                key="add",
                type="primary",
                on_click=_add,
                args=(rules.shop_id,),
            )


def _draw_list(
    rules: ShopRules,
    kind: str,
    title: str,
    names: Sequence[str],
    effect: Effect,
    remove: Removal,
    done: str,
) -> None:
    if not names:
        return
    st.caption(title)
    with st.container(horizontal=True, gap="small"):
        for number, name in enumerate(names):
            key = f"remove_{kind}_{rules.shop_id}_{number}"
            shown = plain.label(plain.visible(name)[:80])
            # Named by all of them: the next one would be open in the place of one that is removed.
            with st.popover(shown, icon=":material/close:", key=f"ask_{key}_{len(names)}"):
                st.text(effect(name))
                st.button(
                    "Remove the rule" if remove is _forget else "Remove the host",
                    key=key,
                    type="primary",
                    on_click=_remove,
                    args=(rules.shop_id, name, remove, done),
                )


def _add(shop_id: int) -> None:
    name = st.session_state[f"rule_name_{shop_id}"].strip()
    add = (
        property_rules.take
        if st.session_state[f"rule_kind_{shop_id}"] == _TAKE
        else property_rules.ignore
    )
    with actions.action(_SAVED) as session:
        add(session, shop_id, name, manager=auth.signed_in(Role.MANAGER))
        st.session_state[f"rule_name_{shop_id}"] = ""


def _remove(shop_id: int, name: str, remove: Removal, done: str) -> None:
    with actions.action(done) as session:
        remove(session, shop_id, name, auth.signed_in(Role.MANAGER))


def _forget(session: Session, shop_id: int, name: str, manager: Actor) -> None:
    property_rules.forget(session, shop_id, name, manager=manager)


def _distrust(session: Session, shop_id: int, host: str, manager: Actor) -> None:
    shops.distrust_host(session, shop_id, host, manager=manager)
