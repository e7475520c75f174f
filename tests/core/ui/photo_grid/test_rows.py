import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from core.findings.finding import Finding, Kind, Level
from core.findings.print_area import Making, PrintArea
from core.findings.print_sizes import LengthUnit
from core.findings.resolution import Quality
from core.models import MessageState
from core.queries.open_issue import Issue
from core.queries.review_queue import EarlierPhoto, GridPhoto
from core.ui.photo_grid.rows import GridOutcome, Refusal, Undoable, grid_row, grid_rows, issue_rows

SINCE = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)

PHOTO = GridPhoto(
    id=1,
    version=1,
    order_id=1,
    order_name="#1001",
    customer="Carl",
    product="Canvas",
    variant="30 x 40 cm",
    quantity=1,
    number_on_order=1,
    photos_on_order=1,
    note="",
    sha256="a" * 64,
    width=1600,
    height=1200,
    is_animated=False,
    assignee="Ada",
    waiting_since=SINCE,
    due_at=SINCE + timedelta(hours=24),
    is_late=True,
    cycle=2,
    response=None,
    message="",
    earlier=EarlierPhoto(
        sha256=None, reasons=("Too dark",), comment="", reviewer="Bob", decided_at=SINCE
    ),
    area=PrintArea(500, 700),
    largest=(270.9, 203.2),
    unit=LengthUnit.INCH,
    findings=(
        Finding(Kind.RESOLUTION, Level.POOR, 0.9, 58, 150, {"unit": "ppi"}),
        Finding(Kind.SOFT, Level.LOOK, 0.6, 2.0, 1.8),
        Finding(Kind.MOVED, Level.LOOK, 0.5, 1.4, 1.3),
    ),
    place=(1, SINCE, 1),
)

ISSUE = Issue(
    reasons=("Too dark", "Out of focus"),
    comment="",
    reviewer="Ada",
    decided_at=SINCE,
    undo_until=SINCE + timedelta(minutes=10),
    rejections=1,
    mail=MessageState.FAILED,
    mail_sent_at=None,
    mail_error="550 no such user",
    answer_due_at=SINCE + timedelta(days=7),
    may_keep=True,
    email="carl@example.org",
    is_gentle=False,
)


def test_rows_are_plain_enough_for_json() -> None:
    rows = grid_rows([PHOTO], [])

    (row,) = json.loads(json.dumps(rows))["photos"]

    assert row["waiting_since"] == "2026-11-20T08:30:00+00:00"
    assert row["earlier"]["reasons"] == ["Too dark"]


def test_a_row_without_a_picture_and_with_an_issue_is_plain_enough_too() -> None:
    lost = replace(PHOTO, sha256=None, width=0, height=0, findings=(), issue=ISSUE)

    rows = issue_rows([lost], [replace(lost, id=2)], {1: "https://shop/o/1"})

    (row,) = json.loads(json.dumps(rows))["photos"]
    assert (row["sha256"], row["frame"]) == (None, None)
    assert row["issue"]["link"] == "https://shop/o/1"
    assert row["issue"]["answer_due_at"] == "2026-11-27T08:30:00+00:00"
    assert row["issue"]["mail"] == {
        "text": "Could not reach: the mail was refused",
        "level": "poor",
        "error": "550 no such user",
    }


def test_a_row_says_what_was_noticed_and_which_reasons_that_suggests() -> None:
    (row,) = grid_rows([PHOTO], [])["photos"]

    assert [(found["level"], found["tag"]) for found in row["findings"]] == [
        ("poor", "Too small: 58 ppi"),
        ("look", "Soft"),
        ("look", "Blurred by movement"),
    ]
    assert row["suggested"] == ["blurry", "low_res"]


@pytest.mark.parametrize(
    ("area", "words"),
    [
        (PrintArea(500, 700), ("50 × 70 cm", "", "58 pixels per inch, too few")),
        (
            PrintArea(304.8, 406.4),
            ("12 × 16 in", "", "100 pixels per inch, too few"),
        ),
        # A drawing needs no pixels of the print.
        (PrintArea(500, 700, making=Making.DRAWN), ("50 × 70 cm", "", "")),
        (None, ("Size unknown", "", "")),
    ],
)
def test_a_row_says_how_large_the_photo_is_printed(
    area: PrintArea | None, words: tuple[str, str, str]
) -> None:
    (row,) = grid_rows([replace(PHOTO, area=area)], [])["photos"]

    said = row["print"]
    assert (said["size"], said["density"], said["resolution"]) == words


def test_without_findings_the_pixels_are_enough() -> None:
    (row,) = grid_rows([replace(PHOTO, findings=(), area=PrintArea(100, 150))], [])["photos"]

    assert row["print"]["density"].endswith(" ppi, enough")
    assert (row["findings"], row["suggested"]) == ([], [])


@pytest.mark.parametrize(
    ("area", "largest", "words"),
    [
        (PrintArea(100, 150), (270.9, 203.2), "271 pixels per inch, enough to print well up to 27"),
        # In the unit that it was sold in.
        (PrintArea(101.6, 152.4), (270.9, 203.2), "enough to print well up to 10 × 8 in"),
        # In the shop's, since it was sold in none.
        (None, (270.9, 203.2), "Enough to print well up to 10 × 8 in"),
        (PrintArea(100, 150, making=Making.DRAWN), None, ""),
    ],
)
def test_a_photo_that_is_large_enough_says_how_large_it_may_get(
    area: PrintArea | None, largest: tuple[float, float] | None, words: str
) -> None:
    large = replace(PHOTO, findings=(), area=area, largest=largest)

    (row,) = grid_rows([large], [])["photos"]

    assert words in row["print"]["resolution"]


@pytest.mark.parametrize(
    ("size", "area", "aspects"),
    [
        # As the photo lies, and the other way round.
        ((1600, 1200), PrintArea(300, 400), [4 / 3, 3 / 4]),
        ((1200, 1600), PrintArea(300, 400), [3 / 4, 4 / 3]),
        ((1200, 1200), PrintArea(300, 400), [3 / 4, 4 / 3]),
        # Upright, however the photo is turned.
        ((1600, 1200), PrintArea(300, 400, is_fixed=True), [3 / 4, 3 / 4]),
        ((1600, 1200), PrintArea(400, 400), [1, 1]),
    ],
)
def test_a_row_says_what_a_part_of_the_photo_would_be_printed_on(
    size: tuple[int, int], area: PrintArea, aspects: list[float]
) -> None:
    photo = replace(PHOTO, width=size[0], height=size[1], area=area, quality=Quality(150, 100, 800))

    crop = grid_row(photo)["crop"]

    assert [shape["aspect"] for shape in crop["shapes"]] == pytest.approx(aspects)
    inches = [a / b for a, b in (shape["inches"] for shape in crop["shapes"])]
    assert inches == pytest.approx(aspects)
    assert min(crop["shapes"][0]["inches"]) == pytest.approx(min(area.outer()) / 25.4)
    assert (crop["enough"], crop["few"]) == (150, 100)
    assert crop["shapes"][0]["aspect"] == (grid_row(photo)["frame"] or {})["aspect"]


@pytest.mark.parametrize(
    "area", [None, PrintArea(300, 400, making=Making.DRAWN), PrintArea(0, 0, making=Making.DRAWN)]
)
def test_without_a_shape_there_is_nothing_to_crop_to(area: PrintArea | None) -> None:
    assert grid_row(replace(PHOTO, area=area, quality=Quality(150, 100, 800)))["crop"] is None


@pytest.mark.parametrize(
    ("area", "frame"),
    [
        # Turned as the photo lies.
        (PrintArea(300, 400), {"aspect": pytest.approx(4 / 3), "face": None}),
        (PrintArea(300, 400, is_fixed=True), {"aspect": 0.75, "face": None}),
        # Wrapped by 20 mm around every edge.
        (
            PrintArea(360, 160, bleed=20),
            {"aspect": 2.0, "face": [pytest.approx(0.9), pytest.approx(0.8)]},
        ),
        # A drawing has a shape of its own.
        (PrintArea(300, 400, making=Making.DRAWN), None),
        (PrintArea(0, 0, making=Making.DRAWN), None),
        (None, None),
    ],
)
def test_a_row_says_to_what_shape_the_photo_is_cut(
    area: PrintArea | None, frame: dict[str, Any] | None
) -> None:
    (row,) = grid_rows([replace(PHOTO, area=area)], [])["photos"]

    assert row["frame"] == frame


@pytest.mark.parametrize(
    ("changes", "level"),
    [
        ({}, "poor"),
        ({"findings": ()}, "fine"),
        ({"findings": (), "area": PrintArea(300, 400, making=Making.DRAWN)}, ""),
        ({"findings": (), "area": None}, ""),
    ],
)
def test_a_row_grades_the_resolution(changes: dict[str, Any], level: str) -> None:
    (row,) = grid_rows([replace(PHOTO, **changes)], [])["photos"]

    assert row["print"]["level"] == level


def test_a_photo_is_named_by_its_order_and_its_place_there() -> None:
    second = replace(PHOTO, number_on_order=2, photos_on_order=3)

    rows = grid_rows([PHOTO], [second])

    assert [row["label"] for row in rows["photos"]] == ["#1001"]
    assert [row["label"] for row in rows["upcoming"]] == ["#1001, photo 2 of 3"]


def test_the_time_for_an_undo_is_told_in_seconds() -> None:
    undo = Undoable(uuid4(), "Approved 3 photos", datetime.now(UTC) + timedelta(minutes=10))

    assert undo.row()["seconds"] == pytest.approx(600, abs=5)


def test_no_time_is_left_once_the_window_has_passed() -> None:
    undo = Undoable(uuid4(), "Approved 3 photos", datetime.now(UTC) - timedelta(minutes=1))

    assert undo.row()["seconds"] == 0


def test_an_outcome_says_which_photos_came_back() -> None:
    request = uuid4()

    row = GridOutcome(request, [1, 2], [Refusal(3, "#1003", "Bob was first")]).row()

    assert row == {
        "request": str(request),
        "done": [1, 2],
        "refused": [{"id": 3, "name": "#1003", "message": "Bob was first"}],
    }
