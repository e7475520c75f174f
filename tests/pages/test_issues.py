from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import Message, MessageState, Photo, PhotoState, ResponseKind, utc_now
from core.queries import review_queue
from core.queries.queue_view import View
from core.services import reversals
from core.ui import issue_desk, state
from core.ui.photo_grid import Chosen, GridOutcome, Kept
from core.ui.photo_grid.gestures import SeenPhoto
from tests.cast import Cast, CastOrder, seen
from tests.pages.conftest import Hold
from tests.pages.staff_page import grid, open_page, sign_in, words


def rejected(
    cast: Cast, *reasons: str, photos: int = 1, email: str | None = "carl@example.org"
) -> CastOrder:
    order = cast.order(photos=photos, email=email)
    cast.reject(*order.photos, reasons=reasons or ("dark",), comment="By daylight?")
    for photo in order.photos:
        cast.session.refresh(photo)
    return order


def chosen(*photos: Photo, request: UUID | None = None) -> Chosen:
    return Chosen(request or uuid4(), tuple(SeenPhoto(each.id, each.version) for each in photos))


def kept(*photos: Photo) -> Kept:
    return Kept(uuid4(), chosen(*photos).photos, "Phoned her: she wants it as it is")


def refusals(screen: dict[str, Any]) -> list[str]:
    outcome: GridOutcome = screen[state.ISSUES_OUTCOME]
    return [refusal.message for refusal in outcome.refused]


def test_an_issue_shows_who_asked_what_and_how_the_mail_went(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    order = rejected(cast, "dark", "blurry")
    sign_in(session, hold_cookie, cast.bob)

    (row,) = grid(open_page("issues"))["photos"]

    issue = row["issue"]
    assert row["order_name"] == order.order.name
    assert issue["reasons"][0] == "Too dark"
    assert (issue["comment"], issue["reviewer"]) == ("By daylight?", "Ada Adler")
    assert issue["mail"]["level"] == "waits"
    assert "/o/" in issue["link"]


def test_without_issues_the_page_says_so(cast: Cast, session: Session, hold_cookie: Hold) -> None:
    sign_in(session, hold_cookie, cast.ada)

    page = open_page("issues")

    assert "No photo waits for its customer." in words(page)
    assert not page.get("bidi_component")


def test_a_search_without_a_find_says_so(cast: Cast, session: Session, hold_cookie: Hold) -> None:
    rejected(cast)
    sign_in(session, hold_cookie, cast.ada)

    page = open_page("issues")
    page.text_input[0].set_value("#9999").run()

    assert "No photo that waits fits this search." in words(page)


def test_where_everybody_was_reached_the_page_says_so(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    rejected(cast)
    sign_in(session, hold_cookie, cast.ada)

    assert "Every customer here was reached, or will be." in words(
        open_page("issues", folder="unreached")
    )


def test_a_folder_holds_the_photos_of_its_first_reason_only(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    rejected(cast, "dark", "blurry")
    soft = rejected(cast, "blurry")
    sign_in(session, hold_cookie, cast.ada)

    page = open_page("issues", folder=str(cast.reason("blurry")))

    assert [row["id"] for row in grid(page)["photos"]] == [soft.photos[0].id]
    assert "1 here · 2 with customers · 0 could not be reached" in words(page)


def test_who_could_not_be_reached_is_found(cast: Cast, session: Session, hold_cookie: Hold) -> None:
    rejected(cast)
    lost = rejected(cast, email=None)
    sign_in(session, hold_cookie, cast.ada)

    (row,) = grid(open_page("issues", folder="unreached"))["photos"]

    assert row["id"] == lost.photos[0].id
    assert row["issue"]["mail"]["level"] == "poor"


@pytest.mark.parametrize("asked", ["9" * 5000, "9" * 19, "-1", "٣", "blurry", ""])
def test_an_address_of_no_folder_shows_all(
    cast: Cast, session: Session, hold_cookie: Hold, asked: str
) -> None:
    rejected(cast)
    sign_in(session, hold_cookie, cast.ada)

    page = open_page("issues", folder=asked)

    assert not page.exception
    assert "1 with customers" in words(page)


def test_a_folder_stays_open_when_its_last_photo_has_left(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    rejected(cast, "dark")
    soft = rejected(cast, "blurry")
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("issues", folder=str(cast.reason("blurry")))

    soft.photos[0].state = PhotoState.IN_REVIEW
    session.flush()
    page.run()

    assert "No photo waits for its customer in this folder." in words(page)


def test_the_page_sends_as_many_statements_however_many_wait(
    cast: Cast, session: Session, hold_cookie: Hold, queries: list[str]
) -> None:
    rejected(cast)
    sign_in(session, hold_cookie, cast.ada)
    open_page("issues")  # what is asked once in a process
    queries.clear()
    open_page("issues")
    few = len(queries)
    for _ in range(4):
        rejected(cast, "blurry", photos=3)

    queries.clear()
    page = open_page("issues")

    assert len(grid(page)["photos"]) == 13
    assert len(queries) == few


def test_customers_are_reminded_and_the_photos_stay(
    cast: Cast, session: Session, hold_cookie: Hold, screen: dict[str, Any]
) -> None:
    order = rejected(cast)
    sign_in(session, hold_cookie, cast.ada)
    gesture = chosen(*order.photos)

    issue_desk.remind(gesture)

    assert screen[state.ISSUES_OUTCOME] == GridOutcome(gesture.request, [order.photos[0].id], [])
    assert len(cast.jobs("send_message")) == 1
    assert order.photos[0].state is PhotoState.REJECTED


def test_nobody_without_an_address_is_reminded(
    cast: Cast, session: Session, hold_cookie: Hold, screen: dict[str, Any]
) -> None:
    order = rejected(cast, email=None)
    sign_in(session, hold_cookie, cast.ada)

    issue_desk.remind(chosen(*order.photos))

    assert refusals(screen) == ["This order has no e-mail address. Copy the link instead."]


def test_a_reminder_sent_twice_over_a_bad_line_is_one(
    cast: Cast, session: Session, hold_cookie: Hold, screen: dict[str, Any]
) -> None:
    order = rejected(cast)
    sign_in(session, hold_cookie, cast.ada)
    gesture = chosen(*order.photos)

    issue_desk.remind(gesture)
    issue_desk.remind(gesture)

    assert refusals(screen) == []
    assert len(cast.jobs("send_message")) == 1


def test_photos_are_taken_back_to_review(
    cast: Cast, session: Session, hold_cookie: Hold, screen: dict[str, Any]
) -> None:
    order = rejected(cast, photos=2)
    sign_in(session, hold_cookie, cast.bob)

    issue_desk.take_back(chosen(*order.photos))

    assert screen[state.ISSUES_OUTCOME].done == [photo.id for photo in order.photos]
    session.refresh(order.photos[0])
    assert order.photos[0].state is PhotoState.IN_REVIEW


def test_taking_back_what_was_answered_meanwhile_is_refused(
    cast: Cast, session: Session, hold_cookie: Hold, screen: dict[str, Any]
) -> None:
    order = rejected(cast)
    sign_in(session, hold_cookie, cast.ada)
    gesture = chosen(*order.photos)
    reversals.take_back(session, seen(*order.photos), reviewer=cast.bob)

    issue_desk.take_back(gesture)

    assert refusals(screen) == ["Answered or taken back meanwhile: see Image approval."]


def test_a_photo_is_printed_as_it_is_for_a_reason_that_is_kept(
    cast: Cast, session: Session, hold_cookie: Hold, screen: dict[str, Any]
) -> None:
    order = rejected(cast, "dark")
    sign_in(session, hold_cookie, cast.ada)

    issue_desk.keep(kept(*order.photos))

    assert screen[state.ISSUES_OUTCOME].done == [order.photos[0].id]
    (photo,) = review_queue.page(session, View())
    assert (photo.response, photo.response_by) == (ResponseKind.KEPT, "Ada Adler")
    assert photo.message == "Phoned her: she wants it as it is"


def test_what_a_reason_forbids_is_not_printed_as_it_is(
    cast: Cast, session: Session, hold_cookie: Hold, screen: dict[str, Any]
) -> None:
    order = rejected(cast, "copyright")
    sign_in(session, hold_cookie, cast.ada)

    issue_desk.keep(kept(*order.photos))

    assert refusals(screen) == ["This may not be printed as it is: a reason for it says so."]


def test_nothing_is_done_without_a_session(cast: Cast, screen: dict[str, Any]) -> None:
    order = rejected(cast)

    for do in (issue_desk.remind, issue_desk.take_back):
        do(chosen(*order.photos))
        assert refusals(screen) == ["You do not have permission to do this."]
    issue_desk.keep(kept(*order.photos))

    assert refusals(screen) == ["You do not have permission to do this."]
    cast.session.refresh(order.photos[0])
    assert order.photos[0].state is PhotoState.REJECTED


def overdue(cast: Cast) -> CastOrder:
    order = rejected(cast)
    order.photos[0].answer_due_at = utc_now() - timedelta(hours=1)
    cast.session.flush()
    return order


def test_managers_have_a_folder_of_what_is_overdue(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    rejected(cast)
    late = overdue(cast)
    sign_in(session, hold_cookie, cast.mia)

    page = open_page("issues", folder="overdue")

    (row,) = grid(page)["photos"]
    assert row["id"] == late.photos[0].id
    assert "Overdue · 1" in page.pills[0].options


def test_processors_have_no_such_folder(cast: Cast, session: Session, hold_cookie: Hold) -> None:
    overdue(cast)
    rejected(cast)
    sign_in(session, hold_cookie, cast.ada)

    page = open_page("issues", folder="overdue")

    assert len(grid(page)["photos"]) == 2
    assert not [option for option in page.pills[0].options if "Overdue" in option]


def test_where_nothing_is_overdue_the_folder_says_so(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    rejected(cast)
    sign_in(session, hold_cookie, cast.mia)

    assert "No answer is overdue." in words(open_page("issues", folder="overdue"))


def test_an_address_is_corrected_and_the_mail_leaves(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    lost = rejected(cast, email=None)
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("issues", folder="unreached")
    assert "Could not reach · 1" in page.pills[0].options
    assert f"{lost.order.name} Carl Client" in words(page)

    page.text_input(key=f"mail_to_{lost.id}").set_value("carla@example.org")
    page.button(key=f"save_mail_to_{lost.id}").click().run()

    (mail,) = session.scalars(select(Message).where(Message.order_id == lost.id))
    assert (mail.to, mail.state) == ("carla@example.org", MessageState.QUEUED)
    assert page.toast[0].value == "Saved. The mail is on its way"
    assert "Every customer here was reached, or will be." in words(page)


def test_what_is_no_address_is_said_and_nothing_saved(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    lost = rejected(cast, email=None)
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("issues", folder="unreached")

    page.text_input(key=f"mail_to_{lost.id}").set_value("carla")
    page.button(key=f"save_mail_to_{lost.id}").click().run()

    assert page.toast[0].value.startswith("This does not look like an e-mail address.")
    session.refresh(lost.order)
    assert lost.order.mail_to is None


def test_orders_are_asked_about_gently_and_as_usual_again(
    cast: Cast, session: Session, hold_cookie: Hold, screen: dict[str, Any]
) -> None:
    order = rejected(cast, photos=2)
    sign_in(session, hold_cookie, cast.ada)

    for is_gentle in (True, False):
        issue_desk.say_gentle(chosen(*order.photos), is_gentle)

        session.refresh(order.order)
        assert (order.order.is_gentle, order.order.gentle_by_id) == (is_gentle, cast.ada.id)
        assert screen[state.ISSUES_OUTCOME].done == [photo.id for photo in order.photos]


def test_the_folder_of_the_unreached_costs_as_much_however_many(
    cast: Cast, session: Session, hold_cookie: Hold, queries: list[str]
) -> None:
    rejected(cast, email=None)
    sign_in(session, hold_cookie, cast.ada)
    open_page("issues", folder="unreached")
    queries.clear()
    open_page("issues", folder="unreached")
    few = len(queries)
    for _ in range(4):
        rejected(cast, email=None)

    queries.clear()
    open_page("issues", folder="unreached")

    assert len(queries) == few
