"""After how long a photo is late, and how many that would make so now."""

import streamlit as st

from core import db
from core.errors import ReviewHoursImplausible
from core.models import Role
from core.queries import lateness, queue_choices
from core.services import shops
from core.ui import actions, auth, format


def draw(shop_id: int) -> None:
    with db.transaction() as session:
        saved = lateness.review_hours(session, shop_id)
    with st.container(border=True, key="lateness"):
        hours = st.number_input(
            "A photo is late after so many hours",
            min_value=0,
            value=saved,
            step=1,
            key=f"review_hours_{shop_id}",
            help="Counted from when it came in for review, or came back from its customer. Late "
            "photos are marked in Image approval, and can be filtered for.",
            width=320,
        )
        _say_effect(shop_id, hours, saved)
        # With the number whose effect is on the screen, not with one just typed over it.
        st.button(
            "Save",
            key=f"save_review_hours_{shop_id}",
            disabled=hours == saved,
            on_click=_save,
            args=(shop_id, hours),
        )


def _say_effect(shop_id: int, hours: int | None, saved: int) -> None:
    if hours is None or hours not in shops.REVIEW_HOURS:
        st.error(str(ReviewHoursImplausible()), icon=None)
        return
    with db.transaction() as session:
        late = lateness.count_late(session, shop_id, hours)
    number = format.count_to(late, queue_choices.COUNTED) if late else "No"
    photos = "photos" if late > 1 else "photo"
    verb = ("are" if late > 1 else "is") if hours == saved else "would be"
    st.caption(f"{number} {photos} {verb} late now.")


def _save(shop_id: int, hours: int | None) -> None:
    late = f"Photos are late after {format.counted(hours or 0, 'hour')}"
    with actions.action(f"Saved. {late}") as session:
        manager = auth.signed_in(Role.MANAGER)
        shops.set_review_hours(session, shop_id, hours, manager=manager)
