"""A second and a third rejection read differently from the first."""

import pytest
from sqlalchemy.orm import Session

from core.models import Message
from core.services import drafts, messages, outbox, responses
from tests.cast import PICTURE, Cast, CastOrder, seen
from tests.core.services.test_outbox import mail_of


def reject(cast: Cast, placed: CastOrder) -> Message:
    """Reject what is in review, and have the mail sent."""
    session = cast.session
    for photo in placed.photos:
        session.refresh(photo)
    cast.reject(*placed.photos)
    messages.queue_issue_mail(session, placed.id)
    mail = mail_of(session, placed)
    outbox.claim(session, mail.id)
    outbox.sent(session, mail.id)
    for photo in placed.photos:
        session.refresh(photo)
    return mail


def replace(cast: Cast, placed: CastOrder) -> None:
    (photo,) = placed.photos
    draft = drafts.add(cast.session, placed.carl, photo.id, PICTURE)
    responses.replace(cast.session, placed.carl, *seen(photo), draft_id=draft.id)


def lead(mail: Message) -> str:
    return " ".join(mail.text.split("\n\n")[1].split())


def test_a_second_mail_thanks_for_the_new_photo(cast: Cast, session: Session) -> None:
    placed = cast.order()
    first = lead(reject(cast, placed))
    replace(cast, placed)

    second = reject(cast, placed)

    assert first.startswith("thank you for your order")
    assert lead(second) == (
        f"thank you for the new photo for your order {placed.order.name}. There is still "
        "something that we would like your help with."
    )
    assert "thank you for the new photo" in second.html


def test_whoever_wrote_or_kept_is_thanked_for_the_answer(cast: Cast, session: Session) -> None:
    placed = cast.order()
    reject(cast, placed)
    responses.ask(session, placed.carl, *seen(*placed.photos), message="It is my only one.")

    assert "thank you for your answer" in lead(reject(cast, placed))


def test_a_third_mail_says_sorry_and_offers_to_talk(cast: Cast, session: Session) -> None:
    placed = cast.order()
    for _ in range(2):
        reject(cast, placed)
        replace(cast, placed)

    third = lead(reject(cast, placed))

    assert "We are sorry to come back to you once more." in third
    assert "write to us" in third


@pytest.mark.parametrize("photos", [1, 2])
def test_a_reminder_is_of_no_other_round(cast: Cast, session: Session, photos: int) -> None:
    placed = cast.order(photos=photos)
    reject(cast, placed)

    assert messages.remind(session, seen(*placed.photos), actor=cast.ada).done

    assert "still waiting for you" in lead(mail_of(session, placed))
