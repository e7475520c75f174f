"""The photos among an order's properties: found by their values, whatever the label says."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.integrations.shopify.orders import Attribute
from core.integrations.shopify.photo_roles import Role, plain, role_of, speaks_of_photo
from core.integrations.shopify.photo_urls import Kind, read_url
from core.integrations.shopify.photo_values import IMAGE_EXTENSIONS, links, mentions_link

_FILE_NAME = re.compile(rf"[^/\\:\r\n]{{1,200}}\.(?:{'|'.join(IMAGE_EXTENSIONS)})", re.IGNORECASE)
_PROMISE = re.compile(
    r"\b(?:e ?mail\w*|mailed|send|sent|later|follow\w*|post purchase|whats ?app)\b"
)
_REFERENCE = re.compile(r"\b(?:id|uid|uuid|token|reference|expect\w*|pending)\b")


@dataclass(frozen=True)
class FoundPhoto:
    key: str
    url: str
    role: Role
    #: The original's address where it differs from `url`, which may be a page or a small copy.
    fetch_url: str


def find_photos(
    attributes: Sequence[Attribute], *, demo: tuple[str, int] | None = None
) -> list[FoundPhoto]:
    """Find every picture and attachment, in the order of the list, each once.

    Of two labels for one address the stronger wins: what a pointer names as the preview, then
    photo, derived, preview, production, file; of equals the first. `demo` is the one address and
    port that may be reached over http.
    """
    pointed = _pointed_labels(attributes)
    found: dict[str, tuple[int, FoundPhoto]] = {}
    for attribute in attributes:
        is_pointed = _unnumbered(attribute.key) in pointed
        for photo in _in_value(attribute, demo):
            if is_pointed:
                photo = FoundPhoto(photo.key, photo.url, Role.PREVIEW, photo.fetch_url)
            rank = 0 if is_pointed else 1 + _RANKS.index(photo.role)
            if photo.url not in found or rank < found[photo.url][0]:
                found[photo.url] = (rank, photo)
    return _without_copies(photo for _, photo in found.values())


def expects_photo(attribute: Attribute) -> bool:
    """Whether the attribute says that there should be a photo, for lines where none was found.

    An upload's id, the name of a file to come, a promise to mail it, an address we refuse.
    """
    value = (attribute.value or "").strip()
    if not value or role_of(attribute.key) in (Role.PREVIEW, Role.PRODUCTION):
        return False
    if _FILE_NAME.fullmatch(value):
        return True
    about_photo = speaks_of_photo(attribute.key)
    if mentions_link(value):
        return about_photo
    if about_photo and _REFERENCE.search(plain(attribute.key)):
        return True
    hidden = attribute.key.startswith("_")
    return bool(
        _PROMISE.search(plain(value)) and (about_photo or (hidden and speaks_of_photo(value)))
    )


_RANKS = [Role.PHOTO, Role.DERIVED, Role.PREVIEW, Role.PRODUCTION, Role.FILE]


def _pointed_labels(attributes: Sequence[Attribute]) -> set[str]:
    """The labels that another attribute names as the preview (`_pplr_preview: Vorschau`)."""
    labels = {_unnumbered(attribute.key) for attribute in attributes}
    return {
        name
        for attribute in attributes
        if attribute.value and role_of(attribute.key) is Role.PREVIEW
        for name in [_unnumbered(attribute.value)]
        if name in labels
    }


def _unnumbered(label: str) -> str:
    return plain(label).rstrip("0123456789 ")


def _in_value(attribute: Attribute, demo: tuple[str, int] | None) -> Iterator[FoundPhoto]:
    for link in links(attribute.value or ""):
        names = [attribute.key, *link.names]
        photo_key = any(speaks_of_photo(name) for name in names)
        read = read_url(link.text, photo_key=photo_key, demo=demo)
        if read is not None:
            yield FoundPhoto(attribute.key, read.url, _role(names, read.kind), read.fetch_url)


def _role(names: list[str], kind: Kind) -> Role:
    # The innermost name that says anything: `{"original": ..., "preview": ...}` under one label.
    roles = (role_of(name) for name in reversed(names))
    role = next((role for role in roles if role is not None), Role.PHOTO)
    if kind is Kind.FILE and role not in (Role.PREVIEW, Role.PRODUCTION):
        return Role.FILE
    return role


def _without_copies(photos: Iterator[FoundPhoto]) -> list[FoundPhoto]:
    """Leave out a photo that is only another size of one already found."""
    kept: list[FoundPhoto] = []
    originals: set[str] = set()
    for photo in photos:
        if photo.role is Role.PHOTO:
            if photo.fetch_url in originals:
                continue
            originals.add(photo.fetch_url)
        kept.append(photo)
    return kept
