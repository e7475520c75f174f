import streamlit as st

from core import db
from core.models import Role
from core.queries import products, shops
from core.ui import auth, shop_card, shop_connect

manager = auth.guard(Role.MANAGER)

st.title("Shops")

with db.transaction() as session:
    standings = shops.standings(session)
    rules = {each.shop_id: each for each in products.rules(session)}

for standing in standings:
    shop_card.draw(standing, rules[standing.id])
if not standings:
    st.info("No shop is connected yet.", icon=":material/storefront:")

st.header("Connect a shop")
may_connect = shop_connect.draw_condition(manager)
with st.expander("Step by step", icon=":material/add_business:", expanded=not standings):
    shop_connect.draw(may_connect=may_connect)
