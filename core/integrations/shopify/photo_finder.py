"""The photos among an order's properties: found by their values, whatever the label says."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import NamedTuple

from core.integrations.shopify.orders import Attribute
from core.integrations.shopify.photo_reasons import Why
from core.integrations.shopify.photo_roles import Role, plain, role_of, speaks_of_photo
from core.integrations.shopify.photo_urls import Kind, read_url
from core.integrations.shopify.photo_values import IMAGE_EXTENSIONS, links, mentions_link
from core.integrations.shopify.property_rules import NO_RULES, PropertyRules

_FILE_NAME = re.compile(rf"[^/\\:\r\n]{{1,200}}\.(?:{'|'.join(IMAGE_EXTENSIONS)})", re.IGNORECASE)
_PROMISE = re.compile(
    r"\b(?:e ?mail\w*|mailed|send|sent|later|follow\w*|post purchase|whats ?app)\b"
)
_REFERENCE = re.compile(r"\b(?:id|uid|uuid|token|reference|expect\w*|pending)\b")
#: The strongest label first.
_RANKS = [Role.PHOTO, Role.DERIVED, Role.PREVIEW, Role.PRODUCTION, Role.FILE]


@dataclass(frozen=True)
class FoundPhoto:
    key: str
    url: str
    role: Role
    #: The original's address where it differs from `url`, which may be a page or a small copy.
    fetch_url: str


@dataclass(frozen=True)
class Outcome:
    """What became of one address in a value, or of a value without any."""

    text: str
    #: None: it is none, or has a better place.
    photo: FoundPhoto | None
    #: What tells that it is a picture or none, and then what else decided.
    why: tuple[Why, ...]


@dataclass(frozen=True)
class Explained:
    attribute: Attribute
    outcomes: tuple[Outcome, ...]  #: One at least
    promises: bool  #: Whether it says that there should be a photo


class _Read(NamedTuple):
    outcome: Outcome
    rank: int = 0  #: Of several labels for one address the lowest gets it
    file: str = ""  #: The same for two addresses of one file


def find_photos(
    attributes: Sequence[Attribute],
    *,
    rules: PropertyRules = NO_RULES,
    demo: tuple[str, int] | None = None,
) -> list[FoundPhoto]:
    """Find every picture and attachment, in the order of the list, each once. See `explain`."""
    outcomes = (each.outcomes for each in explain(attributes, rules=rules, demo=demo))
    return [outcome.photo for outcome in chain.from_iterable(outcomes) if outcome.photo]


def explain(
    attributes: Sequence[Attribute],
    *,
    rules: PropertyRules = NO_RULES,
    demo: tuple[str, int] | None = None,
) -> list[Explained]:
    """Tell of each attribute what is found in it, and why.

    Of two labels for one address the stronger wins: what the merchant takes, what a pointer names
    as the preview, then photo, derived, preview, production, file; of equals the first. `demo` is
    the one address and port that may be reached over http.
    """
    pointers = _pointers(attributes)
    pointed = set(pointers.values())
    reads = [
        list(_in_value(attribute, _unnumbered(attribute.key) in pointed, rules, demo))
        or [_Read(_without_address(attribute, attribute.key in pointers, rules))]
        for attribute in attributes
    ]
    best: dict[str, int] = {}
    for outcome, rank, _ in chain.from_iterable(reads):
        if outcome.photo:
            best[outcome.photo.url] = min(rank, best.get(outcome.photo.url, rank))
    found: set[str] = set()
    originals: set[str] = set()
    return [
        Explained(
            attribute,
            tuple(_settled(read, best, found, originals) for read in own),
            expects_photo(attribute, rules=rules),
        )
        for attribute, own in zip(attributes, reads, strict=True)
    ]


def expects_photo(attribute: Attribute, *, rules: PropertyRules = NO_RULES) -> bool:
    """Whether the attribute says that there should be a photo, for lines where none was found.

    An upload's id, the name of a file to come, a promise to mail it, an address we refuse.
    """
    value, is_taken = (attribute.value or "").strip(), rules.take(attribute.key)
    if not value or rules.ignore(attribute.key):
        return False
    if not is_taken and role_of(attribute.key) in (Role.PREVIEW, Role.PRODUCTION):
        return False
    if _FILE_NAME.fullmatch(value):
        return True
    about_photo = is_taken or speaks_of_photo(attribute.key)
    if mentions_link(value):
        return about_photo
    if about_photo and _REFERENCE.search(plain(attribute.key)):
        return True
    hidden = attribute.key.startswith("_")
    return bool(
        _PROMISE.search(plain(value)) and (about_photo or (hidden and speaks_of_photo(value)))
    )


def _pointers(attributes: Sequence[Attribute]) -> dict[str, str]:
    """The labels that others name as the preview (`_pplr_preview: Vorschau`), by those others."""
    labels = {_unnumbered(attribute.key) for attribute in attributes}
    return {
        attribute.key: name
        for attribute in attributes
        if attribute.value and role_of(attribute.key) is Role.PREVIEW
        for name in [_unnumbered(attribute.value)]
        if name in labels
    }


def _unnumbered(label: str) -> str:
    return plain(label).rstrip("0123456789 ")


def _in_value(
    attribute: Attribute, is_pointed: bool, rules: PropertyRules, demo: tuple[str, int] | None
) -> Iterator[_Read]:
    key, is_taken = attribute.key, rules.take(attribute.key)
    for link in links(attribute.value or ""):
        names = [key, *link.names]
        photo_key = is_taken or any(speaks_of_photo(name) for name in names)
        read = read_url(link.text, photo_key=photo_key, is_taken=is_taken, demo=demo)
        if isinstance(read, Why):
            yield _Read(Outcome(link.text, None, (read,)))
        elif rules.ignore(key):
            yield _Read(Outcome(link.text, None, (read.why, Why.RULE_IGNORES)))
        elif is_taken and read.kind is Kind.IMAGE:
            photo = FoundPhoto(key, read.url, Role.PHOTO, read.fetch_url)
            why = tuple(dict.fromkeys((read.why, Why.RULE_TAKES)))
            yield _Read(Outcome(link.text, photo, why), 0, read.file)
        elif is_pointed:
            photo = FoundPhoto(key, read.url, Role.PREVIEW, read.fetch_url)
            yield _Read(Outcome(link.text, photo, (read.why, Why.POINTED_AT)), 1, read.file)
        else:
            role, why = _role(names, read.kind)
            photo = FoundPhoto(key, read.url, role, read.fetch_url)
            rank = 2 + _RANKS.index(role)
            yield _Read(Outcome(link.text, photo, (read.why, *why)), rank, read.file)


def _role(names: list[str], kind: Kind) -> tuple[Role, tuple[Why, ...]]:
    # The innermost name that says anything: `{"original": ..., "preview": ...}` under one label.
    roles = (role_of(name) for name in reversed(names))
    role = next((role for role in roles if role is not None), None)
    if kind is Kind.FILE and role not in (Role.PREVIEW, Role.PRODUCTION):
        return Role.FILE, ()
    # A picture is a photo unless its name says otherwise.
    return (role, (Why.NAME_SAYS,)) if role else (Role.PHOTO, ())


def _without_address(attribute: Attribute, is_pointer: bool, rules: PropertyRules) -> Outcome:
    value = (attribute.value or "").strip()
    if not value:
        why = Why.EMPTY
    elif is_pointer:
        why = Why.POINTER
    elif mentions_link(value):
        why = Why.NO_ADDRESS
    else:
        why = Why.PROMISE if expects_photo(attribute, rules=rules) else Why.TEXT
    return Outcome(value, None, (why,))


def _settled(read: _Read, best: dict[str, int], found: set[str], originals: set[str]) -> Outcome:
    """Leave out what has a better place, or is another size of a photo already found."""
    outcome, photo = read.outcome, read.outcome.photo
    if photo is None:
        return outcome
    if read.rank > best[photo.url] or photo.url in found:
        return replace(outcome, photo=None, why=(*outcome.why, Why.SEEN))
    found.add(photo.url)
    if photo.role is Role.PHOTO:
        if read.file in originals:
            return replace(outcome, photo=None, why=(*outcome.why, Why.SMALLER_COPY))
        originals.add(read.file)
    return outcome
