from typing import Any

import pytest

from core.integrations.shopify.order_photos import Source, explain_order, find_on_order
from core.integrations.shopify.orders import Attribute
from core.integrations.shopify.photo_finder import Outcome, expects_photo, explain, find_photos
from core.integrations.shopify.photo_reasons import Why
from core.integrations.shopify.photo_roles import Role
from core.integrations.shopify.property_rules import PropertyRules
from tests.core.services.orders import CDN, attributes, bundle, line, shopify_order

A, B = f"{CDN}/a.jpg", f"{CDN}/b.jpg"
PAGE = "https://studio.example/designs/summer"


def roles(*properties: tuple[str, str], **rules: list[str]) -> list[tuple[str, Role]]:
    given = [Attribute(key, value) for key, value in properties]
    known: dict[str, list[str]] = {"taken": [], "ignored": []} | rules
    found = find_photos(given, rules=PropertyRules.of(**known))
    return [(photo.key, photo.role) for photo in found]


@pytest.mark.parametrize(
    "name", ["_Design Preview", "design preview", " Design  PREVIEW", "design_preview"]
)
def test_a_property_is_known_however_it_is_spelt(name: str) -> None:
    assert roles(("_designPreview", A)) == [("_designPreview", Role.PREVIEW)]
    assert roles(("_designPreview", A), taken=[name]) == [("_designPreview", Role.PHOTO)]
    assert roles(("_designPreview", A), ignored=[name]) == []


def test_a_property_of_signs_only_is_no_other_of_signs() -> None:
    assert roles(("★", A), ("☆", B), ignored=["★"]) == [("☆", Role.PHOTO)]


def test_what_is_taken_needs_no_look_of_a_picture_but_a_file_stays_a_file() -> None:
    assert roles(("Design", PAGE)) == []
    assert roles(("Design", PAGE), taken=["design"]) == [("Design", Role.PHOTO)]
    assert roles(("Design", f"{CDN}/a.pdf"), taken=["design"]) == [("Design", Role.FILE)]


def test_a_rule_is_stronger_than_the_pointer_of_an_app() -> None:
    properties = [("_pplr_preview", "Vorschau"), ("Vorschau", A), ("Foto", A)]

    assert roles(*properties) == [("Vorschau", Role.PREVIEW)]
    assert roles(*properties, taken=["vorschau"]) == [("Vorschau", Role.PHOTO)]
    assert roles(*properties, taken=["foto"]) == [("Foto", Role.PHOTO)]
    assert roles(*properties, ignored=["Vorschau"]) == [("Foto", Role.PHOTO)]


def test_what_is_ignored_promises_no_photo_and_what_is_taken_may() -> None:
    promise = Attribute("Motif", "I'll send it later")

    assert not expects_photo(promise)
    assert expects_photo(promise, rules=PropertyRules.of(["motif"], []))
    assert not expects_photo(
        Attribute("Photo", "I'll send it later"), rules=PropertyRules.of([], ["photo"])
    )


def test_an_ignored_photo_of_a_line_leaves_the_order_s_in_its_place() -> None:
    order = shopify_order(line("a"), attributes=attributes(Cart=A))

    found = find_on_order(order, rules=PropertyRules.of([], ["photo"]))

    assert [(photo.source, photo.key) for photo in found.photos] == [(Source.ORDER, "Cart")]


def told(*properties: tuple[str, str | None], **rules: Any) -> list[tuple[Why, ...]]:
    given = [Attribute(key, value) for key, value in properties]
    explained = explain(given, **rules)
    return [outcome.why for each in explained for outcome in each.outcomes]


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("Motif", A, [(Why.FILE_NAME,)]),
        ("Photo", A, [(Why.FILE_NAME, Why.NAME_SAYS)]),
        ("Preview", A, [(Why.FILE_NAME, Why.NAME_SAYS)]),
        ("Motif", "https://ucarecdn.com/1f-2a/", [(Why.UPLOAD_SERVICE,)]),
        ("Motif", "https://img.example/r?x=1&format=png", [(Why.PARAMETER,)]),
        ("Motif", "https://img.example/uploads/9f3c21ab", [(Why.LOOKS_UPLOADED,)]),
        ("Motif", "https://shop.example/?ph_image=ab12cd&extension=png", [(Why.NO_FILE,)]),
        ("Motif", "https://shop.example/p?ph_image=ab12cd&extension=png", [(Why.APP_PAGE,)]),
        ("Motif", "https://www.instagram.com/p/abc123", [(Why.PAGE_SITE,)]),
        ("Motif", "https://shop.example/products/mug", [(Why.PAGE,)]),
        ("Motif", PAGE, [(Why.UNLIKELY,)]),
        ("Motif", f"{A} {B}", [(Why.FILE_NAME,)] * 2),
        ("Motif", "For Carl", [(Why.TEXT,)]),
        ("Photo", "IMG_2231.HEIC", [(Why.PROMISE,)]),
        ("Photo", None, [(Why.EMPTY,)]),
    ],
)
def test_every_value_has_its_reason(key: str, value: str | None, why: list[tuple[Why]]) -> None:
    assert told((key, value)) == why


def test_where_an_address_stands_twice_the_place_that_counts_says_so() -> None:
    assert told(("Preview", A), ("Photo", A), ("Copy", A)) == [
        (Why.FILE_NAME, Why.NAME_SAYS, Why.SEEN),
        (Why.FILE_NAME, Why.NAME_SAYS),
        (Why.FILE_NAME, Why.SEEN),
    ]
    assert told(("Photo", A), ("Motif", f"{A}?width=100"))[1] == (Why.FILE_NAME, Why.SMALLER_COPY)
    assert told(("_pplr_preview", "Bild"), ("Bild", A)) == [
        (Why.POINTER,),
        (Why.FILE_NAME, Why.POINTED_AT),
    ]


def test_an_order_is_explained_place_by_place() -> None:
    box = bundle("a", "b")
    order = shopify_order(line("a", group=box), attributes=attributes(Cart=B, Note="Hurry"))

    places = explain_order(order)

    assert [place.source for place in places] == [Source.LINE, Source.GROUP, Source.ORDER]
    assert [place.of for place in places] == [order.lines[0], box, None]
    assert [whys(place.properties[0].outcomes) for place in places] == [
        [(Why.FILE_NAME, Why.NAME_SAYS)],
        [(Why.FILE_NAME, Why.NAME_SAYS, Why.SEEN_BELOW)],
        [(Why.FILE_NAME, Why.SEEN_BELOW)],
    ]


def whys(outcomes: tuple[Outcome, ...]) -> list[tuple[Why, ...]]:
    return [outcome.why for outcome in outcomes]
