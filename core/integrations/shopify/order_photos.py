"""Which line of an order each of its photos is printed on, and which lines lack theirs."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum

from core.integrations.shopify.orders import Attribute, ShopifyGroup, ShopifyLine, ShopifyOrder
from core.integrations.shopify.photo_finder import Explained, FoundPhoto, explain
from core.integrations.shopify.photo_reasons import Why
from core.integrations.shopify.photo_roles import Role
from core.integrations.shopify.property_rules import NO_RULES, PropertyRules

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
class Place:
    """Properties of a line, a group of lines or the whole order, and what is found on them."""

    line_id: str  #: Which line its photos are printed on
    source: Source
    of: ShopifyLine | ShopifyGroup | None
    properties: tuple[Explained, ...]


def find_on_order(
    order: ShopifyOrder,
    *,
    rules: PropertyRules = NO_RULES,
    demo: tuple[str, int] | None = None,
) -> OrderPhotos:
    """Photos of a group or of the whole order are found once; see `explain_order`."""
    photos: list[OrderPhoto] = []
    expected: list[ExpectedPhoto] = []
    ordinals: Counter[tuple[str, Source, str]] = Counter()
    for place in explain_order(order, rules=rules, demo=demo):
        for found in _found(place):
            slot = (place.line_id, place.source, found.key)
            photos.append(_placed(found, place, ordinals[slot]))
            ordinals[slot] += 1
        expected.extend(
            ExpectedPhoto(
                place.line_id, place.source, each.attribute.key, each.attribute.value or ""
            )
            for each in place.properties
            if each.promises
        )
    supplied = {photo.line_id for photo in photos if photo.role is Role.PHOTO}
    missing = tuple(each for each in expected if each.line_id not in supplied)
    return OrderPhotos(tuple(photos), missing)


def explain_order(
    order: ShopifyOrder,
    *,
    rules: PropertyRules = NO_RULES,
    demo: tuple[str, int] | None = None,
) -> Sequence[Place]:
    """Read lines first, then their groups, then the order.

    Photos of a group or of the whole order are on the first line that could need one; what a line
    already has is not found again above it. Two lines may have the same photo.
    """
    places: list[Place] = []
    for place in _places(order, rules, demo):
        below = (other for other in places if _is_above(place, other))
        known = {photo.url for other in below for photo in _found(other)}
        properties = tuple(_unless_known(each, known) for each in place.properties)
        places.append(replace(place, properties=properties))
    return places


def _placed(found: FoundPhoto, place: Place, ordinal: int) -> OrderPhoto:
    return OrderPhoto(
        line_id=place.line_id,
        source=place.source,
        key=found.key,
        ordinal=ordinal,
        url=found.url,
        role=found.role,
        fetch_url=found.fetch_url,
    )


def _found(place: Place) -> Iterator[FoundPhoto]:
    for each in place.properties:
        yield from (outcome.photo for outcome in each.outcomes if outcome.photo)


def _is_above(place: Place, other: Place) -> bool:
    """Whether the place speaks for the line of one read before."""
    return place.source is Source.ORDER or other.line_id == place.line_id


def _unless_known(explained: Explained, known: Set[str]) -> Explained:
    return replace(
        explained,
        outcomes=tuple(
            replace(outcome, photo=None, why=(*outcome.why, Why.SEEN_BELOW))
            if outcome.photo and outcome.photo.url in known
            else outcome
            for outcome in explained.outcomes
        ),
    )


def _places(
    order: ShopifyOrder, rules: PropertyRules, demo: tuple[str, int] | None
) -> Iterator[Place]:
    def read(attributes: Sequence[Attribute]) -> tuple[Explained, ...]:
        return tuple(explain(attributes, rules=rules, demo=demo))

    supplied = set()
    for line in order.lines:
        place = Place(_printed_line(order, line).id, Source.LINE, line, read(line.attributes))
        if any(photo.role is Role.PHOTO for photo in _found(place)):
            supplied.add(place.line_id)
        yield place
    groups = {line.group.id: line.group for line in order.lines if line.group}
    for group in groups.values():
        members = [line for line in order.lines if line.group and line.group.id == group.id]
        target = _first_in_need(members, supplied)
        yield Place(target.id, Source.GROUP, group, read(group.attributes))
    if order.lines:
        target = _first_in_need(order.lines, supplied)
        yield Place(target.id, Source.ORDER, None, read(order.attributes))


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
