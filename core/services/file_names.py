"""Names of the files that are handed over, by the shop's own pattern."""

import re
import unicodedata
from collections.abc import Mapping

#: What a pattern may hold, in braces.
PLACEHOLDERS = ("order", "product", "variant", "quantity", "number", "customer")

#: Of a name without its ending, in bytes: with ending and number it stays below 255.
_LONGEST = 120
_PLACEHOLDER = re.compile(r"\{(\w*)\}")
#: What some system does not allow in a name, or reads as a path.
_UNFIT = re.compile(r"[^\w .,()+&@-]+")
_SPACES = re.compile(r"\s+")
#: Windows keeps these for itself, whatever follows the first dot.
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def from_pattern(pattern: str, values: Mapping[str, str]) -> str:
    """A name without ending. What a pattern asks for and is not known is left out."""
    return safe(_PLACEHOLDER.sub(lambda found: safe(values.get(found[1], ""), ""), pattern))


def safe(text: str, otherwise: str = "photo") -> str:
    """A part of a path that is one on every system, and nothing but that."""
    name = _SPACES.sub(" ", _UNFIT.sub("-", unicodedata.normalize("NFC", text)))
    # Also where nothing stood between two dashes.
    name = re.sub("-{2,}", "-", name).strip(" .-")
    name = name.encode()[:_LONGEST].decode(errors="ignore").rstrip(" .-")
    if _RESERVED.fullmatch(name):
        name = f"{name}-"
    return name or otherwise


def unknown(pattern: str) -> set[str]:
    """What stands in braces and is no placeholder."""
    return set(_PLACEHOLDER.findall(pattern)) - set(PLACEHOLDERS)


class Names:
    """Those given so far: no two are the same, also where capitals do not count."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unique(self, name: str) -> str:
        unique, number = name, 1
        while unique.casefold() in self._taken:
            number += 1
            unique = f"{name} ({number})"
        self._taken.add(unique.casefold())
        return unique
