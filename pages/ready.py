from collections.abc import Sequence

import streamlit as st

from core import db
from core.models import Role
from core.queries import ready
from core.queries.ready import ReadyOrder
from core.ui import auth, file_names_form, format, ready_list, shop_choice

actor = auth.guard(Role.PROCESSOR)

st.title("Ready to print")
st.caption(
    "Orders whose photos are all approved for good. Download them, and mark them once they are in "
    "the hands of whoever prints."
)

shop_id = shop_choice.draw().shop_id
with db.transaction() as session:
    products = ready.products(session, shop_id=shop_id)
    handed_over = ready.lately(session)

ready_list.say_what_was_left()
ready_list.say_what_changed()
orders: Sequence[ReadyOrder] = ()
product = None
if products:
    product = st.selectbox(
        "Product",
        [each.title for each in products],
        index=None,
        placeholder="Any product",
        key="item",
        bind="query-params",
        label_visibility="collapsed",
        width=320,
    )
    with db.transaction() as session:
        orders = ready.orders(session, product=product, shop_id=shop_id, limit=ready.MOST + 1)
ready_list.say_what_is_gone(orders, narrowed=(product, shop_id))
if orders:
    ready_list.draw(orders[: ready.MOST])
    if len(orders) > ready.MOST:
        st.caption(f"The oldest {ready.MOST} are shown; the next ones follow as these go.")
else:
    st.info("No order waits to be printed.", icon=":material/print:")

if handed_over:
    with st.expander(f"Handed over lately · {format.counted(len(handed_over), 'order')}"):
        ready_list.draw_lately(handed_over)
if actor.role is Role.MANAGER:
    with st.expander("Names of the files"):
        file_names_form.draw()
