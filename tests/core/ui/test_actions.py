"""One transaction, then one message."""

from sqlalchemy import select
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from core.models import Role, Staff
from tests.cast import Cast


def page() -> None:
    import streamlit as st

    from core.models import Role
    from core.services import staff
    from core.ui import actions

    def hire(name: str) -> None:
        with actions.action(f"{name} is on the team") as session:
            staff.add(
                session,
                staff.COMMAND_LINE,
                username=name,
                name=name,
                role=Role.PROCESSOR,
                password="correct horse",
            )
            # The second of them fails when the first has been written.
            staff.change_role(session, staff.COMMAND_LINE, "zoe", Role.MANAGER)

    st.button("Hire Zoe", on_click=hire, args=("zoe",))
    st.button("Hire Yan", on_click=hire, args=("yan",))


def test_an_action_is_done_and_said(session: Session, cast: Cast) -> None:
    app = AppTest.from_function(page).run()

    app.button[0].click().run(timeout=15)

    assert [toast.value for toast in app.toast] == ["zoe is on the team"]
    assert session.scalar(select(Staff.role).where(Staff.username == "zoe")) is Role.MANAGER


def test_an_action_that_cannot_be_done_changes_nothing_and_says_why(
    session: Session, cast: Cast
) -> None:
    app = AppTest.from_function(page).run()

    app.button[1].click().run(timeout=15)

    assert [toast.value for toast in app.toast] == ["This no longer exists."]
    assert session.scalar(select(Staff).where(Staff.username == "yan")) is None
