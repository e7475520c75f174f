from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from core.queries import customer_photos
from core.services import responses
from core.ui.customer_texts import ENGLISH
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
