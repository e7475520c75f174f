"""Which line of an order each of its photos is printed on, and which lines lack theirs."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.integrations.shopify.orders import Attribute, ShopifyLine, ShopifyOrder
from core.integrations.shopify.photo_finder import FoundPhoto, expects_photo, find_photos
from core.integrations.shopify.photo_roles import Role

# Zepto sells its options as a line of their own, which names the line it belongs to.
_FEE_LINE = "_Customization For"
_FEE_LINE_NUMBER = re.compile(r"\(Line Item Number-(\d{1,4})\)\s*$")


class Source(StrEnum):
    LINE = "line"
    GROUP = "group"
    ORDER = "order"


@dataclass(frozen=True)
class OrderPhoto:
    """`(line_id, source, key, ordinal)` stays the same for as long as the property does."""

    line_id: str
    source: Source
    key: str
    #: Counts what the same key holds on the same line and source, from 0.
    ordinal: int
    url: str
    role: Role
    fetch_url: str


@dataclass(frozen=True)
class ExpectedPhoto:
    """A line without a photo that says it should have one."""

    line_id: str
    source: Source
    key: str
    value: str


@dataclass(frozen=True)
class OrderPhotos:
    photos: tuple[OrderPhoto, ...]
    expected: tuple[ExpectedPhoto, ...]


@dataclass(frozen=True)
class _Place:
    line_id: str
    source: Source
    attributes: tuple[Attribute, ...]


def find_on_order(order: ShopifyOrder, *, demo: tuple[str, int] | None = None) -> OrderPhotos:
    """Read lines first, then their groups, then the order.

    Photos of a group or of the whole order are found once, on the first line that could need one;
    what a line already has is not found again above it. Two lines may have the same photo.
    """
    photos: list[OrderPhoto] = []
    expected: list[ExpectedPhoto] = []
    ordinals: Counter[tuple[str, Source, str]] = Counter()
    for place in _places(order, demo):
        known = {photo.url for photo in photos if _is_above(place, photo)}
        for found in find_photos(place.attributes, demo=demo):
            if found.url not in known:
                slot = (place.line_id, place.source, found.key)
                photos.append(_placed(found, place, ordinals[slot]))
                ordinals[slot] += 1
        expected.extend(
            ExpectedPhoto(place.line_id, place.source, attribute.key, attribute.value or "")
            for attribute in place.attributes
            if expects_photo(attribute)
        )
    supplied = {photo.line_id for photo in photos if photo.role is Role.PHOTO}
    missing = tuple(each for each in expected if each.line_id not in supplied)
    return OrderPhotos(tuple(photos), missing)


def _placed(found: FoundPhoto, place: _Place, ordinal: int) -> OrderPhoto:
    return OrderPhoto(
        line_id=place.line_id,
        source=place.source,
        key=found.key,
        ordinal=ordinal,
        url=found.url,
        role=found.role,
        fetch_url=found.fetch_url,
    )


def _is_above(place: _Place, photo: OrderPhoto) -> bool:
    """Whether the place speaks for the line of a photo found before."""
    return place.source is Source.ORDER or photo.line_id == place.line_id


def _places(order: ShopifyOrder, demo: tuple[str, int] | None) -> Iterator[_Place]:
    supplied = set()
    for line in order.lines:
        target = _printed_line(order, line)
        if any(photo.role is Role.PHOTO for photo in find_photos(line.attributes, demo=demo)):
            supplied.add(target.id)
        yield _Place(target.id, Source.LINE, line.attributes)
    groups = {line.group.id: line.group for line in order.lines if line.group}
    for group in groups.values():
        members = [line for line in order.lines if line.group and line.group.id == group.id]
        yield _Place(_first_in_need(members, supplied).id, Source.GROUP, group.attributes)
    if order.lines:
        line = _first_in_need(order.lines, supplied)
        yield _Place(line.id, Source.ORDER, order.attributes)


def _first_in_need(lines: Sequence[ShopifyLine], supplied: set[str]) -> ShopifyLine:
    """The first line without a photo that is shipped and still ordered, or the nearest to that.

    A refund of the whole line moves the photo to another; any other change leaves it.
    """
    return min(
        lines,
        key=lambda line: (
            line.id in supplied,
            not line.requires_shipping,
            line.current_quantity == 0,
        ),
    )


def _printed_line(order: ShopifyOrder, line: ShopifyLine) -> ShopifyLine:
    """The line itself, or the one that a fee line's properties are about."""
    for attribute in line.attributes:
        if attribute.key != _FEE_LINE or not attribute.value:
            continue
        others = [other for other in order.lines if other.id != line.id]
        named = [other for other in others if attribute.value.startswith(other.name)]
        named = named or [other for other in others if attribute.value.startswith(other.title)]
        if len(named) == 1:
            return named[0]
        number = _FEE_LINE_NUMBER.search(attribute.value)
        if number and 1 <= int(number[1]) <= len(order.lines):
            return order.lines[int(number[1]) - 1]
    return line
