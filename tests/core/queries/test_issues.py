from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import Message, MessageState, PhotoState, Reason, utc_now
from core.queries import issues
from core.queries.issues import Issue
from core.services import messages, responses
from tests.cast import Cast, CastOrder, seen


def folder(session: Session, cast: Cast, code: str) -> int:
    reason_id = cast.reason(code)
    return next(each.photos for each in issues.folders(session) if each.reason_id == reason_id)


def only(session: Session) -> Issue:
    (issue,) = issues.page(session, None)
    return issue


def unchecked(cast: Cast, code: str = "not_found") -> CastOrder:
    placed = cast.order()
    placed.photos[0].state, placed.photos[0].check_code = PhotoState.TO_CHECK, code
    cast.session.flush()
    return placed


def test_a_photo_lies_in_the_folder_of_its_first_reason(cast: Cast, session: Session) -> None:
    cast.reject(*cast.order(photos=2).photos, reasons=("dark", "blurry"))
    cast.reject(*cast.order().photos, reasons=("blurry",))

    assert (folder(session, cast, "dark"), folder(session, cast, "blurry")) == (2, 1)
    in_dark = issues.page(session, cast.reason("dark"))
    assert [issue.reasons for issue in in_dark] == [["Too dark", "Out of focus / moved"]] * 2
    assert len(issues.page(session, None)) == 3


def test_folders_stand_in_the_managers_order_the_empty_ones_too(
    cast: Cast, session: Session
) -> None:
    found = issues.folders(session)

    assert found[0].label == "Too small for the size"
    assert {each.photos for each in found} == {0}


def test_a_reason_that_is_only_suggested_is_a_folder_once_a_photo_lies_there(
    cast: Cast, session: Session
) -> None:
    before = {each.label for each in issues.folders(session)}

    cast.reject(*cast.order().photos, reasons=("aspect",))

    after = {each.label for each in issues.folders(session)}
    assert after - before == {"Does not fit the product's shape"}


def test_a_retired_reason_is_shown_as_long_as_a_photo_lies_there(
    cast: Cast, session: Session
) -> None:
    cast.reject(*cast.order().photos, reasons=("dark",))
    for code in ("dark", "blurry"):
        session.get_one(Reason, cast.reason(code)).retired_at = utc_now()
    session.flush()

    labels = [each.label for each in issues.folders(session)]

    assert "Too dark" in labels
    assert "Out of focus / moved" not in labels


def test_an_issue_tells_who_asked_for_what(cast: Cast, session: Session) -> None:
    placed = cast.order()
    cast.reject(*placed.photos, comment="By daylight, perhaps?")

    issue = only(session)

    assert (issue.order_name, issue.customer) == (placed.order.name, "Carl Client")
    assert (issue.email, issue.product) == ("carl@example.org", "Canvas")
    assert (issue.comment, issue.reviewer) == ("By daylight, perhaps?", "Ada Adler")
    assert (issue.cycle, issue.mail, issue.mail_error) == (1, None, "")
    session.refresh(placed.photos[0])
    assert issue.version == placed.photos[0].version


def test_a_photo_rejected_again_counts_its_rounds(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    cast.reject(photo)
    session.refresh(photo)
    responses.ask(session, placed.carl, seen(photo)[0], message="Why?")
    session.refresh(photo)
    cast.reject(photo)

    assert only(session).cycle == 2


def test_an_issue_shows_how_its_latest_mail_went(cast: Cast, session: Session) -> None:
    placed = cast.order()
    cast.reject(*placed.photos)
    messages.queue_issue_mail(session, placed.id)
    (first,) = session.scalars(select(Message)).all()
    assert only(session).mail is MessageState.QUEUED
    first.state = MessageState.SENT
    session.flush()

    again = messages.send_issues_now(session, placed.id, actor=cast.ada)
    newest = session.get_one(Message, again)
    newest.state, newest.error = MessageState.FAILED, "550 no such user"
    session.flush()

    issue = only(session)
    assert (issue.mail, issue.mail_error) == (MessageState.FAILED, "550 no such user")


def test_the_longest_waiting_come_first_page_by_page(cast: Cast, session: Session) -> None:
    photos = cast.order(photos=7).photos
    for photo in reversed(photos):
        cast.reject(photo)

    found: list[Issue] = []
    while page := issues.page(session, None, after=found[-1].decision_id if found else 0, limit=3):
        found += page

    assert [issue.id for issue in found] == [photo.id for photo in reversed(photos)]


def test_what_cannot_be_opened_is_to_be_checked(cast: Cast, session: Session) -> None:
    placed = unchecked(cast)
    cast.order()

    (photo,) = issues.to_check(session)

    assert (photo.id, photo.order_name) == (placed.photos[0].id, placed.order.name)
    assert (photo.code, photo.url) == ("not_found", "https://cdn.shopify.com/photo.jpg")
    assert photo.shop_id == cast.shop.id


def test_what_is_to_be_checked_comes_page_by_page(cast: Cast, session: Session) -> None:
    ids = [unchecked(cast).photos[0].id for _ in range(5)]

    first = issues.to_check(session, limit=3)
    second = issues.to_check(session, after=first[-1].id, limit=3)

    assert [photo.id for photo in (*first, *second)] == ids


def test_every_list_is_one_statement(cast: Cast, session: Session, queries: list[str]) -> None:
    for _ in range(4):
        placed = cast.order(photos=3)
        cast.reject(*placed.photos)
        messages.queue_issue_mail(session, placed.id)
        unchecked(cast)
    before = len(queries)

    assert len(issues.page(session, cast.reason("blurry"))) == 12
    assert len(issues.to_check(session)) == 4
    assert issues.folders(session)

    assert len(queries) == before + 4  # and the one that looks up the reason
