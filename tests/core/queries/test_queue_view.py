import re
from datetime import timedelta
from itertools import count
from uuid import uuid4

import pytest
from sqlalchemy import text, update
from sqlalchemy.orm import Session

from core.findings.finding import Kind, Level
from core.models import LineItem, Order, Shop, UploadFinding, utc_now
from core.queries import queue_choices, review_queue
from core.queries.queue_view import Sort, View, Whose
from core.services import findings, notes
from tests.cast import Cast, CastOrder, seen
from tests.core.queries.test_review_queue import answer, wait
from tests.core.services.test_products import sold, variant_of


def names(session: Session, view: View) -> list[str]:
    return [photo.order_name for photo in review_queue.page(session, view)]


def of(*placed: CastOrder) -> list[str]:
    return [each.order.name for each in placed]


def flag(session: Session, placed: CastOrder, kind: Kind, level: Level) -> CastOrder:
    """As if that had been noted when the photo came in."""
    (photo,) = placed.photos
    session.add(UploadFinding(upload_id=photo.upload_id, kind=kind, level=level, score=0.6))
    session.flush()
    findings.judge_again(session, placed.order.shop_id)
    return placed


def sold_as(session: Session, placed: CastOrder, title: str) -> int:
    """Have the order's line be of a product, and return its id."""
    variant = variant_of(session, placed.cast, sold(None, title=title, id_=title))
    placed.line.variant_id = variant.id
    session.flush()
    return variant.product_id


def multiply(session: Session, photo_id: int, *, by: int) -> None:
    """Have so many more photos like this one wait."""
    copied = "shop_id, order_id, line_item_id, source, state, version, upload_id"
    session.execute(
        text(
            f"INSERT INTO photos ({copied}, ordinal, queue_rank, flag_rank, waiting_since, "  # noqa: S608
            f"created_at) SELECT {copied}, 1000 + number, 1, 2, now(), now() "
            "FROM photos, generate_series(1, :by) AS number WHERE id = :id"
        ),
        {"by": by, "id": photo_id},
    )


def test_everybody_sees_everything_and_nobodys_can_be_found(cast: Cast, session: Session) -> None:
    adas, bobs, nobodys = cast.order(), cast.order(), cast.order()
    bobs.order.assignee_id, nobodys.order.assignee_id = cast.bob.id, None
    session.flush()

    assert names(session, View(cast.ada.id)) == of(adas)
    assert names(session, View(cast.bob.id)) == of(bobs)
    assert names(session, View(Whose.UNASSIGNED)) == of(nobodys)
    assert names(session, View()) == of(adas, bobs, nobodys)


def test_what_is_left_for_a_manager_leaves_ones_own_and_says_by_whom(
    cast: Cast, session: Session
) -> None:
    hers, other = cast.order(), cast.order()
    notes.leave_for_manager(
        session, seen(*hers.photos), note="Her dog?", actor=cast.ada, request=uuid4()
    )

    assert names(session, View(cast.ada.id)) == of(other)
    assert names(session, View()) == of(hers, other)
    (photo,) = review_queue.page(session, View(Whose.MANAGERS))
    assert (photo.order_name, photo.left_note, photo.left_by) == (
        hers.order.name,
        "Her dog?",
        "Ada Adler",
    )


def test_an_order_given_to_somebody_else_takes_its_photos_along(
    cast: Cast, session: Session
) -> None:
    placed = cast.order(photos=2)

    session.execute(update(Order).where(Order.id == placed.id).values(assignee_id=cast.bob.id))

    assert names(session, View(cast.ada.id)) == []
    assert names(session, View(cast.bob.id)) == of(placed, placed)


@pytest.mark.parametrize(
    ("search", "finds"),
    [
        ("#7001", True),
        ("7001", True),
        ("  7001 ", True),
        ("700", False),  # an order's number is known, or it is not
        ("ca", False),  # too little to look through all addresses
        ("car", True),
        ("carl", True),
        ("CARL@example", True),
        ("carl@example.org", True),
        ("example.org", False),
        ("%", False),
        ("_arl", False),
        ("c%l", False),
        ("\\", False),
        ("'; DROP TABLE photos; --", False),
        ("carl\0", True),
        ("", True),
    ],
)
def test_search_by_number_or_address(
    cast: Cast, session: Session, search: str, finds: bool
) -> None:
    placed = cast.order(email="Carl@Example.org")
    placed.order.name = "#7001"
    other = cast.order(email=None)
    session.flush()

    view = View(search=search)

    found = names(session, view)

    assert ("#7001" in found) is finds
    assert (other.order.name in found) is (search == "")
    assert queue_choices.count(session, {1: view}) == {1: len(found)}


def test_photos_of_one_product(cast: Cast, session: Session) -> None:
    cast.order()
    mug, canvas = cast.order(), cast.order()
    sold_as(session, canvas, "Canvas")

    product_id = sold_as(session, mug, "Mug")

    assert names(session, View(product_ids=(product_id,))) == of(mug)


def test_photos_of_several_products_and_of_none(cast: Cast, session: Session) -> None:
    mug, canvas, other = cast.order(), cast.order(), cast.order()
    both = (sold_as(session, mug, "Mug"), sold_as(session, canvas, "Canvas"))
    sold_as(session, other, "Cup")

    assert names(session, View(product_ids=both)) == of(mug, canvas)
    assert names(session, View(product_ids=())) == []


def test_a_photo_that_moves_to_another_line_is_of_that_ones_product(
    cast: Cast, session: Session
) -> None:
    placed = cast.order()
    line = LineItem(order_id=placed.id, shopify_id="other", position=1, title="Mug", quantity=1)
    session.add(line)
    session.flush()
    line.variant_id = variant_of(session, cast, sold(None, title="Mug")).id
    view = View(product_ids=(sold_as(session, placed, "Canvas"),))
    assert names(session, view) == of(placed)

    placed.photos[0].line_item_id = line.id
    session.flush()

    assert names(session, view) == []


@pytest.mark.parametrize(
    ("kinds", "finds"),
    [
        ((Kind.SOFT, Kind.MOVED), {"soft"}),
        ((Kind.DARK,), {"dark"}),
        ((Kind.SOFT, Kind.DARK), {"soft", "dark"}),
        (tuple(Kind), {"soft", "dark"}),
        ((Kind.BORDER,), set()),
        ((), {"soft", "dark", "fine"}),
    ],
)
def test_photos_where_something_was_found(
    cast: Cast, session: Session, kinds: tuple[Kind, ...], finds: set[str]
) -> None:
    placed = {
        "soft": flag(session, cast.order(), Kind.SOFT, Level.LOOK),
        "dark": flag(session, cast.order(), Kind.DARK, Level.POOR),
        "fine": cast.order(),
    }

    found = names(session, View(found=kinds))

    assert set(found) == {placed[name].order.name for name in finds}


def test_photos_that_are_here_again(cast: Cast, session: Session) -> None:
    again, _ = cast.order(), cast.order()
    cast.reject(*again.photos)
    answer(session, again)

    assert names(session, View(is_second_try=True)) == of(again)


def test_a_photo_is_late_after_as_many_hours_as_its_shop_says(cast: Cast, session: Session) -> None:
    late, _ = wait(cast.order(), hours=9), wait(cast.order(), hours=7)

    session.execute(update(Shop).values(review_hours=8))
    session.expire_all()

    assert names(session, View(is_late=True)) == of(late)
    first, second = review_queue.page(session, View())
    assert (first.is_late, second.is_late) == (True, False)
    assert first.due_at == first.waiting_since + timedelta(hours=8)


def test_the_oldest_order_comes_first(cast: Cast, session: Session) -> None:
    new, old = cast.order(), cast.order()
    wait(new, hours=50)
    old.order.placed_at = utc_now() - timedelta(days=3)
    session.flush()

    assert names(session, View(sort=Sort.OLDEST)) == of(old, new)
    assert names(session, View(sort=Sort.DUE)) == of(new, old)


def test_the_worst_finding_comes_first(cast: Cast, session: Session) -> None:
    fine, look, poor, worse = (wait(cast.order(), hours=hours) for hours in (9, 7, 6, 8))
    flag(session, look, Kind.SOFT, Level.LOOK)
    flag(session, poor, Kind.SOFT, Level.POOR)
    flag(session, worse, Kind.DARK, Level.POOR)

    assert names(session, View(sort=Sort.FLAGGED)) == of(worse, poor, look, fine)


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("whose", ["ada", Whose.EVERYBODYS, Whose.UNASSIGNED])
def test_pages_in_any_order_miss_no_photo_and_show_none_twice(
    cast: Cast, session: Session, sort: Sort, whose: str | Whose
) -> None:
    placed = cast.order(photos=20)
    for photo in placed.photos:
        photo.queue_rank, photo.flag_rank = photo.id % 2, photo.id % 3
    if whose is Whose.UNASSIGNED:
        placed.order.assignee_id = None
    session.flush()
    view = View(whose if isinstance(whose, Whose) else cast.ada.id, sort=sort)
    whole = [photo.id for photo in review_queue.page(session, view, limit=100)]

    pages, after = [], None
    while page := review_queue.page(session, view, after=after, limit=7):
        pages.append([photo.id for photo in page])
        after = page[-1].place

    assert [len(page) for page in pages] == [7, 7, 6]
    assert [id_ for page in pages for id_ in page] == whole
    assert set(whole) == {photo.id for photo in placed.photos}


@pytest.mark.parametrize(
    ("view", "index"),
    [
        (View(), "ix_photos_review_queue"),
        (View(sort=Sort.OLDEST), "ix_photos_review_oldest"),
        (View(sort=Sort.FLAGGED), "ix_photos_review_flagged"),
        (View(1), "ix_photos_assigned_queue"),
        (View(1, sort=Sort.OLDEST), "ix_photos_assigned_oldest"),
        (View(1, sort=Sort.FLAGGED), "ix_photos_assigned_flagged"),
        (View(Whose.UNASSIGNED), "ix_photos_assigned_queue"),
        (View(Whose.UNASSIGNED, sort=Sort.OLDEST), "ix_photos_assigned_oldest"),
        (View(Whose.UNASSIGNED, sort=Sort.FLAGGED), "ix_photos_assigned_flagged"),
        (View(product_ids=(1,)), "ix_photos_product_queue"),
    ],
    ids=str,
)
def test_a_page_is_read_from_an_index_and_the_plan_for_it_can_be_kept(
    cast: Cast, session: Session, queries: list[str], view: View, index: str
) -> None:
    for person in (cast.ada.id, cast.bob.id, None):
        order = cast.order()
        order.order.assignee_id = person
        session.flush()
        multiply(session, order.photos[0].id, by=300)
    session.execute(text("ANALYZE photos"))
    (first,) = review_queue.page(session, View(sort=view.sort), limit=1)
    review_queue.page(session, view, after=first.place)
    session.execute(text("SET LOCAL enable_seqscan = off"))
    session.execute(text("SET LOCAL enable_bitmapscan = off"))
    session.execute(text("SET LOCAL enable_sort = off"))
    session.execute(text("SET LOCAL enable_incremental_sort = off"))
    (page,) = [each for each in queries if each.startswith("WITH page AS")][-1:]
    numbers = count(1)

    plan = session.connection().exec_driver_sql(
        "EXPLAIN (GENERIC_PLAN) " + re.sub(r"%\(\w+\)s", lambda _: f"${next(numbers)}", page)
    )

    lines = [line for (line,) in plan]
    limit = next(number for number, line in enumerate(lines) if "Limit" in line)
    first_read, condition = (
        next(line for line in lines[limit:] if word in line) for word in ("using", "Index Cond")
    )
    # Of those before the page's first, and of other people's, none is read.
    assert re.search(rf"Index (Only )?Scan using {index} ", first_read)
    assert "ROW(" in condition


def test_all_filters_hold_at_once(cast: Cast, session: Session) -> None:
    wanted, product, finding, owner = (wait(cast.order(), hours=30) for _ in range(4))
    product_id = 0
    for placed in (wanted, finding, owner):
        product_id = sold_as(session, placed, "Mug")
    for placed in (wanted, product, owner):
        flag(session, placed, Kind.SOFT, Level.LOOK)
    owner.order.assignee_id = cast.bob.id
    session.flush()

    view = View(cast.ada.id, "carl", product_ids=(product_id,), found=(Kind.SOFT,), is_late=True)

    assert names(session, view) == of(wanted)
    assert queue_choices.count(session, {"it": view}) == {"it": 1}


def test_of_several_shops_one_is_looked_at_alone(cast: Cast, session: Session) -> None:
    other = Cast(session)
    here, there = cast.order(), other.order()

    assert names(session, View(shop_id=cast.shop.id)) == of(here)
    assert names(session, View(other.ada.id, shop_id=other.shop.id)) == of(there)
    assert names(session, View()) == of(here, there)
