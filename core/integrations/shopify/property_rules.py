"""The merchant's own word on properties: whose pictures are photos, and whose never are."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.integrations.shopify.photo_roles import plain


def folded(label: str) -> str:
    """What two spellings of one label have in common; never empty unless the label is."""
    # A label of symbols only has no words.
    return plain(label) or label[:500].strip().casefold()


@dataclass(frozen=True)
class PropertyRules:
    """Both hold labels as `folded` returns them."""

    taken: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()

    @classmethod
    def of(cls, taken: Iterable[str], ignored: Iterable[str]) -> "PropertyRules":
        return cls(frozenset(map(folded, taken)), frozenset(map(folded, ignored)))

    def take(self, label: str) -> bool:
        return bool(self.taken) and folded(label) in self.taken

    def ignore(self, label: str) -> bool:
        return bool(self.ignored) and folded(label) in self.ignored


NO_RULES = PropertyRules()
