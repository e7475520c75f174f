from sqlalchemy.orm import Session

from core.models import Draft, Order, PhotoState, Reason, ResponseKind
from core.queries import customer_photos
from core.queries.customer_photos import CustomerPhoto, Standing
from core.services import response_undos, responses
from core.services.reasons import gentle_text
from tests.cast import Cast, CastOrder, seen


def only(session: Session, placed: CastOrder) -> CustomerPhoto:
    session.flush()
    session.expire_all()
    (photo,) = customer_photos.order(session, placed.id).photos
    return photo


def keep_window_open(cast: Cast) -> None:
    cast.shop.undo_seconds = 600
    cast.session.flush()


def hide_pictures(cast: Cast, code: str) -> None:
    cast.session.get_one(Reason, cast.reason(code)).shows_picture = False
    cast.session.flush()


def test_a_question_comes_with_the_reasons_and_the_comment(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo, reasons=("dark", "blurry"), comment="Lovely dog.")

    question = only(session, placed)

    assert question.standing is Standing.NEEDS_ANSWER
    assert [(code, text[:20]) for code, text in question.reasons.items()] == [
        ("dark", "The photo is quite d"),
        ("blurry", "At this size, fine d"),
    ]
    assert question.comment == "Lovely dog."
    assert question.may_keep
    assert question.sha256 is not None
    assert (question.product, question.variant, question.quantity) == ("Canvas", "30 x 40 cm", 1)
    session.refresh(photo)
    assert (question.id, question.version) == (photo.id, photo.version)


def test_a_rejection_is_not_shown_while_it_can_be_undone(cast: Cast, session: Session) -> None:
    placed = cast.order()
    keep_window_open(cast)
    cast.reject(*placed.photos)

    order = customer_photos.order(session, placed.id)

    assert (order.photos, order.others) == ([], 1)


def test_a_second_rejection_is_not_shown_while_it_can_be_undone(
    cast: Cast, session: Session
) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo, comment="First")
    session.refresh(photo)
    responses.ask(session, placed.carl, *seen(photo), message="My only one")
    session.refresh(photo)
    keep_window_open(cast)
    cast.reject(photo, comment="Second")

    shown = only(session, placed)

    assert shown.standing is Standing.BEING_CHECKED
    assert shown.comment == "First"
    assert (shown.response, shown.message) == (ResponseKind.ASKED, "My only one")


def test_a_photo_is_fine_once_its_approval_is_final(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo)
    session.refresh(photo)
    responses.keep(session, placed.carl, *seen(photo), words_shown="")
    session.refresh(photo)
    cast.approve(photo)

    assert only(session, placed).standing is Standing.FINE


def test_an_approval_is_not_shown_while_it_can_be_undone(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo)
    session.refresh(photo)
    responses.keep(session, placed.carl, *seen(photo), words_shown="")
    session.refresh(photo)
    keep_window_open(cast)
    cast.approve(photo)

    assert only(session, placed).standing is Standing.BEING_CHECKED


def test_one_reason_that_forbids_it_is_enough_not_to_keep_a_photo(
    cast: Cast, session: Session
) -> None:
    placed = cast.order()
    cast.reject(*placed.photos, reasons=("blurry", "copyright"), comment="A word")

    assert not only(session, placed).may_keep


def test_what_should_not_be_seen_is_not_shown(cast: Cast, session: Session) -> None:
    placed = cast.order()
    hide_pictures(cast, "dark")
    cast.reject(*placed.photos, reasons=("blurry", "dark"))

    assert only(session, placed).sha256 is None


def test_the_photo_that_takes_its_place_is_shown(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    hide_pictures(cast, "dark")
    cast.reject(photo, reasons=("dark",))
    session.refresh(photo)
    draft = Draft(photo_id=photo.id, sha256="ab" * 32, size=5, format="JPEG", width=900, height=900)
    session.add(draft)
    session.flush()
    responses.replace(session, placed.carl, *seen(photo), draft_id=draft.id)

    assert only(session, placed).sha256 == "ab" * 32


def test_a_photo_that_never_came_has_no_picture_and_cannot_be_kept(
    cast: Cast, session: Session
) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    photo.upload_id = None
    session.flush()
    cast.reject(photo)

    question = only(session, placed)

    assert (question.sha256, question.may_keep) == (None, False)


def test_withdrawn_photos_and_other_orders_are_not_shown(cast: Cast, session: Session) -> None:
    placed = cast.order(photos=3)
    asked, withdrawn, _ = placed.photos
    cast.reject(asked, withdrawn)
    cast.reject(*cast.order().photos)
    session.refresh(withdrawn)
    withdrawn.state = PhotoState.WITHDRAWN
    session.flush()

    order = customer_photos.order(session, placed.id)

    assert [photo.id for photo in order.photos] == [asked.id]
    assert order.others == 1
    assert (order.name, order.shop, order.customer) == (
        placed.order.name,
        "Paw Prints",
        "Carl Client",
    )


def test_any_number_of_photos_takes_two_statements(
    cast: Cast, session: Session, queries: list[str]
) -> None:
    placed = cast.order(photos=12)
    cast.reject(*placed.photos)
    queries.clear()

    customer_photos.order(session, placed.id)

    assert len(queries) == 2


def test_what_staff_decided_for_a_customer_is_told_without_their_words(
    cast: Cast, session: Session
) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo)
    session.refresh(photo)
    responses.decide_for_customer(session, seen(photo), why="She was rude", actor=cast.bob)

    found = only(session, placed)

    assert (found.standing, found.response) == (Standing.BEING_CHECKED, ResponseKind.KEPT)
    assert (found.is_settled_for_them, found.message) == (True, "")


def test_an_answer_may_be_taken_back_until_somebody_has_looked(
    cast: Cast, session: Session
) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo)
    session.refresh(photo)
    asked = only(session, placed)
    responses.ask(session, placed.carl, *seen(photo), message="My only one")
    answered = only(session, placed)
    session.refresh(photo)
    cast.approve(photo)

    looked_at = only(session, placed)

    assert [shown.may_undo for shown in (asked, answered, looked_at)] == [False, True, False]


def test_what_was_taken_back_is_no_answer(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo)
    session.refresh(photo)
    responses.ask(session, placed.carl, *seen(photo), message="My only one")
    session.refresh(photo)

    response_undos.undo(session, placed.carl, *seen(photo))

    shown = only(session, placed)
    assert (shown.standing, shown.response, shown.answers) == (Standing.NEEDS_ANSWER, None, 0)


def test_each_question_knows_how_many_were_answered_before(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    counted = []
    for _ in range(3):
        session.refresh(photo)
        cast.reject(photo)
        counted.append(only(session, placed).answers)
        session.refresh(photo)
        responses.keep(session, placed.carl, *seen(photo), words_shown="As it is.")

    assert counted == [0, 1, 2]


def test_a_gentle_order_is_asked_in_gentle_words(cast: Cast, session: Session) -> None:
    placed = cast.order()
    cast.reject(*placed.photos, reasons=("blurry",))
    as_usual = only(session, placed).reasons["blurry"]
    session.get_one(Order, placed.id).is_gentle = True

    gently = only(session, placed).reasons["blurry"]

    assert gently == gentle_text("blurry") != as_usual
