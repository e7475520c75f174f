"""What was found on each property of an order, with the verbs that change it."""

from collections.abc import Callable, Mapping, Sequence
from html import escape

import streamlit as st
from sqlalchemy.orm import Session

from core.integrations import download
from core.integrations.guard import Address
from core.integrations.shopify.order_photos import Place, Source, explain_order
from core.integrations.shopify.orders import ShopifyGroup, ShopifyLine, ShopifyOrder
from core.integrations.shopify.photo_finder import Explained, Outcome
from core.integrations.shopify.photo_reasons import DOUBTFUL
from core.integrations.shopify.photo_roles import Role as PhotoRole
from core.integrations.shopify.property_rules import folded
from core.models import Role
from core.queries.property_rules import Concerned, ShopRules
from core.services import property_rules, sync, uploads
from core.services.actors import Actor
from core.ui import actions, auth, found_words, plain, rule_question

#: Of an order's lines, groups and itself; of a value's addresses; and letters of a value.
PLACES, OUTCOMES, LETTERS = 40, 12, 400

#: A command about one property of a shop.
Command = Callable[[Session, int, str, Actor], None]


def draw(
    order: ShopifyOrder,
    rules: ShopRules,
    concerned: Mapping[str, Concerned],
    *,
    demo: Address | None,
) -> None:
    places = explain_order(order, rules=rules.properties, demo=demo)
    titles = {line.id: line.name for line in order.lines}
    shown = [place for place in places if place.properties]
    for number, place in enumerate(shown[:PLACES]):
        with st.container(border=True, gap="small", key=f"place_{number}"):
            plain.heading(_title(place), small=_where(place, titles))
            for index, each in enumerate(place.properties):
                key = f"{number}_{index}"
                hosts = _draw_property(each, rules, demo)
                with st.container(horizontal=True, gap="small"):
                    _draw_verbs(each, key, order, rules, concerned)
                    _draw_trust(hosts, key, order, rules)
    if len(shown) > PLACES:
        st.caption(f"The first {PLACES} of {len(shown)} are shown.")
    if not shown:
        st.info("No property is on this order, so there is nothing to find.", icon=None)


def _title(place: Place) -> str:
    if isinstance(place.of, ShopifyLine):
        return place.of.name
    return f"Bundle: {place.of.title}" if isinstance(place.of, ShopifyGroup) else "The order"


def _where(place: Place, titles: dict[str, str]) -> str:
    if place.source is Source.LINE and isinstance(place.of, ShopifyLine):
        if place.line_id == place.of.id:
            return ""
        return f"for {titles[place.line_id]}"
    has_photo = any(
        outcome.photo and outcome.photo.role is PhotoRole.PHOTO
        for each in place.properties
        for outcome in each.outcomes
    )
    return f"its photos are shown on {titles[place.line_id]}" if has_photo else ""


def _draw_property(each: Explained, rules: ShopRules, demo: Address | None) -> Sequence[str]:
    """Return the hosts that somebody has to trust first."""
    untrusted = {
        outcome.text: host
        for outcome in each.outcomes
        if outcome.photo and outcome.photo.role is PhotoRole.PHOTO
        for host in [download.untrusted_host(outcome.photo.fetch_url, hosts=rules.hosts, demo=demo)]
        if host
    }
    rows = [_outcome(outcome, untrusted.get(outcome.text)) for outcome in each.outcomes[:OUTCOMES]]
    more = len(each.outcomes) - OUTCOMES
    if more > 0:
        rows.append(f"<p>And {more} more like these.</p>")
    name = plain.visible(each.attribute.key) or "(no name)"
    st.html(f"<div class='found'><strong>{escape(name[:200])}</strong>{''.join(rows)}</div>")
    return sorted(set(untrusted.values()))


def _outcome(outcome: Outcome, untrusted: str | None) -> str:
    said = "Host not trusted yet" if untrusted else found_words.verdict(outcome)
    counts = outcome.photo is not None and outcome.photo.role is PhotoRole.PHOTO
    kind = "waits" if untrusted else "counts" if counts else "other"
    text = plain.visible(outcome.text)
    value = text if len(text) <= LETTERS else f"{text[:LETTERS]} …"
    why = plain.visible(found_words.reasons(outcome, untrusted))
    return f"<p><span class='tag {kind}'>{escape(said)}</span> {escape(why)}</p>" + (
        f"<code>{escape(value)}</code>" if value else ""
    )


def _draw_verbs(
    each: Explained,
    key: str,
    order: ShopifyOrder,
    rules: ShopRules,
    concerned: Mapping[str, Concerned],
) -> None:
    name = each.attribute.key
    verbs: list[tuple[str, str, Command]] = []
    if rules.properties.take(name) or rules.properties.ignore(name):
        verbs.append(("Let Loupe decide", ":material/undo:", _forget))
    elif folded(name):
        if any(map(_could_be_taken, each.outcomes)):
            verbs.append(("Always take this property", ":material/add_photo_alternate:", _take))
        if any(_is_photo(outcome) for outcome in each.outcomes):
            verbs.append(("Never take this property", ":material/do_not_disturb_on:", _ignore))
    for words, icon, command in verbs:
        with st.popover(words, icon=icon, key=f"ask{command.__name__}_{key}"):
            st.text(rule_question.effect(name, concerned))
            st.button(
                words,
                key=f"{command.__name__}_{key}",
                type="primary",
                on_click=_act,
                args=(command, rules.shop_id, name, order.id),
            )


def _draw_trust(hosts: Sequence[str], key: str, order: ShopifyOrder, rules: ShopRules) -> None:
    for number, host in enumerate(hosts):
        st.button(
            f"Trust {plain.label(host)}",
            key=f"trust_{key}_{number}",
            icon=":material/verified_user:",
            help="From now on, photos are fetched from this host, for all orders of the shop.",
            on_click=_act,
            args=(_trust, rules.shop_id, host, order.id),
        )


def _is_photo(outcome: Outcome) -> bool:
    return outcome.photo is not None and outcome.photo.role is PhotoRole.PHOTO


def _could_be_taken(outcome: Outcome) -> bool:
    if outcome.photo is not None:
        return outcome.photo.role not in (PhotoRole.PHOTO, PhotoRole.FILE)
    return outcome.why[-1] in DOUBTFUL


def _act(command: Command, shop_id: int, name: str, order_id: str) -> None:
    with actions.action("Saved. Open orders are read again now, within a minute or two") as session:
        manager = auth.signed_in(Role.MANAGER)
        command(session, shop_id, name, manager)
        # The one on the screen first, and even if it is not open any more.
        sync.ask_for_order(session, shop_id, order_id)


def _take(session: Session, shop_id: int, name: str, manager: Actor) -> None:
    property_rules.take(session, shop_id, name, manager=manager)


def _ignore(session: Session, shop_id: int, name: str, manager: Actor) -> None:
    property_rules.ignore(session, shop_id, name, manager=manager)


def _forget(session: Session, shop_id: int, name: str, manager: Actor) -> None:
    property_rules.forget(session, shop_id, name, manager=manager)


def _trust(session: Session, shop_id: int, host: str, manager: Actor) -> None:
    uploads.trust_host(session, shop_id, host, manager=manager)
