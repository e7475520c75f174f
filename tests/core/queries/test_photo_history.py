from uuid import uuid4

from sqlalchemy import delete
from sqlalchemy.orm import Session

from core.models import Origin, Photo, PhotoState, ResponseBy, ResponseKind, Upload, Verdict
from core.queries import photo_history
from core.queries.photo_history import PhotoHistory
from core.services import decisions, notes, responses, reversals
from tests.cast import Cast, CastOrder, seen


def history(session: Session, photo: Photo) -> PhotoHistory:
    found = photo_history.of_photo(session, photo.id)
    assert found is not None
    return found


def keep(session: Session, placed: CastOrder) -> None:
    (photo,) = placed.photos
    session.refresh(photo)
    responses.keep(session, placed.carl, seen(photo)[0], words_shown="It may look soft.")
    session.refresh(photo)


def test_a_new_photo_has_one_round_and_nothing_said(cast: Cast, session: Session) -> None:
    (photo,) = cast.order().photos

    (only,) = history(session, photo).rounds

    assert (only.width, only.height, only.origin) == (3000, 2000, Origin.ORDER)
    assert only.verdicts == []


def test_every_file_stands_with_its_verdict_and_the_answer(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo, reasons=("blurry", "low_res"), comment="From the phone, please")
    keep(session, placed)
    cast.reject(photo, reasons=("dark",))
    newer = cast.upload(photo, Origin.CUSTOMER)

    first, second = history(session, photo).rounds

    rejected, again = first.verdicts
    assert rejected.verdict is Verdict.REJECTED
    assert len(rejected.reasons) == 2
    assert (rejected.comment, rejected.reviewer) == ("From the phone, please", "Ada Adler")
    assert rejected.answer is not None
    assert (rejected.answer.kind, rejected.answer.by) == (ResponseKind.KEPT, ResponseBy.CUSTOMER)
    assert again.answer is None
    assert (second.sha256, second.origin) == (newer.sha256, Origin.CUSTOMER)


def test_a_verdict_that_there_is_no_file_is_a_round_of_its_own(
    cast: Cast, session: Session
) -> None:
    (photo,) = cast.order().photos
    photo.state, photo.upload_id = PhotoState.TO_CHECK, None
    session.execute(delete(Upload).where(Upload.photo_id == photo.id))
    assert history(session, photo).rounds == []

    decisions.ask_customer(
        session,
        seen(photo),
        reasons=[cast.reason("blurry")],
        comment="",
        reviewer=cast.ada,
        batch=uuid4(),
    )

    (only,) = history(session, photo).rounds
    assert (only.sha256, only.received_at) == (None, None)
    assert [past.verdict for past in only.verdicts] == [Verdict.REJECTED]


def test_what_was_undone_says_so(session: Session) -> None:
    cast = Cast(session, undo_seconds=600)
    (photo,) = cast.order().photos
    outcome = cast.approve(photo, by=cast.bob)
    reversals.undo(session, outcome.batch, reviewer=cast.bob)

    ((past,),) = [past.verdicts for past in history(session, photo).rounds]

    assert (past.verdict, past.reviewer, past.is_undone) == (Verdict.APPROVED, "Bob Berg", True)


def test_the_other_photos_of_the_order_are_named_with_their_states(
    cast: Cast, session: Session
) -> None:
    first, second, third = cast.order(photos=3).photos
    cast.order()
    cast.approve(second)
    cast.reject(third)

    on_order = history(session, first).on_order

    assert [(photo.id, photo.state) for photo in on_order] == [
        (first.id, PhotoState.IN_REVIEW),
        (second.id, PhotoState.APPROVED),
        (third.id, PhotoState.REJECTED),
    ]
    assert all(photo.sha256 for photo in on_order)
    assert on_order[0].product == "Canvas"


def test_it_is_one_statement_however_long_the_story(
    cast: Cast, session: Session, queries: list[str]
) -> None:
    placed = cast.order()
    cast.reject(*placed.photos)
    keep(session, placed)
    cast.reject(*placed.photos)
    before = len(queries)

    history(session, placed.photos[0])

    assert len(queries) == before + 1


def test_a_photo_that_does_not_exist_has_no_history(session: Session) -> None:
    assert photo_history.of_photo(session, 10**15) is None


def test_what_was_asked_of_a_manager_stays_to_be_read(cast: Cast, session: Session) -> None:
    (photo,) = cast.order().photos
    for author, words in ((cast.ada, "Her dog?"), (cast.bob, "It is.")):
        session.refresh(photo)
        notes.leave_for_manager(session, seen(photo), note=words, actor=author, request=uuid4())
    session.refresh(photo)
    cast.approve(photo, by=cast.mia)

    told = history(session, photo).notes

    assert [(note.by, note.text) for note in told] == [
        ("Ada Adler", "Her dog?"),
        ("Bob Berg", "It is."),
    ]
    assert told[0].noted_at < told[1].noted_at
