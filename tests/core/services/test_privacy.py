"""Customers and shops who ask, through Shopify, what is known of them, and to be forgotten."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import NotAllowed, NotFound
from core.models import (
    DataRequest,
    Draft,
    Event,
    EventName,
    Order,
    OrderNoteKind,
    Photo,
    PhotoState,
    Upload,
    WebhookDelivery,
)
from core.queries import data_requests
from core.queries.held import Held
from core.services import addresses, customer_sign_in, order_notes, privacy, webhooks
from tests.cast import PICTURE, Cast, CastOrder
from tests.core.services.test_webhooks import events, keep, process


@pytest.fixture
def cast(session: Session) -> Cast:
    return Cast(session, is_demo=False)


def asks(cast: Cast, *orders: CastOrder, email: str | None = "carl@example.org") -> Any:
    """As Shopify has it: plain numbers."""
    return _of_customer(cast, email) | {
        "orders_requested": _numbers(orders),
        "data_request": {"id": 9999},
    }


def to_forget(cast: Cast, *orders: CastOrder, email: str | None = "carl@example.org") -> Any:
    return _of_customer(cast, email) | {"orders_to_redact": _numbers(orders)}


def _numbers(orders: Sequence[CastOrder]) -> list[int]:
    return [int(each.order.shopify_id.rpartition("/")[2]) for each in orders]


def _of_customer(cast: Cast, email: str | None) -> dict[str, object]:
    return {
        "shop_id": 954889,
        "shop_domain": cast.shop.domain,
        "customer": {"id": 191167, "email": email, "phone": "555-625-1199"},
    }


def requests(cast: Cast) -> list[DataRequest]:
    return list(cast.session.scalars(select(DataRequest).order_by(DataRequest.id)))


def erased(cast: Cast, *orders: CastOrder) -> list[bool]:
    rows = [cast.session.get_one(Order, each.id, populate_existing=True) for each in orders]
    return [row.erased_at is not None for row in rows]


def test_a_request_waits_for_a_manager(cast: Cast) -> None:
    placed = cast.order()
    for _ in range(2):
        process(cast, "customers/data_request", asks(cast, placed))

    (request,) = requests(cast)
    assert (request.shopify_id, request.email) == ("9999", "carl@example.org")
    assert request.orders == [placed.order.shopify_id]
    (told,) = events(cast, EventName.DATA_REQUESTED)
    assert told.ids == {"request": request.id}
    (open_,) = data_requests.still_open(cast.session, cast.shop.id)
    assert (open_.id, open_.number, open_.orders) == (request.id, "9999", 1)


def test_a_request_without_address_or_orders_is_one(cast: Cast) -> None:
    payload = asks(cast, email=None)
    del payload["orders_requested"]

    process(cast, "customers/data_request", payload)

    (request,) = data_requests.still_open(cast.session, cast.shop.id)
    assert (request.email, request.orders) == (None, 0)


def test_a_manager_answers_it_once_and_the_address_is_forgotten(cast: Cast) -> None:
    process(cast, "customers/data_request", asks(cast))
    (request,) = requests(cast)

    with pytest.raises(NotAllowed):
        privacy.answer(cast.session, request.id, manager=cast.ada)
    privacy.answer(cast.session, request.id, manager=cast.mia)
    answered_at = request.answered_at
    privacy.answer(cast.session, request.id, manager=cast.mia)

    assert request.answered_at == answered_at is not None
    assert (request.answered_by_id, request.email) == (cast.mia.id, None)
    assert not data_requests.still_open(cast.session, cast.shop.id)
    assert data_requests.held(cast.session, request.id) is None
    with pytest.raises(NotFound):
        privacy.answer(cast.session, 0, manager=cast.mia)


def test_all_that_is_held_is_told(cast: Cast, queries: list[str]) -> None:
    named, by_address, others = (
        cast.order(photos=2, email="carl-at-work@example.org"),
        cast.order(photos=1, email="CARL@example.org"),
        cast.order(email="carla@example.org"),
    )
    named.order.note, named.order.customer_locale = "Grandma turns 80", "de-AT"
    cast.reject(*named.photos, comment="Is it blurry, Carl?")
    cast.session.scalars(
        select(Upload).where(Upload.photo_id == named.photos[0].id)
    ).one().file_name = "lake.jpg"
    cast.session.add(Draft(photo_id=named.photos[1].id, **asdict(PICTURE)))
    for email in ("carl@example.org", "carla@example.org"):
        customer_sign_in.ask(cast.session, cast.shop.id, email, "browser")
    addresses.correct(cast.session, named.id, "carl-at-home@example.org", actor=cast.ada)
    order_notes.write(
        cast.session,
        named.id,
        OrderNoteKind.PHONED,
        "Carl will call back",
        actor=cast.ada,
        request=uuid4(),
    )
    process(cast, "customers/data_request", asks(cast, named))
    (request,) = requests(cast)
    queries.clear()

    held = data_requests.held(cast.session, request.id)

    assert held is not None
    assert len(queries) == 11
    assert [order.name for order in held.orders] == [named.order.name, by_address.order.name]
    told = json.dumps(asdict(held), default=str)
    for expected in ("Grandma turns 80", "de-AT", "Is it blurry, Carl?", "lake.jpg", "rex.jpg"):
        assert expected in told
    assert "Carl will call back" in told
    assert held.orders[0].corrected_email == "carl-at-home@example.org"
    assert others.order.name not in told
    assert [sign_in.mailed_to for sign_in in held.sign_ins] == [None]
    first, second = held.orders[0].photos
    assert [file.origin for file in second.files] == ["order", "draft"]
    assert first.verdicts[0].verdict == "rejected"
    assert first.verdicts[0].reasons


@pytest.mark.parametrize(
    "part",
    [
        {"customer": None},
        {"customer": ["carl@example.org"]},
        {"data_request": {"id": True}},
        {"data_request": 9999},
        {"orders_requested": {"id": 1}},
    ],
)
def test_a_request_that_cannot_be_read_is_none(cast: Cast, part: dict[str, object]) -> None:
    delivery = process(cast, "customers/data_request", asks(cast) | part)

    assert delivery.processed_at is not None
    assert requests(cast) == []


def test_orders_that_are_none_are_passed_over(cast: Cast) -> None:
    placed = cast.order(email=None)
    (number,) = to_forget(cast, placed)["orders_to_redact"]
    named = [True, None, -1, "1; DROP TABLE orders", {"id": 1}, 10**30, number]

    process(cast, "customers/redact", to_forget(cast) | {"orders_to_redact": named})

    assert erased(cast, placed) == [True]


def test_another_shop_does_not_answer(cast: Cast) -> None:
    placed = cast.order()
    other = Cast(cast.session, is_demo=False)

    process(other, "customers/data_request", asks(other, placed))
    process(other, "customers/redact", to_forget(other, placed))

    (request,) = data_requests.still_open(cast.session, other.shop.id)
    assert data_requests.held(cast.session, request.id) == Held("9999", [], [], [])
    assert erased(cast, placed) == [False]


def test_a_customer_is_forgotten_with_what_still_ships(cast: Cast) -> None:
    shipped, open_, by_address, others = (
        cast.order(email="old@example.org"),
        cast.order(email=None),
        cast.order(email="Carl@Example.org"),
        cast.order(email="carla@example.org"),
    )
    shipped.order.is_fulfilled = True
    cast.session.flush()
    process(cast, "customers/data_request", asks(cast))

    for _ in range(2):
        process(cast, "customers/redact", to_forget(cast, shipped, open_))

    assert erased(cast, shipped, open_, by_address, others) == [True, True, True, False]
    told = {event.order_id: event.ids for event in events(cast, EventName.ORDER_ERASED)}
    assert [told[each.id]["was_open"] for each in (shipped, open_, by_address)] == [
        False,
        True,
        True,
    ]
    assert len(told) == 3
    photo = cast.session.get_one(Photo, open_.photos[0].id, populate_existing=True)
    assert photo.state is PhotoState.WITHDRAWN
    cast.session.expire_all()
    assert requests(cast)[0].email is None


def test_no_address_is_nobodys(cast: Cast) -> None:
    placed = cast.order(email=None)

    process(cast, "customers/redact", to_forget(cast, email=None))
    process(cast, "customers/redact", to_forget(cast, email=" "))

    assert erased(cast, placed) == [False]


def test_a_shop_is_forgotten_with_all_its_customers(cast: Cast) -> None:
    orders = [cast.order() for _ in range(3)]
    other = Cast(cast.session, is_demo=False).order()
    process(cast, "customers/data_request", asks(cast))

    process(cast, "shop/redact", {"shop_id": 954889, "shop_domain": cast.shop.domain})

    queued = sorted(job["order_id"] for job in cast.jobs("redact_order"))
    assert queued == [each.id for each in orders]
    assert other.id not in queued
    cast.session.expire_all()
    assert cast.shop.disconnected_at is not None
    assert requests(cast)[0].email is None
    assert [event.shop_id for event in events(cast, EventName.SHOP_ERASED)] == [cast.shop.id]


def test_what_a_shop_said_that_is_forgotten_is_dropped_before_anybody_reads_it(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    other = Cast(cast.session, is_demo=False)
    done = process(cast, "orders/delete", {"id": 7})
    waiting, others = (keep(each, "orders/delete", {"id": 7}).id for each in (cast, other))
    redact = {"shop_id": 954889, "shop_domain": cast.shop.domain}

    redacted = process(cast, "shop/redact", redact)
    cast.session.expire_all()
    webhooks.process(cast.session, waiting)

    left = cast.session.scalars(select(WebhookDelivery.id).order_by(WebhookDelivery.id)).all()
    assert left == [done.id, others, redacted.id]
    assert not caplog.records


def test_no_event_names_anybody(cast: Cast) -> None:
    process(cast, "customers/data_request", asks(cast, cast.order()))
    process(cast, "customers/redact", to_forget(cast))

    ids = cast.session.scalars(select(Event.ids)).all()
    assert "carl" not in json.dumps(ids)
