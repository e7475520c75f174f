from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import (
    Event,
    EventName,
    Hold,
    HoldState,
    Order,
    Origin,
    Photo,
    PhotoState,
    WithdrawnBecause,
    utc_now,
)
from core.services import decisions, holds, releases, reversals
from tests.cast import Cast, seen
from tests.core.services.orders import changed, line, record, refunded, shopify_order


class Placed:
    """One order with one photo, in Shopify and here."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.session = cast, cast.session
        self.mug = line("a")
        self.order = shopify_order(self.mug)
        record(self.session, cast, self.order)
        self.photo = self.session.scalars(
            select(Photo).join(Order).where(Order.shopify_id == self.order.id)
        ).one()

    def arrive(self) -> None:
        self.photo.upload_id = self.cast.upload(self.photo, Origin.ORDER).id
        self.photo.state = PhotoState.IN_REVIEW
        self.session.flush()

    def standing(self) -> tuple[PhotoState, WithdrawnBecause | None]:
        return self.photo.state, self.photo.withdrawn_because

    def becomes(self, **changes: Any) -> None:
        lines = changes.pop("lines", self.order.lines)
        self.order = replace(changed(self.order, **changes), lines=lines)
        record(self.session, self.cast, self.order)
        self.session.refresh(self.photo)


@pytest.fixture
def placed(cast: Cast) -> Placed:
    return Placed(cast)


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"cancelled_at": utc_now()}, WithdrawnBecause.CANCELLED),
        ({"display_fulfillment_status": "FULFILLED"}, WithdrawnBecause.FULFILLED),
        ({"lines": ()}, WithdrawnBecause.REMOVED),
    ],
    ids=["cancelled", "shipped elsewhere", "removed"],
)
def test_a_photo_that_needs_no_print_is_withdrawn(
    placed: Placed, session: Session, changes: dict[str, Any], because: WithdrawnBecause
) -> None:
    placed.arrive()
    version = placed.photo.version

    placed.becomes(**changes)

    assert (placed.photo.state, placed.photo.withdrawn_because) == (PhotoState.WITHDRAWN, because)
    assert placed.photo.version == version + 1
    withdrawn = select(Event).where(
        Event.photo_id == placed.photo.id, Event.name == EventName.PHOTO_WITHDRAWN
    )
    assert session.scalars(withdrawn).one().ids == {"because": because}
    assert placed.cast.jobs("follow_up_order") == [{"order_id": placed.photo.order_id}]


def test_a_photo_whose_line_was_shipped_elsewhere_is_withdrawn(placed: Placed) -> None:
    placed.arrive()

    placed.becomes(lines=(replace(placed.mug, unfulfilled_quantity=0),))

    assert placed.standing() == (PhotoState.WITHDRAWN, WithdrawnBecause.FULFILLED)


def test_a_refunded_photo_is_withdrawn_and_comes_back(placed: Placed) -> None:
    placed.arrive()

    placed.becomes(lines=(refunded(placed.mug),))
    assert placed.standing() == (PhotoState.WITHDRAWN, WithdrawnBecause.REMOVED)

    placed.becomes(lines=(placed.mug,))
    assert placed.standing() == (PhotoState.IN_REVIEW, None)


def test_what_comes_back_was_approved_before(placed: Placed) -> None:
    placed.arrive()
    placed.cast.approve(placed.photo)

    placed.becomes(lines=(refunded(placed.mug),))
    placed.becomes(lines=(placed.mug,))

    assert placed.photo.state is PhotoState.APPROVED


def test_what_comes_back_is_looked_at_if_its_approval_was_undone(session: Session) -> None:
    placed = Placed(Cast(session, undo_seconds=600))
    placed.arrive()
    batch = placed.cast.approve(placed.photo).batch
    placed.becomes(lines=(refunded(placed.mug),))

    reversals.undo(session, batch, reviewer=placed.cast.ada)

    session.refresh(placed.photo)
    assert placed.standing() == (PhotoState.WITHDRAWN, WithdrawnBecause.REMOVED)
    placed.becomes(lines=(placed.mug,))
    assert placed.standing() == (PhotoState.IN_REVIEW, None)


def test_an_undo_puts_nothing_of_a_cancelled_order_back_in_the_queue(session: Session) -> None:
    placed = Placed(Cast(session, undo_seconds=600))
    placed.arrive()
    ada, batch = placed.cast.ada, uuid4()
    decisions.set_aside(session, seen(placed.photo), reviewer=ada, batch=batch)
    placed.becomes(cancelled_at=utc_now())

    undone = reversals.undo(session, batch, reviewer=ada)

    assert undone == [placed.photo.id]
    session.refresh(placed.photo)
    assert placed.standing() == (PhotoState.WITHDRAWN, WithdrawnBecause.CANCELLED)
    placed.becomes(cancelled_at=None)
    assert placed.standing() == (PhotoState.IN_REVIEW, None)


def test_an_undo_puts_nothing_that_has_shipped_back_in_the_queue(session: Session) -> None:
    placed = Placed(Cast(session, undo_seconds=600))
    placed.arrive()
    batch = placed.cast.approve(placed.photo).batch
    placed.becomes(display_fulfillment_status="FULFILLED")

    reversals.undo(session, batch, reviewer=placed.cast.ada)

    session.refresh(placed.photo)
    assert placed.standing() == (PhotoState.WITHDRAWN, WithdrawnBecause.FULFILLED)


def test_what_comes_back_is_looked_at_if_it_was_rejected(placed: Placed, session: Session) -> None:
    placed.arrive()
    placed.cast.reject(placed.photo)

    placed.becomes(lines=(refunded(placed.mug),))
    placed.becomes(lines=(placed.mug,))

    assert placed.photo.state is PhotoState.IN_REVIEW
    assert (placed.photo.decision_id, placed.photo.filed_under_id) == (None, None)


def test_what_comes_back_without_its_file_is_fetched(placed: Placed) -> None:
    placed.becomes(lines=(refunded(placed.mug),))
    placed.becomes(lines=(placed.mug,))

    assert placed.photo.state is PhotoState.FETCHING
    assert len(placed.cast.jobs("fetch_photo")) == 2


def test_a_missing_photo_that_comes_back_is_checked(cast: Cast, session: Session) -> None:
    record(session, cast, shopify_order(line("a")))
    mug = line()
    order = shopify_order(mug)
    record(session, cast, order)
    back = changed(changed(order), mug)

    record(session, cast, changed(order, refunded(mug)))
    record(session, cast, back)

    photo = session.scalars(select(Photo).where(Photo.url.is_(None))).one()
    assert photo.state is PhotoState.TO_CHECK


def test_when_an_order_was_shipped_is_known_from_then_on(placed: Placed, session: Session) -> None:
    def fulfilled_at() -> datetime | None:
        return session.scalar(select(Order.fulfilled_at).execution_options(populate_existing=True))

    placed.arrive()
    shipped = placed.order.updated_at + timedelta(minutes=1)

    placed.becomes(display_fulfillment_status="FULFILLED", updated_at=shipped)
    assert fulfilled_at() == shipped
    placed.becomes(tags=("late",), updated_at=shipped + timedelta(days=1))
    assert fulfilled_at() == shipped
    placed.becomes(display_fulfillment_status="UNFULFILLED")
    assert fulfilled_at() is None


def test_what_was_approved_stays_so_when_it_has_shipped(placed: Placed) -> None:
    placed.arrive()
    placed.cast.approve(placed.photo)

    placed.becomes(display_fulfillment_status="FULFILLED")

    assert placed.photo.state is PhotoState.APPROVED


def test_what_was_set_aside_stays_so(placed: Placed, session: Session) -> None:
    placed.arrive()
    decisions.set_aside(session, seen(placed.photo), reviewer=placed.cast.ada, batch=uuid4())

    placed.becomes(lines=(refunded(placed.mug),))
    placed.becomes(lines=(placed.mug,))

    assert placed.photo.withdrawn_because is WithdrawnBecause.SET_ASIDE


def test_an_order_whose_photos_return_after_its_release_is_held_again(
    placed: Placed, session: Session
) -> None:
    placed.arrive()
    order_id = placed.photo.order_id
    holds.placed(session, order_id, fulfillment_order_id="fo", hold_id="hold-1")
    placed.becomes(display_fulfillment_status="FULFILLED")
    assert releases.released(session, order_id)

    placed.becomes(display_fulfillment_status="UNFULFILLED")

    to_place = holds.to_place(session, order_id)
    assert to_place is not None
    assert list(to_place.held) == []
    holds.placed(session, order_id, fulfillment_order_id="fo", hold_id="hold-2")
    hold = session.scalars(select(Hold), execution_options={"populate_existing": True}).one()
    assert (hold.state, hold.shopify_id, hold.ended_at) == (HoldState.PLACED, "hold-2", None)


def test_a_photo_of_a_withdrawn_order_cannot_be_decided(placed: Placed) -> None:
    placed.arrive()
    as_seen = seen(placed.photo)
    placed.becomes(cancelled_at=utc_now())

    outcome = decisions.approve(placed.session, as_seen, reviewer=placed.cast.ada, batch=uuid4())

    assert outcome.refused == [placed.photo.id]
