"""A long queue is not read through for the few photos in it that are asked for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from sqlalchemy.orm import Session

from core import db
from core.findings.finding import Kind, Level
from core.queries import queue_choices, review_queue
from core.queries.queue_view import Sort, View, Whose
from tests.cast import Cast
from tests.core.queries import crowd
from tests.core.queries.test_queue_view import flag, sold_as
from tests.core.queries.test_review_queue import answer
from tests.core.services.test_products import sold, variant_of

#: Rows; some are read to plan.
FEW = crowd.PHOTOS // 20


@dataclass
class Queue:
    ada: int
    mugs: tuple[int, ...]  #: One photo waits for them
    cups: tuple[int, ...]  #: None does
    small_shop: int  #: One photo waits for it
    idle_shop: int  #: None does


@pytest.fixture(scope="module")
def queue(own_database: None) -> Queue:
    """Among thousands of Ada's, soft and for canvas: one is dark, one answered, one for a mug."""
    with db.transaction() as session:
        cast = Cast(session)
        dark, answered, mug, cup = (cast.order(email=f"{name}@dora.example") for name in "dora")
        flag(session, dark, Kind.DARK, Level.LOOK)
        cast.reject(*answered.photos)
        answer(session, answered)
        mugs, cups = (sold_as(session, mug, "Mug"),), (sold_as(session, cup, "Cup"),)
        cast.approve(*cup.photos)
        canvas = variant_of(session, cast, sold(None, title="Canvas", id_="canvas"))
        crowd.gather(cast, canvas.id)
        small, idle = Cast(session), Cast(session)
        small.order()
        return Queue(cast.ada.id, mugs, cups, small.shop.id, idle.shop.id)


@pytest.fixture
def session(queue: Queue) -> Iterator[Session]:
    with db.transaction() as session:
        yield session


#: By what is asked, the view of a queue, and how many photos it has.
ASKED: dict[str, tuple[Callable[[Queue], View], int]] = {
    "a rare finding": (lambda _: View(found=(Kind.DARK,)), 1),
    "a finding that nothing has": (lambda _: View(found=(Kind.FILTER, Kind.BORDER)), 0),
    "answered": (lambda _: View(is_second_try=True), 1),
    "late": (lambda _: View(is_late=True), 0),
    "an address": (lambda _: View(search="o@Dora"), 1),
    "an address nobody has": (lambda _: View(search="zora"), 0),
    "too little of an address": (lambda _: View(search="cr"), 0),
    "a number": (lambda _: View(search="c4711"), 1),
    "a product": (lambda queue: View(product_ids=queue.mugs), 1),
    "a product nothing waits for": (lambda queue: View(product_ids=queue.cups), 0),
    "a small shop": (lambda queue: View(shop_id=queue.small_shop), 1),
    "a shop that nothing waits for": (lambda queue: View(shop_id=queue.idle_shop), 0),
    "two products": (lambda queue: View(product_ids=queue.mugs + queue.cups), 1),
}


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("is_mine", [False, True])
@pytest.mark.parametrize("asked", ASKED)
def test_few_rows_are_read_for_few_photos(
    queue: Queue, session: Session, asked: str, is_mine: bool, sort: Sort
) -> None:
    ask, photos = ASKED[asked]
    view = replace(ask(queue), whose=queue.ada if is_mine else Whose.EVERYBODYS, sort=sort)

    with crowd.count_rows(session) as of_page:
        found = review_queue.page(session, view, limit=97)
    with crowd.count_rows(session) as of_count:
        counted = queue_choices.count(session, {"it": view})

    assert (len(found), counted) == (photos, {"it": photos})
    assert (of_page.rows < FEW, of_count.rows < FEW) == (True, True), (of_page, of_count)


def test_few_rows_are_read_for_the_products_that_photos_wait_for(session: Session) -> None:
    with crowd.count_rows(session) as read:
        products = queue_choices.products(session)

    assert list(products) == ["Canvas", "Mug"]
    assert read.rows < FEW, read
