"""What a person reads when something of ours breaks; Streamlit has put the rest in the log."""

import streamlit as st
from sqlalchemy.exc import OperationalError, TimeoutError


def apologise(error: Exception) -> bool:
    """Return True: nothing else is shown."""
    if isinstance(error, OperationalError | TimeoutError):
        st.error("The database does not answer. Please load this page again in a minute.")
    else:
        st.error("Something went wrong on our side. Please load this page again.")
    return True
