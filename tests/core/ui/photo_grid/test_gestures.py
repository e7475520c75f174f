from typing import Any
from uuid import UUID

import pytest

from core.errors import NotUnderstood
from core.models import Verdict
from core.ui.photo_grid.gestures import (
    Chosen,
    Decided,
    Kept,
    Left,
    SeenPhoto,
    Turn,
    Undone,
    chosen_from,
    decided_from,
    kept_from,
    left_from,
    turn_from,
    undone_from,
)

REQUEST = "6f1c1d8e-3c52-4a6e-9a51-0c8ab2b4a1f7"


def decided(**changes: Any) -> dict[str, Any]:
    """A rejection as an honest browser sends it, but for `changes`."""
    return {
        "request": REQUEST,
        "verdict": "rejected",
        "photos": [{"id": 7, "version": 2}, {"id": 9, "version": 1}],
        "reasons": [30, 10],
        "comment": "The dog's ears are cut off",
        **changes,
    }


def test_a_decision_is_read_with_its_reasons_in_the_order_chosen() -> None:
    assert decided_from(decided()) == Decided(
        request=UUID(REQUEST),
        verdict=Verdict.REJECTED,
        photos=(SeenPhoto(7, 2), SeenPhoto(9, 1)),
        reasons=(30, 10),
        comment="The dog's ears are cut off",
    )


def test_what_is_left_for_a_manager_has_its_note() -> None:
    value = {"request": REQUEST, "photos": [{"id": 7, "version": 2}], "note": "Her dog?"}

    assert left_from(value) == Left(UUID(REQUEST), (SeenPhoto(7, 2),), "Her dog?")
    wrong: list[dict[str, object]] = [
        {"note": "\0"},
        {"note": "x" * 2001},
        {"photos": []},
        {"verdict": "approved"},
    ]
    for each in wrong:
        with pytest.raises(NotUnderstood):
            left_from({**value, **each})


def test_what_is_kept_as_it_is_has_its_reason() -> None:
    value = {"request": REQUEST, "photos": [{"id": 7, "version": 2}], "why": "Phoned her"}

    assert kept_from(value) == Kept(UUID(REQUEST), (SeenPhoto(7, 2),), "Phoned her")
    wrong: list[dict[str, object]] = [
        {"why": None},
        {"why": "x" * 2001},
        {"photos": [{"id": 7}]},
        {"note": "Phoned her"},
    ]
    for each in wrong:
        with pytest.raises(NotUnderstood):
            kept_from({**value, **each})


def test_photos_are_chosen_by_what_was_seen_of_them() -> None:
    value = {"request": REQUEST, "photos": [{"id": 7, "version": 2}]}

    assert chosen_from(value) == Chosen(UUID(REQUEST), (SeenPhoto(7, 2),))
    wrong: list[dict[str, object]] = [{"photos": []}, {"request": 1}, {"why": "so"}]
    for each in wrong:
        with pytest.raises(NotUnderstood):
            chosen_from({**value, **each})


def test_as_much_as_is_allowed_is_read() -> None:
    photos = [{"id": number, "version": 1} for number in range(1, 201)]

    read = decided_from(decided(photos=photos, comment="x" * 2000))

    assert len(read.photos) == 200
    assert len(read.comment) == 2000


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "approved",
        {},
        decided(request="not a uuid"),
        decided(verdict="released"),
        decided(photos=[]),
        decided(photos=[{"id": number, "version": 1} for number in range(1, 202)]),
        decided(photos=[{"id": "7", "version": 1}]),
        decided(photos=[{"id": True, "version": 1}]),
        decided(photos=[{"id": 0, "version": 1}]),
        decided(photos=[{"id": 2**63, "version": 1}]),  # more than the database counts
        decided(photos=[{"id": 7.5, "version": 1}]),
        decided(photos=[{"id": 7}]),
        decided(photos=[{"id": 7, "version": 1, "state": "approved"}]),
        decided(photos=[{"id": 7, "version": 1}, {"id": 7, "version": 1}]),
        decided(reasons=["10"]),
        decided(reasons=[10, 10]),
        decided(reasons=list(range(1, 52))),
        decided(comment="x" * 2001),
        decided(comment=None),
        decided(comment="a\x00b"),  # Postgres cannot hold it
        decided(comment="\ud800"),  # half a character
        decided(reviewer=1),
    ],
)
def test_anything_else_is_refused(value: object) -> None:
    with pytest.raises(NotUnderstood):
        decided_from(value)


def test_an_undo_names_its_batch() -> None:
    batch = "0b53f24e-9e5c-4a5f-8f0e-6a8a3d1a2b3c"

    assert undone_from({"request": REQUEST, "batch": batch}) == Undone(UUID(REQUEST), UUID(batch))


@pytest.mark.parametrize("value", [None, {"batch": REQUEST}, {"request": REQUEST, "batch": 1}])
def test_an_undo_of_nothing_is_refused(value: object) -> None:
    with pytest.raises(NotUnderstood):
        undone_from(value)


def test_pages_turn_both_ways_and_no_other() -> None:
    assert [turn_from("next"), turn_from("previous")] == [Turn.NEXT, Turn.PREVIOUS]
    with pytest.raises(NotUnderstood):
        turn_from("last")
