import streamlit as st

from core import db
from core.findings.print_sizes import LengthUnit
from core.models import Role
from core.queries import products
from core.ui import (
    auth,
    data_requests_form,
    follow_up_form,
    format,
    lateness_form,
    print_quality_form,
    print_sizes_form,
    retention_form,
)

auth.guard(Role.MANAGER)

st.title("Settings")

with db.transaction() as session:
    shops = {rules.shop_id: rules for rules in products.rules(session)}
if not shops:
    st.info("No shop is connected.", icon=":material/storefront:")
    st.stop()
rules = next(iter(shops.values()))
if len(shops) > 1:
    shop = st.selectbox("Shop", list(shops), format_func=lambda id_: shops[id_].shop, key="shop")
    rules = shops[shop]

st.header("Print quality")
print_quality_form.draw(rules)

st.header("Review")
lateness_form.draw(rules.shop_id)

st.header("Follow-up")
follow_up_form.draw(rules.shop_id)

st.header("Customers' data")
data_requests_form.draw(rules.shop_id)
retention_form.draw(rules.shop_id)

st.header("Print sizes")
st.caption(
    "Sizes are read from the titles in Shopify. Correct one here, and the open photos of its "
    "product are judged anew, in the background."
)
if rules.unknown:
    st.warning(
        f"{format.counted(rules.unknown, 'size is', 'sizes are')} unknown: nobody can tell yet "
        "whether a photo is large enough.",
        icon=":material/straighten:",
    )
with st.container(horizontal=True, vertical_alignment="center"):
    search = st.text_input(
        "Search",
        key="product",
        bind="query-params",
        placeholder="Product or variant",
        icon=":material/search:",
        label_visibility="collapsed",
        width=320,
    )
    only_unknown = st.toggle("Only unknown sizes", key="unknown", bind="query-params")

with db.transaction() as session:
    found = products.printed(session, rules.shop_id, search=search, only_unknown=only_unknown)

for product in found:
    print_sizes_form.draw(product, rules.unit or LengthUnit.CM)
if len(found) == products.SHOWN:
    st.caption(f"The first {products.SHOWN} products are shown; search for the others.")
if not found and (search or only_unknown):
    st.info("No product fits this search.", icon=":material/search_off:")
elif not found:
    st.info("Products appear here with the first photo for them.", icon=":material/straighten:")
