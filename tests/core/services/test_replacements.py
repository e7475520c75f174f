"""What becomes of a photo when its order names another file for it."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from core.errors import ChangedMeanwhile, NotAllowed
from core.integrations.shopify.orders import ShopifyOrder
from core.models import Event, EventName, Order, Origin, Photo, PhotoState, utc_now
from core.services import erasure, replacements, responses
from core.services.replacements import SeenChange
from core.services.staff import COMMAND_LINE
from tests.cast import Cast, seen
from tests.core.services.orders import CDN, attributes, changed, line, record, shopify_order

NEW = f"{CDN}/new.jpg"


class Placed:
    """An order with one photo of the whole order, whose file the merchant may replace."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.session = cast, cast.session
        self.order: ShopifyOrder = shopify_order(
            line(), attributes=attributes(Photo=f"{CDN}/old.jpg")
        )
        record(self.session, cast, self.order)
        self.photo = self.session.scalars(
            select(Photo).join(Order).where(Order.shopify_id == self.order.id)
        ).one()

    def arrive(self, origin: Origin = Origin.ORDER) -> None:
        self.photo.upload_id = self.cast.upload(self.photo, origin).id
        self.photo.state = PhotoState.IN_REVIEW
        self.session.flush()

    def is_replaced(self, url: str = NEW) -> None:
        self.order = changed(self.order, attributes=attributes(Photo=url))
        record(self.session, self.cast, self.order)
        self.session.refresh(self.photo)

    def seen(self) -> SeenChange:
        self.session.refresh(self.photo)
        photo = self.photo
        is_declined = photo.declined_url is not None and photo.declined_url == photo.changed_url
        return SeenChange(photo.id, photo.version, photo.changed_url or NEW, is_declined)

    def is_open(self) -> bool:
        self.session.refresh(self.photo)
        return self.photo.changed_url not in (None, self.photo.declined_url)

    def events(self, name: EventName) -> int:
        found = select(Event.id).where(Event.photo_id == self.photo.id, Event.name == name)
        return len(self.session.scalars(found).all())

    def fetches(self) -> int:
        return len(self.cast.jobs("fetch_photo"))


@pytest.fixture
def placed(cast: Cast) -> Placed:
    return Placed(cast)


def is_fetching(placed: Placed) -> None:
    pass


def is_to_check(placed: Placed) -> None:
    placed.photo.state, placed.photo.check_code = PhotoState.TO_CHECK, "not_found"


def is_in_review(placed: Placed) -> None:
    placed.arrive()


@pytest.mark.parametrize("before", [is_fetching, is_to_check, is_in_review])
def test_the_new_file_of_an_undecided_photo_is_fetched(
    placed: Placed, before: Callable[[Placed], None]
) -> None:
    before(placed)
    version = placed.photo.version

    placed.is_replaced()

    photo = placed.photo
    assert (photo.state, photo.url, photo.check_code) == (PhotoState.FETCHING, NEW, None)
    assert (photo.changed_url, photo.version) == (None, version + 1)
    assert placed.fetches() == 2
    assert placed.events(EventName.PHOTO_CHANGED) == 1


def is_approved(placed: Placed) -> None:
    placed.arrive()
    placed.cast.approve(placed.photo)


def is_rejected(placed: Placed) -> None:
    placed.arrive()
    placed.cast.reject(placed.photo)


def is_edited(placed: Placed) -> None:
    placed.arrive(Origin.STAFF)


def is_answered(placed: Placed) -> None:
    is_rejected(placed)
    placed.session.refresh(placed.photo)
    responses.decide_for_customer(
        placed.session, seen(placed.photo), why="She likes it", actor=placed.cast.ada
    )


@pytest.mark.parametrize("before", [is_approved, is_rejected, is_edited, is_answered])
def test_where_somebody_has_decided_the_new_file_is_only_shown(
    placed: Placed, before: Callable[[Placed], None]
) -> None:
    before(placed)
    placed.session.refresh(placed.photo)
    state, version, url = placed.photo.state, placed.photo.version, placed.photo.url

    placed.is_replaced()

    photo = placed.photo
    assert (photo.state, photo.version, photo.url) == (state, version, url)
    assert photo.changed_url == NEW
    assert placed.events(EventName.PHOTO_CHANGED) == 1
    assert placed.fetches() == 1


def test_what_is_known_is_not_told_again_and_what_is_as_before_is_nothing(placed: Placed) -> None:
    is_approved(placed)
    placed.is_replaced()

    placed.is_replaced()
    assert placed.events(EventName.PHOTO_CHANGED) == 1

    placed.is_replaced(f"{CDN}/old.jpg")
    assert placed.photo.changed_url is None


def test_a_withdrawn_photo_returns_with_the_file_named_meanwhile(placed: Placed) -> None:
    placed.order = changed(placed.order, cancelled_at=utc_now())
    record(placed.session, placed.cast, placed.order)
    placed.is_replaced()
    assert (placed.photo.state, placed.fetches()) == (PhotoState.WITHDRAWN, 1)

    placed.order = changed(placed.order, cancelled_at=None)
    record(placed.session, placed.cast, placed.order)

    placed.session.refresh(placed.photo)
    assert (placed.photo.state, placed.photo.url) == (PhotoState.FETCHING, NEW)
    assert placed.fetches() == 2


@pytest.mark.parametrize("before", [is_approved, is_rejected, is_edited])
def test_staff_may_say_that_the_new_file_counts(
    placed: Placed, before: Callable[[Placed], None]
) -> None:
    before(placed)
    placed.is_replaced()
    shown = placed.seen()

    for _ in range(2):  # a click that was sent twice
        replacements.use_new(placed.session, shown, actor=placed.cast.mia)

    placed.session.refresh(placed.photo)
    photo = placed.photo
    assert (photo.state, photo.url, photo.changed_url) == (PhotoState.FETCHING, NEW, None)
    assert photo.decision_id is None
    assert placed.fetches() == 2


def test_only_managers_take_an_approval_back_for_it(placed: Placed) -> None:
    is_approved(placed)
    placed.is_replaced()

    with pytest.raises(NotAllowed):
        replacements.use_new(placed.session, placed.seen(), actor=placed.cast.ada)


def test_whoever_saw_an_older_state_is_told(placed: Placed) -> None:
    is_edited(placed)
    placed.is_replaced()
    shown = placed.seen()
    placed.cast.approve(placed.photo)

    with pytest.raises(ChangedMeanwhile):
        replacements.use_new(placed.session, shown, actor=placed.cast.mia)


def test_a_photo_whose_file_is_the_same_has_no_new_one(placed: Placed) -> None:
    placed.arrive()

    with pytest.raises(ChangedMeanwhile):
        replacements.use_new(placed.session, placed.seen(), actor=placed.cast.mia)


def test_of_a_forgotten_customer_no_new_file_is_kept(placed: Placed) -> None:
    is_approved(placed)
    placed.is_replaced()
    order_id = placed.photo.order_id

    erasure.erase_order(placed.session, order_id, manager=COMMAND_LINE)
    placed.is_replaced(f"{CDN}/newer.jpg")

    photo = placed.photo
    assert (photo.url, photo.changed_url, photo.declined_url) == ("", None, None)


@pytest.mark.parametrize("before", [is_approved, is_rejected, is_edited, is_answered])
def test_staff_may_keep_the_photo_that_is_there(
    placed: Placed, before: Callable[[Placed], None]
) -> None:
    before(placed)
    placed.is_replaced()
    photo, shown = placed.photo, placed.seen()
    was = photo.state, photo.version, photo.url, photo.decision_id

    for who in (placed.cast.ada, placed.cast.ada, placed.cast.bob):
        replacements.keep(placed.session, shown, actor=who)

    assert not placed.is_open()
    assert (photo.state, photo.version, photo.url, photo.decision_id) == was
    assert (placed.events(EventName.CHANGE_DECLINED), placed.fetches()) == (1, 1)


def test_about_the_same_file_nobody_is_asked_twice(placed: Placed) -> None:
    is_approved(placed)
    placed.is_replaced()
    replacements.keep(placed.session, placed.seen(), actor=placed.cast.ada)

    for url in (NEW, f"{CDN}/old.jpg", NEW):  # the merchant goes back and forth
        placed.is_replaced(url)
        assert not placed.is_open()

    placed.is_replaced(f"{CDN}/newer.jpg")
    assert placed.is_open()


def test_what_was_kept_may_still_be_replaced(placed: Placed) -> None:
    is_approved(placed)
    placed.is_replaced()
    replacements.keep(placed.session, placed.seen(), actor=placed.cast.ada)

    replacements.use_new(placed.session, placed.seen(), actor=placed.cast.mia)

    photo = placed.photo
    assert (photo.state, photo.url, photo.declined_url) == (PhotoState.FETCHING, NEW, None)


def test_of_keeping_and_replacing_the_first_wins(placed: Placed) -> None:
    is_edited(placed)
    placed.is_replaced()
    shown = placed.seen()

    replacements.keep(placed.session, shown, actor=placed.cast.ada)
    with pytest.raises(ChangedMeanwhile):
        replacements.use_new(placed.session, shown, actor=placed.cast.bob)

    replacements.use_new(placed.session, placed.seen(), actor=placed.cast.bob)
    with pytest.raises(ChangedMeanwhile):
        replacements.keep(placed.session, shown, actor=placed.cast.ada)


@pytest.mark.parametrize("act", [replacements.keep, replacements.use_new])
def test_whoever_saw_another_new_file_is_told(placed: Placed, act: Callable[..., None]) -> None:
    is_edited(placed)
    placed.is_replaced()
    shown = placed.seen()
    placed.is_replaced(f"{CDN}/newer.jpg")

    with pytest.raises(ChangedMeanwhile):
        act(placed.session, shown, actor=placed.cast.mia)


def test_without_a_picture_there_is_nothing_to_keep(placed: Placed) -> None:
    is_rejected(placed)
    placed.is_replaced()
    placed.photo.upload_id = None
    placed.session.flush()

    with pytest.raises(ChangedMeanwhile):
        replacements.keep(placed.session, placed.seen(), actor=placed.cast.ada)
