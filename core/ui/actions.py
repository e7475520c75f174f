"""What happens when a person acts: one transaction, then one message."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from sqlalchemy.orm import Session

from core import db
from core.errors import AppError


@contextmanager
def action(done: str = "") -> Iterator[Session]:
    """Commit and say `done`, or change nothing and say what went wrong.

    Without `done` the page itself says how it went.
    """
    try:
        with db.transaction() as session:
            yield session
    except AppError as error:
        st.toast(str(error), icon=":material/error:")
    else:
        if done:
            st.toast(done, icon=":material/check:")
