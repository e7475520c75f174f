import re
from collections.abc import Sequence
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.models import Message, MessageState, Photo, PhotoState, Shop, utc_now
from core.queries import issue_queue, issues, queue_choices
from core.queries.issue_queue import IssueSort, IssueView
from core.queries.open_issue import Issue
from core.queries.review_queue import GridPhoto
from core.services import messages, outbox, responses, reversals
from tests.cast import Cast, CastOrder, seen


def rejected(
    cast: Cast,
    *,
    photos: int = 1,
    reasons: tuple[str, ...] = ("blurry",),
    email: str | None = "carl@example.org",
) -> CastOrder:
    placed = cast.order(photos=photos, email=email)
    reject(cast, *placed.photos, reasons=reasons)
    return placed


def reject(cast: Cast, *photos: Photo, reasons: tuple[str, ...] = ("blurry",)) -> None:
    cast.reject(*photos, reasons=reasons, comment="By daylight, perhaps?")
    for photo in photos:
        cast.session.refresh(photo)


def page(session: Session, view: IssueView = IssueView()) -> Sequence[GridPhoto]:  # noqa: B008
    return issue_queue.page(session, view)


def names(session: Session, view: IssueView) -> list[str]:
    return [photo.order_name for photo in page(session, view)]


def of(*placed: CastOrder) -> list[str]:
    return [each.order.name for each in placed]


def only(session: Session) -> Issue:
    (photo,) = page(session)
    assert photo.issue is not None
    return photo.issue


def mail(cast: Cast, placed: CastOrder, state: MessageState) -> Message:
    """Have the order's mail end like that, and return it."""
    messages.remind(cast.session, seen(*placed.photos), actor=cast.ada)
    latest = select(Message).where(Message.order_id == placed.id).order_by(Message.id.desc())
    message = cast.session.scalars(latest.limit(1)).one()
    if state is MessageState.SENT:
        outbox.claim(cast.session, message.id)
        outbox.sent(cast.session, message.id)
    else:
        message.state, message.error = state, "550 no such user"
    cast.session.flush()
    return message


def test_an_issue_is_a_photo_with_what_its_customer_is_asked(cast: Cast, session: Session) -> None:
    placed = rejected(cast, reasons=("dark", "blurry"))
    (photo,) = placed.photos

    (tile,) = page(session)

    assert (tile.id, tile.version) == (photo.id, photo.version)
    assert (tile.order_name, tile.customer) == (placed.order.name, "Carl Client")
    assert (tile.product, tile.width, tile.height) == ("Canvas", 3000, 2000)
    assert tile.sha256 is not None
    issue = tile.issue
    assert issue is not None
    assert issue.reasons == ["Too dark", "Out of focus / moved"]
    assert (issue.comment, issue.reviewer) == ("By daylight, perhaps?", "Ada Adler")
    assert (issue.rejections, issue.email, issue.may_keep) == (1, "carl@example.org", True)
    assert (issue.mail, issue.mail_sent_at, issue.mail_error) == (None, None, "")
    assert issue.answer_due_at is None
    assert issue.undo_until >= issue.decided_at


@pytest.mark.parametrize(
    ("reasons", "may_keep"),
    [(("blurry",), True), (("blurry", "copyright"), False)],
)
def test_the_strictest_reason_says_whether_a_photo_may_be_kept(
    cast: Cast, session: Session, reasons: tuple[str, ...], may_keep: bool
) -> None:
    rejected(cast, reasons=reasons)

    assert only(session).may_keep is may_keep


def test_a_photo_that_never_came_has_no_picture(cast: Cast, session: Session) -> None:
    placed = cast.order()
    (photo,) = placed.photos
    photo.upload_id = None
    session.flush()
    reject(cast, photo)

    (tile,) = page(session)

    assert (tile.sha256, tile.width, tile.height, tile.largest) == (None, 0, 0, None)
    assert tile.findings == []
    assert tile.issue is not None
    assert not tile.issue.may_keep


def test_only_what_waits_for_its_customer_is_shown(cast: Cast, session: Session) -> None:
    shown = rejected(cast)
    for state in PhotoState:
        cast.order().photos[0].state = state
    session.flush()
    for photo in session.scalars(select(Photo).where(Photo.state == PhotoState.REJECTED)):
        if photo.decision_id is None:
            photo.state = PhotoState.IN_REVIEW
    session.flush()

    assert names(session, IssueView()) == of(shown)


def test_what_was_undone_is_not_counted_among_the_rejections(session: Session) -> None:
    cast = Cast(session, undo_seconds=600)
    placed = cast.order()
    (photo,) = placed.photos
    outcome = cast.reject(photo)
    reversals.undo(session, outcome.batch, reviewer=cast.ada)
    session.refresh(photo)
    reject(cast, photo)
    reversals.take_back(session, seen(photo), reviewer=cast.bob)
    session.refresh(photo)
    reject(cast, photo)

    assert only(session).rejections == 2


def test_an_issue_shows_how_its_latest_mail_went_and_when_the_answer_is_due(
    cast: Cast, session: Session
) -> None:
    placed = rejected(cast)
    first = mail(cast, placed, MessageState.SENT)
    told = only(session)
    assert (told.mail, told.mail_sent_at) == (MessageState.SENT, first.sent_at)
    assert told.answer_due_at is not None

    mail(cast, placed, MessageState.FAILED)

    issue = only(session)
    assert (issue.mail, issue.mail_error) == (MessageState.FAILED, "550 no such user")
    assert issue.answer_due_at == told.answer_due_at


def test_who_of_staff_answered_for_a_customer_is_named(cast: Cast, session: Session) -> None:
    placed = rejected(cast)
    (photo,) = placed.photos
    responses.decide_for_customer(session, seen(photo), why="She likes it", actor=cast.bob)
    session.refresh(photo)
    reject(cast, photo)

    (tile,) = page(session)

    assert (tile.response_by, tile.message) == ("Bob Berg", "She likes it")


def test_a_folder_holds_what_has_its_reason_first(cast: Cast, session: Session) -> None:
    dark, blurry = rejected(cast, reasons=("dark", "blurry")), rejected(cast)
    folders = {each.label: each.reason_id for each in issues.folders(session)}

    assert names(session, IssueView(folders["Too dark"])) == of(dark)
    assert names(session, IssueView(folders["Out of focus / moved"])) == of(blurry)


def test_issues_are_searched_as_the_queue_is(cast: Cast, session: Session) -> None:
    wanted, _ = rejected(cast, email="carl@example.org"), rejected(cast, email="eve@example.org")

    assert names(session, IssueView(search="CARL@")) == of(wanted)
    assert names(session, IssueView(search=wanted.order.name.lstrip("#"))) == of(wanted)


def test_those_whom_no_mail_reaches_can_be_found(cast: Cast, session: Session) -> None:
    reached, waiting, nowhere = rejected(cast), rejected(cast), rejected(cast, email=None)
    failed, uncertain, later = rejected(cast), rejected(cast), rejected(cast)
    mail(cast, reached, MessageState.SENT)
    mail(cast, failed, MessageState.FAILED)
    mail(cast, uncertain, MessageState.UNCERTAIN)
    mail(cast, later, MessageState.FAILED)
    mail(cast, later, MessageState.SENT)
    unreached = IssueView(is_unreached=True)

    assert names(session, unreached) == of(nowhere, failed, uncertain)
    counts = queue_choices.count(session, {"all": IssueView(), "unreached": unreached})
    assert counts == {"all": 6, "unreached": 3}
    assert waiting.order.name in names(session, IssueView())


def test_what_was_rejected_the_longest_ago_comes_first(cast: Cast, session: Session) -> None:
    photos = cast.order(photos=3).photos
    for photo in reversed(photos):
        reject(cast, photo)

    assert [tile.id for tile in page(session)] == [photo.id for photo in reversed(photos)]


def test_what_is_due_the_soonest_comes_first_and_who_was_not_told_last(
    cast: Cast, session: Session
) -> None:
    untold, late, soon = rejected(cast), rejected(cast), rejected(cast)
    late.photos[0].answer_due_at = utc_now() + timedelta(days=3)
    soon.photos[0].answer_due_at = utc_now() - timedelta(days=3)
    session.flush()

    assert names(session, IssueView(sort=IssueSort.DEADLINE)) == of(soon, late, untold)


@pytest.mark.parametrize("sort", IssueSort)
@pytest.mark.parametrize("is_folder", [False, True])
def test_pages_miss_no_issue_and_show_none_twice(
    cast: Cast, session: Session, sort: IssueSort, is_folder: bool
) -> None:
    placed = rejected(cast, photos=20)
    same_moment = utc_now() + timedelta(days=2)
    for photo in placed.photos[:12]:
        photo.answer_due_at = same_moment + timedelta(days=photo.id % 2)
    session.flush()
    view = IssueView(cast.reason("blurry") if is_folder else None, sort=sort)
    whole = [photo.id for photo in issue_queue.page(session, view, limit=100)]

    pages, after = [], None
    while found := issue_queue.page(session, view, after=after, limit=7):
        pages.append([photo.id for photo in found])
        after = found[-1].place

    assert [len(found) for found in pages] == [7, 7, 6]
    assert [id_ for found in pages for id_ in found] == whole
    assert set(whole) == {photo.id for photo in placed.photos}


def multiply(
    session: Session, photo: Photo, *, by: int, state: PhotoState = PhotoState.REJECTED
) -> None:
    """Have so many more photos like this one, and half of their customers told."""
    session.execute(
        text(
            """
            WITH made AS (
                INSERT INTO decisions (photo_id, upload_id, photo_version, verdict, reviewer_id,
                    batch, decided_at, undo_until)
                SELECT photo_id, upload_id, photo_version, verdict, reviewer_id,
                    gen_random_uuid(), decided_at, undo_until
                FROM decisions, generate_series(1, :by) WHERE id = :decision RETURNING id
            )
            INSERT INTO photos (shop_id, order_id, line_item_id, source, state, version, upload_id,
                queue_rank, flag_rank, filed_under_id, ordinal, waiting_since, created_at,
                decision_id, answer_due_at)
            SELECT shop_id, order_id, line_item_id, source, :state, version, upload_id,
                queue_rank, flag_rank, filed_under_id, 1000 + made.id, now(), now(),
                made.id, CASE made.id % 2 WHEN 0 THEN now() + made.id * interval '1 hour' END
            FROM photos, made WHERE photos.id = :photo
            """
        ),
        {"by": by, "photo": photo.id, "decision": photo.decision_id, "state": state},
    )


def test_a_page_is_one_statement_whatever_waits(
    cast: Cast, session: Session, queries: list[str]
) -> None:
    (photo,) = rejected(cast).photos
    numbers = []
    for many in (9, 990):
        multiply(session, photo, by=many)
        before = len(queries)
        found = page(session)
        folders = issues.folders(session)
        counts = queue_choices.count(session, {each: IssueView(sort=each) for each in IssueSort})
        numbers.append(len(queries) - before)

    assert len(found) == 48
    assert sum(folder.photos for folder in folders) == 1000
    assert set(counts.values()) == {1000}
    assert numbers == [3, 3]


@pytest.mark.parametrize(
    ("is_folder", "sort", "index"),
    [
        (False, IssueSort.WAITING, "ix_photos_issues"),
        (False, IssueSort.DEADLINE, "ix_photos_issues_due"),
        (True, IssueSort.WAITING, "ix_photos_folder"),
        (True, IssueSort.DEADLINE, "ix_photos_folder_due"),
    ],
)
def test_a_page_of_issues_is_read_from_an_index_and_the_plan_for_it_can_be_kept(
    cast: Cast,
    session: Session,
    queries: list[str],
    is_folder: bool,
    sort: IssueSort,
    index: str,
) -> None:
    for code in ("blurry", "dark", "cut_off"):
        (photo,) = rejected(cast, reasons=(code,)).photos
        multiply(session, photo, by=300)
        multiply(session, photo, by=3000, state=PhotoState.APPROVED)
    session.execute(text("ANALYZE photos"))
    view = IssueView(cast.reason("dark") if is_folder else None, sort=sort)
    (first,) = issue_queue.page(session, view, limit=1)
    issue_queue.page(session, view, after=first.place)
    session.execute(text("SET LOCAL enable_seqscan = off"))
    session.execute(text("SET LOCAL enable_bitmapscan = off"))
    session.execute(text("SET LOCAL enable_sort = off"))
    (asked,) = [each for each in queries if each.startswith("WITH page AS")][-1:]
    numbers = count(1)

    plan = session.connection().exec_driver_sql(
        "EXPLAIN (GENERIC_PLAN) " + re.sub(r"%\(\w+\)s", lambda _: f"${next(numbers)}", asked)
    )

    lines = [line for (line,) in plan]
    limit = next(number for number, line in enumerate(lines) if "Limit" in line)
    first_read, condition = (
        next(line for line in lines[limit:] if word in line) for word in ("using", "Index Cond")
    )
    # Of those before the page's first, and of other folders, none is read.
    assert re.search(rf"Index (Only )?Scan using {index} ", first_read)
    assert "ROW(" in condition
    assert ("filed_under_id" in condition) is is_folder


def test_the_day_is_the_shops(cast: Cast, session: Session) -> None:
    session.get_one(Shop, cast.shop.id).time_zone = "Pacific/Auckland"
    placed = rejected(cast)

    mail(cast, placed, MessageState.SENT)

    due = only(session).answer_due_at
    assert due is not None
    ((hour,),) = session.execute(
        text("SELECT date_part('hour', CAST(:due AS timestamptz) AT TIME ZONE 'Pacific/Auckland')"),
        {"due": due},
    )
    assert hour == 10
