from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core.models import ResponseKind, utc_now
from core.queries import customer_photos
from core.services import responses
from core.ui.customer_english import ENGLISH
from core.ui.photo_upload.cards import page_row
from tests.cast import PICTURE, Cast, CastOrder, seen


def keep_it_for_them(cast: Cast, placed: CastOrder) -> None:
    responses.decide_for_customer(
        cast.session, seen(*placed.photos), why="She was rude", actor=cast.bob
    )


def attach(cast: Cast, placed: CastOrder) -> None:
    responses.attach(cast.session, seen(*placed.photos)[0], PICTURE, actor=cast.bob)


def keep(cast: Cast, placed: CastOrder) -> None:
    responses.keep(cast.session, placed.carl, *seen(*placed.photos), words_shown="As it is.")


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        (keep, "Thank you, we keep this photo"),
        (keep_it_for_them, "We took care of this photo"),
        (attach, "Thank you for your new photo"),  # it was theirs
    ],
)
def test_a_customer_is_thanked_for_their_own_answers_only(
    cast: Cast, session: Session, answer: Callable[[Cast, CastOrder], None], title: str
) -> None:
    placed = cast.order()
    cast.reject(*placed.photos)
    session.refresh(placed.photos[0])
    answer(cast, placed)

    row = page_row(customer_photos.order(session, placed.id), ENGLISH)

    (card,) = row["photos"]
    assert card["thanks"]["title"] == title
    assert "She was rude" not in str(row)
    assert row["lead"] == ENGLISH.answered


@pytest.mark.parametrize(
    ("goes_on", "then"), [(False, ENGLISH.then_waits), (True, ENGLISH.then_goes_on)]
)
def test_the_first_day_counts_of_several_and_what_happens_to_all_of_them(
    cast: Cast, session: Session, goes_on: bool, then: str
) -> None:
    placed = cast.order(photos=2)
    cast.reject(*placed.photos)
    order = customer_photos.order(session, placed.id)
    soon, later = utc_now() + timedelta(days=2), utc_now() + timedelta(days=5)
    first, second = order.photos
    photos = [
        replace(first, due_at=later, goes_on=True),
        replace(second, due_at=soon, goes_on=goes_on),
    ]

    wait = page_row(replace(order, photos=photos), ENGLISH)["wait"]

    assert (wait["words"], wait["day"]) == (ENGLISH.waits_until, soon.isoformat())
    assert wait["then"] == then


@pytest.mark.parametrize("hours", [None, -1])
def test_no_day_is_named_that_nobody_was_told_of_or_that_is_over(
    cast: Cast, session: Session, hours: int | None
) -> None:
    placed = cast.order()
    cast.reject(*placed.photos)
    order = customer_photos.order(session, placed.id)
    due_at = None if hours is None else utc_now() + timedelta(hours=hours)

    row = page_row(replace(order, photos=[replace(order.photos[0], due_at=due_at)]), ENGLISH)

    assert row["wait"] == {"words": ENGLISH.waits}


def test_a_gentle_order_names_no_day_and_shows_no_example(cast: Cast, session: Session) -> None:
    placed = cast.order()
    cast.reject(*placed.photos)
    order = replace(customer_photos.order(session, placed.id), is_gentle=True)

    row = page_row(order, ENGLISH)

    assert row["wait"] == {"words": ENGLISH.waits_gently, "may_take_longer": True}
    (card,) = row["photos"]
    assert [reason["hint"] for reason in card["question"]["reasons"]] == [None]


@pytest.mark.parametrize(
    ("answers", "last", "words"),
    [
        (0, None, ""),
        (1, ResponseKind.REPLACED, ENGLISH.once_more[ResponseKind.REPLACED]),
        (1, ResponseKind.ASKED, ENGLISH.once_more[ResponseKind.ASKED]),
        (2, ResponseKind.REPLACED, ENGLISH.still_asking),
    ],
)
def test_a_later_question_begins_with_thanks(
    answers: int, last: ResponseKind | None, words: str
) -> None:
    assert ENGLISH.again(answers, last) == words
