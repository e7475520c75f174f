import streamlit as st

from core.models import Role
from core.ui import auth, order_list, order_view

actor = auth.guard(Role.PROCESSOR)

asked_for = st.query_params.get("order", "")
is_id = asked_for.isascii() and asked_for.isdecimal() and len(asked_for) < 19
if asked_for:
    order_view.draw(int(asked_for) if is_id else 0, actor=actor)
else:
    st.title("Orders")
    order_list.draw(actor.id)
