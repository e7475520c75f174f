from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.findings.finding import Kind, Level
from core.findings.print_area import Making
from core.findings.print_sizes import PrintSize
from core.models import UNFLAGGED, Origin, Photo, Upload, UploadFinding
from core.services import findings, products
from core.services.products import Made
from tests.cast import Cast, CastOrder
from tests.core.services.test_products import sold, variant_of


def found(session: Session, upload: Upload) -> dict[Kind, Level]:
    rows = session.execute(
        select(UploadFinding.kind, UploadFinding.level).where(UploadFinding.upload_id == upload.id)
    )
    return {row.kind: row.level for row in rows}


@pytest.fixture
def placed(cast: Cast, session: Session) -> CastOrder:
    """A photo of 3000 by 2000 pixels for a canvas of 30 by 40 cm."""
    order = cast.order()
    order.line.variant_id = variant_of(session, cast, sold("30 x 40 cm")).id
    session.flush()
    return order


def upload(cast: Cast, photo: Photo, width: int, height: int) -> Upload:
    one = cast.upload(photo, Origin.ORDER)
    one.width, one.height = width, height
    photo.upload_id = one.id
    cast.session.flush()
    return one


@pytest.mark.parametrize(
    ("width", "height", "level"),
    [
        (2400, 1800, None),  # 152 pixels per inch
        (2300, 1800, Level.LOOK),
        (1500, 1200, Level.POOR),  # 95
    ],
)
def test_a_photo_is_judged_for_the_size_it_is_printed_in(
    cast: Cast, session: Session, placed: CastOrder, width: int, height: int, level: Level | None
) -> None:
    (photo,) = placed.photos
    one = upload(cast, photo, width, height)

    findings.note(session, one)

    assert found(session, one).get(Kind.RESOLUTION) == level


def test_nothing_is_guessed_where_the_size_is_unknown(cast: Cast, session: Session) -> None:
    order = cast.order()
    order.line.variant_id = variant_of(session, cast, sold("Large")).id
    one = upload(cast, order.photos[0], 300, 2000)

    findings.note(session, one)

    assert found(session, one) == {}


def test_a_line_without_a_variant_is_read_by_its_titles(cast: Cast, session: Session) -> None:
    one = upload(cast, cast.order().photos[0], 600, 450)

    findings.note(session, one)

    assert found(session, one) == {Kind.RESOLUTION: Level.POOR}


def test_the_queue_is_flagged_by_the_worst_in_the_current_upload(
    cast: Cast, session: Session, placed: CastOrder
) -> None:
    (photo,) = placed.photos
    flags = []

    for width in (600, 2300, 3000):
        findings.note(session, upload(cast, photo, width, width * 3 // 4))
        session.refresh(photo)
        flags.append(photo.flag_rank)

    assert flags == [0, 1, UNFLAGGED]
    assert photo.version == 2


def correct(cast: Cast, order: CastOrder) -> None:
    assert order.line.variant_id is not None
    products.correct_size(
        cast.session, order.line.variant_id, PrintSize(1200, 1600), manager=cast.mia
    )


def draw(cast: Cast, order: CastOrder) -> None:
    variant = variant_of(cast.session, cast, sold("30 x 40 cm"))
    printed, drawn = Made(Making.PRINTED, 0), Made(Making.DRAWN, 0)
    products.set_making(cast.session, variant.product_id, drawn, seen=printed, manager=cast.mia)


@pytest.mark.parametrize(
    ("width", "change", "before", "after"),
    [
        (2400, correct, {}, {Kind.RESOLUTION: Level.POOR}),
        (1500, draw, {Kind.RESOLUTION: Level.POOR}, {}),
    ],
)
def test_open_photos_are_judged_anew_when_the_print_changes(
    cast: Cast,
    session: Session,
    placed: CastOrder,
    width: int,
    change: Callable[[Cast, CastOrder], None],
    before: dict[Kind, Level],
    after: dict[Kind, Level],
) -> None:
    one = upload(cast, placed.photos[0], width, width * 3 // 4)
    findings.note(session, one)
    assert found(session, one) == before

    change(cast, placed)
    findings.judge_again(session, cast.shop.id)
    findings.judge_again(session, cast.shop.id)  # a job may run twice

    assert found(session, one) == after
    session.refresh(placed.photos[0])
    assert placed.photos[0].flag_rank == (0 if after else UNFLAGGED)


def test_what_was_found_in_the_picture_itself_stays(
    cast: Cast, session: Session, placed: CastOrder
) -> None:
    one = upload(cast, placed.photos[0], 2400, 1800)
    session.add(UploadFinding(upload_id=one.id, kind=Kind.SOFT, level=Level.LOOK, score=0.6))
    session.flush()

    findings.judge_again(session, cast.shop.id)

    assert found(session, one) == {Kind.SOFT: Level.LOOK}


def test_what_is_approved_keeps_what_its_reviewer_saw(
    cast: Cast, session: Session, placed: CastOrder
) -> None:
    one = upload(cast, placed.photos[0], 2400, 1800)
    cast.approve(*placed.photos)

    correct(cast, placed)
    findings.judge_again(session, cast.shop.id)

    assert found(session, one) == {}


def test_photos_are_judged_anew_a_few_at_a_time(cast: Cast, session: Session) -> None:
    order = cast.order(photos=5)
    uploads = [upload(cast, photo, 600, 450) for photo in order.photos]

    after: int | None = 0
    steps = 0
    while after is not None:
        after = findings.judge_again(session, cast.shop.id, after=after, at_once=2)
        steps += 1

    assert steps == 3
    assert [found(session, one) for one in uploads] == [{Kind.RESOLUTION: Level.POOR}] * 5


def test_a_batch_is_judged_in_a_fixed_number_of_statements(
    cast: Cast, session: Session, queries: list[str]
) -> None:
    for photo in cast.order(photos=9).photos:
        upload(cast, photo, 600, 450)
    session.expire_all()
    queries.clear()

    findings.judge_again(session, cast.shop.id)

    assert len(queries) == 5  # the shop, the photos, what goes, what comes, and their flags
