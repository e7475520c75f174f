import pytest
from sqlalchemy.orm import Session

from core.queries import queue_choices
from core.queries.queue_view import View, Whose
from tests.cast import Cast
from tests.core.queries.test_queue_view import sold_as
from tests.core.services.test_products import sold, variant_of


def test_all_choices_are_counted_in_one_statement(
    cast: Cast, session: Session, queries: list[str]
) -> None:
    cast.order(photos=2)
    cast.order().order.assignee_id = None
    session.flush()
    queries.clear()

    counts = queue_choices.count(
        session, {whose: View(whose) for whose in (cast.ada.id, cast.bob.id, *Whose)}
    )

    assert counts == {
        cast.ada.id: 2,
        cast.bob.id: 0,
        Whose.EVERYBODYS: 3,
        Whose.UNASSIGNED: 1,
        Whose.MANAGERS: 0,
    }
    assert len(queries) == 1


@pytest.mark.parametrize(("photos", "counted"), [(3, 3), (4, 4), (5, 4)])
def test_nothing_is_counted_further_than_anybody_wants_to_know(
    cast: Cast, session: Session, monkeypatch: pytest.MonkeyPatch, photos: int, counted: int
) -> None:
    cast.order(photos=photos)
    monkeypatch.setattr(queue_choices, "COUNTED", 3)

    assert queue_choices.count(session, {"all": View()}) == {"all": counted}


def test_products_are_offered_while_photos_wait_for_them(cast: Cast, session: Session) -> None:
    mug, canvas, _ = cast.order(), cast.order(), cast.order()
    mugs, canvases = sold_as(session, mug, "Mug"), sold_as(session, canvas, "canvas")
    offered = queue_choices.products(session)
    assert (list(offered), offered) == (["canvas", "Mug"], {"canvas": (canvases,), "Mug": (mugs,)})

    cast.approve(*mug.photos, *canvas.photos)

    assert queue_choices.products(session) == {}
    # Who looks at it goes on looking at it.
    assert queue_choices.products(session, chosen="Mug") == {"Mug": (mugs,)}


def test_products_of_one_title_are_offered_as_one(cast: Cast, session: Session) -> None:
    variants = [
        variant_of(session, cast, sold(None, title="Canvas", id_=id_)) for id_ in ("one", "two")
    ]
    for variant in variants:
        cast.order().line.variant_id = variant.id
    session.flush()

    offered = queue_choices.products(session)

    assert offered == {"Canvas": tuple(variant.product_id for variant in variants)}


@pytest.mark.parametrize("title", ["Hat", "\0", "Can\0vas"])
def test_a_title_that_no_product_has_is_one_of_no_products(
    cast: Cast, session: Session, title: str
) -> None:
    sold_as(session, cast.order(), "Mug")

    assert queue_choices.products(session, chosen=title)[title] == ()
