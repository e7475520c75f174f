"""The approval page as a good Streamlit programmer writes it without a component of their own.

The same query, service and thumbnails as ours, and the same facts on every tile. What is selected
is what the checkboxes say, as in Streamlit's own examples; Approve stands in the sidebar, in reach
wherever one has scrolled to.
"""

import os
from collections.abc import Sequence
from uuid import uuid4

import streamlit as st  # noqa: TID251 - what we compare with

from core import db
from core.config import settings
from core.models import Role
from core.queries import review_queue
from core.queries.queue_view import View
from core.queries.review_queue import GridPhoto
from core.services import decisions
from core.services.actors import Actor
from core.services.decisions import PhotoVersion
from core.ui import finding_words, format, print_words
from tests.bench.desk.photos import PLAIN

COLUMNS = 5

reviewer = Actor(int(os.environ["LOUPE_BENCH_REVIEWER"]), "bob", "Bob Berg", Role.PROCESSOR)


def thumbnail(sha256: str) -> str:
    return str(settings().data_dir / "pictures" / PLAIN.format(sha=sha256))


def facts(photo: GridPhoto) -> str:
    printed = print_words.size(photo.area, photo.unit)
    lines = [
        f"{photo.product}, {photo.variant} · {format.ago(photo.waiting_since)}",
        f"{printed} · {print_words.density(photo, unit='ppi')}",
        *(finding_words.words(found, photo.area, photo.unit).tag for found in photo.findings),
        photo.note,
    ]
    return "  \n".join(line for line in lines if line)


def tile(photo: GridPhoto) -> bool:
    with st.container(border=True, key=f"tile_{photo.id}"):
        st.image(thumbnail(photo.sha256 or ""))
        selected = st.checkbox(
            f"**{photo.order_name}** × {photo.quantity}", key=f"select_{photo.id}"
        )
        st.caption(facts(photo))
    return selected


@st.dialog("Approve these photos?")
def confirm(photos: Sequence[GridPhoto]) -> None:
    st.write(", ".join(photo.order_name for photo in photos))
    if st.button("Approve", type="primary", key="confirm"):
        with db.transaction() as session:
            decisions.approve(
                session,
                [PhotoVersion(photo.id, photo.version) for photo in photos],
                reviewer=reviewer,
                batch=uuid4(),
            )
        st.rerun()


st.set_page_config(page_title="Image approval", layout="wide")
st.title("Image approval")

with db.transaction() as session:
    photos = review_queue.page(session, View(whose=reviewer.id))

chosen = []
for start in range(0, len(photos), COLUMNS):
    row = photos[start : start + COLUMNS]
    for column, photo in zip(st.columns(COLUMNS), row, strict=False):
        with column:
            if tile(photo):
                chosen.append(photo)

with st.sidebar:
    st.text(f"{len(chosen)} selected")
    if st.button("Approve", type="primary", disabled=not chosen, key="approve"):
        confirm(chosen)
