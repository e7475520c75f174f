import streamlit as st

from core.ui import customer_entrance, customer_order, own_orders

asked_for = st.query_params.get("order")
if asked_for is not None:
    is_number = asked_for.isdecimal() and len(asked_for) < 19
    customer_order.draw(int(asked_for) if is_number else 0)
    own_orders.draw_way_back()
elif entered := customer_entrance.draw():
    own_orders.draw(*entered)
