from sqlalchemy.orm import Session

from core.models import PhotoState
from core.queries import mailbox
from core.services import messages, outbox
from tests.cast import Cast
from tests.pages.conftest import Hold
from tests.pages.staff_page import open_page, sign_in, words


def test_an_issue_shows_who_said_what_and_whether_the_mail_went_out(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    order = cast.order()
    cast.reject(*order.photos, reasons=("dark", "blurry"), comment="Perhaps <b>by</b> daylight?")
    sign_in(session, hold_cookie, cast.bob)

    page = words(open_page("issues"))

    assert f"{order.order.name} · Carl Client" in page
    assert "Too dark" in page
    assert "Perhaps &lt;b&gt;by&lt;/b&gt; daylight?" in page
    assert "by Ada Adler, first time" in page
    assert "The mail waits for the other photos" in page


def test_the_mail_can_be_sent_again(cast: Cast, session: Session, hold_cookie: Hold) -> None:
    order = cast.order()
    cast.reject(*order.photos)
    messages.queue_issue_mail(session, order.id)
    for job in cast.jobs("send_message"):
        outbox.claim(session, job["message_id"])
        outbox.sent(session, job["message_id"], is_captured=True)
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("issues")
    assert "Mail sent" in words(page)

    page.button(key=f"mail_{order.photos[0].id}").click().run()

    assert not page.exception
    assert len(cast.jobs("send_message")) == 2
    assert [letter.subject for letter in mailbox.captured(session)] == [
        f"About the photo for your order {order.order.name}"
    ]


def test_a_photo_can_be_taken_back_to_review(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    order = cast.order()
    cast.reject(*order.photos)
    sign_in(session, hold_cookie, cast.bob)
    page = open_page("issues")

    page.button(key=f"back_{order.photos[0].id}").click().run()

    session.refresh(order.photos[0])
    assert order.photos[0].state is PhotoState.IN_REVIEW
    assert "No photo waits for its customer" in words(page)


def test_taking_back_what_the_customer_has_answered_is_refused(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    order = cast.order()
    cast.reject(*order.photos)
    sign_in(session, hold_cookie, cast.ada)
    page = open_page("issues")
    order.photos[0].version += 1  # as an answer does
    session.flush()

    page.button(key=f"back_{order.photos[0].id}").click().run()

    assert page.toast[0].value == "The customer has answered meanwhile: see Image approval."


def test_an_order_without_an_address_is_said_to_be_out_of_reach(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    order = cast.order(email=None)
    cast.reject(*order.photos)
    sign_in(session, hold_cookie, cast.ada)

    page = open_page("issues")

    assert "Could not reach" in words(page)
    assert page.button(key=f"mail_{order.photos[0].id}").disabled


def test_a_folder_holds_the_photos_of_its_first_reason_only(
    cast: Cast, session: Session, hold_cookie: Hold
) -> None:
    dark, soft = cast.order(), cast.order()
    cast.reject(*dark.photos, reasons=("dark", "blurry"))
    cast.reject(*soft.photos, reasons=("blurry",))
    sign_in(session, hold_cookie, cast.ada)

    page = words(open_page("issues", folder=str(cast.reason("blurry"))))

    assert soft.order.name in page
    assert dark.order.name not in page
