from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from core.findings.finding import Kind, Level
from core.findings.print_area import Making
from core.findings.print_sizes import LengthUnit
from core.models import (
    LineItem,
    Photo,
    PhotoState,
    ResponseKind,
    Upload,
    UploadFinding,
    utc_now,
)
from core.queries import issue_queue, review_queue
from core.queries.issue_queue import IssueView
from core.queries.queue_view import View
from core.queries.review_queue import GridPhoto
from core.services import decisions, products, responses, reversals, withdrawals
from core.services.products import Made
from tests.cast import PICTURE, Cast, CastOrder, seen
from tests.core.services.test_products import sold, variant_of


def names(photos: list[GridPhoto]) -> list[str]:
    return [photo.order_name for photo in photos]


def wait(placed: CastOrder, *, hours: float) -> CastOrder:
    for photo in placed.photos:
        photo.waiting_since = utc_now() - timedelta(hours=hours)
    placed.cast.session.flush()
    return placed


def answer(session: Session, placed: CastOrder, message: str = "It is my only one.") -> None:
    (photo,) = placed.photos
    session.refresh(photo)
    responses.ask(session, placed.carl, seen(photo)[0], message=message)
    session.refresh(photo)


def send_another(session: Session, placed: CastOrder) -> None:
    (photo,) = placed.photos
    session.refresh(photo)
    responses.attach(session, seen(photo)[0], PICTURE, actor=placed.cast.ada)
    session.refresh(photo)


def everything(session: Session) -> list[GridPhoto]:
    return list(review_queue.page(session, View(), limit=1000))


def test_answered_photos_come_first_and_then_the_longest_waiting(
    cast: Cast, session: Session
) -> None:
    new, old, answered = (
        wait(cast.order(), hours=1),
        wait(cast.order(), hours=9),
        cast.order(),
    )
    cast.reject(*answered.photos)
    answer(session, answered)

    found = everything(session)

    assert names(found) == [placed.order.name for placed in (answered, old, new)]


def test_only_what_is_in_review_is_shown(cast: Cast, session: Session) -> None:
    shown = cast.order()
    for state in PhotoState:
        if state is not PhotoState.IN_REVIEW:
            cast.order().photos[0].state = state
    session.flush()

    assert names(everything(session)) == [shown.order.name]


def test_pages_miss_no_photo_and_show_none_twice(cast: Cast, session: Session) -> None:
    same_moment = utc_now() - timedelta(hours=3)
    placed = cast.order(photos=130)
    for photo in placed.photos:
        photo.waiting_since = same_moment
        photo.queue_rank = photo.id % 2
    session.flush()

    pages, after = [], None
    while page := review_queue.page(session, View(), after=after, limit=48):
        pages.append([photo.id for photo in page])
        after = page[-1].place

    assert [len(page) for page in pages] == [48, 48, 34]
    assert [id_ for page in pages for id_ in page] == [
        photo.id for photo in sorted(placed.photos, key=lambda photo: (photo.id % 2, photo.id))
    ]


def test_a_photo_that_leaves_between_two_pages_hides_no_other(cast: Cast, session: Session) -> None:
    placed = cast.order(photos=6)
    first = review_queue.page(session, View(), limit=3)
    cast.approve(*placed.photos[:3])

    second = review_queue.page(session, View(), after=first[-1].place, limit=3)

    assert [photo.id for photo in second] == [photo.id for photo in placed.photos[3:]]


def test_a_tile_tells_all_that_the_verdict_needs(cast: Cast, session: Session) -> None:
    placed = cast.order(photos=2)
    placed.order.note = "For my mother"
    placed.line.quantity = 3
    for photo_of in placed.photos:
        session.get_one(Upload, photo_of.upload_id).is_animated = True
    session.flush()

    photo = everything(session)[0]

    assert (photo.product, photo.variant, photo.quantity) == ("Canvas", "30 x 40 cm", 3)
    assert (photo.customer, photo.note) == ("Carl Client", "For my mother")
    assert (photo.width, photo.height, photo.photos_on_order) == (3000, 2000, 2)
    assert photo.largest == pytest.approx((451.6, 338.7), abs=0.1)
    assert (photo.unit, photo.is_animated) == (LengthUnit.CM, True)
    assert (photo.cycle, photo.response, photo.message, photo.earlier) == (1, None, "", None)


def test_a_photo_keeps_its_number_while_others_are_decided_and_set_aside(
    cast: Cast, session: Session
) -> None:
    placed = cast.order(photos=4)
    cast.approve(placed.photos[0])
    decisions.set_aside(session, seen(placed.photos[1]), reviewer=cast.ada, batch=uuid4())

    numbers = [(photo.number_on_order, photo.photos_on_order) for photo in everything(session)]

    assert numbers == [(3, 4), (4, 4)]


def test_what_the_order_asks_for_no_more_is_not_counted_among_its_photos(
    cast: Cast, session: Session
) -> None:
    placed = cast.order(photos=2)
    other = LineItem(order_id=placed.id, shopify_id="other", position=1, title="Mug", quantity=0)
    session.add(other)
    session.flush()
    placed.photos[0].line_item_id = other.id
    withdrawals.follow(session, [placed.id])

    (photo,) = everything(session)

    assert (photo.number_on_order, photo.photos_on_order) == (1, 1)


def test_a_second_try_stands_beside_the_first(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    first = everything(session)[0].sha256
    cast.reject(photo, reasons=("dark", "blurry"), comment="By daylight, perhaps?")
    send_another(session, placed)

    (tile,) = everything(session)

    assert (tile.cycle, tile.response) == (2, ResponseKind.REPLACED)
    assert tile.earlier is not None
    assert tile.earlier.sha256 == first != tile.sha256
    assert tile.earlier.reasons == ("Too dark", "Out of focus / moved")
    assert (tile.earlier.comment, tile.earlier.reviewer) == ("By daylight, perhaps?", "Ada Adler")


def test_a_picture_is_tried_once_however_often_its_customer_writes(
    cast: Cast, session: Session
) -> None:
    placed = cast.order()
    for message in ("Which one?", "It is my only one."):
        cast.reject(*placed.photos)
        answer(session, placed, message)

    (tile,) = everything(session)

    assert (tile.cycle, tile.response) == (1, ResponseKind.ASKED)
    assert tile.message == "It is my only one."


def test_a_photo_that_comes_back_with_its_order_tells_why_it_was_rejected(
    cast: Cast, session: Session
) -> None:
    placed = cast.order()
    cast.reject(*placed.photos, reasons=("dark",))
    for cancelled_at in (utc_now(), None):
        placed.order.cancelled_at = cancelled_at
        withdrawals.follow(session, [placed.id])

    (tile,) = everything(session)

    assert tile.earlier is not None
    assert (tile.earlier.reasons, tile.cycle) == (("Too dark",), 1)


def test_a_photo_taken_back_tells_why_it_was_rejected_last(cast: Cast, session: Session) -> None:
    placed = cast.order()
    cast.reject(*placed.photos, reasons=("blurry",))
    send_another(session, placed)
    cast.reject(*placed.photos, reasons=("dark",))
    reversals.take_back(session, seen(*placed.photos), reviewer=cast.ada)

    (tile,) = everything(session)

    assert tile.earlier is not None
    assert (tile.earlier.reasons, tile.cycle) == (("Too dark",), 2)


def test_a_rejection_that_was_undone_is_not_told_of(cast: Cast, session: Session) -> None:
    cast.shop.undo_seconds = 600
    placed = cast.order()
    batch = cast.reject(*placed.photos).batch
    reversals.undo(session, batch, reviewer=cast.ada)

    (tile,) = everything(session)

    assert tile.earlier is None


def test_an_issue_tells_of_the_rejection_before_it(cast: Cast, session: Session) -> None:
    placed = cast.order()
    cast.reject(*placed.photos, reasons=("blurry",))
    first = issue_queue.page(session, IssueView())
    send_another(session, placed)
    cast.reject(*placed.photos, reasons=("dark",))

    second = issue_queue.page(session, IssueView())

    told = [issue.earlier and issue.earlier.reasons for issue in (*first, *second)]
    assert told == [None, ("Out of focus / moved",)]


def test_a_page_is_one_statement_however_long(
    cast: Cast, session: Session, queries: list[str]
) -> None:
    for _ in range(3):
        placed = cast.order()
        cast.reject(*placed.photos)
        answer(session, placed)
    cast.order(photos=20)
    before = len(queries)

    found = review_queue.page(session, View(cast.ada.id, "carl"))

    assert len(found) == 23
    assert len(queries) == before + 1


def test_a_photo_set_aside_is_in_no_page(cast: Cast, session: Session) -> None:
    photo: Photo = cast.order().photos[0]
    decisions.set_aside(session, seen(photo), reviewer=cast.ada, batch=uuid4())

    assert everything(session) == []


def test_the_resolution_is_judged_for_the_size_as_it_is_now(cast: Cast, session: Session) -> None:
    placed = cast.order()
    variant = variant_of(session, cast, sold("20 x 30 cm"))
    placed.line.variant_id = variant.id
    upload = session.get_one(Upload, placed.photos[0].upload_id)
    found = {"kind": Kind.SOFT, "level": Level.LOOK, "score": 0.6}
    session.add(UploadFinding(upload_id=upload.id, **found))
    session.flush()
    before = {each.kind for each in everything(session)[0].findings}

    variant_of(session, cast, sold("90 x 60 cm"))

    (tile,) = everything(session)
    assert before == {Kind.SOFT}
    assert [each.kind for each in tile.findings] == [Kind.RESOLUTION, Kind.SOFT]


def test_what_is_drawn_is_judged_in_no_size_too(cast: Cast, session: Session) -> None:
    placed = cast.order()
    variant = variant_of(session, cast, sold("Digital portrait"))
    placed.line.variant_id = variant.id
    drawn = Made(Making.DRAWN, 0)
    products.set_making(
        session, variant.product_id, drawn, seen=Made(Making.PRINTED, 0), manager=cast.mia
    )
    session.get_one(Upload, placed.photos[0].upload_id).width = 300
    session.flush()

    (tile,) = everything(session)

    assert tile.area is not None
    assert not tile.area.has_size
    assert [each.kind for each in tile.findings] == [Kind.RESOLUTION]


def test_a_tile_of_either_desk_says_that_the_order_names_another_photo(
    cast: Cast, session: Session
) -> None:
    waiting, rejected = cast.order().photos[0], cast.order().photos[0]
    cast.reject(rejected)

    def told() -> list[bool]:
        session.flush()
        tiles = [*everything(session), *issue_queue.page(session, IssueView())]
        return [tile.is_changed for tile in tiles]

    assert told() == [False, False]

    for photo in (waiting, rejected):
        photo.changed_url = "https://cdn.shopify.com/new.jpg"
    assert told() == [True, True]

    for photo in (waiting, rejected):
        photo.declined_url = photo.changed_url
    assert told() == [False, False]
