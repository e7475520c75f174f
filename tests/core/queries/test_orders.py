import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from core.models import Hold, HoldState, Order, PhotoState, utc_now
from core.queries import orders
from core.ui import order_words
from tests.cast import Cast, CastOrder
from tests.released import released


def names(session: Session, search: str = "") -> list[str]:
    return [row.name for row in orders.page(session, search=search)]


def test_the_newest_come_first_and_the_next_page_begins_where_one_ends(
    cast: Cast, session: Session
) -> None:
    placed = [cast.order() for _ in range(5)]
    # The same moment: the id decides.
    session.execute(update(Order).values(placed_at=utc_now()))
    expected = [each.order.name for each in reversed(placed)]

    first = orders.page(session, limit=2)
    second = orders.page(session, after=first[-1].place, limit=3)

    assert [row.name for row in [*first, *second]] == expected
    assert orders.page(session, after=second[-1].place) == []


@pytest.mark.parametrize(
    "search",
    [
        "{name}",
        "{number}",
        "dora@",
        "DORA@example.org",
        "dora d",  # a part of the name
        "Dorn, Dora",
        "calen",  # how a word of a product's title begins
        "  Calendar ",
    ],
)
def test_an_order_is_found(cast: Cast, session: Session, search: str) -> None:
    cast.order()
    wanted = cast.order(email="Dora@example.org")
    wanted.order.customer_name, wanted.line.title = "Dora Dorn", "Wall calendar"
    session.flush()
    name = wanted.order.name

    assert names(session, search.format(name=name, number=name[1:])) == [name]


@pytest.mark.parametrize(
    ("customer", "searches"),
    [
        ("Jörg Müller", ["Muller", "müller", "MÜLLER", "mu\u0308ller jorg"]),
        ("Jorg Muller", ["Müller", "jörg"]),
        ("Łukasz Groß-Sørensen", ["lukasz", "GROSS", "Sorensen", "gross-sø"]),
        ("Zoë O'Neil", ["zoe", "o'neil", "neil", "O\N{RIGHT SINGLE QUOTATION MARK}Neil"]),
        ("Ольга Ёлкина", ["ольга", "ЕЛКИНА"]),
        (
            "\\ ' & | ! :* " + "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 900,
            ["\u0635\u0644\u0649"],
        ),
    ],
)
def test_a_name_is_found_without_its_accents(
    cast: Cast, session: Session, customer: str, searches: list[str]
) -> None:
    cast.order()
    wanted = cast.order()
    wanted.order.customer_name = wanted.line.title = customer
    session.flush()

    assert [names(session, search) for search in searches] == [[wanted.order.name]] * len(searches)


@pytest.mark.parametrize(
    "search",
    ["%", "_", "___", "ca", "example.org", "\0\0\0x", "arl", "a | b", "' & !", "\u0308" * 3],
)
def test_what_is_no_name_finds_nothing(cast: Cast, session: Session, search: str) -> None:
    cast.order()

    assert names(session, search) == []


def state_of(cast: Cast, *states: PhotoState) -> CastOrder:
    placed = cast.order(photos=len(states))
    for photo, state in zip(placed.photos, states, strict=True):
        photo.state = state
    cast.session.flush()
    return placed


A, R, C = PhotoState.APPROVED, PhotoState.REJECTED, PhotoState.TO_CHECK
F, N, W = PhotoState.FETCHING, PhotoState.IN_REVIEW, PhotoState.WITHDRAWN


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ((), "No photo to print"),
        ((W,), "No photo to print"),
        ((A,), "Approved"),
        ((A, A, W), "All 2 approved"),
        ((R, W), "Waiting for the customer"),
        ((N, N), "In approval"),
        ((A, R), "1 of 2 approved, 1 waiting for the customer"),
        ((A, C, N, F), "1 of 4 approved, 1 to check, 1 in approval, 1 being fetched"),
    ],
)
def test_where_the_photos_stand_is_said_in_words(
    cast: Cast, session: Session, states: tuple[PhotoState, ...], words: str
) -> None:
    state_of(cast, *states)

    (row,) = orders.page(session)

    assert order_words.photos(row) == words


def test_what_else_there_is_to_know_is_said_in_a_word(cast: Cast, session: Session) -> None:
    held, ready_one, gone = cast.order(), released(cast), released(cast)
    for state in (HoldState.PLACED, HoldState.REMOVED):
        session.add(Hold(order_id=held.id, fulfillment_order_id=state, shopify_id="1", state=state))
    held.order.refusal = "invalid: no such order"
    gone.order.cancelled_at = utc_now()
    session.flush()

    said = {row.name: order_words.tags(row) for row in orders.page(session)}

    assert said == {
        held.order.name: ["Shopify refused", "Hold removed", "Held"],
        ready_one.order.name: ["Ready to print"],
        gone.order.name: ["Cancelled"],
    }


def test_the_products_with_photos_are_named(cast: Cast, session: Session) -> None:
    cast.order()

    (row,) = orders.page(session)

    assert row.products == ["Canvas"]


def test_a_page_is_one_statement(cast: Cast, session: Session, queries: list[str]) -> None:
    def count(found: int) -> int:
        for _ in range(found):
            cast.order(photos=2)
        queries.clear()
        orders.page(session)
        return len(queries)

    assert count(1) == count(10) == 1
