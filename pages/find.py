import streamlit as st

from core import clients, db
from core.integrations.shopify.order_references import read_reference
from core.models import Role
from core.queries import property_rules
from core.queries import shops as shop_queries
from core.ui import asked_order, auth, found_list, found_notes, property_rules_form

auth.guard(Role.MANAGER)

st.title("Photo finder")
st.caption(
    "Paste an order's number, or its address in Shopify, and see what Loupe finds on each of its "
    "properties, and why."
)

with db.transaction() as session:
    shops = {rules.shop_id: rules for rules in property_rules.of_shops(session)}
    names = shop_queries.names(session)
if not shops:
    st.info("No shop is connected.", icon=":material/storefront:")
    st.stop()

with st.container(horizontal=True, vertical_alignment="bottom"):
    text = st.text_input(
        "Order", key="find", bind="query-params", placeholder="#1001", max_chars=300, width=360
    )
    shop_id = next(iter(shops))
    if len(shops) > 1:
        shop_id = st.selectbox(
            "Shop", list(shops), format_func=lambda id_: names[id_], key="shop", width=240
        )
    st.button("Find", icon=":material/search:", on_click=asked_order.forget)

reference = read_reference(text)
stores = {rules.domain.removesuffix(".myshopify.com"): id_ for id_, rules in shops.items()}
rules = shops[stores.get(reference.store or "", shop_id)]
with db.transaction() as session:
    concerned = property_rules.concerned(session, rules.shop_id)
if text.strip() and (unfit := found_notes.unfit(reference, stores)):
    st.warning(unfit, icon=":material/search_off:")
elif text.strip():
    asked = asked_order.ask(rules.shop_id, reference)
    with db.transaction() as session:
        known = property_rules.known_order(
            session, rules.shop_id, shopify_id=reference.id, name=reference.name
        )
    found_notes.draw(asked, known)
    if asked.order is not None:
        demo = clients.of_pages().demo_address if rules.is_demo else None
        found_list.draw(asked.order, rules, concerned, demo=demo)

st.header("Your rules")
st.caption(
    "Where Loupe judges a property wrongly, say it here once: it holds for all orders of the shop, "
    "and takes effect on open ones within a minute or two."
)
property_rules_form.draw(rules, concerned)
