import streamlit as st

from core import db
from core.models import Role
from core.queries import check_causes, issues, reasons
from core.ui import auth, check_card, shop_choice

actor = auth.guard(Role.PROCESSOR)

st.title("To check")
st.caption(
    "Photos that could not be fetched or opened. Most often that is not the customer's fault: "
    "look first, then try again or ask."
)

choice = shop_choice.draw()

with db.transaction() as session:
    causes = check_causes.shared(session, choice.shop_id)
    found = issues.to_check(session, limit=issues.PAGE_SIZE + 1, shop_id=choice.shop_id)
    offered = [reason for reason in reasons.active(session, choice.shop_id) if reason.is_offered]

for cause in causes:
    check_card.draw_cause(cause, choice.shop_id)
for photo in found[: issues.PAGE_SIZE]:
    own = [reason for reason in offered if reason.shop_id == photo.shop_id]
    check_card.draw(photo, own, actor=actor)
if len(found) > issues.PAGE_SIZE:
    st.caption(f"The oldest {issues.PAGE_SIZE} are shown; the next ones follow as these go.")
if not found:
    st.success("Every photo came in and could be opened.", icon=":material/task_alt:")
