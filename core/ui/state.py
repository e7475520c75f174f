"""Every key of `st.session_state`, which holds what a screen shows, and never who may do what."""

#: Set while the browser exchanges a ticket for its cookie.
TICKET = "ticket"
#: Set while the browser gives its cookie back.
SIGNING_OUT = "signing_out"

#: streamlit-authenticator's own. They are about the form and prove nothing.
FORM_STATUS = "authentication_status"
FORM_USERNAME = "username"

#: Why the customer's last answer did not count.
REFUSED_ANSWER = "refused_answer"
#: Set once the customer has asked for a new link: the old one is then gone.
NEW_LINK_SENT = "new_link_sent"

#: Which of the waiting photos the grid shows, and where its pages before the current one end.
VIEW = "view"
TRAIL = "trail"
#: The newest upload there was when the grid was drawn.
NEWEST = "newest"
#: What became of the grid's last request.
OUTCOME = "outcome"

#: The reason whose folder is open on the issues page, and where its pages before this one end.
FOLDER = "folder"
ISSUES_AFTER = "issues_after"
