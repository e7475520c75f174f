"""What Shopify refused to do for an order, in words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.ui import shop_words

_WORDS = {
    "no_fulfillment_orders": "Shopify has not made anything to ship of it yet.",
    "shipped_by_others": "Somebody else ships part of it, and Shopify does not show Loupe that "
    "part: permit read_third_party_fulfillment_orders and write_third_party_fulfillment_orders in "
    "the app.",
    "refused": "Shopify refused what Loupe asked for.",
}
#: What is said besides is a program's, or known from the code.
_QUIET = frozenset({"timeout", "unreachable", "server_error", "throttled", "locked"})
_CODES = (
    *(*_WORDS, *_QUIET, "cannot_be_held", "access_denied", "unauthorized", "disconnected"),
    *("no_such_shop", "redirected", "rejected", "too_costly", "bad_answer", "bad_version"),
)
#: Before the next of several: Shopify's own words may hold the sign as well, and no code after it.
_NEXT = re.compile(rf"; (?=(?:{'|'.join(sorted(_CODES))})(?:: |; |$))")


@dataclass(frozen=True, slots=True)
class Refusal:
    words: str
    quote: str  #: What Shopify said itself; "" where that helps nobody


def refusals(text: str) -> Sequence[Refusal]:
    """Of `Order.refusal`."""
    return [_refusal(each) for each in _NEXT.split(text)]


def _refusal(text: str) -> Refusal:
    code, _, detail = text.partition(": ")
    if code == "cannot_be_held":
        status = f": it is {detail.replace('_', ' ').lower()}" if detail else ""
        return Refusal(f"Shopify does not let it be held{status}.", "")
    if code not in _CODES:
        return Refusal(_WORDS["refused"], text)
    words = _WORDS.get(code) or shop_words.problem(code)
    return Refusal(words, "" if code in _QUIET else detail)
