import streamlit as st

from core import db
from core.models import Role
from core.queries import issues
from core.services import links
from core.ui import auth, issue_card, state

auth.guard(Role.PROCESSOR)

ALL = 0


def open_folder() -> None:
    st.query_params["folder"] = str(st.session_state[state.FOLDER] or ALL)
    st.session_state[state.ISSUES_AFTER] = [0]


def turn(after: int | None) -> None:
    pages = st.session_state[state.ISSUES_AFTER]
    pages.append(after) if after is not None else pages.pop()


st.title("Image issues")

with db.transaction() as session:
    folders = issues.folders(session)

names = {folder.reason_id: f"{folder.label} · {folder.photos}" for folder in folders}
names[ALL] = f"All · {sum(folder.photos for folder in folders)}"
asked = st.query_params.get("folder", "")
st.session_state.setdefault(state.ISSUES_AFTER, [0])
folder = st.pills(
    "Folder",
    [ALL, *(folder.reason_id for folder in folders)],
    format_func=names.__getitem__,
    default=int(asked) if asked.isdecimal() and int(asked) in names else ALL,
    required=True,
    key=state.FOLDER,
    on_change=open_folder,
    label_visibility="collapsed",
)
st.caption("Photos that wait for their customers, the longest waiting first.")

pages = st.session_state[state.ISSUES_AFTER]
with db.transaction() as session:
    found = issues.page(session, folder or None, after=pages[-1], limit=issues.PAGE_SIZE + 1)
    customers_links = links.order_urls(session, {issue.order_id for issue in found})

for issue in found[: issues.PAGE_SIZE]:
    issue_card.draw(issue, link=customers_links[issue.order_id])
if not found:
    st.info("No photo waits for its customer in this folder.", icon=":material/folder_open:")

with st.container(horizontal=True):
    if len(pages) > 1:
        st.button("Previous", icon=":material/chevron_left:", on_click=turn, args=(None,))
    if len(found) > issues.PAGE_SIZE:
        last = found[issues.PAGE_SIZE - 1].decision_id
        st.button("Next", icon=":material/chevron_right:", on_click=turn, args=(last,))
