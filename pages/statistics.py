from datetime import timedelta

import altair as alt
import streamlit as st

from core import db
from core.models import Role, utc_now
from core.queries import statistics
from core.ui import auth, format, shop_choice

auth.guard(Role.MANAGER)

PERIODS = {"7 days": 7, "30 days": 30, "90 days": 90}

st.title("Statistics")
with st.container(horizontal=True, vertical_alignment="bottom"):
    period = st.segmented_control(
        "Period", list(PERIODS), default="30 days", required=True, key="period", bind="query-params"
    )
    shops = shop_choice.draw().shops
since = utc_now() - timedelta(days=PERIODS[period])

with db.transaction() as session:
    first_pass = statistics.first_pass(session, since, shops)
    waiting = statistics.waiting(session, shops)
    turnaround = statistics.turnaround(session, since, shops)
    by_reason = statistics.rejections_by_reason(session, since, shops)

st.subheader("Waiting now")
with st.container(horizontal=True):
    st.metric("In approval", waiting.in_review, border=True)
    st.metric("To check", waiting.to_check, border=True)
    st.metric("For their customers", waiting.for_customers, border=True)
    st.metric("Being fetched", waiting.fetching, border=True)

st.subheader(f"Last {period}")
with st.container(horizontal=True):
    st.metric(
        "First-pass rate",
        format.percent(first_pass.rate),
        border=True,
        help="Photos approved at their first decision, of all that were decided for the first "
        f"time: {first_pass.passed} of {first_pass.decided}. Undone decisions do not count.",
    )
    st.metric(
        "Turnaround, half within",
        format.duration(turnaround.median) if turnaround.median else "–",
        border=True,
        help="From the order being placed to all of its photos approved and the order released: "
        f"{format.counted(turnaround.orders, 'order')}.",
    )
    st.metric(
        "Turnaround, nine in ten within",
        format.duration(turnaround.ninth_decile) if turnaround.ninth_decile else "–",
        border=True,
    )

st.subheader("Rejections by reason")
if by_reason:
    rows = [{"Reason": each.label, "Rejections": each.rejections} for each in by_reason]
    bars = alt.Chart(alt.InlineData(values=rows)).mark_bar()
    st.altair_chart(
        bars.encode(
            x=alt.X("Rejections:Q", axis=alt.Axis(tickMinStep=1, format="d"), title=None),
            y=alt.Y("Reason:N", sort="-x", title=None, axis=alt.Axis(labelLimit=300)),
        )
    )
    with st.expander("As a table"):
        st.table(rows)
    st.caption("A rejection with two reasons counts for both.")
else:
    st.info("No photo was rejected in this period.", icon=":material/thumb_up:")
