from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.errors import PhotosNeededImplausible, RulesTooMany
from core.integrations.shopify.order_photos import find_on_order
from core.integrations.shopify.orders import Attribute, ShopifyOrder, ShopifyVariant
from core.integrations.shopify.property_rules import PropertyRules
from core.models import (
    Event,
    EventName,
    Photo,
    PhotoState,
    Product,
    SyncRun,
    WithdrawnBecause,
    utc_now,
)
from core.services import decisions, order_intake, products, property_rules, shops
from core.services.order_rows import Sighting
from core.services.slots import MISSING
from tests.cast import Cast, seen
from tests.core.services.orders import CDN, bundle, changed, line, refunded, shopify_order


def record(session: Session, cast: Cast, order: ShopifyOrder) -> int:
    """As a sync does it, by the shop's rules of now."""
    rules = PropertyRules.of(cast.shop.taken_properties, cast.shop.ignored_properties)
    sighting = Sighting(order, find_on_order(order, rules=rules), utc_now())
    return order_intake.record(session, cast.shop.id, [sighting])


def photos(session: Session) -> list[Photo]:
    session.expire_all()
    return list(session.scalars(select(Photo).order_by(Photo.id)))


def standing(session: Session) -> list[tuple[str, PhotoState]]:
    return [(photo.source, photo.state) for photo in photos(session)]


def need(session: Session, cast: Cast, number: int | None) -> None:
    product = session.scalars(select(Product).where(Product.shop_id == cast.shop.id)).one()
    products.set_photos_needed(session, product.id, number, manager=cast.mia)
    session.flush()


def sold(*names: str) -> ShopifyOrder:
    """An order of one product that is known with its variant."""
    variant = ShopifyVariant(id="gid://shopify/ProductVariant/1")
    return shopify_order(replace(line(*names), variant=variant))


def test_a_rule_reads_open_orders_again_and_is_told_once(cast: Cast, session: Session) -> None:
    for _ in range(2):
        property_rules.ignore(session, cast.shop.id, " Vorschau ", manager=cast.mia)

    assert cast.shop.ignored_properties == ["Vorschau"]
    names = session.scalars(select(Event.ids).where(Event.name == EventName.SHOP_CHANGED)).all()
    assert names == [{"taken_properties": 0, "ignored_properties": 1}]
    assert len(cast.jobs("refresh_orders")) == 1


def test_a_refresh_that_began_by_other_rules_ends_for_a_new_one(
    cast: Cast, session: Session
) -> None:
    property_rules.take(session, cast.shop.id, "Design", manager=cast.mia)
    property_rules.ignore(session, cast.shop.id, "Design", manager=cast.mia)

    runs = session.scalars(select(SyncRun).order_by(SyncRun.id)).all()
    assert [run.finished_at is None for run in runs] == [False, True]
    assert [job["run_id"] for job in cast.jobs("refresh_orders")] == [run.id for run in runs]


def test_more_properties_than_a_shop_has_are_refused(cast: Cast, session: Session) -> None:
    cast.shop.taken_properties = [f"Photo {number}" for number in range(200)]

    with pytest.raises(RulesTooMany):
        property_rules.take(session, cast.shop.id, "Photo 200", manager=cast.mia)


def test_one_word_on_a_property_replaces_the_other(cast: Cast, session: Session) -> None:
    property_rules.take(session, cast.shop.id, "_Design", manager=cast.mia)
    property_rules.ignore(session, cast.shop.id, "design", manager=cast.mia)
    assert (cast.shop.taken_properties, cast.shop.ignored_properties) == ([], ["design"])

    property_rules.forget(session, cast.shop.id, "DESIGN", manager=cast.mia)

    assert (cast.shop.taken_properties, cast.shop.ignored_properties) == ([], [])


def test_a_property_that_is_ignored_takes_its_photos_from_review_and_gives_them_back(
    cast: Cast, session: Session
) -> None:
    order = shopify_order(line("a", "b"))
    record(session, cast, order)
    property_rules.ignore(session, cast.shop.id, "photo", manager=cast.mia)

    record(session, cast, order)
    gone = photos(session)
    assert {photo.withdrawn_because for photo in gone} == {WithdrawnBecause.NO_LONGER_FOUND}
    property_rules.forget(session, cast.shop.id, "photo", manager=cast.mia)
    record(session, cast, order)

    assert standing(session) == [("line:Photo", PhotoState.FETCHING)] * 2
    events = session.scalars(
        select(Event.name).where(Event.photo_id == gone[0].id).order_by(Event.id)
    ).all()
    assert events == [EventName.PHOTO_FOUND, EventName.PHOTO_WITHDRAWN, EventName.PHOTO_RETURNED]


@pytest.mark.parametrize("verdict", ["approve", "reject"])
def test_what_somebody_has_decided_stays(cast: Cast, session: Session, verdict: str) -> None:
    order = shopify_order(line("a"))
    record(session, cast, order)
    (photo,) = photos(session)
    photo.state = PhotoState.IN_REVIEW
    session.flush()
    getattr(cast, verdict)(photo)
    property_rules.ignore(session, cast.shop.id, "photo", manager=cast.mia)

    record(session, cast, order)

    (photo,) = photos(session)
    assert photo.state in (PhotoState.APPROVED, PhotoState.REJECTED)


def decided(session: Session, cast: Cast, photo: Photo, verdict: str) -> None:
    photo.state = PhotoState.IN_REVIEW
    session.flush()
    if verdict == "set aside":
        decisions.set_aside(session, seen(photo), reviewer=cast.ada, batch=uuid4())
    else:
        getattr(cast, verdict)(photo)


@pytest.mark.parametrize("verdict", ["approve", "reject", "set aside"])
def test_an_order_that_was_decided_lacks_nothing_by_a_rule(
    cast: Cast, session: Session, verdict: str
) -> None:
    # Others of its product came with a photo, so that without one it would lack one.
    record(session, cast, sold("other"))
    order = sold("a")
    record(session, cast, order)
    decided(session, cast, photos(session)[1], verdict)
    before = standing(session)[1:]
    property_rules.ignore(session, cast.shop.id, "photo", manager=cast.mia)

    record(session, cast, order)

    assert standing(session)[1:] == before
    property_rules.forget(session, cast.shop.id, "photo", manager=cast.mia)
    record(session, cast, order)
    assert standing(session)[1:] == before


def test_a_decided_photo_of_a_bundle_is_missed_on_none_of_its_lines(
    cast: Cast, session: Session
) -> None:
    for_all = bundle("a")
    variant = ShopifyVariant(id="gid://shopify/ProductVariant/1")
    lines = [replace(line(), variant=variant, group=for_all) for _ in range(2)]
    order = shopify_order(*lines)
    record(session, cast, sold("other"))
    record(session, cast, order)
    decided(session, cast, photos(session)[1], "approve")
    property_rules.ignore(session, cast.shop.id, "photo", manager=cast.mia)

    record(session, cast, order)

    assert standing(session)[1:] == [("group:Photo", PhotoState.APPROVED)]


def test_a_photo_that_another_property_takes_over_is_there_once(
    cast: Cast, session: Session
) -> None:
    both = tuple(Attribute(key, f"{CDN}/a.jpg") for key in ("Photo", "_preview"))
    order = shopify_order(line(attributes=both))
    record(session, cast, order)
    property_rules.take(session, cast.shop.id, "preview", manager=cast.mia)

    record(session, cast, order)

    assert standing(session) == [
        ("line:Photo", PhotoState.WITHDRAWN),
        ("line:_preview", PhotoState.FETCHING),
    ]


def test_an_ignored_photo_of_a_cancelled_order_does_not_come_back_by_itself(
    cast: Cast, session: Session
) -> None:
    order = shopify_order(line("a"))
    record(session, cast, order)
    property_rules.ignore(session, cast.shop.id, "photo", manager=cast.mia)
    record(session, cast, order)

    record(session, cast, changed(order, cancelled_at=order.updated_at))
    record(session, cast, changed(order, updated_at=changed(order).updated_at))

    assert standing(session) == [("line:Photo", PhotoState.WITHDRAWN)]


def test_a_product_that_needs_none_lacks_nothing(cast: Cast, session: Session) -> None:
    record(session, cast, sold("a"))
    bare = sold()
    record(session, cast, bare)
    assert standing(session)[1] == (MISSING, PhotoState.TO_CHECK)

    need(session, cast, 0)
    record(session, cast, bare)
    record(session, cast, sold())

    assert standing(session)[1:] == [(MISSING, PhotoState.WITHDRAWN)]


def test_a_line_with_fewer_photos_than_it_needs_lacks_the_rest(
    cast: Cast, session: Session
) -> None:
    order = sold("a")
    record(session, cast, order)
    need(session, cast, 3)

    record(session, cast, order)
    record(session, cast, order)

    assert [(photo.source, photo.ordinal) for photo in photos(session)] == [
        ("line:Photo", 0),
        (MISSING, 0),
        (MISSING, 1),
    ]


def test_photos_that_come_later_take_the_places_of_missing_ones(
    cast: Cast, session: Session
) -> None:
    order = sold("a")
    record(session, cast, order)
    need(session, cast, 3)
    record(session, cast, order)
    _, first, _ = photos(session)
    # The customer was asked for the first one, and has sent it.
    first.state = PhotoState.IN_REVIEW
    session.flush()

    later = changed(order, replace(order.lines[0], attributes=sold("a", "b").lines[0].attributes))
    record(session, cast, later)
    record(session, cast, later)

    assert [(photo.source, photo.ordinal, photo.state) for photo in photos(session)] == [
        ("line:Photo", 0, PhotoState.FETCHING),
        (MISSING, 0, PhotoState.IN_REVIEW),
        ("line:Photo", 1, PhotoState.FETCHING),
    ]


def test_fewer_are_missing_once_fewer_are_needed_and_the_answered_one_stays(
    cast: Cast, session: Session
) -> None:
    order = sold()
    record(session, cast, sold("a"))
    need(session, cast, 3)
    record(session, cast, order)
    answered = photos(session)[-1]
    answered.state = PhotoState.IN_REVIEW
    session.flush()
    cast.approve(answered)
    need(session, cast, 1)

    record(session, cast, order)

    states = [
        photo.state
        for photo in photos(session)
        if photo.source == MISSING and photo.order_id == answered.order_id
    ]
    assert states == [PhotoState.WITHDRAWN, PhotoState.WITHDRAWN, PhotoState.APPROVED]


def test_a_refunded_line_needs_nothing(cast: Cast, session: Session) -> None:
    order = sold("a")
    record(session, cast, order)
    need(session, cast, 2)

    record(session, cast, changed(order, refunded(order.lines[0])))

    (photo,) = photos(session)
    assert photo.withdrawn_because is WithdrawnBecause.REMOVED


@pytest.mark.parametrize("number", [-1, 101])
def test_a_number_that_cannot_be_is_refused(cast: Cast, session: Session, number: int) -> None:
    record(session, cast, sold("a"))

    with pytest.raises(PhotosNeededImplausible):
        need(session, cast, number)


def news(session: Session, cast: Cast, order: ShopifyOrder) -> list[Sequence[Sighting]]:
    found = [(order, find_on_order(order))]
    return list(order_intake.news(session, cast.shop.id, found, read_at=order.updated_at))


def test_what_a_product_needs_is_news_of_its_orders(cast: Cast, session: Session) -> None:
    order = sold("a")
    for _ in range(2):
        for sightings in news(session, cast, order):
            order_intake.record(session, cast.shop.id, sightings)
    assert news(session, cast, order) == []

    need(session, cast, 2)

    assert len(news(session, cast, order)) == 1
    assert len(cast.jobs("refresh_orders")) == 1


def test_a_host_is_trusted_until_it_is_not(cast: Cast, session: Session) -> None:
    for host in ("a.example", "b.example"):
        shops.trust_host(session, cast.shop.id, host, manager=cast.mia)

    shops.distrust_host(session, cast.shop.id, "a.example", manager=cast.mia)
    shops.distrust_host(session, cast.shop.id, "a.example", manager=cast.mia)

    assert cast.shop.trusted_hosts == ["b.example"]
    told = session.execute(text("SELECT count(*) FROM events WHERE name = 'host.distrusted'"))
    assert told.scalar_one() == 1
