"""Where an order and its photos stand, in words."""

from core.models import MessageKind, MessageState, PhotoState, WithdrawnBecause
from core.queries.order_head import Head
from core.queries.order_story import StoryMessage, StoryPhoto
from core.queries.orders import OrderRow

_STATES = {
    PhotoState.FETCHING: "Being fetched",
    PhotoState.TO_CHECK: "To check",
    PhotoState.IN_REVIEW: "In approval",
    PhotoState.REJECTED: "Waiting for the customer",
    PhotoState.APPROVED: "Approved",
    PhotoState.WITHDRAWN: "Not printed",
}
_BECAUSE = {
    WithdrawnBecause.CANCELLED: "the order was cancelled",
    WithdrawnBecause.REMOVED: "its item was removed or refunded",
    WithdrawnBecause.FULFILLED: "shipped without approval",
    WithdrawnBecause.SET_ASIDE: "set aside",
    WithdrawnBecause.NO_LONGER_FOUND: "not on the order any more, or not by the shop's rules",
    WithdrawnBecause.ERASED: "its customer was forgotten",
    WithdrawnBecause.DEMO: "the demo shop has left",
}
MAILS = {
    MessageKind.PHOTO_ISSUE: "The mail about the photos",
    MessageKind.REMINDER: "The reminder",
    MessageKind.ALL_APPROVED: "The mail that all is well",
    MessageKind.NEW_LINK: "The mail with a new link",
    MessageKind.SIGN_IN: "The mail to sign in with",
}
_MAIL_STATES = {
    MessageState.QUEUED: "Waits to be sent",
    MessageState.SENDING: "Is being sent",
    MessageState.SENT: "Sent",
    MessageState.FAILED: "Refused",
    MessageState.DROPPED: "Not needed any more",
    MessageState.UNCERTAIN: "Nobody knows whether it arrived",
}


def photos(order: OrderRow) -> str:
    """ "2 of 3 approved, 1 waits for the customer"."""
    if not order.photos:
        return "No photo to print"
    if order.approved == order.photos:
        return "Approved" if order.photos == 1 else f"All {order.photos} approved"
    # What somebody has to do something about comes first.
    others = {
        "to check": order.to_check,
        "in approval": order.in_review,
        "waiting for the customer": order.rejected,
        "being fetched": order.fetching,
    }
    for words, number in others.items():
        if number == order.photos:
            return words.capitalize()
    parts = [f"{number} {words}" for words, number in others.items() if number]
    return ", ".join([f"{order.approved} of {order.photos} approved", *parts])


def tags(order: OrderRow) -> list[str]:
    """What else there is to know, the most pressing first."""
    # Of an order that is over, no more than that.
    if order.erased_at:
        return ["Customer forgotten"]
    if order.cancelled_at or order.deleted_at:
        return ["Cancelled" if order.cancelled_at else "Deleted in Shopify"]
    known = {
        "Shopify refused": order.is_refused,
        "Hold removed": order.was_hold_removed and not order.released_at,
        "Held": order.is_held,
        "Shipped": order.is_fulfilled,
        "Handed over": order.handed_over_at is not None,
        "Ready to print": is_ready(order),
    }
    return [words for words, is_so in known.items() if is_so]


def is_ready(order: OrderRow) -> bool:
    is_free = order.released_at is not None and not order.is_fulfilled
    return is_free and order.handed_over_at is None and order.approved > 0


def photo(photo: StoryPhoto, head: Head) -> str:
    words = _STATES[photo.state]
    if photo.withdrawn_because is None:
        return words
    return f"{words}: {because(photo.withdrawn_because, head)}"


def because(reason: WithdrawnBecause, head: Head) -> str:
    if reason is WithdrawnBecause.CANCELLED and head.deleted_at and not head.cancelled_at:
        return "the order was deleted in Shopify"
    return _BECAUSE[reason]


def mail(message: StoryMessage) -> str:
    went = "Shown under Mail only" if message.is_captured else _MAIL_STATES[message.state]
    return f"{MAILS[message.kind]} · {went}"


def shopify(status: str) -> str:
    """ "PARTIALLY_REFUNDED" as people write it."""
    return status.replace("_", " ").capitalize() or "Not known yet"
