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

#: Set while the browser of a customer gives its cookie back: for which shop.
LEAVING_SHOP = "leaving_shop"
#: How many of their own orders a customer looks at.
OWN_ORDERS = "own_orders"

#: Which of the waiting photos the grid shows, and where its pages before the current one end.
VIEW = "view"
TRAIL = "trail"
#: The newest upload there was when the page with the grid was asked for.
NEWEST = "newest"
#: What became of the grid's last request.
OUTCOME = "outcome"

#: The same of the issues; and the reason whose folder is open.
ISSUES_VIEW = "issues_view"
ISSUES_TRAIL = "issues_trail"
ISSUES_OUTCOME = "issues_outcome"
FOLDER = "folder"

#: Notes about orders that are being saved: sent again, each is the same note.
NOTE_REQUESTS = "note_requests"

#: Who searched for what among the orders, and where the pages before the current one end.
ORDERS_SEARCH = "orders_search"
ORDERS_TRAIL = "orders_trail"
#: What was not marked as handed over, and why.
LEFT_UNMARKED = "left_unmarked"
#: To what the list of orders to print was narrowed, and which of them were chosen.
CHOSEN_TO_PRINT = "chosen_to_print"

#: Which mails somebody looks at, and where the pages before the current one end.
MAIL_VIEW = "mail_view"
MAIL_TRAIL = "mail_trail"

#: What to say of the shop that was connected just now.
CONNECTED = "connected"

#: The order that the photo finder shows, as Shopify told it.
ASKED_ORDER = "asked_order"
