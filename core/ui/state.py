"""Every key of `st.session_state`, which holds what a screen shows, and never who may do what."""

#: Set while the browser exchanges a ticket for its cookie.
TICKET = "ticket"
#: Set while the browser gives its cookie back.
SIGNING_OUT = "signing_out"

#: streamlit-authenticator's own. They are about the form and prove nothing.
FORM_STATUS = "authentication_status"
FORM_USERNAME = "username"
