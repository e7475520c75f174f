"""What people paste to name an order: its number, or its address in Shopify's admin."""

import re
from dataclasses import dataclass

_ADDRESS = re.compile(
    r"(?:https://)?"
    r"(?:admin\.shopify\.com/store/(?P<store>[a-z0-9-]+)"
    r"|(?P<domain>[a-z0-9-]+)\.myshopify\.com/admin)"
    r"/orders/(?P<number>[0-9]{1,20})(?:[/?#].*)?",
    re.ASCII | re.IGNORECASE,
)
_GLOBAL_ID = re.compile(r"gid://shopify/Order/[0-9]{1,20}", re.ASCII)
#: No order's name has them, and in a search they mean something.
_NOT_IN_NAMES = re.compile(r"[\x00-\x1f\"\\]")
_LONGEST_NAME = 100


@dataclass(frozen=True)
class OrderReference:
    id: str | None = None  #: The global one
    name: str = ""  #: Without "#"
    store: str | None = None  #: What "….myshopify.com" begins with

    @property
    def could_be_one(self) -> bool:
        """Every order has a number in its name, whatever stands around it."""
        return bool(self.id) or ("://" not in self.name and any(map(str.isdigit, self.name)))


def read_reference(text: str) -> OrderReference:
    text = text.strip()
    if found := _ADDRESS.fullmatch(text):
        store = (found["store"] or found["domain"]).lower()
        return OrderReference(id=f"gid://shopify/Order/{found['number']}", store=store)
    if _GLOBAL_ID.fullmatch(text):
        return OrderReference(id=text)
    return OrderReference(name=bare_name(text))


def bare_name(name: str) -> str:
    """ "#1001" and "1001" are one order."""
    return _NOT_IN_NAMES.sub("", name).strip().lstrip("#").strip()[:_LONGEST_NAME]
