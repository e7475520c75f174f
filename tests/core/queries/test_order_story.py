from datetime import UTC, datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from core.models import (
    EventName,
    FulfillmentOrder,
    Hold,
    HoldState,
    Message,
    MessageKind,
    PhotoState,
    ResponseKind,
    Verdict,
)
from core.queries import order_head, order_story
from core.queries.order_story import Story
from core.services import decisions, hand_overs, history, responses, reversals, withdrawals
from core.ui import order_timeline
from tests.cast import Cast, CastOrder, seen
from tests.released import as_seen, let_go, released


def story_of(session: Session, placed: CastOrder) -> Story:
    story = order_story.of_order(session, placed.id)
    assert story is not None
    return story


def told(story: Story) -> list[tuple[str, str, str]]:
    return [(line.who, line.words, line.quote) for line in order_timeline.lines(story)]


def test_there_is_no_story_of_no_order(session: Session) -> None:
    assert order_story.of_order(session, 0) is None


def test_a_photos_way_is_told_from_its_decisions_and_answers(cast: Cast, session: Session) -> None:
    placed = cast.order(photos=2)
    first, second = placed.photos
    cast.reject(first, reasons=("dark", "blurry"), comment="By daylight?")
    session.refresh(first)
    responses.ask(session, placed.carl, *seen(first), message="What do you mean?")
    cast.approve(second)

    story = story_of(session, placed)

    assert [photo.state for photo in story.photos] == [PhotoState.IN_REVIEW, PhotoState.APPROVED]
    (rejected, approved) = story.decisions
    assert (rejected.verdict, rejected.reviewer) == (Verdict.REJECTED, "Ada Adler")
    assert (rejected.reasons[0], rejected.comment) == ("Too dark", "By daylight?")
    assert approved.verdict is Verdict.APPROVED
    (answer,) = story.responses
    assert (answer.kind, answer.message) == (ResponseKind.ASKED, "What do you mean?")
    assert told(story)[:3] == [
        ("Ada Adler", "approved photo 2", ""),
        ("The customer", "wrote about photo 1", "What do you mean?"),
        ("Ada Adler", f"rejected photo 1: {', '.join(rejected.reasons)}", "By daylight?"),
    ]


def test_what_was_taken_back_says_so(cast: Cast, session: Session) -> None:
    cast.shop.undo_seconds = 600
    session.flush()
    placed = cast.order()
    batch = cast.approve(*placed.photos).batch

    reversals.undo(session, batch, reviewer=cast.ada)

    story = story_of(session, placed)
    assert story.decisions[0].is_undone
    assert [line[:2] for line in told(story)] == [
        ("Ada Adler", "took the decision about the photo back"),
        ("Ada Adler", "approved the photo (taken back)"),
    ]


def test_what_was_printed_and_opened_again_is_told(cast: Cast, session: Session) -> None:
    placed = released(cast)
    hand_overs.mark(session, [as_seen(placed)], actor=cast.bob)
    reversals.reopen(session, seen(*placed.photos), manager=cast.mia)

    assert [line[:2] for line in told(story_of(session, placed))] == [
        ("Mia Manz", "opened the photo again"),
        ("Bob Berg", "handed it over to be printed"),
        ("", "Released in Shopify: the order may ship"),
        ("Ada Adler", "approved the photo"),
    ]


def test_mail_holds_and_what_shopify_ships_are_there(cast: Cast, session: Session) -> None:
    placed = cast.order()
    session.add_all(
        [
            Message(
                shop_id=cast.shop.id,
                order_id=placed.id,
                kind=MessageKind.PHOTO_ISSUE,
                to="carl@example.org",
                subject="",
                text="",
                html="",
                header_id="<1@loupe.invalid>",
            ),
            Hold(
                order_id=placed.id,
                fulfillment_order_id="gid://shopify/FulfillmentOrder/1",
                shopify_id="gid://shopify/FulfillmentHold/1",
                state=HoldState.REMOVED,
            ),
            FulfillmentOrder(
                order_id=placed.id,
                shopify_id="gid://shopify/FulfillmentOrder/1",
                status="ON_HOLD",
                line_ids=[],
                is_held_by_others=True,
                updated_at=datetime(2026, 11, 1, tzinfo=UTC),
            ),
        ]
    )
    session.flush()

    story = story_of(session, placed)

    assert [message.to for message in story.messages] == ["carl@example.org"]
    assert [hold.state for hold in story.holds] == [HoldState.REMOVED]
    assert [(each.status, each.is_held_by_others) for each in story.fulfillments] == [
        ("ON_HOLD", True)
    ]


def test_it_takes_as_many_statements_for_a_long_story(
    cast: Cast, session: Session, queries: list[str]
) -> None:
    placed = cast.order(photos=5)
    queries.clear()
    story_of(session, placed)
    few = len(queries)
    cast.reject(*placed.photos)

    queries.clear()
    story_of(session, placed)

    assert len(queries) == few == 11


def test_an_order_that_ended_is_not_told_to_ship(cast: Cast, session: Session) -> None:
    placed = cast.order()
    hold = Hold(
        order_id=placed.id,
        fulfillment_order_id="gid://shopify/FulfillmentOrder/1",
        shopify_id="gid://shopify/FulfillmentHold/1",
    )
    session.add(hold)
    placed.order.cancelled_at = datetime(2026, 1, 1, tzinfo=UTC)
    withdrawals.follow(session, [placed.id])
    let_go(cast, placed)

    assert [line[1] for line in told(story_of(session, placed))] == [
        "Our hold is gone",
        "The photo is not printed: the order was cancelled",
    ]


def test_an_order_with_every_photo_set_aside_is_not_told_to_ship(
    cast: Cast, session: Session
) -> None:
    placed = cast.order()
    decisions.set_aside(session, seen(*placed.photos), reviewer=cast.ada, batch=uuid4())
    let_go(cast, placed)

    assert [line[1] for line in told(story_of(session, placed))] == ["set the photo aside"]


def test_a_photo_that_never_came_is_not_told_as_found(cast: Cast, session: Session) -> None:
    placed = cast.order(photos=2)
    missing, found = placed.photos
    missing.source = "missing"
    for photo in (missing, found, found):
        history.record(
            session,
            EventName.PHOTO_FOUND,
            shop_id=cast.shop.id,
            order_id=placed.id,
            photo_id=photo.id,
        )
    session.flush()

    assert [line[1] for line in told(story_of(session, placed))][::-1] == [
        "Photo 1 did not come with the order",
        "Photo 2 did not come with the order",
        "Photo 2 was found on the order",
    ]


def test_what_is_new_of_an_order_shows_in_one_statement(
    cast: Cast, session: Session, queries: list[str]
) -> None:
    placed = cast.order()
    queries.clear()
    before = order_head.fingerprint(session, placed.id)
    assert len(queries) == 1
    assert order_head.fingerprint(session, placed.id) == before

    cast.approve(*placed.photos)

    assert order_head.fingerprint(session, placed.id) != before
